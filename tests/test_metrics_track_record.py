"""Track records: the bands worked out, and forecasts of series whose truth is known."""

import numpy as np
import pytest

from metrics.track_record import TrackRecord, back_test, hits_by_chance, needed_for, needed_until, pinball, record_of


@pytest.mark.parametrize(("n", "low", "high"), [(12, 8, 12), (20, 14, 19), (40, 30, 37)])
def test_f7_the_band_of_85_percent(n, low, high):
    assert hits_by_chance(n) == (low, high)


def test_a_forecast_needed_the_level_at_which_it_would_have_held():
    totals = np.array([2.0, 4, 4, 6])
    assert [needed_for(totals, came) for came in (1, 2, 4, 6)] == [1, 0.75, 0.25, 0]
    weeks = np.array([1, 3, 3, 5])
    assert [needed_until(weeks, took) for took in (1, 3, 4, 6)] == [0, 0.25, 0.75, 1]


def test_pinball_loss_weighs_the_broken_promise_by_the_quantile():
    # Of the 15 % quantile: three too many promised cost 0.85 each, three too few 0.15 each.
    assert pinball(10, 7, 0.15) == pytest.approx(0.85 * 3) and pinball(7, 10, 0.15) == pytest.approx(0.15 * 3)


def test_a_record_that_does_not_hold_asks_for_the_level_that_would_have():
    # Twenty forecasts that needed 5 %, 10 % … 100 %: 17 held, inside 14 to 19. Of twenty that needed 70 % to 98.5 %
    # in steps of 1.5 the first 11 held; what the 17th needed, 70 + 16 x 1.5 = 94 %, would have made 85 % of them hold.
    fair = TrackRecord(tuple(np.arange(1, 21) / 20))
    assert (fair.hits, fair.holds, fair.level) == (17, True, 0.85)
    short = TrackRecord(tuple(0.7 + 0.015 * np.arange(20)))
    assert (short.hits, short.holds) == (11, False)
    assert short.level == pytest.approx(0.7 + 0.015 * 16)
    assert short.words == "85 % forecasts came true 11 of 20 times, where 14 to 19 are to be expected."


def test_few_forecasts_are_not_judged():
    few = record_of([0.99] * 11)
    assert few.holds is None and few.level == 0.85 and "too few to judge" in few.words


def as_known(series):
    """What was known every four weeks of a series that nothing is changed in afterwards."""
    return {origin: series[:origin] for origin in range(0, len(series) + 1, 4)}


def test_the_origins_do_not_overlap_and_use_only_what_was_known():
    series = np.array([3.0] * 8 + [5.0] * 8)
    scored = back_test(as_known(series), "a", draws=200)
    # 16 weeks: the first origin with eight weeks behind it is the 8th; it knows only threes: 12 promised, 20 came.
    assert [one.origin for one in scored] == [8, 12]
    assert (scored[0].promised, scored[0].actual, scored[0].hit) == (12, 20, True)
    assert scored[0].loss == scored[0].naive_loss == pytest.approx(0.15 * 8)
    changed = np.where(np.arange(16) < 12, series, 50)
    assert back_test(as_known(changed), "a", draws=200)[0] == scored[0]


def test_a_week_of_holidays_is_no_week_of_work():
    series = np.array([3.0] * 8 + [3, 0, 3, 3])
    (scored,) = back_test(
        as_known(series), "a", holidays=lambda origin: ["off" if week == 9 else "" for week in range(12)], draws=200
    )
    assert (scored.promised, scored.actual) == (9, 9)


def test_on_independent_weeks_85_percent_come_true():
    # 40 teams, two years of independent weeks around 8, spread wider than Poisson: 22 forecasts each.
    random = np.random.default_rng(1)
    needed = []
    for team in range(40):
        series = random.negative_binomial(8, 0.5, 104).astype(float)
        needed += [one.needed for one in back_test(as_known(series), f"team {team}", draws=1000)]
    record = record_of(needed)
    assert record.n >= 850
    assert 0.82 <= record.hits / record.n <= 0.89


def test_the_forecast_beats_the_naive_one_on_independent_weeks():
    random = np.random.default_rng(7)
    losses = []
    for team in range(20):
        series = random.negative_binomial(8, 0.5, 104).astype(float)
        losses += [(one.loss, one.naive_loss) for one in back_test(as_known(series), f"{team}", draws=1000)]
    own, naive = np.mean(losses, axis=0)
    assert own < naive
