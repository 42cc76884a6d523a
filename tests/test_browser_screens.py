"""Every screen of the demonstration organisation in a real Chromium: opened cold, clicked through, shared, downloaded."""

import csv
import io
import os
import subprocess
import sys
from pathlib import Path
from urllib.parse import urlsplit

import pytest
from app_server import PATIENCE, ROOT, Server, chromium, marks, settled, windows
from conftest import NOW

PAGES = (
    "",
    "objectives",
    "bottlenecks?team=dispatch",
    "delivery",
    "delivery?part=Services",
    "code_review",
    "tech_debt",
    "forecasts",
    "monthly_report",
    "coverage",
    "coverage?part=Quality",
    "indicators",
    "connect",
    "figure?indicator=pr_size",
)
LOOKS = ((1400, "light"), (390, "light"), (1400, "dark"), (390, "dark"))
pytestmark = marks


@pytest.fixture(scope="module")
def browser():
    yield from chromium()


@pytest.fixture(scope="module")
def server(tmp_path_factory, demonstration_file):
    if (ROOT / "data" / "config.toml").exists():
        pytest.skip("there is a configuration of one's own")
    running = Server(tmp_path_factory.mktemp("app"), demonstration_file, NOW.isoformat())
    yield running
    running.stop()


@pytest.fixture
def visit(browser, server):
    yield from windows(browser, server.url)


@pytest.fixture(scope="module")
def looks(browser):
    kept = {}
    yield kept
    for context in kept.values():
        context.close()


@pytest.fixture
def visit_again(browser, server, looks):
    """The same as somebody who was there before, in a window of that size and colour."""
    yield from windows(browser, server.url, looks)


@pytest.mark.parametrize("path", PAGES)
def test_every_page_opens_by_its_address_and_fits_the_window_in_both_sizes_and_colours(visit_again, path):
    page = settled(visit_again(path))
    assert page.locator("[data-testid=stException]").count() == 0
    assert page.get_by_text("Demonstration data.").count() == 1
    for look in LOOKS:
        page.set_viewport_size({"width": look[0], "height": 1000})
        page.emulate_media(color_scheme=look[1])
        fits(settled(page), *look)


def test_a_page_that_is_opened_on_a_telephone_at_night_fits_as_well(visit):
    fits(settled(visit("", *LOOKS[-1])), *LOOKS[-1])


def fits(page, width, scheme):
    """Wait until a page is as wide as its window, and as bright as its colours are."""
    page.wait_for_function("width => document.documentElement.scrollWidth <= width", arg=width, timeout=PATIENCE)
    background = "getComputedStyle(document.querySelector('[data-testid=stApp]')).backgroundColor"
    brightness = f"{background}.match(/\\d+/g).slice(0, 3).reduce((sum, part) => sum + Number(part), 0)"
    page.wait_for_function(f"{brightness} {'> 600' if scheme == 'light' else '< 200'}", timeout=PATIENCE)


def test_a_filter_is_in_the_address_survives_a_change_of_page_and_can_be_shared(visit):
    page = settled(visit("code_review?team=payments&weeks=13"))
    page.get_by_text("team payments").wait_for(timeout=PATIENCE)
    page.get_by_role("link", name="Delivery", exact=True).click()
    page.get_by_role("heading", name="Delivery", exact=True).wait_for(timeout=PATIENCE)
    page.get_by_role("radio", name="Flow").click()
    page.get_by_text("Cumulative flow").first.wait_for(timeout=PATIENCE)
    address = urlsplit(page.url)
    assert {"team=payments", "weeks=13", "part=Flow"} <= set(address.query.split("&"))
    other = settled(visit(f"{address.path.lstrip('/')}?{address.query}"))  # somebody else opens the link
    other.get_by_text("Cumulative flow").first.wait_for(timeout=PATIENCE)
    assert other.get_by_text("team payments").count() == 1


def test_a_filter_is_kept_where_somebody_leaves_before_the_browser_has_drawn_it(visit):
    late = []  # a slow line: the script that draws the filter is still on its way
    page = visit("code_review?team=payments", but={"**/static/js/Selectbox*": lambda route: late.append(route)})
    page.get_by_text("team payments").wait_for(timeout=PATIENCE)
    page.get_by_role("link", name="Delivery", exact=True).click()
    page.get_by_role("heading", name="Delivery", exact=True).wait_for(timeout=PATIENCE)
    assert late
    for request in late:
        request.continue_()
    page.get_by_role("radio", name="Flow").click()
    page.get_by_text("Cumulative flow").first.wait_for(timeout=PATIENCE)
    assert settled(page).get_by_text("team payments").count() == 1
    assert {"team=payments", "part=Flow"} <= set(urlsplit(page.url).query.split("&"))


def test_a_card_opens_its_rows_and_they_are_the_csv_and_the_command(visit, demonstration_file):
    page = settled(visit("code_review?weeks=4"))
    page.locator(".st-key-card-pr_cycle_time").get_by_role("link", name="Show").click()
    page.get_by_text("Counted:").wait_for(timeout=PATIENCE)
    settled(page)
    shown = page.locator("code", has_text="python -m metrics show").inner_text(timeout=PATIENCE)
    downloaded = rows_of(download(page, page.get_by_role("button", name="CSV of these")))
    assert len(downloaded) == number(page, "Counted:") + number(page, "Left out:")
    own = {"PLUMBLINE_STORE": f"sqlite:///{demonstration_file}", "PLUMBLINE_NOW": NOW.isoformat()}
    own["PLUMBLINE_CONFIG"] = str(ROOT / "connectors" / "demo" / "configuration.toml")
    command = [sys.executable, *shown.split()[1:]]
    printed = subprocess.run(command, cwd=ROOT, env=os.environ | own, capture_output=True, text=True, check=True)
    assert sorted(map(str, downloaded)) == sorted(map(str, rows_of(printed.stdout)))


def test_a_click_on_a_week_of_the_trend_shows_its_rows(visit):
    page = settled(visit("figure?indicator=pr_size"))
    page.locator(".st-key-trend .point").nth(3).click(force=True)
    page.wait_for_url("**from=2026-*", timeout=PATIENCE)
    start = next(part for part in urlsplit(page.url).query.split("&") if part.startswith("from="))
    settled(page)
    assert page.locator("[data-figure=main]").get_attribute("data-from") == start.removeprefix("from=")
    assert f"CSV of these {number(page, 'Counted:') + number(page, 'Left out:'):,} rows" in page.content()
    assert "2026-W" in page.locator(".st-key-period input").input_value()


def test_the_chart_of_a_service_shows_the_rows_of_a_week_and_leads_to_them(visit):
    page = settled(visit("delivery?part=Services"))
    page.locator(".st-key-grid-services .js-plotly-plot").first.locator(".point").nth(2).click(force=True)
    page.get_by_title("the whole figure").click(timeout=PATIENCE)
    page.get_by_role("heading", name="Figure and rows").wait_for(timeout=PATIENCE)
    assert "repository=" in page.url and "from=2026-" in page.url


def test_the_queue_of_a_team_is_its_csv(visit):
    page = settled(visit("bottlenecks?team=dispatch&waits=author"))
    button = page.locator(".st-key-csv-open-pull-requests").get_by_role("button")
    rows = rows_of(download(page, button))
    assert rows and {row["waits_for"] for row in rows} == {"author"}
    assert f"these {len(rows)} rows" in button.inner_text()


def test_everything_can_be_reached_with_the_keyboard(visit):
    page = settled(visit("bottlenecks?team=dispatch"))
    unnamed = page.evaluate(
        """() => [...document.querySelectorAll('button, a[href], input, [role=combobox]')].filter(one =>
            one.offsetParent !== null && !one.innerText?.trim() && !one.getAttribute('aria-label') && !one.title
            && !one.labels?.length && !one.getAttribute('aria-labelledby') && !one.querySelector('[aria-label], title')
            && !one.closest('.modebar')).map(one => one.outerHTML.slice(0, 160))"""
    )
    assert unnamed == []
    page.keyboard.press("Tab")
    assert page.evaluate("document.activeElement.tagName") != "BODY"


def test_a_printed_page_has_no_sidebar_and_shows_all(visit):
    page = settled(visit("code_review"))
    page.emulate_media(media="print")
    page.locator("[data-testid=stSidebar]").wait_for(state="hidden", timeout=PATIENCE)
    assert page.evaluate("getComputedStyle(document.querySelector('[data-testid=stMain]')).overflow") == "visible"


def download(page, button):
    with page.expect_download(timeout=PATIENCE) as made:
        button.click()
    return Path(made.value.path()).read_text()


def rows_of(text):
    return list(csv.DictReader(io.StringIO(text)))


def number(page, heading):
    found = page.get_by_role("heading", name=heading)
    return int("".join(c for c in found.inner_text() if c.isdigit())) if found.count() else 0
