"""The times that commits can have where their dates go backwards; days stand for seconds since 1970."""

from datetime import UTC, datetime, timedelta

import pytest
from code_rows import commit, history
from conftest import NOW, at

from data.commit_times import plausible_times

DAY = 86_400
FIRST = 20_000 * DAY  # in 2024
YEAR_2106 = 49_700


def line(days):
    return [FIRST + day * DAY for day in days], [[place - 1] * (place > 0) for place in range(len(days))]


CASES = {  # dates in days, now, the times
    "no commit": ([], 9, []),
    "one commit": ([3], 9, [3]),
    "in order": ([1, 2, 2, 5], 9, [1, 2, 2, 5]),
    # day 7 is the next whose date never falls
    "an old date in the middle": ([1, 5, -1900, 7], 9, [1, 5, 7, 7]),
    # nothing follows: it can have been made until now
    "an old date at the end": ([1, 5, 7, -1900], 9, [1, 5, 7, 9]),
    "a date of 2106": ([1, YEAR_2106, 5, 7], 9, [1, 5, 5, 7]),
    "a date of 2106 at the end": ([1, 5, YEAR_2106], 9, [1, 5, 9]),
    # one clock ran ahead, though not beyond now: the four others agree
    "ahead of the others": ([1, 8, 2, 3, 4], 9, [1, 2, 2, 3, 4]),
    # two dates against each other: the later one is believed
    "two that contradict": ([6, 2], 9, [6, 9]),
    "a first commit of 1970": ([-20_000, 5, 7], 9, [5, 5, 7]),
    "nothing but 1970": ([-20_000, -19_999], 9, [9, 9]),
    "all of one time": ([4, 4, 4], 9, [4, 4, 4]),
    "a clock of two commits": ([1, 2, 3, -90, -89, 4, 5], 9, [1, 2, 3, 4, 4, 4, 5]),
}


@pytest.mark.parametrize("name", CASES)
def test_the_order_says_when_a_commit_can_have_been_made(name):
    days, now, right = CASES[name]
    dates, parents = line(days)
    found = plausible_times(dates, parents, FIRST + now * DAY)
    assert [(time - FIRST) / DAY for time in found] == right


BRANCHES = {  # places of parents, dates, the times; now is day 9
    # 0 ─ 1 ─ 4 with 2 ─ 3 beside: a branch lasts from where it began to its merge
    "a branch in order": ([[], [0], [0], [2], [1, 3]], [1, 4, 2, 3, 5], [1, 4, 2, 3, 5]),
    "older than where it began": ([[], [0], [0], [2], [1, 3]], [1, 4, -50, 3, 5], [1, 4, 3, 3, 5]),
    "later than its merge": ([[], [0], [0], [2], [1, 3]], [1, 4, 2, 8, 5], [1, 4, 2, 5, 5]),
    "the merge is out of order": ([[], [0], [0], [2], [1, 3]], [1, 4, 2, 3, -50], [1, 4, 2, 3, 9]),
    "two beginnings": ([[], [], [0, 1]], [3, 1, 5], [3, 1, 5]),
    "three parents": ([[], [0], [0], [0], [1, 2, 3]], [1, 2, -9, 4, 5], [1, 2, 5, 4, 5]),
}


@pytest.mark.parametrize("name", BRANCHES)
def test_a_branch_was_made_between_its_beginning_and_its_merge(name):
    parents, days, right = BRANCHES[name]
    found = plausible_times([FIRST + day * DAY for day in days], parents, FIRST + 9 * DAY)
    assert [(time - FIRST) / DAY for time in found] == right


# In the facts --------------------------------------------------------------------------------------------


def changed(facts, *dates, **more):
    made = [
        commit(n, "2026-10-01 10:00", "a.py", committed_at=when, parent_ids=f"{n - 1:040x}" if n else "", **more)
        for n, when in enumerate(dates)
    ]
    return facts("file_changes", **history(*made))["at"].tolist()


def test_a_change_has_the_time_of_its_commit_unless_that_cannot_be(facts):
    first, second, third = (at(f"2026-10-0{day} 10:00") for day in (1, 5, 9))
    assert changed(facts, first, second, third) == [first, second, third]
    assert changed(facts, first, datetime(2019, 1, 1, tzinfo=UTC), third) == [first, third, third]
    assert changed(facts, first, datetime(2106, 2, 7, tzinfo=UTC), third) == [first, third, third]
    assert changed(facts, datetime(1970, 1, 1, tzinfo=UTC), second, third) == [second, second, third]
    assert changed(facts, first, second, datetime(9999, 1, 1, tzinfo=UTC)) == [first, second, NOW]
    assert changed(facts, first, second, datetime(1, 1, 1, tzinfo=UTC)) == [first, second, NOW]


def test_clocks_that_differ_by_less_than_a_day_are_left_alone(facts):
    first = at("2026-10-05 10:00")
    dates = [first, first - timedelta(hours=23), first + timedelta(days=1)]
    assert changed(facts, *dates) == dates


def test_a_date_of_author_says_nothing_of_the_order(facts):
    first, second = at("2026-10-05 10:00"), at("2026-10-06 10:00")
    assert changed(facts, first, second, authored_at=at("2026-11-20 10:00")) == [first, second]
