"""The address of a figure: written and read again without loss, and what a page shows for what it names."""

import re
from dataclasses import fields
from datetime import UTC, datetime
from html import unescape
from urllib.parse import parse_qsl, urlsplit

import app_pages
import pytest
from conftest import NOW, REPOSITORY, at, pull, row
from hypothesis import given
from hypothesis import strategies as st
from issue_rows import issue, together

from data import record
from data.schema import TABLES
from data.store import Store
from metrics.catalogue import CATALOGUE
from metrics.model import Point, Scope
from pages.ui.address import PLACE, Address, AddressError

USUAL = Scope(at("2026-10-26 00:00"), at("2026-11-16 00:00"), NOW)
WORDS = st.text(st.characters(exclude_categories=["Cs"]), min_size=1, max_size=40)
HOSTILE = st.sampled_from(
    [
        '<script>alert("1")</script>',
        "a&part=review",
        "a b",
        "team x",
        "%26",
        "+",
        "#",
        "?",
        "/",
        "é",
        "=",
        "\n",
        "'",
        "\0",
    ]
)
KEYS = st.none() | WORDS | HOSTILE
MOMENTS = st.datetimes(datetime(1, 1, 1), datetime(9999, 12, 31), timezones=st.just(UTC))


@st.composite
def addresses(draw):
    start, end = sorted((draw(MOMENTS), draw(MOMENTS)))
    if start == end:
        start, end = USUAL.start, USUAL.end
    place = {name: draw(KEYS) for name in PLACE}
    return Address(draw(st.sampled_from(CATALOGUE)).id, start, end, **place, bots=draw(st.booleans()))


def read(href: str) -> Address:
    """The figure that a browser asks for which follows a link."""
    return Address.read(dict(parse_qsl(urlsplit(href).query)), USUAL)


@given(addresses())
def test_what_is_written_into_a_link_is_read_from_it(address):
    assert read(address.href(weeks="13")) == address


@given(addresses())
def test_two_figures_never_have_one_link(address):
    other = read(address.href())
    assert all(getattr(other, one.name) == getattr(address, one.name) for one in fields(Address))
    assert address.href().startswith("figure?") and not re.search(r"[\s\"'<>]", address.href())


@pytest.mark.parametrize(
    ("start", "end", "said"),
    [
        ("2026-10-05 00:00", "2026-10-12 00:00", ("2026-10-05", "2026-10-12")),  # a week
        ("2026-10-01 00:00", "2026-11-01 00:00", ("2026-10-01", "2026-11-01")),  # a month
        ("2026-10-05 08:00", "2026-10-05 08:01", ("2026-10-05T08:00:00Z", "2026-10-05T08:01:00Z")),  # any range
        ("2026-10-04 22:00", "2026-10-11 22:00", ("2026-10-04T22:00:00Z", "2026-10-11T22:00:00Z")),  # Berlin's week
    ],
)
def test_six_values_say_a_figure(start, end, said):
    point = Point("2026-W41", at(start), at(end), 3, 1 / 3)
    address = Address("wip", at(start), at(end), team="pay", part="review")
    assert address.values(point) == ("wip", "team pay part review", *said, "0.3333333333333333", "3")
    assert address.values(Point("2026-W41", at(start), at(end), 0, None))[4:] == ("", "0")


@pytest.mark.parametrize(
    ("query", "said"),
    [
        ({}, "No indicator is called “”"),
        ({"indicator": "wipp"}, "No indicator is called “wipp”"),
        ({"indicator": "wip", "from": "yesterday"}, "“yesterday” is no day or time"),
        ({"indicator": "wip", "to": "2026-13-01"}, "“2026-13-01” is no day or time"),
        ({"indicator": "wip", "from": "0001-01-01T00:00:00+14:00"}, "is no day or time"),  # before the calendar begins
        ({"indicator": "wip", "from": "2026-11-16"}, "ends (2026-11-16) before it begins (2026-11-16)"),
        ({"indicator": "wip", "from": "2026-11-20", "to": "2026-11-01"}, "before it begins"),
    ],
)
def test_what_is_no_address_is_said(query, said):
    with pytest.raises(AddressError) as found:
        Address.read(query, USUAL)
    assert said in str(found.value)


def test_what_an_address_leaves_out_is_as_in_the_view():
    assert Address.read({"indicator": "wip", "team": ""}, USUAL) == Address("wip", USUAL.start, USUAL.end)
    whole = Address.read({"indicator": "wip", "from": "2026-10-05T00:00:00+02:00"}, USUAL)
    assert whole.start == at("2026-10-04 22:00") and whole.end == USUAL.end


# What a page shows for it --------------------------------------------------------------------------------

CONFIGURATION = """
[[github]]
repositories = ["Acme/App"]
[[jira]]
url = "https://jira.invalid"
projects = ["PAY", "R&D"]
[teams.pay]
name = "Payments"
jira_projects = ["PAY"]
[teams."r & d"]
name = "Research"
repositories = ["Acme/App"]
"""
JANUARY = {"from": "2026-01-01", "to": "2026-02-01"}


def tracker():
    """Two open epics of one title, PAY-1 and PAY-2, and five issues finished in January 2026, one of them a bug.

    PAY-11 and PAY-12 in the week from the 5th, PAY-13 and the bug PAY-14 in the one from the 12th, R&D-15 on the 30th.
    """
    moved = ("In Progress", "02")
    epics = [issue(f"PAY-{n}", "01", moved, type="Epic", title="Pay & go") for n in (1, 2)]
    done = {"PAY-11": "06", "PAY-12": "11 23:59", "PAY-13": "12", "PAY-14": "13", "R&D-15": "30"}
    kinds = {"PAY-14": "Bug"}
    items = [
        issue(key, "01", moved, ("Done", end), type=kinds.get(key, "Story"), epic_id="1") for key, end in done.items()
    ]
    projects = [row("projects", source="jira", id=key, key=key, name=key) for key in ("PAY", "R&D")]
    return together(*epics, *items, issue("PAY-16", "01", epic_id="2"), projects=projects)


@pytest.fixture(scope="module")
def folder(tmp_path_factory):
    """A store of that tracker and of seven pull requests, merged on the days from 2 to 8 November 2026."""
    folder = tmp_path_factory.mktemp("addressed")
    (folder / "config.toml").write_text(CONFIGURATION)
    store = Store.open(f"sqlite:///{folder / 'metrics.db'}")
    pulls = [pull(n, f"2026-11-0{n} 08:00", merged_at=f"2026-11-0{n} 20:00") for n in range(2, 9)]
    tables = tracker() | {"repositories": [REPOSITORY | {"name": "Acme/App"}], "pull_requests": pulls}
    synced = {"scope_id": "1", "complete": True, "synced_at": NOW, "cursor": None, "requests": 3, "points": 4}
    with store.writing() as connection:
        for table in (name for name in TABLES if name in tables):
            for one in tables[table]:
                store.upsert(connection, table, [one])
        record.save_state(store, connection, "github", ["repositories", "pull_requests", "reviews"], "Acme/App", synced)
        for key in ("PAY", "R&D"):
            record.save_state(store, connection, "jira", ["projects", "issues", "issue_changes"], key, synced)
    record.finish_run(store, record.start_run(store, NOW), NOW, "complete")
    return folder


@pytest.fixture
def opened(folder, monkeypatch):
    """A page, opened with a query in its address: opened("figure", indicator="wip")."""
    monkeypatch.setenv("PLUMBLINE_NOW", NOW.isoformat())
    monkeypatch.setenv("PLUMBLINE_STORE", f"sqlite:///{folder / 'metrics.db'}")
    monkeypatch.setenv("PLUMBLINE_CONFIG", str(folder / "config.toml"))

    def of(page, **query):
        shown = app_pages.opened(f"{page}.py", **query)
        assert not shown.exception
        return shown

    return of


def main_of(app):
    """The place, the time and n of the figure that a page is of; None where it shows none."""
    body = "".join(str(one.value) for one in app.markdown)
    said = re.search(
        r'data-figure="main" data-indicator="\w+" data-place="(.*?)" data-from="(.*?)" data-to="(.*?)"', body
    )
    return (
        (unescape(said[1]), said[2], said[3], int(re.findall(r'data-n="(\d+)"', body[said.end() :])[0]))
        if said
        else None
    )


WEEK, SECOND = {"from": "2026-01-05", "to": "2026-01-12"}, {"from": "2026-01-12", "to": "2026-01-19"}


@pytest.mark.parametrize(
    ("query", "place", "n"),
    [
        ({"indicator": "throughput"} | JANUARY, "", 5),  # a month: all five
        ({"indicator": "throughput"} | WEEK, "", 2),  # a week: half-open, 11 January 23:59 is in it
        ({"indicator": "throughput"} | SECOND, "", 2),  # and midnight is in the next one
        ({"indicator": "throughput", "from": "2026-01-06", "to": "2026-01-12T00:00:01Z"}, "", 3),  # any range
        ({"indicator": "throughput", "team": "pay"} | JANUARY, "team pay", 4),
        ({"indicator": "throughput", "project": "R&D"} | JANUARY, "project R&D", 1),  # a key with &
        ({"indicator": "merged_pull_requests", "team": "r & d"}, "team r & d", 7),  # and with spaces
        ({"indicator": "pr_size", "repository": "acme/APP"}, "repository Acme/App", 7),  # in other letters
        ({"indicator": "stage_time_share", "part": "active"} | JANUARY, "part active", 5),  # n is of the whole
        ({"indicator": "epic_scope_growth", "epic": "PAY-1"} | JANUARY, "epic PAY-1", 1),  # of two of one title:
        ({"indicator": "epic_scope_growth", "epic": "PAY-2"} | JANUARY, "epic PAY-2", 0),  # too small, left out
    ],
)
def test_a_figure_is_that_of_its_keys(opened, query, place, n):
    found = main_of(opened("figure", **query))
    time = (query["from"], query["to"]) if "from" in query else ("2026-05-18", "2026-11-16")
    assert found == (place, *time, n)


@pytest.mark.parametrize(
    ("query", "said"),
    [
        ({"indicator": "gone"}, "No indicator is called “gone”"),
        ({"team": "left"}, "There is no team “left” to show: it was removed or renamed"),
        ({"team": "Payments"}, "There is no team “Payments” to show"),  # a name is no key
        ({"repository": "acme/ap"}, "There is no repository “acme/ap” to show"),
        ({"indicator": "throughput", "project": "OLD"}, "has no rows of a project “OLD”. Those it has: PAY, R&D."),
        ({"indicator": "epics_in_progress", "epic": "PAY-99"}, "has no rows of an epic “PAY-99”"),
        ({"indicator": "stage_time_share", "part": "bug"} | JANUARY, "has no part “bug” here. Its parts: active."),
        ({"indicator": "throughput", "part": "bug"} | JANUARY, "has no part “bug” here. Its parts: none."),
        ({"indicator": "throughput", "from": "2026-02-30"}, "“2026-02-30” is no day or time"),
    ],
)
def test_what_is_not_there_is_said_and_nothing_else_is_shown_for_it(opened, query, said):
    app = opened("figure", **query)
    assert said in app.error[0].value and main_of(app) is None


@pytest.mark.parametrize("key", ["PAY-1", "PAY-2"])
def test_of_two_epics_of_one_title_the_address_opens_its_own(opened, key):
    app = opened("forecasts", epic=key)
    (chosen,) = [one for one in app.selectbox if one.label == "Epic"]
    assert chosen.value == key and set(chosen.options) == {"PAY-1 · Pay & go", "PAY-2 · Pay & go"}
    other = chosen.set_value({"PAY-1": "PAY-2", "PAY-2": "PAY-1"}[key]).run()
    assert other.query_params["epic"] in (["PAY-1"], "PAY-1") if key == "PAY-2" else ["PAY-2"]


def test_an_epic_that_is_not_open_is_said(opened):
    app = opened("forecasts", epic="Pay & go")
    assert "there is no “Pay & go” here" in app.error[0].value
    assert not [one for one in app.selectbox if one.label == "Epic"]


def test_an_objective_is_opened_by_its_key(opened):
    app = opened("objectives", objective="code_quality")
    assert app.subheader[0].value.startswith("Code quality")
    assert "there is no “Code quality” here" in opened("objectives", objective="Code quality").error[0].value


def test_another_indicator_leaves_the_part_and_the_weeks_of_the_one_before(opened):
    app = opened("figure", indicator="stage_time_share", part="active", **JANUARY)
    app.selectbox("indicator").set_value("throughput").run()
    assert main_of(app) == ("", "2026-05-18", "2026-11-16", 0)


def test_other_weeks_on_screen_are_those_of_the_figure(opened):
    app = opened("figure", indicator="throughput", **JANUARY)
    app.segmented_control("weeks").set_value("4").run()
    assert main_of(app)[1:3] == ("2026-10-19", "2026-11-16")
