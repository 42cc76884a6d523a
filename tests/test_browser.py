"""The app in a real Chromium, as a newcomer meets it: a cold start, deep links, narrow and wide, light and dark."""

import os
import shutil
import socket
import subprocess
import sys
import time
from pathlib import Path
from urllib.parse import urlsplit
from urllib.request import urlopen

import pytest

ROOT = Path(__file__).parent.parent
BROWSER = next(filter(None, map(shutil.which, ("chromium", "chromium-browser", "google-chrome"))), None)
QUIET = (
    "--no-sandbox --disable-gpu --disable-quic --no-first-run --disable-background-networking"
    " --disable-component-update --disable-sync"
).split()
CHART = ".card img"
PATIENCE = 90_000  # milliseconds: whether it comes, not how fast; speed is measured in benchmarks/

pytestmark = [
    pytest.mark.browser,
    pytest.mark.skipif(BROWSER is None and not os.environ.get("CI"), reason="no Chromium on this machine"),
]


class Server:
    """`streamlit run app.py` on a port and a store of its own."""

    def __init__(self, folder: Path) -> None:
        with socket.socket() as free:
            free.bind(("127.0.0.1", 0))
            self.port = free.getsockname()[1]
        self.url = f"http://localhost:{self.port}"
        self.log = folder / "server.log"
        own = {name: value for name, value in os.environ.items() if not name.startswith("PLUMBLINE_")}
        environment = own | {"PLUMBLINE_STORE": f"sqlite:///{folder / 'metrics.db'}"}
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


@pytest.fixture(scope="module")
def browser():
    """Chromium."""
    from playwright.sync_api import sync_playwright

    with sync_playwright() as playwright:
        chromium = playwright.chromium.launch(executable_path=BROWSER, args=QUIET)
        yield chromium
        chromium.close()


@pytest.fixture(scope="module")
def server(tmp_path_factory):
    """A server on an empty store: it loads the demonstration organisation by itself."""
    if (ROOT / "data" / "config.toml").exists():
        pytest.skip("there is a configuration of one's own")
    running = Server(tmp_path_factory.mktemp("app"))
    yield running
    running.stop()


@pytest.fixture
def visit(browser, server):
    """Open a page in a new window: visit("coverage", width=390, scheme="dark")."""
    contexts = []

    def go(path="", width=1400, scheme="light"):
        context = browser.new_context(viewport={"width": width, "height": 1000}, color_scheme=scheme)
        contexts.append(context)
        page = context.new_page()
        page.hosts = set()
        page.on("request", lambda request: page.hosts.add(urlsplit(request.url).hostname))
        page.goto(f"{server.url}/{path}")
        return page

    yield go
    for context in contexts:
        context.close()


def test_the_first_visitor_of_a_cold_server_may_open_any_page(visit):
    # First of all tests here: the deep link is the first request of the process, on an empty store.
    page = visit("code_review")
    page.get_by_role("heading", name="Code review").wait_for(timeout=PATIENCE)
    page.get_by_text("Complete weeks", exact=True).wait_for(timeout=PATIENCE)  # the shared filters
    page.get_by_text("Demonstration data.").wait_for(timeout=PATIENCE)
    page.locator(CHART).first.wait_for(timeout=PATIENCE)
    assert page.hosts <= {"localhost"}  # nothing is asked of anybody else


@pytest.mark.parametrize(
    "path",
    ["", "objectives", "delivery", "tech_debt", "forecasts", "coverage", "indicators", "figure?indicator=pr_size"],
)
def test_every_page_can_be_opened_by_its_address(visit, path):
    page = visit(path)
    page.get_by_role("heading", level=1).first.wait_for(timeout=PATIENCE)
    page.get_by_text("Complete weeks", exact=True).wait_for(timeout=PATIENCE)
    page.wait_for_timeout(1500)
    assert page.locator("[data-testid=stException]").count() == 0


@pytest.mark.parametrize("scheme", ["light", "dark"])
@pytest.mark.parametrize("width", [1400, 390])
def test_the_weekly_review_fits_the_window(visit, width, scheme):
    page = visit(width=width, scheme=scheme)
    page.locator(CHART).nth(7).wait_for(timeout=PATIENCE)
    assert page.evaluate("document.documentElement.scrollWidth") <= width
    colour = page.evaluate("getComputedStyle(document.querySelector('[data-testid=stApp]')).backgroundColor")
    brightness = sum(int(part) for part in colour[4:-1].split(",")[:3])
    assert brightness > 600 if scheme == "light" else brightness < 200


def test_a_filter_is_in_the_address_and_survives_a_change_of_page(visit):
    page = visit("?team=payments")
    page.locator(CHART).first.wait_for(timeout=PATIENCE)
    page.get_by_text("team payments").wait_for(timeout=PATIENCE)
    page.get_by_role("link", name="Code review").click()
    page.get_by_role("heading", name="Code review").wait_for(timeout=PATIENCE)
    page.get_by_text("team payments").wait_for(timeout=PATIENCE)
    assert "team=payments" in page.url


def test_a_figure_opens_its_rows_and_gives_them_as_csv(visit):
    page = visit()
    card = page.locator(".st-key-card-pr_cycle_time")
    card.locator(CHART).wait_for(timeout=PATIENCE)
    card.get_by_role("link").click()
    page.get_by_text("Counted:").wait_for(timeout=PATIENCE)
    said = page.get_by_text("Counted:").inner_text()
    left = page.get_by_text("Left out:").last.inner_text()
    with page.expect_download(timeout=PATIENCE) as download:
        page.get_by_role("button", name="CSV of these").click()
    lines = Path(download.value.path()).read_text().splitlines()
    number = lambda words: int("".join(c for c in words if c.isdigit()))  # noqa: E731
    assert lines[0] == "key,at,value,url,team,repository,excluded"
    assert len(lines) - 1 == number(said) + number(left)
    assert sum(line.endswith(",bot") for line in lines) == number(left)
