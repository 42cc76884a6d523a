"""The app as people meet it: a server of its own, and windows of a real Chromium that write down what goes wrong."""

import os
import shutil
import socket
import subprocess
import sys
import time
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any
from urllib.parse import urlsplit
from urllib.request import urlopen

import pytest

ROOT = Path(__file__).parents[2]
BROWSER = next(filter(None, map(shutil.which, ("chromium", "chromium-browser", "google-chrome"))), None)
QUIET = (
    "--no-sandbox --disable-gpu --disable-quic --no-first-run --disable-background-networking"
    " --disable-component-update --disable-sync"
).split()
PATIENCE = 90_000  # milliseconds: whether it comes, not how fast; speed is measured in benchmarks/
SETTLED = "[data-testid=stApp][data-test-script-state=notRunning]"
FRAMES = 12  # that a page stays as it is before it is taken for drawn: a component may ask for another run
AT_REST = f"""() => {{
    const isDrawn = document.querySelector("{SETTLED}")
        && !document.querySelector("[data-stale=true], [data-testid=stSkeleton], [data-testid=stAppSkeleton]");
    window.framesAtRest = isDrawn ? window.framesAtRest + 1 : 0;
    return window.framesAtRest >= {FRAMES};
}}"""
PROBE = "/_stcore/"  # a deep link looks for the server beside itself first, and finds it above

marks = [
    pytest.mark.browser,
    pytest.mark.skipif(
        BROWSER is None and not os.environ.get("CI"),
        reason="no Chromium on this machine; get it by `apt-get install chromium`, or name your own in PATH as chromium",
    ),
]


class Server:
    """`streamlit run app.py` on a port of its own and a store: a SQLite file, or a server's address."""

    def __init__(self, folder: Path, store: Path | str | None = None, now: str = "", settings: str = "") -> None:
        with socket.socket() as free:
            free.bind(("127.0.0.1", 0))
            self.port = free.getsockname()[1]
        self.url = f"http://localhost:{self.port}"
        self.log = folder / "server.log"
        own = {name: value for name, value in os.environ.items() if not name.startswith("PLUMBLINE_")}
        address = store if isinstance(store, str) else f"sqlite:///{store or folder / 'metrics.db'}"
        environment = own | {"PLUMBLINE_STORE": address}
        environment |= {"PLUMBLINE_NOW": now} if now else {}
        environment |= {"PLUMBLINE_CONFIG": settings} if settings else {}
        command = [sys.executable, "-m", "streamlit", "run", "app.py", "--server.port", str(self.port)]
        self.process = subprocess.Popen(
            [*command, "--server.headless", "true"],
            cwd=ROOT,
            env=environment,
            stdout=self.log.open("w"),
            stderr=subprocess.STDOUT,
        )
        self._wait()

    def _wait(self) -> None:
        for _ in range(600):
            try:
                urlopen(f"{self.url}/_stcore/health", timeout=1)
                return
            except OSError:
                assert self.process.poll() is None, self.log.read_text()
                time.sleep(0.1)
        raise AssertionError(f"the server did not start: {self.log.read_text()}")

    def stop(self) -> None:
        """End it."""
        self.process.terminate()
        self.process.wait(timeout=20)


def visit(url: str, page: str = "", query: str = "") -> list[Any]:
    """What a server sends to somebody who opens a page, until its script has ended; without a browser."""
    from streamlit.proto.BackMsg_pb2 import BackMsg
    from streamlit.proto.ForwardMsg_pb2 import ForwardMsg
    from websockets.sync.client import connect

    stream = f"{url.replace('http', 'ws')}/_stcore/stream"
    with connect(stream, subprotocols=["streamlit"], max_size=None) as socket:  # type: ignore[list-item]
        message, answers = BackMsg(), []
        message.rerun_script.query_string, message.rerun_script.page_name = query, page
        socket.send(message.SerializeToString())
        while not answers or answers[-1].WhichOneof("type") != "script_finished":
            answers.append(ForwardMsg.FromString(bytes(socket.recv(timeout=PATIENCE / 1000))))
    return answers


def chromium() -> Iterator[Any]:
    """A real Chromium."""
    from playwright.sync_api import sync_playwright

    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path=BROWSER, args=QUIET)
        yield browser
        browser.close()


Looks = dict[tuple[int, str, int], Any]
Routes = dict[str, Callable[[Any], Any]]  # what answers a request instead of the server, by address


def windows(browser: Any, url: str, looks: Looks | None = None) -> Iterator[Callable[..., Any]]:
    """Open a page in a new window: visit("coverage", width=390, scheme="dark").

    Each window is somebody else's, who comes for the first time; with `looks`, those of one size and colour are one
    person's, who need not load the app's scripts again, and whoever gives them closes them.
    Afterwards nothing may have gone wrong in any of them: no error on the console, no request to another host.
    """
    opened, wrong = [], []

    def somebody(width: int, scheme: str, height: int) -> Any:
        viewport = {"width": width, "height": height}
        return browser.new_context(viewport=viewport, color_scheme=scheme, accept_downloads=True)

    def go(
        path: str = "", width: int = 1400, scheme: str = "light", height: int = 1000, but: Routes | None = None
    ) -> Any:
        look = (width, scheme, height)
        known = {} if looks is None else looks
        context = known.get(look) or known.setdefault(look, somebody(*look))
        page = context.new_page()
        opened.append(context if looks is None else page)
        page.on("request", lambda request: _asked(request.url, wrong))
        page.on("console", lambda message: _said(message, wrong))
        page.on("pageerror", lambda error: wrong.append(str(error)))
        for address, answer in (but or {}).items():
            page.route(address, answer)
        page.goto(f"{url}/{path}", timeout=PATIENCE)
        return page

    yield go
    for one in opened:
        one.close()
    assert not wrong


def _asked(url: str, wrong: list[str]) -> None:
    if urlsplit(url).hostname not in {"localhost", "127.0.0.1", None, ""}:
        wrong.append(f"asked {url}")


def _said(message: Any, wrong: list[str]) -> None:
    if message.type == "error" and PROBE not in (message.location or {}).get("url", ""):
        wrong.append(f"console: {message.text}")


def settled(page: Any) -> Any:
    """Wait until a page has been drawn whole: its script has ended and nothing of it is out of date."""
    page.get_by_role("heading", level=1).first.wait_for(timeout=PATIENCE)
    page.evaluate("window.framesAtRest = 0")
    page.wait_for_function(AT_REST, timeout=PATIENCE)
    return page
