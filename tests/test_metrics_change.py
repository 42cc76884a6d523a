"""Why a figure moved, split into mix and within, on numbers worked out by hand."""

import math

import pandas as pd
import pytest
from hypothesis import given
from hypothesis import strategies as st

from metrics.change import change, in_words, size_class
from metrics.model import Summary, Unit
from metrics.observations import COLUMNS


def rows(*pairs):
    frame = pd.DataFrame({"team": [t for t, _ in pairs], "value": [v for _, v in pairs]}, columns=list(COLUMNS))
    return frame.astype(COLUMNS)


def split(before, after):
    return change(rows(*before), rows(*after), "team", Unit.PERCENT, Summary.RATE)


def test_a_change_of_mix_is_not_sold_as_an_improvement():
    # a always takes 10, b always 2. Before: half and half, mean 6; after: one to three, mean 4. All of it is mix.
    found = split([("a", 10), ("b", 2)], [("a", 10), ("b", 2), ("b", 2), ("b", 2)])
    assert (found.before, found.after, found.mix, found.within) == (6, 4, -2, 0)
    assert found.mix_share == 1
    # a: (1/4 − 1/2) · (10 − 6) … with the common level (0.375·10 + 0.625·2 = 5): −0.25·5 = −1.25; b: 0.25·(2−5) = −0.75
    assert {p.name: p.mix for p in found.parts} == {"a": -1.25, "b": -0.75}
    assert "mostly another mix" in in_words(found, "Review coverage")


def test_a_change_within_is_told_from_the_mix():
    # a falls from 10 to 6, the shares stay: all of it is within.
    found = split([("a", 10), ("b", 2)], [("a", 6), ("b", 2)])
    assert (found.mix, found.within, found.parts[0].name, found.parts[0].within) == (0, -2, "a", -2)


def test_a_kind_that_is_new_or_gone_is_mix():
    found = split([("a", 10)], [("a", 10), ("c", 4)])
    assert (found.before, found.after, found.mix, found.within) == (10, 7, -3, 0)
    assert next(p for p in found.parts if p.name == "c").mean_before is None


def test_durations_are_compared_by_their_logarithms():
    found = change(rows(("a", 4.0)), rows(("a", 1.0)), "team", Unit.HOURS)
    assert found.is_log and math.exp(found.within) == pytest.approx(0.25)


def test_rows_left_out_do_not_count_and_nothing_gives_none():
    one = rows(("a", 1.0))
    assert change(one.assign(excluded="bot"), one, "team", Unit.HOURS) is None
    assert change(one, one.iloc[:0], "team", Unit.HOURS) is None


def test_what_has_no_team_is_a_kind_of_its_own():
    assert [p.name for p in split([(None, 1)], [(None, 2)]).parts] == ["unknown"]


def test_sizes_fall_into_classes_with_their_lower_edge():
    sizes = pd.Series([0, 49, 50, 199, 200, 400, 9000, None])
    assert size_class(sizes).tolist()[:-1] == [
        *["under 50 lines"] * 2,
        *["50–199 lines"] * 2,
        "200–399 lines",
        *["400 lines or more"] * 2,
    ]


pairs = st.lists(st.tuples(st.sampled_from("abcd"), st.floats(0.1, 1e4)), min_size=1, max_size=30)


@given(pairs, pairs)
def test_mix_and_within_sum_to_the_change(before, after):
    found = split(before, after)
    assert found.before + found.mix + found.within == pytest.approx(found.after)
    assert found.before == pytest.approx(sum(v for _, v in before) / len(before))
    assert sum(p.mix for p in found.parts) == pytest.approx(found.mix)
