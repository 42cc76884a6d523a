"""Observations → result: one calendar, one summary per period, pooled from rows, with what is unknown said."""

from collections.abc import Iterable, Sequence
from dataclasses import replace

import numpy as np

from metrics.coverage import is_filling, why_nothing
from metrics.judging import Verdict, verdict, without_holidays
from metrics.ledger import Ledger, Rows, ticks
from metrics.marks import Mark
from metrics.model import Facts, Frame, Indicator, Observations, Part, Point, Reason, Result, Scope, Summary, Target
from metrics.observations import BOT, badge_of, facts_of, why_none
from metrics.periods import Period, periods
from metrics.summaries import HELD, MEDIAN_NEEDS, OPEN, open_values, points

P85_NEEDS = 20
FILLING = "filling"
UNJUDGED = {Summary.WINDOW} | HELD  # neighbouring periods share what they are made of: no limits hold for them

__all__ = ["MEDIAN_NEEDS", "P85_NEEDS", "evaluate", "observations"]


def observations(indicator: Indicator, facts: Facts) -> Observations:
    """Every observation of an indicator: at, until, value, key, url, team, repository, project, excluded."""
    return indicator.formula(**{name: facts[name] for name in indicator.facts})


def evaluate(
    indicator: Indicator,
    seen: Observations | Ledger,
    scope: Scope,
    coverage: Frame,
    target: Target | None = None,
    marks: Iterable[Mark] = (),
) -> Result:
    """An indicator over a scope. Raises ValueError for a range that cannot be cut into periods.

    Whoever evaluates the same observations over many scopes makes a Ledger of them once. Of `marks`, those that do not
    concern the indicator and the scope are left aside.
    """
    ledger = seen if isinstance(seen, Ledger) else Ledger(seen)
    rows = ledger.within(scope)
    series = _Series(indicator, rows, coverage)
    whole = [Period("total", scope.start, scope.end)]
    said = [mark for mark in marks if mark.concerns(indicator.id, scope.place)]
    found = _judged(series, scope, said)
    shown = series.points(scope, periods(scope))
    return Result(
        indicator=indicator,
        scope=scope,
        series=tuple(_marked(point, found) for point in _with_holidays(indicator, shown, said, scope)),
        total=series.points(scope, whole)[0],
        limits=found.limits,
        behind=lambda: listed(indicator, rows, scope),
        left_out=_left_out(indicator, rows, scope),
        target=target or indicator.target,
        history=found.history,
        badge=badge_of(ledger.attrs, rows.words("repository")) if ledger.attrs else "",
        parts=_parts(series, scope, whole),
        marks=tuple(mark for mark in said if mark.touches(scope.start, scope.end)),
        no_limits=found.no_limits,
        earlier=found.earlier,
        moved=found.moved,
        refused=found.refused,
        suggestion=found.suggestion,
        judgement=found.judgement,
        between=lambda start, end: rows.between(*ticks([start, end]).tolist()).frame,
    )


def _judged(series: "_Series", scope: Scope, marks: Sequence[Mark]) -> Verdict:
    if series.indicator.summary in UNJUDGED:
        return Verdict()
    found = verdict(series.indicator, series.rows, scope, lambda wider: series.points(wider, periods(wider)), marks)
    if found.history and is_filling(series.facts, series.coverage, scope):
        return Verdict(history=found.history, no_limits=FILLING)
    return found


def _with_holidays(
    indicator: Indicator, shown: Sequence[Point], marks: Sequence[Mark], scope: Scope
) -> Sequence[Point]:
    return shown if indicator.summary in UNJUDGED else without_holidays(shown, marks, scope)


class _Series:
    """The points of an indicator's rows over any scope."""

    def __init__(self, indicator: Indicator, rows: Rows, coverage: Frame) -> None:
        self.indicator, self.rows = indicator, rows
        about = rows.ledger.attrs
        self.coverage, self.facts = coverage, facts_of(about, indicator.facts)
        self.without = why_none(about) if len(rows.counted) == 0 else None

    def points(self, scope: Scope, cut: Sequence[Period], indicator: Indicator | None = None) -> list[Point]:
        """One point per period."""
        unknown: list[Reason | None] = why_nothing(
            self.facts, self.coverage, scope, [(period.start, period.end) for period in cut]
        )
        if self.without:
            unknown = [reason or self.without for reason in unknown]
        return points(indicator or self.indicator, self.rows, cut, scope, unknown)


def _marked(point: Point, found: Verdict) -> Point:
    signal = None if point.partial else found.signals.get(point.period)
    return replace(point, signal=signal) if signal else point


def _parts(series: _Series, scope: Scope, whole: Sequence[Period]) -> tuple[Part, ...]:
    if not series.indicator.parts:
        return ()
    parts = []
    for name in sorted(series.rows.words("part")):
        one = replace(series.indicator, parts=(name,))
        over_time, total = series.points(scope, periods(scope), one), series.points(scope, whole, one)
        parts.append(Part(name, tuple(over_time), total[0]))
    return tuple(parts)


def listed(indicator: Indicator, rows: Rows, scope: Scope) -> Observations:
    """The rows behind the scope's total, those left out included, newest first; of a level, what is open at its end."""
    chosen = _behind(indicator, rows, scope)
    if indicator.summary not in OPEN:
        return chosen.frame.sort_values(["at", "key"], ascending=[False, True], kind="stable")
    frame = chosen.frame
    if indicator.summary in {Summary.LEVEL, Summary.AGE}:
        known = chosen if indicator.summary is Summary.LEVEL else chosen.valued
        values = np.full(len(chosen), np.nan)
        values[np.isin(chosen.places, known.places)] = open_values(indicator, known, _end(scope))
        frame = frame.assign(value=values)
    return frame.sort_values(["at", "key"], kind="stable")


def _left_out(indicator: Indicator, rows: Rows, scope: Scope) -> dict[str, int]:
    codes, words = _behind(indicator, rows, scope).codes("excluded"), rows.ledger.excluded.words
    counts = np.bincount(codes[codes >= 0], minlength=len(words)).tolist()
    return {word: n for word, n in zip(words, counts, strict=True) if n and not (rows.bots and word == BOT)}


def _behind(indicator: Indicator, rows: Rows, scope: Scope) -> Rows:
    if indicator.summary in OPEN:
        return rows.open_at(_end(scope))
    start, end = ticks([scope.start, scope.end])
    return rows.between(start, end)


def _end(scope: Scope) -> int:
    return int(ticks([min(scope.end, scope.now)])[0])
