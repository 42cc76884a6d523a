"""What really changed: process-behaviour (XmR) limits and the three rules by which a word of change is earned.

A series is judged on a scale on which its noise is even: logarithms for durations and sizes, counts and rates pooled
over more weeks until they are large enough. Limits are fixed by the first 20 points and stay, so a series has to begin
at the same period whenever it is judged. A weekly chart finds a change of 1.5 standard deviations within about a
month, and cannot see small ones.
"""

import itertools
from collections.abc import Collection, Iterator, Sequence
from dataclasses import dataclass, replace
from enum import StrEnum
from math import isnan
from typing import NamedTuple

import numpy as np

from metrics.limits import Limits, Values, known_or_nan, limits
from metrics.scales import BASELINE_LEAST, BASELINE_MOST, Kind, Pooled, pooled

RUN = 8
NEAR, NEAR_OF = 3, 4
STICKY = 0.3
FALSE_ALARMS_PER_CHART_WEEK = 0.03
LADDER = (1, 2, 4, 13)
PERIODS = {1: "weeks", 2: "two-week periods", 4: "four-week periods", 13: "quarters"}


class Rule(StrEnum):
    """Why a point is a signal."""

    OUTSIDE = "outside"
    RUN = "run"
    NEAR = "near"


class Side(StrEnum):
    """Where a signal lies, seen from the centre line."""

    HIGH = "high"
    LOW = "low"


@dataclass(frozen=True)
class Signal:
    """A rule that holds at `index`; the points that make it up begin at `first`."""

    index: int
    rule: Rule
    side: Side
    first: int
    length: int = 1

    def words(self, periods: str = "weeks") -> str:
        """The rule in words, with the series' kind of periods."""
        return {
            Rule.OUTSIDE: "outside its usual range",
            Rule.RUN: f"{self.length} {periods} in a row on one side",
            Rule.NEAR: f"{NEAR} of {NEAR_OF} {periods} near the limit",
        }[self.rule]


@dataclass(frozen=True)
class Suggestion:
    """The level seems to have moved for good at `index`: new limits are due once somebody confirms or explains it."""

    index: int
    side: Side
    length: int


class Point(NamedTuple):
    """A value as it is judged, over the periods `first` to `last` of the series; None where one of them is missing."""

    first: int
    last: int
    value: float | None


@dataclass(frozen=True)
class Judgement:
    """A series judged: its usual range in the unit of the values, and what stands out; indexes are the series' own.

    `reason` says why there is no range: too_few points, too_rare (too few events even by the quarter) or constant.
    `grain` is how many periods each point holds; `baseline` is the half-open range of periods that fixed the limits;
    `signals` are all of the series; `jumps` are where a step was wider than usual: noted, not judged;
    `earlier` are the stretches before a confirmed shift, each with its own limits.
    """

    points: tuple[Point, ...]
    grain: int = 1
    centre: float | None = None
    lower: float | None = None
    upper: float | None = None
    baseline: tuple[int, int] | None = None
    provisional: bool = False
    correlation: float | None = None
    signals: tuple[Signal, ...] = ()
    jumps: tuple[int, ...] = ()
    suggestion: Suggestion | None = None
    reason: str | None = None
    earlier: tuple["Judgement", ...] = ()

    @property
    def sticky(self) -> bool:
        """Whether neighbouring points resemble each other so much that false alarms become more frequent."""
        return self.correlation is not None and self.correlation > STICKY

    @property
    def periods(self) -> str:
        """What the points of a weekly series are, in words."""
        return PERIODS.get(self.grain, f"periods of {self.grain} weeks")


def signals(values: Values, usual: Limits, excluded: Collection[int] = ()) -> tuple[Signal, ...]:
    """Every point at which a rule holds, by index; values are on the scale of `usual`, a gap starts the rules anew."""
    series = known_or_nan(values, excluded).tolist()
    found = [*_outside(series, usual), *_runs(series, usual), *_near(series, usual)]
    return tuple(sorted(found, key=lambda signal: (signal.index, signal.rule)))


def _side(value: float, low: float, high: float) -> Side | None:
    if value > high:
        return Side.HIGH
    return Side.LOW if value < low else None


def _outside(series: list[float], usual: Limits) -> Iterator[Signal]:
    for index, value in enumerate(series):
        if side := _side(value, usual.lower, usual.upper):
            yield Signal(index, Rule.OUTSIDE, side, index)


def _runs(series: list[float], usual: Limits) -> Iterator[Signal]:
    before, length = None, 0
    for index, value in enumerate(series):
        side = _side(value, usual.centre, usual.centre)
        length = length + 1 if side and side == before else 1
        before = side
        if side and length >= RUN:
            yield Signal(index, Rule.RUN, side, index - length + 1, length)


def _near(series: list[float], usual: Limits) -> Iterator[Signal]:
    recent: list[Side | None] = []
    for index, value in enumerate(series):
        side = _side(value, usual.near_lower, usual.near_upper)
        recent = [] if isnan(value) else [*recent, side][-NEAR_OF:]
        if side and recent.count(side) >= NEAR:
            yield Signal(index, Rule.NEAR, side, index - len(recent) + 1, len(recent))


def jumps(values: Values, usual: Limits, excluded: Collection[int] = ()) -> tuple[int, ...]:
    """The points that lie a wider step than usual from the one before: worth a note, not a signal."""
    steps = np.abs(np.diff(known_or_nan(values, excluded)))
    return tuple((np.flatnonzero(steps > usual.widest_step) + 1).tolist())


def suggestion(values: Values, usual: Limits, excluded: Collection[int] = ()) -> Suggestion | None:
    """A shift that lasts to this day: the first point of a run that has not come back over the old centre since."""
    series = known_or_nan(values, excluded)
    here = np.flatnonzero(~np.isnan(series))
    runs = list(_runs(series.tolist(), usual))
    if not runs or runs[-1].index != here[-1] or runs[-1].first < BASELINE_LEAST:
        return None
    return Suggestion(runs[-1].first, runs[-1].side, runs[-1].length)


def judge(
    values: Values,
    kind: Kind,
    *,
    sizes: Sequence[float] = (),
    excluded: Collection[int] = (),
    rebased: Collection[int] = (),
    smallest: float = 1 / 3600,
    ladder: Sequence[int] = LADDER,
) -> Judgement:
    """Judge one value per complete period from the beginning of the series, None where there is none.

    A rate is a percentage and needs `sizes`, the rows it is made of in each period. `excluded` (holidays) are drawn but
    not judged. `rebased` are the indexes from which a confirmed or explained shift starts new limits; those before it
    stay as they were when its run became evident. `smallest` is the value below which logarithms end: one second, in
    hours. `ladder` is how many periods may be pooled.
    """
    series, weights = known_or_nan(values, excluded), np.array(sizes, dtype=np.float64)
    cuts = [0, *sorted({i for i in rebased if 0 < i < len(series)}), len(series)]
    stretches = []
    for start, end in itertools.pairwise(cuts):
        seen = slice(start, end + RUN)
        judgement = _stretch(pooled(series[seen], kind, weights[seen], ladder, smallest), start)
        stretches.append(judgement if end == len(series) else _until(judgement, end))
    everything = tuple(signal for stretch in stretches for signal in stretch.signals)
    return replace(stretches[-1], signals=everything, earlier=tuple(stretches[:-1]))


def _until(judgement: Judgement, end: int) -> Judgement:
    return replace(
        judgement,
        points=tuple(point for point in judgement.points if point.last < end),
        signals=tuple(signal for signal in judgement.signals if signal.index < end),
        jumps=tuple(place for place in judgement.jumps if place < end),
        suggestion=None,
    )


def _stretch(chart: Pooled, start: int) -> Judgement:
    points = _points(chart, start)
    usual = limits(chart.scaled) if chart.scale else None
    if usual is None:
        return _without_limits(chart, points)
    centre, lower, upper = (chart.drawn(y) for y in (usual.centre, usual.lower, usual.upper))
    shift = suggestion(chart.scaled, usual)
    return Judgement(
        points,
        chart.grain,
        centre,
        lower,
        upper,
        baseline=(points[usual.baseline[0]].first, points[usual.baseline[1] - 1].last + 1),
        provisional=usual.provisional,
        correlation=usual.correlation,
        signals=tuple(
            replace(signal, index=points[signal.index].last, first=points[signal.first].first)
            for signal in signals(chart.scaled, usual)
        ),
        jumps=tuple(points[i].last for i in jumps(chart.scaled, usual)),
        suggestion=replace(shift, index=points[shift.index].first) if shift else None,
    )


def _points(chart: Pooled, start: int) -> tuple[Point, ...]:
    spans = range(start, start + len(chart.values) * chart.grain, chart.grain)
    values = [None if isnan(value) else value for value in chart.values.tolist()]
    return tuple(map(Point, spans, range(start + chart.grain - 1, spans.stop + chart.grain, chart.grain), values))


def _without_limits(chart: Pooled, points: tuple[Point, ...]) -> Judgement:
    base = chart.scaled[~np.isnan(chart.scaled)][:BASELINE_MOST]
    if chart.scale is None:
        return Judgement(points, reason="too_rare")
    if len(base) >= BASELINE_LEAST and np.ptp(base) <= 1e-9 * np.abs(base).max():
        return Judgement(points, chart.grain, centre=chart.drawn(float(base.mean())), reason="constant")
    return Judgement(points, chart.grain, reason="too_few")
