import math

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from metrics.limits import limits
from metrics.scales import Kind
from metrics.signals import FALSE_ALARMS_PER_CHART_WEEK, Rule, Side, Signal, Suggestion, judge, jumps, signals

FLOW_RATES = [49.6, 47.6, 49.9, 51.3, 47.8, 51.2, 52.6, 52.4, 53.6, 52.1]
ONE_TEN = [1, 2, 1, 2, 10, 1, 2, 1, 2, 1, 2, 1, 2, 1, 2, 1, 2, 1]
TWELVE = [10, 12, 9, 11] * 3
VALUES = st.lists(st.one_of(st.none(), st.floats(0, 1e6)), max_size=60)


def after_twelve(*more):
    """The rules that fire after the twelve points that fix the limits, with where they do."""
    return [(s.index, s.rule) for s in signals([*TWELVE, *more], limits(TWELVE)) if s.index >= 12]


def test_x1_ten_flow_rates_by_hand():
    # Steps 2 2.3 1.4 3.5 3.4 1.4 0.2 1.2 1.5 make 16.9; 16.9 / 9 = 1.8778; 50.81 -+ 2.66 * 1.8778; 3.268 * 1.8778.
    usual = limits(FLOW_RATES)
    assert usual.centre == pytest.approx(50.81)
    assert (usual.lower, usual.upper) == pytest.approx((45.8151, 55.8049), abs=5e-5)
    assert usual.widest_step == pytest.approx(6.137, abs=5e-4)
    assert usual.provisional
    assert signals(FLOW_RATES, usual) == ()


def test_x1_with_medians():
    # Median 51.25, median step 1.5: -+ 3.145 * 1.5.
    usual = limits(FLOW_RATES, medians=True)
    assert (usual.centre, usual.lower, usual.upper) == pytest.approx((51.25, 46.5325, 55.9675))
    assert usual.widest_step == pytest.approx(3.865 * 1.5)


@pytest.mark.parametrize(("screen", "lower", "upper"), [(False, -3.06, 6.95), (True, -0.72, 4.60)])
def test_x2_one_wild_point_widens_the_limits_unless_its_steps_are_screened(screen, lower, upper):
    # Mean 35 / 18 = 1.944; steps 15 * 1 + 8 + 9 = 32 over 17 = 1.882, screened 1.
    usual = limits(ONE_TEN, screen=screen)
    assert (usual.lower, usual.upper) == pytest.approx((lower, upper), abs=5e-3)
    assert [(s.index, s.rule, s.side) for s in signals(ONE_TEN, usual) if s.rule is Rule.OUTSIDE] == [
        (4, Rule.OUTSIDE, Side.HIGH)
    ]


def test_x3_twelve_points_by_hand():
    # Steps 2 3 2 1 2 3 2 1 2 3 2 make 23 over 11 = 2.0909.
    usual = limits(TWELVE)
    assert usual.centre == 10.5
    assert (usual.lower, usual.upper) == pytest.approx((4.938, 16.062), abs=5e-4)
    assert (usual.near_lower, usual.near_upper) == pytest.approx((7.719, 13.281), abs=5e-4)
    assert not usual.provisional
    assert limits(TWELVE[:11]).provisional


def test_x4_the_eighth_point_in_a_row_on_one_side_is_a_signal():
    # The last of the twelve is already above the centre: 11 and seven twelves.
    assert after_twelve(*[12] * 7) == [(18, Rule.RUN)]


def test_x4_a_point_on_the_centre_breaks_the_run():
    assert after_twelve(*[12] * 6, 10.5) == []
    assert after_twelve(*[12] * 6, 10.5, *[12] * 7) == []


@pytest.mark.parametrize(
    ("more", "found"),
    [
        ((14, 14, 10, 14), [(15, Rule.NEAR)]),
        ((14, 7, 14, 14), [(15, Rule.NEAR)]),
        ((14, 7, 14, 7), []),
        ((14, None, 14, 14), []),
    ],
)
def test_x5_three_of_four_near_the_same_limit_are_a_signal(more, found):
    assert after_twelve(*more) == found


def test_x6_only_beyond_the_limit_is_outside():
    assert after_twelve(17) == [(12, Rule.OUTSIDE)]
    assert after_twelve(16.06) == []


def test_x7_nothing_is_judged_without_variation_or_with_seven_points():
    assert limits([5] * 30) is None
    assert limits(TWELVE[:7]) is None
    assert judge([5] * 30, Kind.LEVEL).reason == "constant"
    assert judge([5] * 30, Kind.LEVEL).centre == 5
    assert judge(TWELVE[:7], Kind.LEVEL).reason == "too_few"
    assert judge([], Kind.COUNT).reason == "too_few"


def test_x7_no_step_is_taken_across_a_missing_week():
    # The steps on both sides of the gap stay 2 3 2 1 and so on; the one of 1 across it goes: 22 over 10.
    gap = [*TWELVE[:4], None, *TWELVE[4:]]
    assert limits(gap).upper == pytest.approx(10.5 + 2.66 * 2.2)
    assert limits(gap).baseline == (0, 13)


def test_points_that_hardly_have_neighbours_give_no_limits():
    assert limits([10, None, 12, None, 9, None, 11, None, 10, 12, 9, 11]) is None
    assert limits([10, None, 12, None, 9, None, 11, 10, 12, 9, 11]) is not None


def test_x8_points_near_opposite_limits_are_no_signal():
    values = [1, -1] * 7 + [5.5, -5.5]
    # Steps 13 * 2 + 6.5 + 11 = 43.5 over 15 = 2.9; without the 11, 32.5 / 14 = 2.32: near from 3.09, outside from 6.2.
    usual = limits(values)
    assert usual.upper == pytest.approx(2.66 * 32.5 / 14)
    assert signals(values, usual) == ()
    assert jumps(values, usual) == (15,)


def test_a_run_does_not_go_on_across_a_missing_or_excluded_week():
    # With the eleven before them, five twelves and two more would be eight.
    assert after_twelve(*[12] * 5, None, 12, 12) == []
    values = [*TWELVE, *[12] * 7]
    assert signals(values, limits(TWELVE), excluded=[15]) == ()


def test_limits_stay_where_the_first_twenty_points_put_them():
    calm = TWELVE + TWELVE[:8]
    before, after = judge(calm, Kind.LEVEL), judge([*calm, *[30] * 10], Kind.LEVEL)
    assert (before.lower, before.upper, before.baseline) == (after.lower, after.upper, (0, 20))


def test_a_holiday_neither_moves_the_limits_nor_signals():
    calm = TWELVE + TWELVE[:9]
    with_holiday = judge([*calm[:6], 0, *calm[6:]], Kind.LEVEL, excluded=[6])
    assert with_holiday.signals == ()
    # The step from 12 to 9 that the holiday interrupts is not counted: nineteen steps make 39, so eighteen make 36.
    assert with_holiday.upper == pytest.approx(10.5 + 2.66 * 36 / 18)


def test_one_step_that_carries_half_of_all_movement_calls_for_medians():
    # Steps 1 1 1 1 50 1 1 1 1: 50 of 58. Values 1 2 1 2 1 51 52 51 52 51: median 26.5, median step 1.
    usual = limits([1, 2, 1, 2, 1, 51, 52, 51, 52, 51])
    assert (usual.centre, usual.lower, usual.upper) == pytest.approx((26.5, 26.5 - 3.145, 26.5 + 3.145))


def test_a_single_odd_point_in_a_constant_series_is_outside():
    # Without it there is no step at all; with it 45 over 11 steps: 8.75 + 2.66 * 4.09 = 19.6.
    judged = judge([5] * 11 + [50], Kind.LEVEL)
    assert judged.upper == pytest.approx(8.75 + 2.66 * 45 / 11)
    assert [(s.index, s.rule) for s in judged.signals if s.rule is Rule.OUTSIDE] == [(11, Rule.OUTSIDE)]


def test_durations_are_judged_by_ratio_and_drawn_in_hours():
    # Doubling and halving around 8 h: every log step is 2 ln 2 from 4 to 16 and back; centre 8, limits 8 * 4^-+2.66.
    judged = judge([4, 16] * 6, Kind.DURATION)
    assert judged.centre == pytest.approx(8)
    assert (judged.lower, judged.upper) == pytest.approx((8 * 4**-2.66, 8 * 4**2.66))
    assert judge([0, 16] * 6, Kind.DURATION).lower > 0


def test_a_large_count_is_judged_as_it_is_and_never_drawn_below_nought():
    judged = judge([2, 9, 3, 8] * 5, Kind.COUNT)
    assert (judged.grain, judged.centre, judged.lower) == (1, 5.5, 0)


def test_a_small_count_is_judged_by_its_root():
    # Mean 2.5: 2 * sqrt(2.375) and 2 * sqrt(3.375) in turn, centre halfway.
    judged = judge([2, 3] * 10, Kind.COUNT)
    middle = math.sqrt(2.375) + math.sqrt(3.375)
    assert judged.grain == 1
    assert judged.centre == pytest.approx(middle**2 / 4 - 3 / 8)


def test_a_smaller_count_is_pooled_over_more_weeks():
    # 0 1 2 1 make 4 in four weeks; by two weeks 1 and 3, mean 2, enough for the root.
    judged = judge([0, 1, 2, 1] * 10, Kind.COUNT)
    assert judged.grain == 2
    assert judged.periods == "two-week periods"
    assert judged.points[:2] == ((0, 1, 1.0), (2, 3, 3.0))
    assert judged.baseline == (0, 40)


def test_a_pooled_signal_lies_at_the_last_week_of_its_points():
    judged = judge([0, 1, 2, 1] * 10 + [9, 9, 0], Kind.COUNT)
    assert (judged.signals[-1].index, judged.signals[-1].rule) == (41, Rule.OUTSIDE)
    assert len(judged.points) == 21


def test_a_pooled_shift_begins_at_the_first_week_of_its_points():
    judged = judge([0, 1, 2, 1] * 10 + [3, 3] * 8, Kind.COUNT)
    run = judged.signals[-1]
    # The last point of the baseline, 3 against 1 and 3 in turn, is above the centre too: nine points, from week 38.
    assert (run.rule, run.index, run.first, run.length) == (Rule.RUN, 55, 38, 9)
    assert judged.suggestion.index == 38


def test_events_rarer_than_two_a_quarter_are_not_charted_by_counts():
    judged = judge(([1] + [0] * 12) * 10, Kind.COUNT)
    assert (judged.reason, judged.lower) == ("too_rare", None)
    # The days between them are: 91 days, again and again, but for a pair of early ones.
    assert judge([80, 100] * 6, Kind.BETWEEN).centre == pytest.approx(((80**0.2777 + 100**0.2777) / 2) ** (1 / 0.2777))


def test_a_missing_week_leaves_its_pooled_period_out():
    judged = judge([0, None, 2, 1, *[0, 1, 2, 1] * 9], Kind.COUNT)
    assert [p.value for p in judged.points[:3]] == [None, 3, 1]


def test_a_rate_is_pooled_until_four_hits_and_four_misses_are_usual():
    # 10 % of 20 are two a week, four in two weeks.
    assert judge([5, 15] * 15, Kind.RATE, sizes=[20] * 30).grain == 2
    assert judge([5, 15] * 15, Kind.RATE, sizes=[40] * 30).grain == 1
    assert judge([95, 85] * 15, Kind.RATE, sizes=[20] * 30).grain == 2


def test_a_pooled_rate_weighs_each_week_by_its_rows():
    # 1 of 5 and 6 of 15 are 7 of 20; a week without rows adds nothing to 1 of 10.
    judged = judge([20, 40, None, 10] * 10, Kind.RATE, sizes=[5, 15, 0, 10] * 10)
    assert judged.points[0].value == 35
    assert judged.points[1].value == 10


def test_a_rate_without_its_rows_is_refused():
    with pytest.raises(ValueError, match="needs as many sizes"):
        judge([10.0, 20.0], Kind.RATE)


def test_a_lasting_shift_is_suggested_and_changes_nothing_by_itself():
    values = TWELVE + TWELVE[:8] + [14] * 8
    judged = judge(values, Kind.LEVEL)
    # The last of the twenty, 11, is above the centre: the run begins there.
    assert judged.suggestion == Suggestion(19, Side.HIGH, 9)
    assert judged.centre == 10.5
    assert judge([*values, 10], Kind.LEVEL).suggestion is None


def test_no_shift_is_suggested_that_would_leave_too_few_points_before_it():
    judged = judge([9, 11, 9, 11, 9, 11, 9, *[12] * 8], Kind.LEVEL)
    assert judged.signals[-1].rule is Rule.RUN
    assert judged.suggestion is None


def test_a_confirmed_shift_has_limits_of_its_own_and_keeps_the_old_ones():
    values = TWELVE + TWELVE[:8] + [20, 22, 19, 21] * 2
    judged = judge(values, Kind.LEVEL, rebased=[20])
    assert judged.centre == 20.5
    assert judged.provisional
    assert judged.baseline == (20, 28)
    assert [(e.centre, e.baseline) for e in judged.earlier] == [(10.5, (0, 20))]
    assert judged.signals == ()
    assert judge([*values, 90], Kind.LEVEL, rebased=[20]).signals[-1].index == 28


def test_a_series_whose_neighbours_resemble_each_other_is_called_sticky():
    assert judge([1, 2, 3, 4, 5, 4, 3, 2] * 3, Kind.LEVEL).sticky
    # Away from the mean 1 -1 in turn: eleven products of -1 over twelve squares.
    assert judge([11, 9] * 6, Kind.LEVEL).correlation == pytest.approx(-11 / 12)
    assert not judge(TWELVE, Kind.LEVEL).sticky


@pytest.mark.parametrize(
    ("rule", "length", "words"),
    [
        (Rule.OUTSIDE, 1, "outside its usual range"),
        (Rule.RUN, 9, "9 weeks in a row on one side"),
        (Rule.NEAR, 4, "3 of 4 weeks near the limit"),
    ],
)
def test_each_rule_has_words(rule, length, words):
    assert Signal(3, rule, Side.LOW, 0, length).words() == words


def false_alarms(rows):
    """Of noise-only charts with a 20-week baseline: the share of the weeks after it that signal, and of the charts."""
    found = [{s.index for s in signals(row, limits(row[:20])) if s.index >= 20} for row in rows]
    return sum(map(len, found)) / (26 * len(found)), sum(map(bool, found)) / len(found)


def test_noise_alone_signals_in_about_three_of_a_hundred_chart_weeks():
    by_week, by_chart = false_alarms(np.random.default_rng(20).normal(size=(3000, 46)))
    assert by_week == pytest.approx(FALSE_ALARMS_PER_CHART_WEEK, abs=0.006)
    assert by_chart == pytest.approx(0.36, abs=0.03)


def test_weekly_medians_of_few_long_tailed_times_are_quiet_as_logarithms_only():
    medians = np.median(np.random.default_rng(21).lognormal(2, 1.2, size=(1500, 46, 3)), axis=2)
    raw, _ = false_alarms(medians)
    logs, _ = false_alarms(np.log(medians))
    assert raw > 2 * logs
    assert logs == pytest.approx(0.03, abs=0.006)


def test_a_shift_of_two_standard_deviations_is_found_within_weeks():
    rows = np.random.default_rng(22).normal(size=(800, 46))
    rows[:, 20:] += 2
    first = [min((s.index - 19 for s in signals(r, limits(r[:20])) if s.index >= 20), default=99) for r in rows]
    assert np.median(first) <= 4


@given(VALUES, st.sampled_from([k for k in Kind if k is not Kind.RATE]))
def test_limits_are_finite_and_in_order_or_absent(values, kind):
    judged = judge(values, kind)
    if judged.lower is None:
        assert judged.reason in {"too_few", "too_rare", "constant"}
    else:
        assert judged.lower <= judged.centre <= judged.upper
        assert all(map(math.isfinite, (judged.lower, judged.centre, judged.upper)))


@given(st.lists(st.tuples(st.integers(0, 30), st.integers(0, 30)), max_size=60))
def test_rates_stay_between_nought_and_a_hundred(counts):
    rates = [100 * hits / (hits + misses) if hits + misses else None for hits, misses in counts]
    judged = judge(rates, Kind.RATE, sizes=[hits + misses for hits, misses in counts])
    assert judged.lower is None or 0 <= judged.lower <= judged.centre <= judged.upper <= 100


@given(st.floats(0, 1e9), st.integers(0, 60), st.sampled_from([k for k in Kind if k is not Kind.RATE]))
def test_a_constant_series_never_signals(value, length, kind):
    assert judge([value] * length, kind).signals == ()


@settings(max_examples=50)
@given(VALUES, st.lists(st.floats(0, 1e6), max_size=10))
def test_what_was_judged_is_not_judged_anew_when_weeks_are_added(values, more):
    known = [v for v in values if v is not None]
    if len(known) < 20:
        return
    before, after = judge(values, Kind.LEVEL), judge([*values, *more], Kind.LEVEL)
    assert after.signals[: len(before.signals)] == before.signals
