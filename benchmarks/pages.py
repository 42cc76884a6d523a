"""How long people wait for the screens, in a real Chromium: python benchmarks/pages.py STORE [CONFIG].

STORE is an SQLAlchemy URL, such as that of a store that benchmarks/generate.py filled with 100,000 pull requests.
Prints: the first chart on a warm server, a click on a filter until the page is settled (median), the run of each
page's script when nothing changed, and how long until 20 people who open at once are all served.
"""

import os
import statistics
import sys
import time
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any

sys.path.insert(0, str(Path(__file__).parent.parent))
sys.path.insert(0, str(Path(__file__).parent.parent / "tests" / "builders"))

from app_server import PATIENCE, SETTLED, Server, chromium, settled, visit

ROOT = Path(__file__).parent.parent
NOW = "2026-11-21T12:00:00+00:00"
PAGES = ("", "objectives", "bottlenecks", "delivery", "code_review", "tech_debt", "forecasts", "coverage", "indicators")
CLICKS, PEOPLE = 6, 20
STRIP = "[data-testid=stCaptionContainer]"  # the first one names the weeks
CHANGED = "([where, before]) => document.querySelector(where).innerText !== before"
CHART = ".card img, .js-plotly-plot"


def main(store: str, settings: str) -> None:
    """Measure one store."""
    own = {"PLUMBLINE_STORE": store, "PLUMBLINE_NOW": NOW} | ({"PLUMBLINE_CONFIG": settings} if settings else {})
    os.environ.update(own)
    _scripts()
    with TemporaryDirectory() as place:
        server = Server(Path(place), now=NOW, store=store, settings=settings)
        for browser in chromium():
            for page in PAGES:
                _warm(browser, f"{server.url}/{page}")
            _first_chart(browser, server.url)
            _clicks(browser, server.url)
            _together(server.url)
        server.stop()


def _scripts() -> None:
    """The run of each page's script in this process, the second time."""
    from streamlit.testing.v1 import AppTest

    for page in PAGES:
        app = AppTest.from_file(str(ROOT / "pages" / "shell.py"), default_timeout=600)
        if page:
            app.switch_page(f"{page}.py")
        first = _seconds(app.run)
        if app.exception:
            raise SystemExit(f"{page}: {app.exception[0].value}")
        app.run()
        again = _seconds(app.run)
        print(
            f"script of {page or 'weekly':12} {again:6.2f} s when nothing changed, {first:6.2f} s at first", flush=True
        )


def _warm(browser: Any, address: str) -> None:
    page = browser.new_page()
    page.goto(address)
    settled(page)
    page.close()


def _opened(window: Any, address: str) -> float:
    page = window.new_page()
    took = _seconds(lambda: (page.goto(address), page.locator(CHART).first.wait_for(timeout=PATIENCE)))
    page.close()
    return took


def _first_chart(browser: Any, url: str) -> None:
    for page in ("code_review", ""):
        window = browser.new_context()
        first, *later = (_opened(window, f"{url}/{page}") for _ in range(4))
        print(
            f"first chart of {page or 'weekly'}: {first:.2f} s in a new browser, then {statistics.median(later):.2f} s"
        )
        window.close()


def _clicks(browser: Any, url: str) -> None:
    """A click on another number of weeks, until the page is settled."""
    page = browser.new_page()
    page.goto(f"{url}/code_review")
    settled(page)
    took = []
    for turn in range(CLICKS):
        button = page.locator(".st-key-weeks").get_by_text(("13", "26")[turn % 2], exact=True)
        took.append(_seconds(lambda button=button: _click(page, button)))
    print(f"filter click to settled page: median {1000 * statistics.median(took[2:]):.0f} ms", flush=True)
    page.close()


def _click(page: Any, button: Any) -> None:
    before = page.locator(STRIP).first.inner_text()
    button.click()
    page.wait_for_function(CHANGED, arg=[STRIP, before], timeout=PATIENCE)
    page.locator(SETTLED).wait_for(timeout=PATIENCE)


def _together(url: str) -> None:
    """Twenty people open the same page at once, each with a session of their own."""

    def waits(_: int) -> float:
        return _seconds(lambda: visit(url, "code_review"))

    with ThreadPoolExecutor(PEOPLE) as pool:
        took = list(pool.map(waits, range(PEOPLE)))
    print(f"{PEOPLE} people at once: all served after {max(took):.1f} s, half after {statistics.median(took):.1f} s")


def _seconds(act: Callable[[], Any]) -> float:
    began = time.perf_counter()
    act()
    return time.perf_counter() - began


if __name__ == "__main__":
    main(sys.argv[1], sys.argv[2] if len(sys.argv) > 2 else "")
