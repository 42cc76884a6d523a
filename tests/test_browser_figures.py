"""Every figure of every screen leads to itself: what a link opens is what stands beside it, clicked and opened cold.

Every distinct link is opened in a session of its own on the server. In Chromium, where one costs twenty times as much,
each kind of place and of figure is clicked and opened cold once; with PLUMBLINE_WALK=all every link of every screen is.
"""

import json
import os
import re
from html import unescape
from urllib.parse import parse_qsl, urlencode, urlsplit

import pytest
from app_server import PATIENCE, ROOT, Server, chromium, marks, settled
from conftest import NOW

from metrics.catalogue import INDICATORS

PARTS = {
    "bottlenecks?team=dispatch": (
        "Today",
        "Stages",
        "Come and go",
        "Cycle time",
        "Review",
        "Sprints and CI",
        "Forecast",
    ),
    "delivery": ("Production", "Services", "Flow", "Cycle time"),
    "code_review": ("Waiting", "Queue", "Care", "Load"),
    "forecasts": ("Plans", "Track record", "Sprints", "Capacity"),
    "coverage": ("Synced", "Quality", "Not mapped", "Figures"),
}
SCREENS = (
    "weekly",
    "?team=dispatch&weeks=13",
    *(
        f"objectives?objective={one}"
        for one in (
            "technical_innovation",
            "project_success",
            "team_empowerment",
            "strategic_alignment",
            "code_quality",
        )
    ),
    "bottlenecks",
    "tech_debt",
    "monthly_report",
    "indicators",
    "connect",
    "privacy",
    "figure?indicator=stage_time_share&part=review&from=2026-10-19&to=2026-11-16",
    "figure?indicator=time_to_first_review&team=dispatch&weeks=4",
    *(
        f"{page}{'&' if '?' in page else '?'}{urlencode({'part': part})}"
        for page, parts in PARTS.items()
        for part in parts
    ),
)
NAMES = ("indicator", "place", "from", "to", "value", "n")
MAIN = re.compile('data-figure="main"' + "".join(f' data-{name}="(.*?)"' for name in NAMES))
FOUND = """() => {
    const names = ['indicator', 'place', 'from', 'to', 'value', 'n'];
    const hidden = one => one.closest('details:not([open])') !== null || one.closest('[hidden]') !== null;
    const said = one => names.map(name => one.getAttribute('data-' + name));
    const links = one => [...one.querySelectorAll('a[href^="figure?"]')];
    return {
        figures: [...document.querySelectorAll('[data-indicator]')].map(one => [said(one), links(one).map(link => [
            link.getAttribute('href'), link.target, hidden(link) || link.checkVisibility()])]),
        alone: links(document).filter(one => !one.closest('[data-indicator]')).map(one => one.outerHTML),
        points: [...document.querySelectorAll('.js-plotly-plot')].flatMap(chart => chart.data.flatMap(
            line => (Array.isArray(line.customdata) ? line.customdata : []).filter(
                said => Array.isArray(said) && said.length === 6 && said[2] && String(said[2]).match(/^\\d{4}-/)))),
    };
}"""
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


@pytest.fixture(scope="module")
def somebody(browser):
    """The window of somebody who has been there before."""
    context = browser.new_context(viewport={"width": 1400, "height": 1000})
    yield context
    context.close()


@pytest.fixture(scope="module")
def walked():
    """What each link says beside itself, and the kinds that were clicked on: filled screen by screen."""
    return {"links": {}, "kinds": set()}


def main_of(page):
    """What the page says that it is of."""
    one = page.locator('[data-figure="main"]')
    one.wait_for(state="attached", timeout=PATIENCE)
    return [one.get_attribute(f"data-{name}") for name in NAMES]


def place_of(values):
    """The place of a figure by kind; no key of the demonstration has a space."""
    words = values[1].split()
    return dict(zip(words[::2], words[1::2], strict=True))


def kind_of(values):
    """The kinds of a figure's place, and how its rows are summed up."""
    is_all = os.environ.get("PLUMBLINE_WALK") == "all"
    return tuple(values) if is_all else (*place_of(values), INDICATORS[values[0]].summary)


@pytest.mark.parametrize("screen", SCREENS)
def test_every_figure_has_one_link_to_itself_clicked_and_opened_cold(somebody, browser, server, walked, screen):
    page = somebody.new_page()
    page.goto(f"{server.url}/{screen}", timeout=PATIENCE)
    found = settled(page).evaluate(FOUND)
    assert page.get_by_text("Page not found").count() == 0
    assert found["alone"] == []
    for values, links in found["figures"]:
        assert len(links) == 1 and None not in values, values
        ((href, target, is_visible),) = links
        said = dict(parse_qsl(urlsplit(href).query))
        assert (said["indicator"], said["from"], said["to"]) == (values[0], *values[2:4])
        assert target == "_self" and is_visible
        assert walked["links"].setdefault(href, values) == values  # two numbers never have one link
        if kind_of(values) not in walked["kinds"]:
            walked["kinds"].add(kind_of(values))
            assert clicked(somebody, page, href) == values
            assert cold(browser, f"{server.url}/{href}") == values
    for values in {(one[0], one[1]): one for one in found["points"]}.values():  # the last one of each line
        walked["links"].setdefault(link_to(values), values)
    page.close()


def clicked(somebody, page, href):
    """What is opened by who clicks on a link, in a tab beside the screen."""
    link = page.locator(f"a[href={json.dumps(href)}]").first
    while link.evaluate("one => !one.checkVisibility() || one.closest('[inert]') !== null"):
        page.locator("details:not([open]) > summary:visible").first.click(timeout=PATIENCE)  # what hides it is opened
    with somebody.expect_page(timeout=PATIENCE) as opened:
        link.click(modifiers=["ControlOrMeta"], timeout=PATIENCE)
    shown = main_of(opened.value)
    opened.value.close()
    return shown


def cold(browser, address):
    """What is opened by somebody who was never there."""
    stranger = browser.new_context()
    page = stranger.new_page()
    page.goto(address, timeout=PATIENCE)
    shown = main_of(page)
    stranger.close()
    return shown


def link_to(values):
    """The link of a figure that a chart says of its point."""
    about = {"indicator": values[0], **place_of(values), "from": values[2], "to": values[3]}
    return f"figure?{urlencode(about)}"


def test_a_click_in_the_same_tab_opens_the_figure_and_back_leads_to_the_screen(somebody, server):
    page = somebody.new_page()
    page.goto(f"{server.url}/code_review?team=dispatch&weeks=4", timeout=PATIENCE)
    one = settled(page).locator(".st-key-card-pr_cycle_time [data-indicator=pr_cycle_time]")
    values = [one.get_attribute(f"data-{name}") for name in NAMES]
    one.get_by_role("link").click()
    assert main_of(page) == values and values[1] == "team dispatch"
    page.go_back()
    settled(page).get_by_role("heading", name="Code review", exact=True).wait_for(timeout=PATIENCE)
    page.close()


def test_every_distinct_link_and_point_opens_what_it_says_in_a_session_of_its_own(server, walked):
    links = walked["links"]
    if not links:
        pytest.skip("the screens were not looked at in this run")
    wrong = {href: (values, shown) for href, values in links.items() if (shown := opened(server.url, href)) != values}
    assert not wrong, f"{len(wrong)} of {len(links)}: {list(wrong.items())[:3]}"


def opened(url, href):
    """What the server shows first to somebody who follows a link, as six values; it is left as soon as that is there."""
    from streamlit.proto.BackMsg_pb2 import BackMsg
    from streamlit.proto.ForwardMsg_pb2 import ForwardMsg
    from websockets.sync.client import connect

    page, _, query = href.partition("?")
    message = BackMsg()
    message.rerun_script.query_string, message.rerun_script.page_name = query, page
    stream = f"{url.replace('http', 'ws')}/_stcore/stream"
    with connect(stream, subprotocols=["streamlit"], max_size=None) as socket:
        socket.send(message.SerializeToString())
        while True:
            answer = ForwardMsg.FromString(bytes(socket.recv(timeout=PATIENCE / 1000)))
            found = MAIN.search(answer.delta.new_element.markdown.body)
            if found:
                return [unescape(one) for one in found.groups()]
            if answer.WhichOneof("type") == "script_finished":
                return None
