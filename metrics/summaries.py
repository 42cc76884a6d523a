"""The values of each period, and the point that they add up to: all periods of a series in one pass."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from functools import cached_property, lru_cache
from itertools import pairwise
from typing import NamedTuple

import numpy as np

from metrics.ledger import Numbers, Places, Rows, ticks
from metrics.model import Indicator, Point, Reason, Scope, Summary
from metrics.observations import DAY
from metrics.periods import Period
from metrics.statistics import order_ranks, rate_can_be_judged, wilson

MEDIAN_NEEDS = 6
LONG = 30  # values a period
DAY_IN_TICKS = DAY * 1_000_000
HELD = {Summary.OPEN_SUM, Summary.OPEN_SHARE, Summary.OPEN_MEDIAN, Summary.OPEN_LOWEST}  # from one snapshot to the next
OPEN = {Summary.LEVEL, Summary.AGE, Summary.OPEN_RATE} | HELD
MEDIANS = {Summary.MEDIAN, Summary.AGE, Summary.OPEN_MEDIAN, Summary.WINDOW}
RATES = {Summary.RATE, Summary.OPEN_RATE}
SHARES = {Summary.SHARE, Summary.OPEN_SHARE}
SUMS = {Summary.SUM, Summary.NET, Summary.OPEN_SUM}
ZERO_WHEN_NONE = {Summary.COUNT, Summary.LEVEL, Summary.SUM, Summary.NET}


class Figure(NamedTuple):
    """What the values of one period add up to."""

    n: int = 0
    value: float | None = None
    p85: float | None = None
    low: float | None = None
    high: float | None = None
    reason: Reason | None = None


@dataclass(frozen=True)
class Grouped:
    """Values period by period, and no others: those of period i are values[edges[i] : edges[i + 1]]."""

    values: Numbers
    edges: Places

    @cached_property
    def sizes(self) -> Places:
        """How many values each period has."""
        return np.diff(self.edges)

    @property
    def sums(self) -> Numbers:
        """What the values of each period add up to: the same to the last digit, whatever is summed beside it."""
        found = np.zeros((len(self.sizes), *self.values.shape[1:]))
        there = self.sizes > 0
        if there.any():
            found[there] = np.add.reduceat(self.values, self.edges[:-1][there], axis=0)
        return found

    @cached_property
    def ordered(self) -> Numbers:
        """The values in ascending order within each period."""
        if len(self.values) > LONG * len(self.sizes):  # then one by one is quicker than all at once
            return np.concatenate([np.sort(self.values[a:b]) for a, b in pairwise(self.edges.tolist())])
        period = np.repeat(np.arange(len(self.sizes)), self.sizes)
        return self.values[np.lexsort((self.values, period))]


def points(
    indicator: Indicator,
    found: Sequence[Figure],
    cut: Sequence[Period],
    scope: Scope,
    unknown: Sequence[Reason | None],
) -> list[Point]:
    """One point per period; `unknown` says of each why nothing would be known of it."""
    return [
        _point(indicator, period, figure, reason, period.cut or period.end > scope.now)
        for period, figure, reason in zip(cut, found, unknown, strict=True)
    ]


def figures(
    indicator: Indicator, rows: Rows, cut: Sequence[Period], scope: Scope, parts: Sequence[str]
) -> list[Figure]:
    """What the rows that count add up to in each of some periods; of a share those of `parts`.

    They need not adjoin, unless rows are windows, and may overlap; of what is open they are in the order of their ends.
    """
    return _figures(indicator, _grouped(indicator, rows.counted, cut, scope, parts))


def _point(indicator: Indicator, period: Period, figure: Figure, unknown: Reason | None, partial: bool) -> Point:
    value, reason = figure.value, figure.reason
    if figure.n == 0:
        value, reason = None, unknown or Reason.NO_DATA
        if unknown is None and indicator.summary in ZERO_WHEN_NONE:
            value, reason = 0.0, None
    start, end, n, p85, low, high = period.start, period.end, figure.n, figure.p85, figure.low, figure.high
    point = object.__new__(Point)  # a frozen one sets field by field, which for hundreds of points takes thrice as long
    vars(point).update(period=period.label, start=start, end=end, n=n, value=value, p85=p85, low=low, high=high)
    vars(point).update(reason=reason, partial=partial)
    return point


def _grouped(indicator: Indicator, rows: Rows, cut: Sequence[Period], scope: Scope, parts: Sequence[str]) -> Grouped:
    """The values of each period."""
    if indicator.summary in OPEN:
        return _open(indicator, rows, ticks([min(period.end, scope.now) for period in cut]), parts)
    starts, ends = ticks([period.start for period in cut]), ticks([period.end for period in cut])
    inside = rows.valued.between(starts.min(), ends.max())
    if indicator.summary is Summary.WINDOW:
        inside = _latest_of_each_team(inside, np.append(starts, ends[-1]))
    values = _share_parts(inside, parts) if indicator.summary is Summary.SHARE else inside.value
    return _cut(values, np.searchsorted(inside.at, starts), np.searchsorted(inside.at, ends))


def _cut(values: Numbers, first: Places, last: Places) -> Grouped:
    """The values from a first to before a last one, again and again; stretches may overlap."""
    if (first[1:] == last[:-1]).all():
        return Grouped(values, np.append(first, last[-1]))
    pieces = [values[a:b] for a, b in zip(first.tolist(), last.tolist(), strict=True)]
    return Grouped(np.concatenate(pieces), np.cumsum([0, *map(len, pieces)]))


def _open(indicator: Indicator, rows: Rows, ends: Places, parts: Sequence[str]) -> Grouped:
    if indicator.summary is Summary.LEVEL:
        return Grouped(np.empty(0), np.cumsum([0, *rows.open_counts(ends)]))
    there, moment = rows.valued.open_at_each(ends)
    edges = np.searchsorted(moment, np.arange(len(ends) + 1), side="left")
    if indicator.summary is Summary.OPEN_SHARE:
        return Grouped(_share_parts(there, parts), edges)
    return Grouped(open_values(indicator, there, ends[moment]), edges)


def open_values(indicator: Indicator, rows: Rows, end: int | Places) -> Numbers:
    """What open rows are worth at a moment: of a level each its age in days, of an age with what it began with."""
    age = (end - rows.at) / DAY_IN_TICKS
    if indicator.summary is Summary.LEVEL:
        return age
    return rows.value + age if indicator.summary is Summary.AGE else rows.value


def _share_parts(rows: Rows, parts: Sequence[str]) -> Numbers:
    """What the rows of a share add up: (their part, the whole, how many things they are), one line per row.

    With parts, the rows of one thing are its parts and make 100 % together; without, a row is the whole thing.
    """
    amount = rows.value * rows.weight / 100
    if not parts:
        return np.column_stack([amount, rows.weight, np.ones(len(rows))])
    return np.column_stack([amount * rows.is_any("part", parts), amount, rows.value / 100])


def _latest_of_each_team(rows: Rows, moments: Places) -> Rows:
    """The last row of each team in each period."""
    period = np.searchsorted(moments, rows.at, side="right")
    turn = period * (len(rows.ledger.names("team").words) + 1) + rows.codes("team") + 1
    _, from_the_end = np.unique(turn[::-1], return_index=True)
    return rows.where(np.sort(len(rows) - 1 - from_the_end))


def _figures(indicator: Indicator, grouped: Grouped) -> list[Figure]:
    kind = indicator.summary
    if kind in MEDIANS:
        return _medians(grouped, with_spread=kind is not Summary.WINDOW)
    if kind in SHARES:
        return [_share(*line) for line in grouped.sums.tolist()]
    build: Callable[[int, float], Figure] = _rate if kind in RATES else _plain
    if kind in SUMS or kind in RATES:
        values = grouped.sums.tolist()
    elif kind is Summary.OPEN_LOWEST:
        values = _at(grouped, np.zeros(len(grouped.sizes))).tolist()
    else:
        values = grouped.sizes.astype(float).tolist()
    return [build(n, value) for n, value in zip(grouped.sizes.tolist(), values, strict=True)]


def _medians(grouped: Grouped, with_spread: bool) -> list[Figure]:
    middle, high = (_quantile(grouped, share).tolist() for share in (0.5, 0.85))
    sizes, ordered, starts = grouped.sizes.tolist(), grouped.ordered.tolist(), grouped.edges.tolist()
    figures = []
    for n, value, p85, start in zip(sizes, middle, high, starts, strict=False):
        if not with_spread or n == 0:
            figures.append(Figure(n, value if n else None))
            continue
        ranks = order_ranks(n, 0.5)
        low, top = (ordered[start + rank - 1] for rank in ranks) if ranks else (None, None)
        figures.append(Figure(n, value, p85, low, top, _few(n < MEDIAN_NEEDS)))
    return figures


def _quantile(grouped: Grouped, share: float) -> Numbers:
    """The quantile of each period, interpolated as PERCENTILE.INC does; NaN without values."""
    rank = share * np.maximum(grouped.sizes - 1, 0)
    low, high = _at(grouped, np.floor(rank)), _at(grouped, np.ceil(rank))
    return low + (rank - np.floor(rank)) * (high - low)


def _at(grouped: Grouped, rank: Numbers) -> Numbers:
    """The value of that rank, from 0, in each period; NaN where there is none."""
    ordered = grouped.ordered
    if not len(ordered):
        return np.full(len(rank), np.nan)
    places = grouped.edges[:-1] + rank.astype(np.int64)
    return np.where(grouped.sizes > 0, ordered[np.minimum(places, len(ordered) - 1)], np.nan)


@lru_cache(maxsize=16_384)
def _rate(n: int, hits: float) -> Figure:
    interval = wilson(hits, n)
    if interval is None:
        return Figure()
    few = _few(not rate_can_be_judged(hits, n))
    return Figure(n, 100 * hits / n, None, 100 * interval.low, 100 * interval.high, few)


def _plain(n: int, value: float) -> Figure:
    return Figure(n, value if n else None)


def _share(part: float, whole: float, items: float) -> Figure:
    n = round(items)
    if not whole > 0:
        return Figure(n, reason=Reason.NO_DATA)
    return Figure(n, 100 * part / whole, reason=_few(n < MEDIAN_NEEDS))


def _few(too_few: bool) -> Reason | None:
    return Reason.TOO_FEW if too_few else None
