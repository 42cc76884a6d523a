"""One row of the year 1 or 9999: the figures of all others stand, the row is listed, nobody's arguments are blamed."""

from datetime import UTC, datetime, timedelta

import pandas as pd
import pytest
from conftest import NOW, REPOSITORY, pull, review, row

from data.config import Config
from data.moments import EARLIEST, LATEST, columns_of, impossible, possible
from data.schema import COPIED, TABLES
from metrics.__main__ import main as metrics
from metrics.end_of_sync import keep_all
from metrics.keeping import Tables
from reports.__main__ import main as reports

YEAR_1, YEAR_9999 = datetime(1, 1, 1, tzinfo=UTC), datetime(9999, 12, 31, 23, tzinfo=UTC)
ISSUE = row("issues", source="jira", id="1", project="PAY", key="PAY-1", created_at="2026-10-05 09:00", type="Story")
OF_PULL = {"pull_request_id": "2"}
GOOD = {  # one right row of each table, and the moment that will be impossible in its neighbour
    "pull_requests": (pull(2, "2026-11-02 08:00", merged_at="2026-11-02 20:00"), "created_at"),
    "reviews": (review(2, "2026-11-02 10:00"), "submitted_at"),
    "review_comments": (row("review_comments", id="1", created_at="2026-11-02 10:00", **OF_PULL), "created_at"),
    "comments": (row("comments", id="1", created_at="2026-11-02 10:00", **OF_PULL), "created_at"),
    "commits": (row("commits", id="c", committed_at="2026-11-02 07:00", author="ana", **OF_PULL), "committed_at"),
    "pull_request_events": (row("pull_request_events", id="1", kind="ready", at="2026-11-02 09:00", **OF_PULL), "at"),
    "releases": (row("releases", id="1", tag="v1", published_at="2026-11-03 08:00"), "published_at"),
    "deployments": (row("deployments", id="1", environment="production", created_at="2026-11-03 08:00"), "created_at"),
    "deployment_statuses": (
        row("deployment_statuses", id="1", deployment_id="1", state="success", at="2026-11-03 08:00"),
        "at",
    ),
    "workflow_runs": (row("workflow_runs", id="1", workflow="ci", created_at="2026-11-03 08:00"), "created_at"),
    "issues": (ISSUE, "created_at"),
    "issue_changes": (
        row("issue_changes", source="jira", issue_id="1", id="1", field="status", position=0, at="2026-10-06 09:00"),
        "at",
    ),
    "worklogs": (row("worklogs", source="jira", issue_id="1", id="1", started_at="2026-10-06 09:00"), "started_at"),
    "sprints": (
        row("sprints", source="jira", id="1", name="S", state="closed", start_at="2026-10-05 09:00")
        | {"end_at": NOW, "complete_at": NOW},
        "start_at",
    ),
    "incidents": (row("incidents", source="files", id="1", started_at="2026-11-04 09:00"), "started_at"),
    "git_commits": (
        row("git_commits", source="git", id="c", position=1, committed_at="2026-11-02 09:00"),
        "committed_at",
    ),
}


def written(store, **tables):
    with store.writing() as connection:
        for table in (name for name in TABLES if name in tables):
            store.upsert(connection, table, tables[table])


@pytest.fixture
def good(store):
    """A store with one right row in every table that tells moments."""
    written(store, repositories=[REPOSITORY, REPOSITORY | {"source": "git"}])
    written(store, projects=[row("projects", source="jira", id="1", key="PAY")])
    written(store, **{name: [one] for name, (one, _) in GOOD.items()})
    return store


def absurd(table, moment):
    """The same row with a key of its own and a moment that cannot be."""
    one, column = GOOD[table]
    last = list(TABLES[table].primary_key)[-1].name
    return one | {last: "absurd", column: moment}


@pytest.mark.parametrize("table", GOOD)
def test_the_row_is_in_no_table_that_figures_are_made_of_and_is_listed(good, table):
    """What every fact is built from is what it was; the list names table, key, column and moment."""
    before = Tables(good)[table]
    assert len(before) == 1
    for moment in (YEAR_1, YEAR_9999, EARLIEST - timedelta(microseconds=1), LATEST):
        written(good, **{table: [absurd(table, moment)]})
        pd.testing.assert_frame_equal(Tables(good)[table], before)
        (one,) = impossible(good)
        assert (one.table, one.column, one.at) == (table, GOOD[table][1], moment)
        assert one.key.split()[-1] == "absurd"
    for moment in (EARLIEST, LATEST - timedelta(microseconds=1)):
        written(good, **{table: [absurd(table, moment)]})
        assert len(Tables(good)[table]) == 2 and impossible(good) == []


def test_a_row_without_a_moment_or_with_an_odd_time_of_its_copy_stays(good):
    written(good, pull_requests=[GOOD["pull_requests"][0] | {"updated_at": YEAR_1, "merged_at": None}])
    assert len(Tables(good)["pull_requests"]) == 1 and impossible(good) == []
    empty = good.load("pull_requests").iloc[:0]
    assert possible("pull_requests", empty) is empty


def test_a_row_that_is_gone_is_not_listed(good):
    written(good, reviews=[absurd("reviews", YEAR_1)])
    assert len(impossible(good)) == 1
    with good.writing() as connection:
        good.mark_gone(connection, "reviews", {"id": "absurd"}, NOW + timedelta(days=1))
    assert impossible(good) == []


def test_every_table_that_a_source_fills_with_moments_is_tried_here():
    told = {name for name in COPIED if columns_of(name)}
    assert told - set(GOOD) == {"tags", "issue_links", "file_snapshots", "dependencies", "package_releases"}


def test_a_repository_stays_whenever_it_says_that_it_was_made(good):
    written(good, repositories=[REPOSITORY | {"created_at": YEAR_1}])
    assert len(Tables(good)["repositories"]) == 2 and impossible(good) == []


def test_commands_reports_and_the_end_of_a_sync_say_what_they_would_without_them(good, tmp_path, monkeypatch, capsys):
    """All of them at once, of the year 1 and of 9999: the same words and files, exit code 0, nothing on stderr."""
    monkeypatch.setenv("PLUMBLINE_STORE", str(good.engine.url))
    monkeypatch.setenv("PLUMBLINE_NOW", NOW.isoformat())
    monkeypatch.setattr("data.config.DEFAULT_FILE", tmp_path / "none.toml")

    def said():
        shown = [metrics(["show", name, "--rows", "--format", "json"]) for name in ("pr_size", "throughput")]
        assert shown == [0, 0] and metrics(["scorecard", "--format", "json"]) == 0
        assert reports(["monthly", "--month", "2026-10", "--format", "md", "--out", str(tmp_path)]) == 0
        printed = capsys.readouterr()
        assert printed.err == ""
        return printed.out

    before = said()
    turns = {table: (YEAR_1, YEAR_9999)[turn % 2] for turn, table in enumerate(GOOD)}
    written(good, **{table: [absurd(table, moment)] for table, moment in turns.items()})
    keep_all(good, Config(), NOW)
    assert said() == before
    assert len(impossible(good)) == len(GOOD)


def test_a_fault_is_never_blamed_on_arguments_that_were_not_given(good, monkeypatch, capsys):
    monkeypatch.setenv("PLUMBLINE_STORE", str(good.engine.url))
    monkeypatch.setattr("metrics.answers.result", lambda *given: int("no number"))
    with pytest.raises(ValueError, match="no number"):
        metrics(["show", "pr_size"])
    monkeypatch.undo()
    monkeypatch.setenv("PLUMBLINE_STORE", str(good.engine.url))
    assert metrics(["show", "pr_size", "--from", "0001-01-01", "--to", "0001-01-01"]) == 2
    assert "--from, --to:" in capsys.readouterr().err
