"""The flow of the local Jira server's issues, row by row against an independent calculation."""

import json
import os

import pandas as pd
import pytest
from jira_sandbox import SANDBOX, run, running

from data.config import Config
from data.store import Store
from metrics.catalogue import INDICATORS
from metrics.evaluate import evaluate, observations
from metrics.issues import LEFT_OUT
from metrics.loading import load
from metrics.model import Scope
from metrics.sprints import by_sprint

pytestmark = [
    pytest.mark.sandbox,
    pytest.mark.skipif(not (SANDBOX / "jira").exists(), reason="no local Jira server beside the checkout"),
]
FIGURES = ("issue_cycle_time", "issue_lead_time", "throughput", "wip", "sprint_say_do")


@pytest.fixture(scope="module")
def expected():
    return json.loads((SANDBOX / "expected" / "jira-alloy.json").read_text())


@pytest.fixture(scope="module", params=["cloud", "server"])
def loaded(request, tmp_path_factory):
    """Both projects, synced once, as facts."""
    os.environ |= {
        "TEST_JIRA_TOKEN": "secret-token",
        "TEST_JIRA_USER": "bot@example.org",
        "TEST_JIRA_PAT": "secret-pat",
    }
    store = Store.open(f"sqlite:///{tmp_path_factory.mktemp('figures')}/metrics.db")
    with running(*(("--server",) if request.param == "server" else ())) as server:
        assert run(server, request.param, store, ("ALOY", "DAEMON")) == []
    return load(store, Config())


def rows_of(loaded, indicator):
    return observations(INDICATORS[indicator], loaded.facts)


def seconds(expected, name):
    return {key: answer[name] for key, answer in expected["issues"].items() if answer[name] is not None}


def test_cycle_and_lead_time_of_every_issue(loaded, expected):
    for indicator, name in (("issue_cycle_time", "cycle_s"), ("issue_lead_time", "lead_s")):
        rows = rows_of(loaded, indicator).dropna(subset="value")
        found = dict(zip(rows["key"], rows["value"] * 86_400, strict=True))
        assert found == pytest.approx(seconds(expected, name), abs=1e-4)
        finishes = dict(zip(rows["key"], rows["at"], strict=True))
        assert finishes == {key: pd.Timestamp(expected["issues"][key]["done_at"]) for key in found}


def test_every_issue_that_is_left_out_has_the_expected_reason(loaded, expected):
    facts = loaded.facts["issues"].set_index("key")
    reasons = facts["left_out"].dropna().to_dict()
    assert reasons == {key: answer["left_out"] for key, answer in expected["issues"].items() if answer["left_out"]}
    assert set(reasons.values()) <= set(LEFT_OUT)


def test_starts_and_reopenings_of_every_issue(loaded, expected):
    facts = loaded.facts["issues"].set_index("key")
    starts = {key: at for key, at in facts["started_at"].items() if not pd.isna(at)}
    wanted = {key: answer["started_at"] for key, answer in expected["issues"].items() if answer["started_at"]}
    assert starts == {key: pd.Timestamp(at) for key, at in wanted.items()}
    assert facts["reopens"].to_dict() == {key: answer["reopens"] for key, answer in expected["issues"].items()}


def test_work_in_progress_of_every_day(loaded, expected):
    rows = rows_of(loaded, "wip")
    ends = [pd.Timestamp(day, tz="UTC") + pd.Timedelta(days=1) for day in expected["wip_started"]]
    found = [int(((rows["at"] < end) & (rows["until"].isna() | (rows["until"] >= end))).sum()) for end in ends]
    assert dict(zip(expected["wip_started"], found, strict=True)) == expected["wip_started"]


def test_throughput_of_every_week(loaded, expected):
    rows = rows_of(loaded, "throughput")
    monday = rows["at"].dt.floor("D") - pd.to_timedelta(rows["at"].dt.day_of_week, unit="D")
    found = monday.dt.strftime("%Y-%m-%d").value_counts().to_dict()
    assert found == {week: answer["done"] for week, answer in expected["throughput"].items() if answer["done"]}


def test_the_weekly_series_counts_what_is_not_left_out(loaded, expected):
    first, last = min(expected["throughput"]), max(expected["throughput"])
    start, end = pd.Timestamp(first, tz="UTC"), pd.Timestamp(last, tz="UTC") + pd.Timedelta(days=7)
    scope = Scope(start.to_pydatetime(), end.to_pydatetime(), end.to_pydatetime())
    answer = evaluate(INDICATORS["throughput"], rows_of(loaded, "throughput"), scope, loaded.coverage)
    counting = [one for one in expected["issues"].values() if one["done_at"] and not one["left_out"]]
    assert answer.total.value == len(counting)
    weeks = pd.to_datetime([one["done_at"] for one in counting], format="ISO8601", utc=True)
    for point in answer.series:
        assert point.value == ((weeks >= point.start) & (weeks < point.end)).sum()


def test_every_sprints_committed_added_removed_and_completed(loaded, expected):
    found = by_sprint(loaded.facts["sprint_items"]).set_index("key")
    names = {"committed": "committed", "open": "committed_open"}
    names |= {name: name for name in ("added", "removed", "completed", "not_completed")}
    for number, answer in expected["sprints"].items():
        if answer["running"]:
            assert number not in found.index
            continue
        wanted = {ours: answer["count_nosub"][theirs] for ours, theirs in names.items()}
        # a sprint that no issue was ever in has no row
        assert (
            found.loc[number, list(names)].to_dict() if number in found.index else dict.fromkeys(names, 0)
        ) == wanted


def test_every_sprints_say_do_and_points(loaded, expected):
    rows = rows_of(loaded, "sprint_say_do").set_index("key")
    wanted = {number: answer["say_do_done_nosub"] for number, answer in expected["sprints"].items()}
    wanted = {number: 100 * share for number, share in wanted.items() if share is not None}
    assert rows["value"].dropna().to_dict() == pytest.approx(wanted)
    ends = {number: pd.Timestamp(expected["sprints"][number]["end"]) for number in wanted}
    assert rows["at"][rows["value"].notna()].to_dict() == ends
    items = loaded.facts["sprint_items"]
    points = items[items["was_in_at_start"]].groupby("sprint")["points_at_start"].sum().to_dict()
    for number, answer in expected["sprints"].items():
        assert points.get(number, 0) == answer["points"]["committed"]
