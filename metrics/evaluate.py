"""Observations → result: one calendar, one summary per period, pooled from rows, with what is unknown said."""

from collections.abc import Iterable, Sequence
from dataclasses import replace

from metrics.coverage import is_filling, why_nothing
from metrics.evidence import Evidence, OfRows
from metrics.judging import Verdict, verdict, without_holidays
from metrics.ledger import Ledger
from metrics.marks import Mark
from metrics.model import Facts, Frame, Indicator, Observations, Part, Point, Reason, Result, Scope, Summary, Target
from metrics.periods import Period, periods
from metrics.summaries import HELD, MEDIAN_NEEDS, points

P85_NEEDS = 20
FILLING = "filling"
UNJUDGED = {Summary.WINDOW} | HELD  # neighbouring periods share what they are made of: no limits hold for them

__all__ = ["MEDIAN_NEEDS", "P85_NEEDS", "evaluate", "observations", "result", "series", "totals"]


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
    return result(indicator, OfRows.of(indicator, seen, scope), scope, coverage, target, marks)


def result(
    indicator: Indicator,
    evidence: Evidence,
    scope: Scope,
    coverage: Frame,
    target: Target | None = None,
    marks: Iterable[Mark] = (),
) -> Result:
    """The same from evidence of the scope's place, which may have been reckoned beforehand."""
    each = _Series(indicator, evidence, coverage)
    whole = [Period("total", scope.start, scope.end)]
    said = [mark for mark in marks if mark.concerns(indicator.id, scope.place)]
    found = _judged(each, scope, said)
    shown = each.points(scope, periods(scope))
    behind = evidence.behind(scope)
    return Result(
        indicator=indicator,
        scope=scope,
        series=tuple(_marked(point, found) for point in _with_holidays(indicator, shown, said, scope)),
        total=each.points(scope, whole)[0],
        limits=found.limits,
        listed=lambda: evidence.listed(scope),
        behind=behind.rows,
        left_out=behind.left_out,
        target=target or indicator.target,
        history=found.history,
        badge=evidence.badge,
        parts=_parts(each, scope, whole),
        marks=tuple(mark for mark in said if mark.touches(scope.start, scope.end)),
        no_limits=found.no_limits,
        earlier=found.earlier,
        moved=found.moved,
        refused=found.refused,
        suggestion=found.suggestion,
        judgement=found.judgement,
        between=evidence.between,
    )


def totals(indicator: Indicator, evidence: Evidence, scope: Scope, coverage: Frame) -> tuple[Point, dict[str, Point]]:
    """The total over a scope and the totals of its parts, by name, as `result` has them; nothing is judged for it."""
    each, whole = _Series(indicator, evidence, coverage), [Period("total", scope.start, scope.end)]
    return each.points(scope, whole)[0], {name: each.points(scope, whole, name)[0] for name in evidence.parts}


def series(indicator: Indicator, evidence: Evidence, scope: Scope, coverage: Frame) -> tuple[Point, ...]:
    """The points of a scope's periods, as `result` has them; no earlier ones are read to judge them."""
    return tuple(_Series(indicator, evidence, coverage).points(scope, periods(scope)))


def _judged(each: "_Series", scope: Scope, marks: Sequence[Mark]) -> Verdict:
    indicator, evidence = each.indicator, each.evidence
    if indicator.summary in UNJUDGED or evidence.first is None:
        return Verdict()
    found = verdict(indicator, evidence.first, scope, lambda wider: each.points(wider, periods(wider)), marks)
    if found.history and is_filling(evidence.facts, each.coverage, scope):
        return Verdict(history=found.history, no_limits=FILLING)
    return found


def _with_holidays(
    indicator: Indicator, shown: Sequence[Point], marks: Sequence[Mark], scope: Scope
) -> Sequence[Point]:
    return shown if indicator.summary in UNJUDGED else without_holidays(shown, marks, scope)


class _Series:
    """The points of an indicator's evidence over any scope."""

    def __init__(self, indicator: Indicator, evidence: Evidence, coverage: Frame) -> None:
        self.indicator, self.evidence, self.coverage = indicator, evidence, coverage

    def points(self, scope: Scope, cut: Sequence[Period], part: str | None = None) -> list[Point]:
        """One point per period."""
        evidence = self.evidence
        unknown: list[Reason | None] = why_nothing(
            evidence.facts, self.coverage, scope, [(period.start, period.end) for period in cut]
        )
        if evidence.without:
            unknown = [reason or evidence.without for reason in unknown]
        return points(self.indicator, evidence.figures(cut, scope, part), cut, scope, unknown)


def _marked(point: Point, found: Verdict) -> Point:
    signal = None if point.partial else found.signals.get(point.period)
    return replace(point, signal=signal) if signal else point


def _parts(each: _Series, scope: Scope, whole: Sequence[Period]) -> tuple[Part, ...]:
    return tuple(
        Part(name, tuple(each.points(scope, periods(scope), name)), each.points(scope, whole, name)[0])
        for name in each.evidence.parts
    )
