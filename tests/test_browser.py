"""The app in a real Chromium, as a newcomer meets it: a cold start on an empty store."""

import pytest
from app_server import PATIENCE, ROOT, Server, chromium, marks, windows

CHART = ".card img"
pytestmark = marks


@pytest.fixture(scope="module")
def browser():
    yield from chromium()


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
    yield from windows(browser, server.url)


def test_the_first_visitor_of_a_cold_server_may_open_any_page(visit):
    # First of all tests here: the deep link is the first request of the process, on an empty store.
    page = visit("code_review")
    page.get_by_role("heading", name="Code review").wait_for(timeout=PATIENCE)
    page.get_by_text("Complete weeks", exact=True).wait_for(timeout=PATIENCE)  # the shared filters
    page.get_by_text("Demonstration data.").wait_for(timeout=PATIENCE)
    page.locator(CHART).first.wait_for(timeout=PATIENCE)
