"""Why a figure moved, split into mix and within, on numbers worked out by hand."""

import math
from dataclasses import replace
from datetime import timedelta

import pandas as pd
import pytest
from conftest import NOW
from hypothesis import given
from hypothesis import strategies as st

from metrics.catalogue import INDICATORS
from metrics.change import change, in_words, size_class
from metrics.coverage import no_coverage
from metrics.evaluate import evaluate
from metrics.explained import explained
from metrics.model import Summary, Unit
from metrics.observations import COLUMNS
from metrics.periods import last_complete_weeks


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


# Why a signal fired ---------------------------------------------------------------------------------------

TIME = INDICATORS["pr_cycle_time"]
SCOPE = last_complete_weeks(NOW, 26)
KEYS = pd.DataFrame([(f"{size}{n}", size) for size in ("small", "large") for n in range(9000)], columns=["key", "kind"])


def sizes():
    return KEYS.assign(dimension=pd.Categorical(["size"] * len(KEYS)))


def weekly(*weeks):
    """Ten merges in each week, as many of them small as said: small ones take 4 h times a factor, large ones 40 h."""
    made = []
    for week, (small, factor) in enumerate(weeks):
        for n in range(10):
            size, hours = ("small", 4) if n < small else ("large", 40)
            moment = SCOPE.end - timedelta(weeks=len(weeks) - week) + timedelta(hours=n + 1)
            wobble = 1 + 0.02 * ((week * 7 + n * 3) % 10)
            team = "red" if n % 2 else "blue"
            made.append({"at": moment, "value": hours * factor * wobble, "key": f"{size}{week * 10 + n}", "team": team})
    frame = pd.DataFrame(made, columns=list(COLUMNS)).astype(COLUMNS)
    synced = pd.DataFrame(
        [{"stream": "pull_requests", "scope": "acme/app", "complete": True, "oldest": None, "synced_at": NOW}]
    ).astype(no_coverage().dtypes.to_dict())
    return evaluate(TIME, frame, SCOPE, synced)


def test_a_team_that_took_on_small_changes_is_not_sold_as_a_quicker_one():
    # 22 weeks with two small of ten (median about 40 h), then two weeks with nine of ten (about 4 h), each as before.
    found = explained(weekly(*[(2, 1)] * 23, *[(9, 1)] * 2), sizes)
    assert (found.signal.side, found.is_mix, found.split.dimension) == ("low", True, "size")
    # By logarithms: the share of small goes from 20 to 90 %, so the mix moves the mean by 0.7 · ln(4/40) = −1.61.
    assert found.split.mix == pytest.approx(-1.61, abs=0.03)
    assert found.split.within == pytest.approx(0, abs=0.03)
    assert "mostly because other work came in" in found.words and "the mix of size" in found.words
    assert "small from 20% to 90% of the rows" in found.words


def test_work_that_became_quicker_is_told_from_within():
    found = explained(weekly(*[(2, 1)] * 23, *[(2, 0.25)] * 2), sizes)
    assert not found.is_mix
    assert found.split.within == pytest.approx(math.log(0.25), abs=0.03)
    assert "mostly because the same kind of work moved" in found.words


def test_without_a_signal_there_is_nothing_to_explain():
    assert explained(weekly(*[(2, 1)] * 25), sizes) is None


def test_of_a_count_the_mix_is_the_figure_itself():
    result = weekly(*[(2, 1)] * 23, *[(9, 1)] * 2)
    count = replace(result, indicator=INDICATORS["merged_pull_requests"])
    assert explained(count, sizes) is None


def test_kinds_of_few_rows_are_told_together():
    result = weekly(*[(2, 1)] * 23, *[(9, 1)] * 2)
    each_its_own = KEYS.assign(dimension=pd.Categorical(["name"] * len(KEYS)), kind=KEYS["key"])
    found = explained(result, lambda: each_its_own)
    assert found is None or found.split.dimension == "team"
