"""What flow is reckoned from: rows enough, whoever kept them, and no others."""

import shutil
from datetime import timedelta

import pandas as pd
import pytest
from app_server import ROOT
from conftest import NOW, at
from pandas.testing import assert_frame_equal

from data import config
from data.store import Store
from metrics.flow_rows import NEEDED, FlowRows, packed, unpacked
from metrics.loading import load
from metrics.periods import last_complete_weeks
from metrics.review_lens import first_reviews, reviewed
from metrics.team_flow import TeamFlow

END = last_complete_weeks(NOW, 4).end


@pytest.fixture(scope="module")
def loaded(demonstration_file, tmp_path_factory):
    """The demonstration organisation, as its sync left it."""
    copy = shutil.copy(demonstration_file, tmp_path_factory.mktemp("flow") / "metrics.db")
    return load(Store.open(f"sqlite:///{copy}"), config.read(str(ROOT / "connectors" / "demo" / "configuration.toml")))


def told(flow):
    """All that is said of a flow."""
    fields = ("shares", "shares_before", "change", "expectation", "open_stages", "survival", "verdict", "words")
    flows = [(stage, counts.tolist()) for stage, counts in flow.flow.stages.items()]
    weeks = (flow.weekly.started.tolist(), flow.weekly.finished.tolist(), flow.weekly.balances)
    return {name: getattr(flow, name) for name in fields} | {"flow": flows, "weeks": weeks, "outline": flow.outline}


@pytest.mark.parametrize("place", range(-1, 5))
def test_a_sync_leaves_of_each_team_what_its_flow_is_reckoned_from(loaded, place, monkeypatch):
    team = None if place < 0 else sorted(loaded.settings.teams)[place]
    whole = TeamFlow(FlowRows.of(loaded.facts, team), team, END, NOW)
    with monkeypatch.context() as screen:
        screen.setattr(FlowRows, "of", lambda *of: pytest.fail("all issues were read"))
        rows = loaded.flow_rows(team, TeamFlow.looks_back_to(END, NOW))
    kept = TeamFlow(rows, team, END, NOW)
    assert told(kept) == told(whole) and whole.shares.n > 0
    assert_frame_equal(kept.open_issues, whole.open_issues)
    assert_frame_equal(kept.done, whole.done, check_names=False)
    assert len(rows.issues) < len(FlowRows.of(loaded.facts, team).issues)
    if team:
        assert loaded.outlines(END)[team] == whole.outline


def test_of_other_weeks_and_longer_ago_it_is_reckoned_from_all_issues(loaded):
    team, long_ago = sorted(loaded.settings.teams)[0], NOW - timedelta(weeks=52)
    rows = loaded.flow_rows(team, long_ago)
    assert rows.issues["done_at"].min() < NOW - timedelta(weeks=35)
    assert_frame_equal(rows.issues, FlowRows.of(loaded.facts, team, long_ago).issues)
    assert loaded.outlines(END - timedelta(weeks=1)) == {}


def test_rows_are_kept_as_they_are(loaded):
    made = FlowRows.of(loaded.facts, since=NOW - timedelta(weeks=31))
    again = unpacked(packed(made))
    assert (again.since, again.is_unknown) == (made.since, False)
    for name in NEEDED:
        assert_frame_equal(getattr(again, name), getattr(made, name))


@pytest.mark.parametrize(
    ("now", "begins"),
    [
        # the quarter before that of 2026-11-21 began on 1 July; 26 weeks before Monday the 16th is 18 May
        ("2026-11-21 12:00", "2026-05-18 00:00"),
        # of 31 December: 1 July; the last Monday is the 28th, 26 weeks before it 29 June
        ("2026-12-31 23:00", "2026-06-29 00:00"),
        # of 30 June: 1 January, but the 26 weeks before Monday the 29th began on 29 December
        ("2026-06-30 12:00", "2025-12-29 00:00"),
    ],
)
def test_it_looks_back_two_quarters_at_most(now, begins):
    moment = at(now)
    assert TeamFlow.looks_back_to(last_complete_weeks(moment, 1).end, moment) == at(begins)


def test_an_issue_that_is_open_is_never_too_old():
    issues = pd.DataFrame({"left_out": [None, None, "epic"], "done_at": [pd.NaT, at("2020-01-01 00:00"), pd.NaT]})
    issues["done_at"] = pd.to_datetime(issues["done_at"], utc=True)
    none = pd.DataFrame({"item": [0, 1], "done_at": issues["done_at"][:2], "end": issues["done_at"][:2]})
    rows = FlowRows(issues, none, none, none, False).lately(at("2026-01-01 00:00"))
    assert rows.issues.index.tolist() == [0] and rows.status_times["item"].tolist() == [0]


@pytest.mark.parametrize("weeks", [4, 26, 78])
def test_a_sync_leaves_the_reviews_of_the_weeks_that_screens_show_by_the_month(loaded, weeks, monkeypatch):
    scope = last_complete_weeks(NOW, weeks)
    whole = reviewed(first_reviews(loaded.facts["pull_requests"]), scope)
    with monkeypatch.context() as screen:
        screen.setattr("metrics.loading.first_reviews", lambda *of: pytest.fail("all pull requests were read"))
        rows = reviewed(loaded.first_reviews(scope.start, scope.end), scope)
    assert_frame_equal(rows.sort_index(), whole, check_categorical=False)
    assert len(rows) > 0


def test_reviews_of_longer_ago_are_looked_up_among_all(loaded):
    long_ago = last_complete_weeks(NOW, 110)
    every = first_reviews(loaded.facts["pull_requests"])
    assert_frame_equal(loaded.first_reviews(long_ago.start, long_ago.end), every)
