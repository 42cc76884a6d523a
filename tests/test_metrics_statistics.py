import math

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from metrics.statistics import (
    Interval,
    gini,
    kaplan_meier,
    median,
    median_interval,
    percentile,
    quantile_interval,
    rate_can_be_judged,
    share_intervals,
    theil_sen,
    utilisation_wait,
    wilson,
)

AMOUNTS = st.floats(0, 1e6, allow_nan=False)


def test_percentiles_interpolate_as_a_spreadsheet_does():
    # PERCENTILE.INC of 1..20 at 85 %: position 0.85 * 19 = 16.15 after the first, so 17.15.
    assert percentile(range(1, 21), 0.85) == pytest.approx(17.15)
    assert median([4, 1, None, 3, 2]) == 2.5
    assert median([]) is None
    assert median([None, math.nan]) is None


def test_a_median_has_an_interval_from_six_values_on():
    # n = 6: both ends miss with 0.5^6 each, 3.1 % together. n = 5: 6.3 %, too much.
    assert median_interval([6, 5, 4, 3, 2, 1]) == Interval(1, 6)
    assert median_interval([1, 2, 3, 4, 5]) is None


def test_the_interval_of_a_median_of_ten_is_the_second_to_the_ninth():
    # P(B <= 1) = 11 / 1024 = 1.07 % on each side; the third would cost 56 / 1024 = 5.5 %.
    assert median_interval(range(1, 11)) == Interval(2, 9)


def test_p85_of_twenty_reaches_up_to_the_largest_value():
    # 0.85^20 = 3.88 % lie above; the 1.12 % left allow P(B <= 12) = 0.59 % below, and not P(B <= 13) = 2.19 %.
    assert quantile_interval(range(1, 21), 0.85) == Interval(13, 20)
    assert quantile_interval(range(1, 19), 0.85) is None
    # The mirror image has the mirrored interval.
    assert quantile_interval(range(1, 21), 0.15) == Interval(1, 8)


def test_an_order_statistic_interval_holds_the_quantile_as_often_as_it_says():
    random = np.random.default_rng(3)
    for share, truth in ((0.5, math.log(2)), (0.85, -math.log(0.15))):
        samples = random.exponential(size=(1500, 40))
        intervals = [quantile_interval(sample, share) for sample in samples]
        held = np.mean([i is not None and i.low <= truth <= i.high for i in intervals])
        assert held >= 0.94


@pytest.mark.parametrize(
    ("hits", "n", "low", "high"), [(0, 10, 0, 0.2775), (1, 10, 0.0179, 0.4041), (3, 20, 0.0524, 0.3604)]
)
def test_wilson_intervals_of_small_rates(hits, n, low, high):
    assert wilson(hits, n) == pytest.approx((low, high), abs=1e-4)


def test_a_rate_is_judged_from_ten_rows_with_a_narrow_interval():
    assert wilson(0, 0) is None
    assert rate_can_be_judged(0, 10)
    assert not rate_can_be_judged(0, 9)
    assert not rate_can_be_judged(5, 10)  # 0.24 to 0.76


@given(st.integers(0, 5000), st.integers(1, 5000))
def test_wilson_stays_within_nought_and_one_and_holds_the_rate(hits, more):
    interval = wilson(hits, hits + more)
    assert interval is not None
    assert 0 <= interval.low <= hits / (hits + more) <= interval.high <= 1


@pytest.mark.parametrize(
    ("loads", "expected"),
    [([1, 1, 1, 1], 0), ([0, 0, 0, 4], 0.75), ([1, 2, 3, 4], 0.25), ([18, 12, 2, 2, 2, 2, 1, 1], 0.54375)],
)
def test_gini_of_review_loads(loads, expected):
    assert gini(loads) == pytest.approx(expected, abs=1e-12)


@given(st.lists(st.integers(0, 1000), min_size=1, max_size=30))
def test_gini_lies_between_even_and_all_on_one(loads):
    value = gini(loads)
    assert value is None if sum(loads) == 0 else -1e-9 <= value <= (len(loads) - 1) / len(loads) + 1e-9


def test_the_slope_ignores_one_wild_point_and_gaps():
    # All pairs without the wild one rise by 2 per step.
    assert theil_sen([1, 3, 5, None, 9, 500, 13, 15]) == 2
    assert theil_sen([1, 2], at=[0, 4]) == 0.25
    assert theil_sen([7]) is None


# Weeks of remission of 21 patients in the trial that survival tables are taught with (Freireich, 1963).
RELAPSED = [6, 6, 6, 7, 10, 13, 16, 22, 23]
STILL_WELL = [6, 9, 10, 11, 17, 19, 20, 25, 32, 32, 34, 35]


def remission():
    return kaplan_meier(STILL_WELL + RELAPSED, [False] * len(STILL_WELL) + [True] * len(RELAPSED))


@pytest.mark.parametrize(
    ("time", "share"),
    [(5, 1), (6, 0.8571), (7, 0.8067), (10, 0.7529), (13, 0.6902), (16, 0.6275), (22, 0.5378), (23, 0.4482)],
)
def test_survival_counts_the_items_that_are_still_open(time, share):
    assert remission().at(time) == pytest.approx(share, abs=5e-5)


def test_the_median_with_open_items_is_far_above_the_median_of_the_finished():
    assert median(RELAPSED) == 10
    assert remission().median == 23
    assert remission().words == "23"


def test_a_median_beyond_the_follow_up_says_so():
    curve = kaplan_meier([1, 5, 8], [True, False, False])
    assert curve.median is None
    assert curve.words == "> 8"
    assert kaplan_meier([], []) is None


def test_half_that_finished_is_the_median():
    # 1/2 of six left after the third event: 5/6 * 4/5 * 3/4.
    assert kaplan_meier([1, 2, 3, 4, 4, 4], [1, 1, 1, 0, 0, 0]).median == 3


def test_without_open_items_survival_is_the_plain_share():
    curve = kaplan_meier([1, 2, 3, 4], [True] * 4)
    assert curve.surviving == pytest.approx((0.75, 0.5, 0.25, 0))


def test_shares_of_alike_items_have_no_spread():
    # Every item is 1 : 3, so is every resample.
    assert share_intervals([[1, 3]] * 5) == (pytest.approx((0.25, 0.25)), pytest.approx((0.75, 0.75)))
    assert share_intervals([[0, 0]]) == ()


@given(st.lists(st.tuples(AMOUNTS, AMOUNTS, AMOUNTS), min_size=1, max_size=12), st.randoms())
def test_resampled_shares_lie_within_nought_and_one_whatever_the_order(rows, random):
    mixed = list(rows)
    random.shuffle(mixed)
    intervals = share_intervals(rows, draws=50)
    assert intervals == share_intervals(mixed, draws=50)
    assert all(0 <= i.low <= i.high <= 1 for i in intervals)


def test_the_wait_grows_out_of_proportion_with_utilisation():
    assert [round(utilisation_wait(b), 9) for b in (0.5, 0.8, 0.9, 0.95)] == [1, 4, 9, 19]
    assert utilisation_wait(1) == math.inf
