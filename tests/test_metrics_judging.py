"""What people say changes how a series is judged, and never silently: levels, holidays, a first sync that still runs."""

from dataclasses import replace
from datetime import date, timedelta

import pandas as pd
import pytest
from conftest import NOW, at
from hypothesis import given
from hypothesis import strategies as st

from metrics.catalogue import INDICATORS
from metrics.coverage import no_coverage
from metrics.days_off import days_off, public_holidays
from metrics.evaluate import evaluate
from metrics.marks import Mark, MarkKind
from metrics.model import Grain, Scope
from metrics.observations import COLUMNS
from metrics.periods import last_complete_weeks, periods
from metrics.working_hours import Calendar

COUNT = INDICATORS["merged_pull_requests"]
FIRST = at("2026-03-02 00:00")  # a Monday, W10
SCOPE = last_complete_weeks(NOW, 37)  # W10 to W46
WEEK = timedelta(weeks=1)
STEADY = [10, 12, 11, 9] * 5  # after the week that is left out: centre 10.5, usual range about 5 to 16


def series(counts):
    """Observations: so many in each week from W10 on."""
    rows = [
        {"at": FIRST + week * WEEK + timedelta(hours=8, minutes=n), "value": 1.0, "key": f"{week}-{n}"}
        for week, count in enumerate([10, *counts])
        for n in range(count)
    ]
    return pd.DataFrame(rows, columns=list(COLUMNS)).astype(COLUMNS)


def synced(complete=True, at_=NOW, stream="pull_requests", scope="acme/app"):
    rows = [{"stream": stream, "scope": scope, "complete": complete, "oldest": None, "synced_at": at_}]
    return pd.DataFrame(rows).astype(no_coverage().dtypes.to_dict())


def mark(kind, begins, **more):
    usual = {"text": "said", "noted_at": NOW, "author": "Ada"}
    return Mark(kind=kind, begins=at(f"{begins} 00:00"), **(usual | more))


def confirmed(begins, **more):
    return mark(MarkKind.REBASE, begins, indicator=COUNT.id, **more)


def judged(counts, *marks, scope=SCOPE, coverage=None):
    return evaluate(COUNT, series(counts), scope, synced() if coverage is None else coverage, marks=marks)


# STEADY is W11 to W30; the twenties then begin in W31, on 27 July, and last to W46: sixteen weeks.
SHIFTED = [*STEADY, *[20, 22, 19, 21] * 4]


def test_a_shift_is_suggested_with_what_may_explain_it_and_moves_no_limits():
    merged = mark(MarkKind.ANNOTATION, "2026-07-20", text="two teams became one")
    early = mark(MarkKind.ANNOTATION, "2026-06-01")
    result, before = judged(SHIFTED, merged, early), judged(STEADY)
    assert (result.limits.centre, result.limits.upper) == (before.limits.centre, before.limits.upper)
    shift = result.suggestion
    assert (shift.period, shift.begins, shift.side, shift.length) == ("2026-W31", at("2026-07-27 00:00"), "high", 16)
    assert (shift.points, shift.near) == ("weeks", (merged,))
    assert (result.earlier, result.moved) == ((), ())


def test_a_confirmed_level_has_limits_of_its_own_and_the_old_ones_stay():
    # In W39 the nine weeks from W31 on were known: all of 20, 22, 19, 21, 20, 22, 19, 21, 20 above the old centre.
    result, before = judged(SHIFTED, confirmed("2026-07-27", noted_at=at("2026-09-28 09:00"))), judged(STEADY)
    old = result.earlier[0]
    assert (old.centre, old.lower, old.upper) == (before.limits.centre, before.limits.lower, before.limits.upper)
    assert (old.begins, old.ends) == (None, at("2026-07-27 00:00"))
    assert (result.limits.centre, result.limits.begins, result.limits.ends) == (20.5, at("2026-07-27 00:00"), None)
    assert (result.suggestion, result.refused) == (None, ())
    assert result.history[result.moved[0]].period == "2026-W31"
    assert not any(point.signal for point in result.series[-16:])


def test_new_limits_begin_at_the_first_point_of_the_run_whichever_of_its_weeks_is_named():
    assert judged(SHIFTED, confirmed("2026-08-12")).limits.begins == at("2026-07-27 00:00")


def test_the_limits_before_a_confirmed_level_are_not_reckoned_anew():
    # The last of the twenty steady weeks lies above the centre already, so the run and the new limits begin with it;
    # it was one of the twenty points that fixed the old limits, and still is.
    counts = [*[10, 12, 9, 11] * 5, *[20, 22, 19, 21] * 4]
    result = judged(counts, confirmed("2026-07-27"))
    assert result.limits.begins == at("2026-07-20 00:00")
    old, before = result.earlier[0], judged(counts).limits
    assert (old.centre, old.lower, old.upper, old.baseline) == (10.5, before.lower, before.upper, before.baseline)


def test_a_new_level_is_provisional_until_twelve_points():
    late = [*STEADY, 9, 12, 10, 11, 12, 9, *[20, 22, 19, 21] * 2, 20, 22]  # from W37 on: ten weeks
    assert judged(late, confirmed("2026-09-07")).limits.provisional
    assert not judged(SHIFTED, confirmed("2026-07-27")).limits.provisional


@pytest.mark.parametrize(
    ("counts", "said"),
    [
        (SHIFTED, confirmed("2026-07-27", noted_at=at("2026-09-20 09:00"))),  # only seven weeks were known
        (SHIFTED, confirmed("2026-05-04")),  # nothing moved there
        ([*SHIFTED[:-1], 9], confirmed("2026-07-27")),  # it has come back over the old centre since
        (STEADY, confirmed("2026-06-01")),
    ],
    ids=["too early", "elsewhere", "came back", "steady"],
)
def test_what_the_series_does_not_bear_out_is_refused_and_shown(counts, said):
    result = judged(counts, said)
    assert result.refused == (said,)
    assert (result.earlier, result.limits.begins) == ((), None)
    assert result.limits.centre == judged(counts).limits.centre


def test_a_level_is_confirmed_for_the_series_that_was_looked_at():
    of_a_team = confirmed("2026-07-27", team="payments")
    of_another = replace(confirmed("2026-07-27"), indicator="opened_pull_requests")
    result = judged(SHIFTED, of_a_team, of_another)
    assert (result.earlier, result.refused, result.marks) == ((), (), ())


@given(st.sampled_from(range(8, 16)))
def test_a_return_after_the_confirmation_is_judged_by_the_new_limits(weeks):
    back = [*STEADY, *([20, 22, 19, 21] * 4)[:weeks], 6]
    said = confirmed("2026-07-27", noted_at=at("2026-07-27 09:00") + weeks * WEEK)
    result = judged(back, said)
    assert result.refused == ()
    fallen = next(point for point in result.history if point.period == f"2026-W{31 + weeks}")
    assert fallen.value == 6
    signals = {point.period: point.signal for point in result.series}
    assert signals[fallen.period] == "outside_low"


# Holidays --------------------------------------------------------------------------------------------------


def test_a_noted_holiday_is_drawn_and_neither_judged_nor_part_of_the_usual_range():
    quiet = [*STEADY[:12], 0, *STEADY[13:], *STEADY[:16]]  # W23 is a dead week, 1 to 7 June
    off = mark(MarkKind.HOLIDAY, "2026-06-01", ends=at("2026-06-08 00:00"))
    result = judged(quiet, off)
    week = next(point for point in result.series if point.period == "2026-W23")
    assert (week.value, week.excluded, week.signal) == (0.0, True, None)
    assert [point.period for point in result.series if point.excluded] == ["2026-W23"]
    assert next(point for point in judged(quiet).series if point.period == "2026-W23").signal == "outside_low"
    # the twentieth point of the baseline is now W31, and none of them is the nought
    assert result.limits.baseline == (FIRST + WEEK, FIRST + 22 * WEEK)


def test_a_week_is_off_when_a_noted_day_falls_into_it_and_a_month_when_most_of_it_is():
    weeks = [(p.start, p.end) for p in periods(SCOPE)]
    friday = mark(MarkKind.HOLIDAY, "2026-06-05")
    weekend = mark(MarkKind.HOLIDAY, "2026-06-06", ends=at("2026-06-08 00:00"))
    assert days_off(weeks, [friday], SCOPE) == {13}  # W10 is place 0, so W23 is 13
    assert days_off(weeks, [weekend], SCOPE) == frozenset()
    by_month = replace(SCOPE, grain=Grain.MONTH)
    months = [(p.start, p.end) for p in periods(by_month)]  # March is place 0
    # June 2026 has 22 days from Monday to Friday; three fifths are 13.2.
    assert days_off(months, [mark(MarkKind.HOLIDAY, "2026-06-01", ends=at("2026-06-18 00:00"))], by_month) == set()
    assert days_off(months, [mark(MarkKind.HOLIDAY, "2026-06-01", ends=at("2026-06-19 00:00"))], by_month) == {3}


def test_a_week_is_off_by_the_calendar_when_three_of_five_working_days_are():
    # W19 of 2026 in Japan: Monday 4, Tuesday 5 and Wednesday 6 May are off; in Germany none is.
    golden = frozenset(map(date.fromisoformat, ("2026-05-04", "2026-05-05", "2026-05-06")))
    tokyo, berlin = Calendar(holidays=golden), Calendar(holidays=frozenset({date(2026, 5, 1)}))
    found = public_holidays({"tokyo": tokyo, "berlin": berlin}, SCOPE)
    assert [(m.team, m.begins, m.ends) for m in found] == [("tokyo", at("2026-05-04 00:00"), at("2026-05-11 00:00"))]
    # the organisation's when more than half of the teams are off
    both = public_holidays({"tokyo": tokyo, "osaka": tokyo, "berlin": berlin}, SCOPE)
    assert [m.team for m in both] == [None, "tokyo", "osaka"]
    whole, team, other = ((None, None, None), ("tokyo", None, None), ("berlin", None, None))
    assert [both[0].concerns(COUNT.id, place) for place in (whole, team, other)] == [True, False, False]
    assert [both[1].concerns(COUNT.id, place) for place in (whole, team, other)] == [False, True, False]


def test_who_works_from_sunday_to_thursday_has_those_days_off():
    days = frozenset(map(date.fromisoformat, ("2026-03-22", "2026-03-23", "2026-03-24")))  # Sunday to Tuesday
    team = Calendar(weekdays=(6, 0, 1, 2, 3), holidays=days)
    sunday_weeks = replace(SCOPE, week_starts="sunday")
    assert [m.begins for m in public_holidays({"haifa": team}, sunday_weeks)] == [at("2026-03-22 00:00")] * 2
    assert public_holidays({"haifa": team}, SCOPE) == ()  # by weeks from Monday only two days are in one week


# What is said, where ---------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("named", "place", "holds"),
    [
        ({}, (None, None, None), True),
        ({}, ("payments", None, None), True),
        ({"team": "payments"}, ("payments", "acme/app", None), True),
        ({"team": "payments"}, (None, None, None), False),
        ({"team": "payments"}, ("search", None, None), False),
        ({"repository": "acme/app"}, ("payments", "acme/app", None), True),
        ({"indicator": "pr_size"}, (None, None, None), False),
        ({"indicator": COUNT.id}, (None, None, None), True),
    ],
)
def test_a_note_is_shown_where_what_it_names_is_looked_at(named, place, holds):
    assert mark(MarkKind.ANNOTATION, "2026-06-01", **named).concerns(COUNT.id, place) == holds


def test_a_chart_has_the_marks_of_its_range():
    inside, before = mark(MarkKind.ANNOTATION, "2026-06-01"), mark(MarkKind.ANNOTATION, "2025-06-01")
    lasting = mark(MarkKind.ANNOTATION, "2025-06-01", ends=at("2026-04-01 00:00"))
    assert judged(STEADY, inside, before, lasting).marks == (inside, lasting)


# The first sync --------------------------------------------------------------------------------------------


def test_nothing_is_judged_while_the_first_sync_still_brings_the_history():
    filling = judged(SHIFTED, coverage=synced(complete=None))
    assert (filling.limits, filling.no_limits, filling.suggestion) == (None, "filling", None)
    assert not any(point.signal for point in filling.series)
    assert filling.total.value == judged(SHIFTED).total.value


def test_what_was_asked_for_from_a_date_on_is_judged_from_there():
    assert judged(SHIFTED, coverage=synced(complete=False)).limits is not None


def test_a_first_sync_that_has_stopped_for_a_week_is_waited_for_no_longer():
    stopped = synced(complete=None, at_=NOW - timedelta(days=7))
    assert judged(SHIFTED, coverage=stopped).limits is not None


def test_only_the_sources_of_the_figure_and_the_scope_are_waited_for():
    other = pd.concat([synced(), synced(complete=None, stream="issues")])
    assert judged(SHIFTED, coverage=other).limits is not None
    second = pd.concat([synced(), synced(complete=None, scope="acme/web")])
    assert judged(SHIFTED, coverage=second).no_limits == "filling"
    rows = series(SHIFTED).assign(repository="acme/app").astype(COLUMNS)
    here = replace(SCOPE, repository="acme/app")
    assert evaluate(COUNT, rows, here, second).limits is not None


def test_the_total_of_a_range_is_not_judged():
    assert judged(SHIFTED, scope=replace(SCOPE, grain=Grain.TOTAL)).no_limits is None


def test_a_scope_names_its_place():
    assert Scope(NOW, NOW, NOW, team="a", project="B").place == ("a", None, "B")
