"""python -m reports: its files, its figures against `metrics show`, what it refuses, what it keeps."""

import json
import re

import pytest
from conftest import NOW, REPOSITORY, event, pull, review, row
from issue_rows import together
from plan_rows import portfolio

from data import notes, record, reports
from data.notes import Kind, Note
from metrics.__main__ import main as metrics
from metrics.shelf import Shelf
from reports.__main__ import main as command
from reports.frozen import report_of

CONFIG = """
[report]
organisation = "Acme"
audience = "Prepared for the board"
[teams.app]
name = "App"
members = ["ana", "ben", "cleo-m"]
repositories = ["acme/app"]
[teams.two]
name = "Two people"
members = ["dan", "eve"]
[targets.pr_size]
value = 250
source = "ours"
from = 2026-10-05
"""
STREAMS = ["pull_requests", "reviews", "review_comments", "pull_request_events", "repositories", "comments", "commits"]


@pytest.fixture
def place(monkeypatch, tmp_path):
    """A configuration and a store of this test's own, at a fixed moment."""
    monkeypatch.setenv("PLUMBLINE_NOW", "2026-11-21T12:00:00Z")
    monkeypatch.setenv("PLUMBLINE_STORE", f"sqlite:///{tmp_path / 'metrics.db'}")
    (tmp_path / "config.toml").write_text(CONFIG)
    monkeypatch.setenv("PLUMBLINE_CONFIG", str(tmp_path / "config.toml"))
    return tmp_path


@pytest.fixture
def filled(place, fill):
    """Pull requests of September and October, synced in full."""
    store = fill(
        repositories=[REPOSITORY],
        pull_requests=[
            pull(1, "2026-09-07 08:00", merged_at="2026-09-08 08:00"),
            pull(2, "2026-10-05 08:00", merged_at="2026-10-06 08:00", additions=300),
            pull(3, "2026-10-06 08:00", merged_at="2026-10-09 20:00", author="cleo-m", author_id="u-c"),
            pull(4, "2026-10-08 08:00"),
        ],
        reviews=[review(1, "2026-09-07 10:00"), review(2, "2026-10-05 14:30")],
        pull_request_events=[event(1, "closed", "2026-09-08 08:00")],
    )
    synced(store)
    return store


def synced(store):
    facts = {"scope_id": "1", "complete": True, "synced_at": NOW, "cursor": None, "requests": 3, "points": 4}
    with store.writing() as connection:
        record.save_state(store, connection, "github", STREAMS, "acme/app", facts)


def run(capsys, *arguments, code=0):
    assert command(list(arguments)) == code
    return capsys.readouterr()


def october(capsys, place, ending="md"):
    out = run(capsys, "monthly", "--month", "2026-10", "--format", ending, "--out", str(place)).out
    return (place / f"engineering-report-2026-10.{ending}").read_bytes(), out


def test_every_figure_of_the_page_is_what_metrics_show_gives(capsys, place, filled):
    page = october(capsys, place, "html")[0].decode()
    figures = set(
        re.findall(r'<p class="value" data-indicator="([^"]+)" data-value="([^"]*)" data-unit="([^"]*)"', page)
    )
    assert len(figures) > 30
    for indicator, value, unit in sorted(figures):
        metrics(
            ["show", indicator, "--from", "2026-10-01", "--to", "2026-11-01", "--grain", "month", "--format", "json"]
        )
        shown = json.loads(capsys.readouterr().out)
        assert (float(value) if value else None) == shown["total"]["value"] == shown["series"][0]["value"], indicator
        assert unit == shown["unit"]


def test_a_month_is_written_and_kept_as_it_was_sent(capsys, place, filled):
    written, out = october(capsys, place)
    assert out.split() == [str(place / "engineering-report-2026-10.md")]
    kept = reports.sent(filled)[0]
    assert (kept.kind, kept.period) == ("monthly", "2026-10")
    assert kept.digest in run(capsys, "list").out
    (place / "again").mkdir()
    run(capsys, "show", kept.digest[:8], "--format", "md", "--out", str(place / "again"))
    assert (place / "again" / "engineering-report-2026-10.md").read_bytes() == written


def test_where_a_sync_has_left_figures_no_fact_of_every_pull_request_or_issue_is_read_and_it_says_the_same(
    capsys, place, filled, monkeypatch
):
    from_rows, _ = october(capsys, place)
    assert metrics(["keep"]) == 0
    read, usual = set(), Shelf.take
    monkeypatch.setattr(Shelf, "take", lambda shelf, name: read.add(name) or usual(shelf, name))
    from_figures, _ = october(capsys, place)
    assert from_figures == from_rows
    assert {"pull_request_counts", "open_epics"} <= read
    assert not read & {"pull_requests", "reviews", "issues", "issue_ends", "status_times", "file_changes", "epic_items"}


def test_two_runs_are_the_same_bytes(capsys, place, filled):
    for folder in ("one", "two"):
        run(capsys, "monthly", "--month", "2026-10", "--format", "md,html,xlsx", "--out", str(place / folder))
    for ending in ("md", "html", "xlsx"):
        one, two = (place / name / f"engineering-report-2026-10.{ending}" for name in ("one", "two"))
        assert one.read_bytes() == two.read_bytes()


def test_the_forecasts_that_it_prints_are_kept_once_and_it_stays_the_same_bytes(capsys, place, fill):
    store = fill(**together(*portfolio()))
    (place / "config.toml").write_text(CONFIG.replace('name = "App"', 'name = "App"\njira_projects = ["PAY"]'))
    written, _ = october(capsys, place)
    kept = store.load("forecasts").set_index(["kind", "scope"])
    # 12 items are open, due on the 6th of December; at three a week they take four weeks from the 16th of November.
    assert set(kept.index) == {("epic", "PAY-1"), ("epic", "PAY-2")} and set(kept["made_on"]) == {"2026-11-21"}
    one = kept.loc[("epic", "PAY-2")]
    assert (one["items"], one["probability"], f"{one['p85']:%Y-%m-%d}") == (12, 0, "2026-12-13")
    assert "PAY-2" in written.decode() and october(capsys, place)[0] == written
    assert store.load("forecasts").set_index(["kind", "scope"]).equals(kept)


def test_a_report_as_of_a_day_before_the_data_tells_no_forecast(capsys, place, fill, monkeypatch):
    store = fill(**together(*portfolio()))
    monkeypatch.setenv("PLUMBLINE_NOW", "2026-11-10T12:00:00Z")  # the copy is of the 21st
    october(capsys, place)
    assert store.load("forecasts").empty


def test_sections_stand_in_their_order(capsys, place, filled):
    text = october(capsys, place)[0].decode()
    assert re.findall(r"^## (.*)$", text, re.MULTILINE) == [
        "In short",
        "Scope and data",
        "Summary",
        "Roadmap and forecasts",
        "Delivered and predictability",
        "Budget and allocation",
        "Delivery performance and reliability",
        "Quality, review and technical debt",
        "Team health and improvements",
        "Risks and decisions",
        "Method and definitions",
        "Definitions",
    ]


def test_what_has_no_source_is_said_and_is_no_zero(capsys, place, filled):
    text = october(capsys, place)[0].decode()
    assert "Sprint predictability is not measured: no source has been synced for it." in text
    assert (
        "Targets changed**\n\n| indicator | target | since |\n| --- | --- | --- |\n| Pull request size | at most 250 lines (ours) | 2026-10-05 |"
        in text
    )


def test_a_small_team_is_not_shown_by_itself(capsys, place, filled, fill):
    theirs = {"author": "dan", "author_id": "dan", "author_kind": "User"}
    fill(pull_requests=[pull(n, f"2026-10-{n} 08:00", merged_at=f"2026-10-{n} 20:00", **theirs) for n in range(12, 22)])
    text = october(capsys, place)[0].decode()
    assert "| App |" in text and "Two people" not in text


def test_a_row_that_came_late_restates_the_month_before(capsys, place, filled, fill):
    run(capsys, "monthly", "--month", "2026-09", "--format", "md", "--out", str(place))
    fill(pull_requests=[pull(9, "2026-09-09 08:00", merged_at="2026-09-10 08:00", additions=100)])
    made = report_of_october(capsys, place, filled)
    rows = {row[0]: row for section in made.sections for t in section.tables if t.title == "Restated" for row in t.rows}
    # one pull request of 15 lines was reported; with one of 105 lines the median is 60
    assert rows["Pull request size"] == ("Pull request size", "lines", 15.0, 1, 60.0, 2, "1 row came later")


def report_of_october(capsys, place, store):
    october(capsys, place)
    return report_of(reports.content(store, next(r for r in reports.sent(store) if r.period == "2026-10").digest))


def test_typed_remarks_lose_the_people_in_them(capsys, place, filled):
    notes.add(filled, Note(Kind.REMARK, "Thanks to cleo-m and ana@x.example", "vp", NOW, NOW.replace(month=10, day=3)))
    assert "Remark: Thanks to (a person) and (an address)" in october(capsys, place)[0].decode()


def test_a_report_that_would_name_somebody_is_refused(capsys, place, filled):
    (place / "config.toml").write_text(CONFIG.replace("Prepared for the board", "For bob@acme.example"))
    said = run(capsys, "monthly", "--month", "2026-10", "--format", "md", "--out", str(place), code=2)
    assert "[report] audience" in said.err and "bob" not in said.err
    assert not reports.sent(filled)


@pytest.mark.parametrize(
    ("arguments", "said"),
    [
        (["--month", "2026-11"], "is not over before 2026-12-01"),
        (["--month", "2026-13"], "is no month"),
        (["--month", "x"], "is no month"),
        (["--format", "docx"], "docx is not known"),
        (["--format", ""], "none given"),
        (["--out", "/proc/nowhere"], "cannot be written"),
    ],
)
def test_what_cannot_be_is_one_line_and_exit_2(capsys, place, filled, arguments, said):
    shown = run(capsys, "monthly", "--month", "2026-10", *arguments, code=2)
    assert said in shown.err and len(shown.err.strip().splitlines()) == 1 and not shown.out


def test_an_empty_store_gives_a_report_that_says_so(capsys, place, store):
    text = october(capsys, place)[0].decode()
    assert "No source has been synced" in text and "is not measured: no source" in text


def test_a_week_is_one_page(capsys, place, filled):
    run(capsys, "weekly", "--week", "2026-W41", "--format", "md", "--out", str(place))
    text = (place / "engineering-report-2026-W41.md").read_text()
    assert re.findall(r"^## (.*)$", text, re.MULTILINE) == ["In short", "Definitions"]
    assert "**Plans that need a decision, the least probable first**" in text and "**Risks**" in text


def test_the_digest_speaks_once(capsys, place, filled):
    first = run(capsys, "digest").out
    assert run(capsys, "digest").out == "" and first == ""


def test_a_people_table_of_accounts_is_known_too(capsys, place, filled, fill):
    fill(accounts=[row("accounts", source="jira", id="j1", login="x", name="Zoë Quince", email="z@q.example")])
    notes.add(filled, Note(Kind.REMARK, "zoë quince left", "vp", NOW, NOW.replace(month=10, day=3)))
    assert "Remark: (a person) left" in october(capsys, place)[0].decode()
