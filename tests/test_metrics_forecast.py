"""Forecasts against the exact answer: every possible course of weeks, weighed by its probability."""

from datetime import UTC, date, datetime

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from metrics import forecast
from metrics.forecast import history, how_many, outrun, weeks_until, when, working_week
from metrics.simulation import at_least, finish_weeks, finished_within, quantile, seed_of, week_draws

TWELVE_WEEKS = (1, 3, 5, 3, 7, 8, 0, 5, 3, 1, 8, 2)  # mean 46 / 12 = 3.83
NEAR = 0.015  # three standard errors of 10,000 draws at one half


def exact_when(remaining, weeks, longest=80):
    """P(done within 1, 2, … weeks) when each week is like any of the history with the same probability."""
    open_items = np.zeros(remaining + 1)
    open_items[remaining] = 1
    done = []
    for _ in range(longest):
        after = np.zeros(remaining + 1)
        for count in weeks:
            for left, share in enumerate(open_items):
                after[max(left - count, 0)] += share / len(weeks)
        open_items = after
        done.append(open_items[0])
    return np.array(done)


def exact_how_many(weeks_ahead, weeks):
    """The probability of each total."""
    week = np.bincount(weeks) / len(weeks)
    total = np.array([1.0])
    for _ in range(weeks_ahead):
        total = np.convolve(total, week)
    return total


def exact_week(level, done):
    return int(np.argmax(done >= level - 1e-12)) + 1


def exact_at_least(level, totals):
    reached = np.cumsum(totals[::-1])[::-1]  # P(total >= m)
    return int(np.flatnonzero(reached >= level - 1e-12).max())


def drawn(weeks, remaining, seed=1):
    return finish_weeks([remaining], weeks, week_draws(len(weeks), seed, bayesian=False))[0]


# F1 to F6: the exact answer is the published one, and the draws agree with it ----------------------------


def test_f1_two_items_at_none_or_two_a_week():
    done = exact_when(2, (0, 2))
    assert done[:4] == pytest.approx([0.5, 0.75, 0.875, 0.9375])
    assert [exact_week(level, done) for level in (0.5, 0.85, 0.95)] == [1, 3, 5]
    weeks = drawn((0, 2), 2)
    assert [(weeks <= k).mean() for k in (1, 2, 3, 4)] == pytest.approx(done[:4], abs=NEAR)
    assert [quantile(weeks, level) for level in (0.85, 0.95)] == [3, 5]


def test_f2_how_many_in_three_weeks():
    totals = exact_how_many(3, (0, 2))
    assert totals[[0, 2, 4, 6]] == pytest.approx([0.125, 0.375, 0.375, 0.125])
    assert (exact_at_least(0.85, totals), exact_at_least(0.5, totals)) == (2, 4)
    sums = finished_within(3, (0, 2), week_draws(2, 1, bayesian=False))
    assert [(sums == k).mean() for k in (0, 2, 4, 6)] == pytest.approx([0.125, 0.375, 0.375, 0.125], abs=NEAR)
    assert at_least(sums, 0.85) == 2


def test_f3_twenty_items_over_twelve_uneven_weeks():
    done = exact_when(20, TWELVE_WEEKS)
    assert done[2:6] == pytest.approx([0.0434, 0.2162, 0.4678, 0.6959], abs=5e-5)
    assert [exact_week(level, done) for level in (0.5, 0.7, 0.85, 0.95)] == [6, 7, 8, 9]
    weeks = drawn(TWELVE_WEEKS, 20)
    assert [(weeks <= k).mean() for k in (3, 4, 5, 6)] == pytest.approx(done[2:6], abs=NEAR)
    assert [quantile(weeks, level) for level in (0.5, 0.7, 0.85, 0.95)] == [6, 7, 8, 9]


@pytest.mark.parametrize(("items", "expected"), [(100, [26, 28, 30, 33]), (105, [28, 30, 32, 34])])
def test_f4_a_hundred_items(items, expected):
    levels = (0.5, 0.7, 0.85, 0.95)
    done, weeks = exact_when(items, TWELVE_WEEKS), drawn(TWELVE_WEEKS, items)
    assert [exact_week(level, done) for level in levels] == expected
    assert [(weeks <= k).mean() for k in expected] == pytest.approx(done[np.array(expected) - 1], abs=NEAR)


@pytest.mark.parametrize(("ahead", "expected", "mean"), [(4, [15, 10, 7], 15.33), (8, [31, 23, 19], 30.67)])
def test_f5_how_many_in_four_and_eight_weeks(ahead, expected, mean):
    totals = exact_how_many(ahead, TWELVE_WEEKS)
    assert [exact_at_least(level, totals) for level in (0.5, 0.85, 0.95)] == expected
    sums = finished_within(ahead, TWELVE_WEEKS, week_draws(12, 1, bayesian=False))
    assert sums.mean() == pytest.approx(mean, abs=0.15)
    reached = np.cumsum(totals[::-1])[::-1]
    assert [(sums >= m).mean() for m in expected] == pytest.approx(reached[expected], abs=NEAR)


def test_f6_an_even_pace_is_certain_and_none_is_refused():
    even = when(9, history([3] * 8), seed=1)
    assert [even.week(level) for level in (0.01, 0.5, 0.85, 0.95)] == [3, 3, 3, 3]
    none = when(9, history([0] * 8), seed=1)
    assert none.week(0.85) is None and none.refusal == "nothing was finished in the last 8 weeks"


# The Bayesian bootstrap ----------------------------------------------------------------------------------


def test_the_bayesian_bootstrap_has_its_own_exact_answer():
    # After k weeks without anything the next is empty too with (1 + k) / (2 + k): 1/2, 2/3, 3/4 … so that
    # P(not done within k) = 1 / (k + 1), and 85 % are reached at k / (k + 1) = 6/7, the sixth week; plain: the third.
    weeks = finish_weeks([2], (0, 2), week_draws(2, 1))[0]
    assert [(weeks <= k).mean() for k in (1, 2, 3, 4, 5, 6)] == pytest.approx(
        [1 / 2, 2 / 3, 3 / 4, 4 / 5, 5 / 6, 6 / 7], abs=NEAR
    )


@pytest.mark.parametrize("items", [20, 100])
def test_the_bayesian_bootstrap_is_wider(items):
    plain, bayesian = drawn(TWELVE_WEEKS, items), finish_weeks([items], TWELVE_WEEKS, week_draws(12, 1))[0]
    assert quantile(bayesian, 0.95) - quantile(bayesian, 0.05) > quantile(plain, 0.95) - quantile(plain, 0.05)


def test_the_same_scope_and_date_give_the_same_numbers():
    as_of = datetime(2026, 11, 16, tzinfo=UTC)
    first, again = (when(20, history(TWELVE_WEEKS), seed_of("payments", as_of)) for _ in range(2))
    other = when(20, history(TWELVE_WEEKS), seed_of("checkout", as_of))
    assert (first.weeks == again.weeks).all() and (first.weeks != other.weeks).any()


# Scope that grows ----------------------------------------------------------------------------------------


def test_scope_is_drawn_with_the_week_it_came_in():
    # One week of 4 finished and 2 added, another of 2 and 0: every week takes 2 off, whichever is drawn.
    weeks = finish_weeks([6], (4, 2), week_draws(2, 1), added=[[2, 0]])[0]
    assert set(weeks.tolist()) == {3}


def test_scope_that_grows_as_fast_as_delivery_is_refused_with_the_reason():
    answer = when(30, history(TWELVE_WEEKS), seed=1, added=[4] * 12)
    assert (answer.refusal, answer.week(0.5)) == (forecast.OUTGROWN, None)
    assert answer.within(10) is not None


def test_scope_outruns_delivery_from_a_fifth_more():
    assert not outrun([10, 10], [12, 12]) and outrun([10, 10], [12, 13])


# The history behind it -----------------------------------------------------------------------------------


def test_a_short_history_is_refused_with_the_reason():
    answer = when(5, history([3, 2, 4, 3, 1, 2, 3]), seed=1)
    assert answer.refusal == "too short a history: 7 complete weeks, 8 are needed"
    assert answer.week(0.85) is None and answer.within(9) is None


def test_no_open_items_is_refused():
    assert when(0, history(TWELVE_WEEKS), seed=1).refusal == forecast.NO_WORK


def test_weeks_without_anything_are_kept_but_those_before_the_first_item():
    assert history([0, 0, 3, 0, 2]).finished == (3, 0, 2)


def test_the_last_26_weeks_are_used():
    past = history([4, 5] * 20)
    assert past.chosen == tuple(range(14, 40)) and not past.shifted


def test_weeks_of_public_holidays_are_left_out_and_listed():
    past = history([3, 4, 0, 5], ["", "", "public holidays", ""])
    assert (past.chosen, past.left_out) == ((0, 1, 3), ((2, "public holidays"),))


def test_after_a_lasting_shift_only_the_weeks_since_are_used():
    before, after = [10, 12, 9, 11, 10, 13, 8, 11, 10, 12] * 2, [4, 5, 4, 6, 5, 4, 5, 6, 4]
    past = history(before + after)
    assert past.shifted and past.finished == tuple(after)


def test_weeks_of_public_holidays_to_come_are_no_weeks_of_work():
    # The third week of the calendar is one of holidays, so the third week of work is the fourth.
    coming = ["", "", "public holidays", ""]
    assert [working_week(ahead, coming) for ahead in (1, 2, 3, 4)] == [1, 2, 4, 5]


def test_a_date_is_met_by_the_weeks_that_end_on_it_or_before():
    monday = date(2026, 11, 16)
    sunday = date(2026, 11, 22)
    assert weeks_until(sunday, monday) == 1 and weeks_until(date(2026, 11, 21), monday) == 0
    assert weeks_until(date(2026, 11, 8), monday) < 0


@given(st.lists(st.integers(0, 9), min_size=8, max_size=26), st.integers(1, 30))
def test_more_work_is_never_done_sooner_and_a_surer_date_is_never_earlier(weeks, items):
    past = history(weeks)
    if past.refusal:
        return
    small, large = (when(n, past, seed=3, draws=200) for n in (items, items + 5))
    assert (small.weeks <= large.weeks).all()
    known = [small.week(level) for level in (0.5, 0.85, 0.95)]
    assert None in known or known == sorted(known)


@given(st.lists(st.integers(0, 9), min_size=8, max_size=26))
def test_a_surer_number_is_never_larger(weeks):
    answer = how_many(4, history(weeks), seed=3, draws=200)
    assert answer is None or answer.at_least(0.95) <= answer.at_least(0.85) <= answer.at_least(0.5)
