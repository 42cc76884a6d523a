import numpy as np
import pandas as pd
import pytest
from hypothesis import given
from hypothesis import strategies as st

from metrics.bottlenecks import (
    Evidence,
    ageing,
    bottlenecks,
    contribution,
    little_check,
    open_work,
    queue_balance,
    stage_shares,
    time_in_system,
)
from metrics.statistics import utilisation_wait

STAGES = ["ready", "active_dev", "wait_review", "active_review", "wait_deploy"]
THREE = pd.DataFrame([(1, 2, 8, 1, 1), (2, 1, 20, 2, 0), (1, 4, 3, 1, 2)], columns=STAGES, dtype=float)
TIMES = st.lists(st.tuples(*[st.floats(0, 1e4)] * 3), min_size=1, max_size=12)


def frame(rows):
    return pd.DataFrame(rows, columns=["a", "b", "c"], dtype=float)


def test_b1_three_items_wait_for_review_most_of_their_time():
    # Totals 4 7 31 4 3 of 49 days.
    shares = stage_shares(THREE)
    assert [s.total for s in shares.stages] == [4, 7, 31, 4, 3]
    assert [round(100 * s.share, 1) for s in shares.stages] == [8.2, 14.3, 63.3, 8.2, 6.1]
    assert shares.of({"active_dev", "active_review"}) == pytest.approx(11 / 49)
    assert all(s.interval.low <= s.share <= s.interval.high and s.p85 is None for s in shares.stages)


def test_an_item_with_an_unknown_history_is_left_out_and_counted():
    unknown = pd.concat([THREE, pd.DataFrame([dict.fromkeys(STAGES, 5.0) | {"ready": np.nan}])])
    shares = stage_shares(unknown)
    assert (shares.n, shares.left_out) == (3, 1)
    assert [s.total for s in shares.stages] == [4, 7, 31, 4, 3]


def test_the_p85_of_a_stage_needs_twenty_items():
    # 0.85 * 19 = 16.15 after 1.
    times = pd.DataFrame({"a": np.arange(1.0, 21), "b": 1.0})
    assert stage_shares(times).stages[0].p85 == pytest.approx(17.15)


def test_no_time_no_shares():
    assert stage_shares(THREE[:0]).stages == ()
    assert stage_shares(THREE * 0).stages == ()


@given(TIMES, st.randoms())
def test_shares_sum_to_the_whole_whatever_the_order(rows, random):
    shares = stage_shares(frame(rows), draws=20).stages
    assert sum(s.share for s in shares) == pytest.approx(1) if shares else sum(map(sum, rows)) == 0
    mixed = list(rows)
    random.shuffle(mixed)
    again = stage_shares(frame(mixed), draws=20).stages
    assert [s.interval for s in again] == [s.interval for s in shares]
    assert [s.share for s in again] == pytest.approx([s.share for s in shares])


def test_the_change_is_taken_apart_by_stage():
    # Means before 49 / 3 days: 4/3 7/3 31/3 4/3 1; after, of one item 2 2 4 2 0: +2/3 -1/3 -19/3 +2/3 -1 = -19/3.
    after = pd.DataFrame([(2, 2, 4, 2, 0)], columns=STAGES, dtype=float)
    found = contribution(THREE, after)
    assert found.before == pytest.approx(49 / 3)
    assert list(found.stages.values()) == pytest.approx([2 / 3, -1 / 3, -19 / 3, 2 / 3, -1])
    assert found.change == pytest.approx(10 - 49 / 3)


def test_a_stage_that_is_new_adds_all_its_time():
    found = contribution(pd.DataFrame({"a": [2.0]}), pd.DataFrame({"a": [1.0], "b": [3.0]}))
    assert found.stages == {"a": -1, "b": 3}
    assert contribution(THREE[:0], THREE) is None


@given(TIMES, TIMES)
def test_the_parts_of_a_change_sum_to_it_exactly(before, after):
    found = contribution(frame(before), frame(after))
    assert sum(found.stages.values()) == found.change
    whole = frame(after).sum(axis=1).mean() - frame(before).sum(axis=1).mean()
    assert found.change == pytest.approx(whole, abs=1e-6)


def test_b2_bottles_stay_in_the_rack_for_twenty_months():
    assert time_in_system(160, 8) == 20
    assert time_in_system(160, 0) is None


def test_b3_work_in_progress_is_what_is_open_in_all_stages():
    items = pd.DataFrame({"key": [f"A-{i:02}" for i in range(21)], "stage": ["dev"] * 13 + ["qa"] * 8, "age": 2.0})
    dev, qa = open_work(items, THREE)
    assert (dev.n, qa.n, dev.n + qa.n) == (13, 8, 21)
    assert (dev.stage, dev.age, dev.oldest, dev.usual, dev.late) == ("dev", 26, 2, None, ())


def test_open_work_is_late_beyond_the_p85_of_its_own_stage():
    # p85 of 1..20 is 17.15; the item that skipped the stage does not count.
    history = pd.DataFrame({"review": [*range(21)]}, dtype=float)
    items = pd.DataFrame({"key": ["A", "B", "C", "D"], "stage": "review", "age": [17.0, 18.0, 40.0, np.nan]})
    (review,) = open_work(items, history)
    assert (review.n, review.oldest, review.age) == (4, 40, 75)
    assert review.usual == pytest.approx(17.15)
    assert review.late == ("C", "B")
    assert open_work(items[:0], history) == ()


def test_b4_a_queue_that_gains_three_a_week_never_drains():
    balance = queue_balance([12] * 4, [9] * 4, waiting=30)
    assert (balance.growth, balance.drain, balance.drain_words) == (3, None, "never")
    assert (balance.growing, balance.weeks) == (4, 4)


def test_b4_a_queue_that_loses_three_a_week_drains_in_ten_weeks():
    balance = queue_balance([9] * 4, [12] * 4, waiting=30)
    assert (balance.growth, balance.drain, balance.drain_words) == (-3, 10, "10 weeks")


def test_an_empty_queue_has_drained_and_a_level_one_never_does():
    assert queue_balance([5], [5], waiting=0).drain == 0
    assert queue_balance([5], [5], waiting=3).drain is None


def test_growth_is_counted_in_the_last_four_weeks():
    assert queue_balance([9, 9, 9, 1, 5, 5], [1, 1, 1, 9, 5, 4], waiting=3).growing == 2


def test_a_balance_of_different_weeks_is_refused():
    with pytest.raises(ValueError, match="same weeks, not 2 and 1"):
        queue_balance([1, 2], [1], waiting=0)


def test_b6_the_wait_at_four_utilisations():
    assert [utilisation_wait(busy) for busy in (0.5, 0.8, 0.9, 0.95)] == pytest.approx([1, 4, 9, 19])


def test_littles_law_within_a_quarter_is_steady():
    # 20 items at 2 a day are 10 days; 8 observed is a quarter more, 7.9 a little over.
    assert little_check(20, 2, 8).steady
    assert little_check(20, 2, 8).gap == pytest.approx(0.25)
    assert little_check(20, 2, 7.9).words == "not in steady state: averages mislead, trust ages"
    assert little_check(20, 0, 8) is None
    assert little_check(20, 2, 0) is None


def test_the_most_urgent_open_items_come_first():
    history = pd.DataFrame({"dev": [1.0, 2, 3], "review": [4.0, 0, 6]})
    items = pd.DataFrame(
        {
            "key": ["A", "B", "C", "D", "E"],
            "stage": ["dev", "dev", "review", "review", "other"],
            "blocked": [False, True, False, False, False],
            "age": [9.0, 9, 30, 21, 9],
            "age_in_stage": [2.0, 3, 5, 6, 9],
        }
    )
    found = ageing(items, history, expectation=20).set_index("key")
    assert list(found.index) == ["C", "D", "B", "A", "E"]
    assert found["late"].to_dict() == {"C": True, "D": True, "B": False, "A": False, "E": False}
    # Half of the finished were in dev for 2, of those that were in review for 5.
    assert found["at_risk"].to_dict() == {"C": False, "D": True, "B": True, "A": False, "E": False}
    assert not ageing(items, history, expectation=None)["late"].any()


GROWS = queue_balance([12] * 4, [9, 9, 9, 12], waiting=30)


def test_a_large_queue_that_grows_is_a_bottleneck():
    verdict = bottlenecks([Evidence("review", 0.4, balance=GROWS), Evidence("dev", 0.6, waits=False)])
    assert [c.stage for c in verdict.candidates] == ["review"]
    assert verdict.words == "review (40 % of the time): more arrived than left in 3 of 4 weeks"


def test_each_reason_is_named():
    (found,) = bottlenecks([Evidence("review", 0.4, queue_above_usual=True, slower=True)]).candidates
    assert found.reasons == ("more items wait than usual", "items take longer than usual")


def test_neither_work_nor_a_small_queue_nor_a_calm_one_is_a_bottleneck():
    verdict = bottlenecks(
        [
            Evidence("dev", 0.5, waits=False, slower=True),
            Evidence("review", 0.3, balance=queue_balance([9] * 4, [9] * 4, waiting=3)),
            Evidence("deploy", 0.2, balance=GROWS),
        ]
    )
    assert not Evidence("review", 0.9, balance=queue_balance([12] * 4, [9, 9, 12, 12], waiting=30)).reasons
    assert verdict.candidates == ()
    assert verdict.words == "no bottleneck stands out; largest wait is review (30 %)"
    assert bottlenecks([]).words == "no bottleneck stands out"
