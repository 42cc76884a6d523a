"""What stands out in a week: which charts, how far, since when; and what came of a decision."""

from dataclasses import replace

import pytest
from judged_charts import BASE, LEVEL, MONDAY, WEEK, chart, history, week_of

from metrics.attention import by_chance, standouts
from metrics.catalogue import INDICATORS
from metrics.decisions import Outcome, review
from metrics.judging import judged
from metrics.model import Reason
from metrics.signals import Side


def test_a_chart_stands_out_when_its_last_week_is_a_signal():
    loud, quiet = chart([*BASE, 17]), chart([*BASE, 15])
    (found,) = standouts([loud, quiet], week_of(loud))
    assert (found.chart, found.value, found.signal.side, found.is_new) == (loud, 17, Side.HIGH, True)
    assert found.since == week_of(loud)
    # (17 - 10.5) / 2.0526 mean steps
    assert found.shift == pytest.approx(6.5 / (39 / 19))
    assert found.is_good is False  # less work in progress is better


def test_what_stood_out_in_an_earlier_week_is_no_news():
    early = chart([*BASE, 17, 10])
    assert standouts([early], week_of(early)) == ()
    assert standouts([chart([*BASE, 17])], week_of(early)) == ()  # its last week is not the week that is asked for


def test_signals_that_go_on_are_told_since_their_first_week():
    going_on = chart([*BASE, 17, 18])
    (found,) = standouts([going_on], week_of(going_on))
    assert not found.is_new
    assert found.since == week_of(going_on) - WEEK


def test_a_run_is_told_since_its_first_point_and_measured_by_its_mean():
    # The last point of the base, 11, lies above 10.5 as well: with seven twelves eight points in a row.
    run = chart([*BASE, *[12] * 7])
    (found,) = standouts([run], week_of(run))
    assert found.since == MONDAY + 19 * WEEK
    assert found.shift == pytest.approx(((11 + 7 * 12) / 8 - 10.5) / (39 / 19))


def test_durations_are_measured_by_their_logarithms():
    # On the scale of logarithms the base of 10 and 20 steps by ln 2 each week, around ln 14.142; 80 lies
    # ln(80 / 14.142) = 2.5 steps above it, and the limits 2.66 steps: no signal. 100 lies 2.82 steps above.
    slow = chart([10, 20] * 10 + [100], INDICATORS["pr_cycle_time"])
    (found,) = standouts([slow], week_of(slow))
    assert found.shift == pytest.approx(2.8219, abs=1e-3)
    assert standouts([chart([10, 20] * 10 + [80], INDICATORS["pr_cycle_time"])], week_of(slow)) == ()


def test_the_furthest_comes_first_and_of_equals_the_larger():
    far, near, large = chart([*BASE, 25]), chart([*BASE, 17], team="a"), chart([*BASE, 17], n=90, team="b")
    assert [one.chart for one in standouts([near, far, large], week_of(far))] == [far, large, near]


def test_a_chart_without_limits_never_stands_out():
    few = chart([10, 12, 40])
    assert not few.is_judged and standouts([few], week_of(few)) == ()


def test_a_move_where_no_side_is_better_is_neither_good_nor_bad():
    band = chart([*BASE, 17], INDICATORS["allocation_mix"])
    (found,) = standouts([band], week_of(band))
    assert found.is_good is None


def test_three_in_a_hundred_charts_signal_by_chance():
    assert by_chance(200) == pytest.approx(6.0)


def test_points_carry_their_signals():
    assert [point.signal for point in chart([*BASE, 17]).points[-2:]] == [None, "outside_high"]


# Decisions -----------------------------------------------------------------------------------------------


def decided(values, side=Side.LOW, weeks_ago=4, looked_in=0):
    """What came of a decision so many weeks before the end of these weeks, looked at so many weeks later."""
    one = chart(values)
    now = one.result.history[-1].end
    return review(one, side, now - weeks_ago * WEEK, now + looked_in * WEEK, now)


def test_a_decision_has_moved_a_chart_that_signals_on_the_expected_side_since():
    found = decided([*BASE, 10, 11, 9, 3])
    assert (found.outcome, found.why) == (Outcome.MOVED, "outside its usual range in 2026-W25")


def test_a_signal_before_the_day_to_look_is_enough():
    assert decided([*BASE, 10, 3], weeks_ago=2, looked_in=5).outcome is Outcome.MOVED


def test_what_was_under_way_before_a_decision_is_not_its_doing():
    # Eight nines in a row are a signal in the last week, and began six weeks before the decision.
    found = decided([*BASE, *[9] * 8], weeks_ago=2)
    assert (found.outcome, found.why) == (Outcome.NOT_MOVED, "within its usual range in the 2 complete weeks since")


def test_without_a_signal_it_is_too_early_until_the_day_to_look():
    found = decided([*BASE, 10, 11, 9, 10], looked_in=1)
    assert found.outcome is Outcome.TOO_EARLY and found.why.startswith("look again on ")
    assert decided([*BASE, 10, 11, 9, 10]).outcome is Outcome.NOT_MOVED


def test_a_signal_on_the_other_side_is_not_what_was_meant():
    found = decided([*BASE, 10, 11, 9, 17])
    assert (found.outcome, found.why) == (Outcome.NOT_MOVED, "a signal on the other side in 2026-W25")


def test_a_chart_without_a_usual_range_says_nothing_of_a_decision():
    assert decided([10, 12, 9, 11]).outcome is Outcome.TOO_EARLY


def test_too_few_rows_make_no_limits():
    points = tuple(replace(point, reason=Reason.TOO_FEW) for point in history(BASE))
    assert judged(LEVEL, points).upper is None
