"""What the weekly review says of plans, waits, the mix of work, and what is worth an eye."""

import pandas as pd
from conftest import at

from metrics.catalogue import INDICATORS
from metrics.model import Part, Point, Reason, Result, Scope
from metrics.open_epics import undecided
from metrics.team_waits import team_wait
from metrics.watch_list import drift_jumps, known_by_one, load_moves, new_hotspots
from metrics.work_plan import against_plan

START, END = at("2026-10-19 00:00"), at("2026-11-16 00:00")


def total(value, n=20, reason=None):
    """A period's value."""
    return Point("total", START, END, n, value, reason=reason)


def result(indicator, value, parts=None, n=20, reason=None):
    """A result with its total and the totals of its parts."""
    pieces = tuple(Part(name, (), total(share, n)) for name, share in (parts or {}).items())
    scope = Scope(START, END, END)
    return Result(INDICATORS[indicator], scope, (), total(value, n, reason), None, lambda: None, parts=pieces)


def test_a_team_waits_in_its_largest_stage_beside_active_work():
    stages = {name: total(share, 40) for name, share in {"active": 60, "review": 25, "queue": 8, "blocked": 7}.items()}
    # 30 % of 20 open issues are older than expected: six
    found = team_wait("apps", total(12, 40), stages, total(-3), total(30.0))
    assert (found.stage, found.share.value, found.share.n) == ("review", 25, 40)
    assert (found.net.value, found.late) == (-3, 6)


def test_a_team_whose_stages_are_not_known_says_why():
    found = team_wait("apps", total(None, 0, Reason.UNMAPPED), {}, total(0), total(None, 0))
    assert (found.stage, found.reason, found.late) == (None, Reason.UNMAPPED, None)


def test_work_is_off_plan_when_it_was_ten_points_away_on_one_side_in_two_months():
    plan = {"new": 50, "bug": 20, "debt": 15, "risk": 15}
    now = result("allocation_mix", 39, {"new": 39, "bug": 31, "debt": 30})
    before = result("allocation_mix", 38, {"new": 38, "bug": 30, "debt": 2, "other": 30})
    found = {part.name: part for part in against_plan(now, before, plan)}
    assert list(found) == ["new", "bug", "debt", "risk", "other"]
    assert found["new"].is_off  # 11 and 12 points below
    assert not found["bug"].is_off  # 11 above, but only 10 the month before
    assert not found["debt"].is_off  # 15 above, then 13 below
    assert not found["other"].is_off  # nobody planned it


def test_without_a_known_mix_nothing_is_off_plan():
    nothing = result("allocation_mix", None, n=0)
    (part,) = against_plan(nothing, nothing, {"new": 50})
    assert (part.planned, part.now, part.before, part.is_off) == (50, None, None, False)


def test_epics_need_a_decision_when_they_are_unlikely_or_slipped():
    rows = pd.DataFrame(
        {
            "key": ["sure", "unlikely", "slipped", "undated"],
            "probability": [90.0, 84.9, 95.0, None],
            "moved": [0.0, 0.0, 7.0, None],
        }
    )
    assert undecided(rows)["key"].tolist() == ["unlikely", "slipped"]


def test_repositories_that_rest_on_one_person_are_those_of_today_that_are_large_enough():
    rows = pd.DataFrame(
        {
            "repository": ["acme/one", "acme/two", "acme/small", "acme/once", "acme/large"],
            "team": "apps",
            "files": [30, 90, 5, 50, 200],
            "value": [1.0, 2.0, 1.0, 1.0, 1.0],
            "is_small": [False, False, True, False, False],
            "until": pd.to_datetime([None, None, None, "2026-10-31", None], utc=True),
        }
    )
    assert known_by_one(rows)["repository"].tolist() == ["acme/large", "acme/one"]


def drift(repository, month, *values):
    """The dependencies of a repository at a month's end."""
    moment = pd.Timestamp(f"2026-{month}-01", tz="UTC")
    return pd.DataFrame({"repository": repository, "team": "apps", "at": moment, "value": values})


def test_dependencies_jump_by_a_libyear_since_the_month_before():
    # acme/old: 2 + 3.5 after 2 + 2 is 1.5 more; acme/slow: 0.5 more; what jumped a month earlier is no news.
    rows = pd.concat(
        [
            drift("acme/old", "09", 1, 1),
            drift("acme/slow", "09", 0, 1),
            drift("acme/old", "10", 2, 2),
            drift("acme/slow", "10", 4, None),
            drift("acme/old", "11", 2, 3.5),
            drift("acme/slow", "11", 4.5, None),
        ],
        ignore_index=True,
    )
    (found,) = drift_jumps(rows).to_dict("records")
    assert (found["repository"], found["before"], found["now"], found["grown"]) == ("acme/old", 4, 5.5, 1.5)
    assert drift_jumps(rows[rows["at"] == rows["at"].min()]).empty


def test_a_new_hotspot_was_none_at_the_month_before():
    moments = pd.to_datetime(["2026-10-31"] * 3 + ["2026-11-20"] * 3, utc=True)
    rows = pd.DataFrame(
        {
            "key": ["a", "b", "c"] * 2,
            "repository": "acme/app",
            "path": ["a", "b", "c"] * 2,
            "team": "apps",
            "score": [0.9, 0.5, 0.1, 0.8, 0.9, 0.7],
            "is_hotspot": [True, False, False, True, True, True],
            "at": moments,
        }
    )
    assert new_hotspots(rows)["key"].tolist() == ["b", "c"]
    assert new_hotspots(rows[:3]).empty


def test_review_load_moves_between_quarters_that_do_not_overlap():
    weeks = pd.date_range("2026-01-04", periods=30, freq="7D", tz="UTC")
    # From 0.2 to 0.5 in the last week: the window a quarter before still had 0.2. Of "calm" nothing moved.
    loads = pd.concat(
        [
            pd.DataFrame({"team": "apps", "at": weeks, "gini": [0.2] * 29 + [0.5], "is_small": False}),
            pd.DataFrame({"team": "calm", "at": weeks, "gini": 0.3, "is_small": False}),
            pd.DataFrame({"team": "tiny", "at": weeks, "gini": [0.1] * 29 + [0.9], "is_small": True}),
        ],
        ignore_index=True,
    )
    (found,) = load_moves(loads, weeks[-1]).to_dict("records")
    assert (found["team"], found["before"], found["now"]) == ("apps", 0.2, 0.5)
    assert load_moves(loads, weeks[5]).empty  # no quarter has passed
    assert load_moves(loads.iloc[:0], weeks[5]).empty
