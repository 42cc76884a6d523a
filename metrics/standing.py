"""How each objective stands: the core indicators' states now and four weeks ago, and the verdict they add up to."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass, replace
from datetime import timedelta

from metrics.catalogue import CATALOGUE
from metrics.evaluate import FILLING, UNJUDGED
from metrics.judging import judged
from metrics.model import Indicator, Reason, Result, Scope, Target
from metrics.objectives import OBJECTIVES, Purpose
from metrics.periods import last_complete_weeks, local_day
from metrics.scorecard import (
    RECENT,
    Gate,
    IndicatorState,
    ObjectiveState,
    Override,
    Trend,
    accepted,
    indicator_state,
    objective_state,
    trend,
)
from metrics.signals import Judgement

HEADLINE_WEEKS = 4
FOUR_WEEKS = timedelta(weeks=RECENT)
DECIDING = tuple(one for one in CATALOGUE if one.core and not one.explains)


@dataclass(frozen=True)
class Standing:
    """One objective: its status, how that compares with four weeks ago, and the states behind it."""

    purpose: Purpose
    state: ObjectiveState
    trend: Trend | None
    indicators: tuple[IndicatorState, ...]
    results: tuple[Result, ...]


def standings(
    result_of: Callable[[Indicator, Scope], Result],
    scope: Scope,
    overrides: Sequence[Override] = (),
    gates: Sequence[Gate] = (),
) -> tuple[Standing, ...]:
    """Every objective in order. `result_of` gives an indicator's result over a scope; `scope` its filters and now."""
    return tuple(standing(purpose, result_of, scope, overrides, gates) for purpose in OBJECTIVES)


def standing(
    purpose: Purpose,
    result_of: Callable[[Indicator, Scope], Result],
    scope: Scope,
    overrides: Sequence[Override] = (),
    gates: Sequence[Gate] = (),
) -> Standing:
    """One objective over the last four complete weeks, beside the four before; the latest override that holds."""
    recent = last_complete_weeks(scope.now, HEADLINE_WEEKS, scope.timezone, scope.week_starts)
    scope = replace(scope, start=recent.start, end=recent.end, grain=recent.grain)
    core = [one for one in DECIDING if one.objective is purpose.objective]
    results = tuple(result_of(one, scope) for one in core)
    before = replace(scope, start=scope.start - FOUR_WEEKS, end=scope.end - FOUR_WEEKS)
    states = tuple(state(result) for result in results)
    earlier = [state(result_of(one, before), weeks_back=RECENT) for one in core]
    now, then = objective_state(states, gates), objective_state(earlier, gates)
    today = local_day(scope.now, scope)
    mine = [one for one in overrides if (one.objective, one.place) == (purpose.objective, scope.place)]
    latest = next((one for one in reversed(mine) if one.holds(today)), None)
    return Standing(purpose, now.beside(latest, today), trend(now.status, then.status), states, results)


def state(result: Result, weeks_back: int = 0) -> IndicatorState:
    """The state of an indicator whose result covers the last four complete weeks."""
    one, total = result.indicator, result.total
    few = total.reason is not None and total.value is not None
    return indicator_state(
        one.id,
        one.family.value,
        better=one.better.value,
        value=total.value,
        n=total.n,
        judgement=None if one.summary in UNJUDGED else _judgement(result, weeks_back),
        enough=not few,
        target=_accepted(one, result.target),
        reason=_why_not(result),
    )


def _judgement(result: Result, weeks_back: int) -> Judgement:
    if not weeks_back and result.judgement:
        return result.judgement
    history = result.history[: len(result.history) - weeks_back]
    return judged(result.indicator, history, moved=[place for place in result.moved if place < len(history)])


def _why_not(result: Result) -> str | None:
    if result.no_limits == FILLING:
        return Reason.NOT_SYNCED.value
    total = result.total
    return total.reason.value if total.reason and total.value is None else None


def _accepted(one: Indicator, target: Target | None) -> tuple[float | None, float | None] | None:
    return accepted(one.better.value, target.value, target.low, target.high) if target else None
