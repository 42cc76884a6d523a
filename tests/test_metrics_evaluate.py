"""Results on a few observations worked out by hand: periods, summaries, what is unknown, what is left out."""

from dataclasses import replace
from datetime import UTC, datetime

import pandas as pd
import pytest
from conftest import NOW, at
from hypothesis import given
from hypothesis import strategies as st

from metrics.catalogue import INDICATORS
from metrics.coverage import no_coverage
from metrics.evaluate import evaluate
from metrics.model import Grain, Reason, Scope
from metrics.observations import COLUMNS

MEDIAN, RATE = INDICATORS["time_to_first_review"], INDICATORS["review_coverage"]
COUNT, LEVEL = INDICATORS["merged_pull_requests"], INDICATORS["open_pull_requests"]
WEEKS = Scope(at("2026-10-05 00:00"), at("2026-10-26 00:00"), NOW)  # W41, W42, W43


def seen(*rows):
    """Observations from (at, value) or (at, value, {column: value})."""
    made = [
        {"at": at(when), "value": value, "key": f"k{i}"} | (more[0] if more else {})
        for i, (when, value, *more) in enumerate(rows)
    ]
    return pd.DataFrame(made, columns=list(COLUMNS)).astype(COLUMNS)


def synced(complete=True, oldest=None, until="2026-11-21 12:00"):
    rows = [
        {
            "stream": "pull_requests",
            "scope": "acme/app",
            "complete": complete,
            "oldest": oldest and at(oldest),
            "synced_at": at(until),
        }
    ]
    return pd.DataFrame(rows).astype(no_coverage().dtypes.to_dict())


def test_a_median_is_pooled_from_rows_and_interpolated():
    # W41: 1, 2, 3, 4 → 2.5, p85 = 1 + 0.85·3 = 3.55; in all 1, 2, 3, 4, 10 → 3, p85 = 4 + 0.4·6 = 6.4.
    rows = seen(*[(f"2026-10-06 0{i}:00", i) for i in (1, 2, 3, 4)], ("2026-10-20 10:00", 10))
    result = evaluate(MEDIAN, rows, WEEKS, synced())
    assert [(p.period, p.n, p.value) for p in result.series] == [
        ("2026-W41", 4, 2.5),
        ("2026-W42", 0, None),
        ("2026-W43", 1, 10.0),
    ]
    assert result.series[0].p85 == pytest.approx(3.55)
    assert [p.reason for p in result.series] == [Reason.TOO_FEW, Reason.NO_DATA, Reason.TOO_FEW]
    assert (result.total.n, result.total.value, result.total.reason) == (5, 3.0, Reason.TOO_FEW)
    assert result.total.p85 == pytest.approx(6.4)


def test_six_rows_are_enough_for_a_median():
    rows = seen(*[(f"2026-10-06 0{i}:00", i) for i in range(6)])
    point = evaluate(MEDIAN, rows, WEEKS, synced()).series[0]
    assert (point.value, point.low, point.high, point.reason) == (2.5, 0.0, 5.0, None)


def test_a_rate_is_a_percentage_with_its_wilson_interval():
    # 1 of 10: [1.79 %, 40.41 %] is wider than 30 points, so no verdict; 39 of 40 is fine.
    rows = seen(*[("2026-10-06 10:00", float(i == 0)) for i in range(10)])
    point = evaluate(RATE, rows, WEEKS, synced()).total
    assert (point.value, point.n, point.reason) == (10.0, 10, Reason.TOO_FEW)
    assert (round(point.low, 2), round(point.high, 2)) == (1.79, 40.42)
    many = seen(*[("2026-10-06 10:00", float(i > 0)) for i in range(40)])
    assert evaluate(RATE, many, WEEKS, synced()).total.reason is None


def test_a_count_is_zero_only_where_the_source_was_synced():
    result = evaluate(COUNT, seen(("2026-10-20 10:00", 1)), WEEKS, synced(complete=False, oldest="2026-10-12 00:00"))
    assert [(p.value, p.reason) for p in result.series] == [(None, Reason.NOT_SYNCED), (0.0, None), (1.0, None)]
    later = evaluate(COUNT, seen(), WEEKS, synced(until="2026-10-15 00:00"))
    assert [(p.value, p.reason) for p in later.series] == [(0.0, None), (0.0, None), (None, Reason.NOT_SYNCED)]
    assert {p.reason for p in evaluate(COUNT, seen(), WEEKS, no_coverage()).series} == {Reason.NO_SOURCE}


def test_a_level_counts_what_is_open_at_the_periods_end():
    rows = seen(
        ("2026-10-06 00:00", None, {"until": at("2026-10-13 00:00")}),  # open at the end of W41 only
        ("2026-10-06 00:00", None, {"until": at("2026-10-12 00:00")}),  # ended with W41: still open at its end
        ("2026-10-14 00:00", None, {}),  # open since W42
    )
    result = evaluate(LEVEL, rows, WEEKS, synced())
    assert [p.value for p in result.series] == [2.0, 1.0, 1.0]
    assert result.total.value == 1.0
    assert result.observations["value"].tolist() == [12.0]  # days from 14 to 26 October


def test_rows_left_out_are_listed_and_counted_apart_until_they_are_let_in():
    rows = seen(
        ("2026-10-06 10:00", 1),
        ("2026-10-06 11:00", 5, {"excluded": "bot"}),
        ("2026-10-06 11:00", 9, {"excluded": "own review"}),
    )
    result = evaluate(MEDIAN, rows, WEEKS, synced())
    assert (result.total.n, result.left_out) == (1, {"bot": 1, "own review": 1})
    assert len(result.observations) == 3
    with_bots = evaluate(MEDIAN, rows, replace(WEEKS, bots=True), synced())
    assert (with_bots.total.n, with_bots.total.value, with_bots.left_out) == (2, 3.0, {"own review": 1})


def test_filters_only_remove_rows():
    rows = seen(("2026-10-06 10:00", 1, {"team": "a"}), ("2026-10-06 11:00", 5, {"team": "b"}))
    assert evaluate(MEDIAN, rows, replace(WEEKS, team="a"), synced()).total.value == 1.0
    assert evaluate(MEDIAN, rows, replace(WEEKS, team="c"), synced()).total.n == 0


def test_the_running_and_the_cut_period_are_partial():
    scope = Scope(at("2026-11-11 00:00"), at("2026-11-30 00:00"), NOW)
    series = evaluate(COUNT, seen(), scope, synced()).series
    assert [(p.period, p.partial) for p in series] == [("2026-W46", True), ("2026-W47", True), ("2026-W48", True)]
    whole = Scope(at("2026-11-09 00:00"), at("2026-11-16 00:00"), NOW)
    assert [p.partial for p in evaluate(COUNT, seen(), whole, synced()).series] == [False]


def test_a_half_open_range_counts_a_border_row_once():
    rows = seen(("2026-10-12 00:00", 1))
    assert [p.n for p in evaluate(COUNT, rows, WEEKS, synced()).series] == [0, 1, 0]


def test_a_shift_is_a_signal_and_a_steady_series_has_none():
    # After the week in which the rows begin, 20 weeks around 8, then 30 in one: far outside.
    weeks = pd.date_range("2026-04-27", periods=29, freq="7D", tz=UTC)
    counts = [3] + [8, 7, 9, 8, 10, 7, 8, 9, 6, 8] * 2 + [30] + [7, 9, 8, 10, 7, 9, 9]
    made = [(week.strftime("%Y-%m-%d 10:00"), 1) for week, n in zip(weeks, counts, strict=True) for _ in range(n)]
    scope = Scope(at("2026-05-04 00:00"), at("2026-11-16 00:00"), NOW)
    result = evaluate(COUNT, seen(*made), scope, synced())
    assert [(p.period, p.signal) for p in result.series if p.signal] == [("2026-W39", "outside_high")]
    assert result.limits.lower < 8 < result.limits.upper < 30
    shown = evaluate(COUNT, seen(*made), replace(scope, start=at("2026-10-05 00:00")), synced())
    assert shown.limits == result.limits  # what is shown does not move the limits


moments = st.datetimes(datetime(2026, 9, 1), datetime(2026, 11, 1), timezones=st.just(UTC))


@given(st.lists(st.tuples(moments, st.floats(0, 1e6)), max_size=60), st.sampled_from(list(Grain)))
def test_period_counts_sum_to_the_range_and_nothing_is_nan(pairs, grain):
    rows = pd.DataFrame({"at": [m for m, _ in pairs], "value": [v for _, v in pairs]}, columns=list(COLUMNS)).astype(
        COLUMNS
    )
    scope = replace(WEEKS, grain=grain)
    for indicator in (MEDIAN, COUNT):
        result = evaluate(indicator, rows, scope, synced())
        inside = sum(scope.start <= m < scope.end for m, _ in pairs)
        assert sum(p.n for p in result.series) == result.total.n == inside
        assert all(p.value is None or p.value == p.value for p in result.series)
        turned = evaluate(indicator, rows.iloc[::-1], scope, synced())
        assert turned.series == result.series
