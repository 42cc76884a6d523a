"""What stands out this week: the charts whose latest complete week is a signal, the furthest from usual first."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, replace
from datetime import datetime
from functools import cached_property

import numpy as np

from metrics.judging import KINDS, judged
from metrics.model import Better, Point, Result
from metrics.scales import LOG, PLAIN
from metrics.signals import FALSE_ALARMS_PER_CHART_WEEK, Judgement, Rule, Side, Signal

STEPS_TO_LIMIT = 2.66
STRONGEST = (Rule.OUTSIDE, Rule.RUN, Rule.NEAR)


@dataclass(frozen=True)
class Chart:
    """One indicator over one scope, judged over all complete periods since its first row."""

    result: Result

    @cached_property
    def judgement(self) -> Judgement:
        """Its usual range and every signal."""
        known = self.result.judgement
        return known or judged(self.result.indicator, self.result.history, moved=self.result.moved)

    @property
    def is_judged(self) -> bool:
        """Whether there are limits to stand out from."""
        return self.result.limits is not None

    @cached_property
    def points(self) -> tuple[Point, ...]:
        """Its complete periods, each with its signal where a rule holds."""
        points = list(self.result.history)
        for signal in self.judgement.signals:
            points[signal.index] = replace(points[signal.index], signal=f"{signal.rule}_{signal.side}")
        return tuple(points)


@dataclass(frozen=True)
class Standout:
    """A chart whose latest week is a signal.

    `value` is the judged value of the latest period, over `periods` weeks; `shift` how far the signal's points lie from
    the centre, in mean steps between neighbours (2.66 reach a limit); `since` the first day of the unbroken stretch of
    signals on this side; `is_new`: it is of this week alone.
    """

    chart: Chart
    signal: Signal
    value: float
    periods: int
    shift: float
    since: datetime
    is_new: bool

    @property
    def result(self) -> Result:
        """The indicator over its scope."""
        return self.chart.result

    @property
    def is_good(self) -> bool | None:
        """Whether it lies on the better side; None where no side is better."""
        better = self.result.indicator.better
        if better is Better.BAND:
            return None
        return (self.signal.side is Side.HIGH) == (better is Better.HIGHER)


def standouts(charts: Iterable[Chart], week: datetime) -> tuple[Standout, ...]:
    """The charts with a signal in the week that began at `week`: by the size of the shift, then by how many rows."""
    found = [one for chart in charts if (one := _standout(chart, week))]
    return tuple(sorted(found, key=_urgency))


def _urgency(one: Standout) -> tuple[float, int, str, str]:
    scope = one.result.scope
    return -one.shift, -one.result.total.n, one.result.indicator.id, f"{scope.team} {scope.repository}"


def _standout(chart: Chart, week: datetime) -> Standout | None:
    history, judgement = chart.result.history, chart.judgement
    if not history or history[-1].start != week or not chart.is_judged:
        return None
    now = [signal for signal in judgement.signals if signal.index == len(history) - 1]
    if not now:
        return None
    signal = min(now, key=lambda one: STRONGEST.index(one.rule))
    first = _first(judgement.signals, signal)
    value = judgement.points[-1].value
    return Standout(
        chart,
        signal,
        value=float("nan") if value is None else value,
        periods=judgement.grain,
        shift=shift(chart, signal),
        since=history[first].start,
        is_new=not any(s.index == signal.index - judgement.grain and s.side is signal.side for s in judgement.signals),
    )


def _first(signals: Sequence[Signal], last: Signal) -> int:
    """The first period of the unbroken stretch of signals on the same side that ends with `last`."""
    first = last.first
    for signal in sorted(signals, key=lambda one: -one.index):
        if signal.side is last.side and first - 1 <= signal.index <= last.index:
            first = min(first, signal.first)
    return first


def shift(chart: Chart, signal: Signal) -> float:
    """How far the points of a signal lie from the centre line, in mean steps; durations and sizes by their logarithms.

    Of counts so small that they are judged by their roots it is an approximation.
    """
    judgement = chart.judgement
    values = [p.value for p in judgement.points if signal.first <= p.last <= signal.index and p.value is not None]
    edges = [judgement.centre, judgement.lower, judgement.upper]
    scale = PLAIN if chart.result.indicator.summary in KINDS else LOG
    scaled = scale.to(np.array([np.nan if v is None else v for v in (*edges, *values)], dtype=np.float64), 1e-9)
    # The range as it is drawn may be cut off at 0 or at 100 %: the wider side is whole.
    reach = max(scaled[0] - scaled[1], scaled[2] - scaled[0])
    return float(abs(scaled[3:].mean() - scaled[0]) / reach * STEPS_TO_LIMIT) if reach > 0 else 0.0


def by_chance(charts: int) -> float:
    """How many of so many judged charts would show a signal in a week in which nothing happened."""
    return FALSE_ALARMS_PER_CHART_WEEK * charts
