"""The state of an indicator on two axes, and the status of an objective: worst signal with corroboration.

No weights, no averages, no index: a status names the indicators that decided it, and how many could be assessed.
"""

from collections.abc import Collection, Iterable, Sequence
from dataclasses import dataclass, replace
from datetime import date, timedelta
from enum import StrEnum
from math import inf

from metrics.signals import FALSE_ALARMS_PER_CHART_WEEK, Judgement, Side

RECENT = 4
ASSESSABLE_LEAST, COVERAGE_LEAST = 2, 0.5
CORROBORATION = 2
OVERRIDE_LONGEST = timedelta(days=35)


class Variation(StrEnum):
    """What the signals of the last four weeks say."""

    IMPROVING = "improving"
    CONCERN = "concern"
    STEADY = "steady"


class Assurance(StrEnum):
    """Whether the usual range lies on the right side of the target, so that it is met or missed time after time."""

    MEETS = "meets"
    FAILS = "fails"
    HIT_OR_MISS = "hit_or_miss"


class Status(StrEnum):
    """How an objective stands."""

    AT_RISK = "at_risk"
    WATCH = "watch"
    STEADY = "steady"
    IMPROVING = "improving"
    NOT_ASSESSABLE = "not_assessable"


class Trend(StrEnum):
    """How a status compares with the one four weeks before."""

    BETTER = "better"
    SAME = "same"
    WORSE = "worse"


SEVERITY = {Status.AT_RISK: 2, Status.WATCH: 1, Status.STEADY: 0, Status.IMPROVING: 0}

Accepted = tuple[float | None, float | None]


@dataclass(frozen=True)
class IndicatorState:
    """One core indicator on two axes; `reason` says why it cannot be assessed."""

    id: str
    family: str
    variation: Variation | None = None
    assurance: Assurance | None = None
    value: float | None = None
    n: int = 0
    reason: str | None = None

    @property
    def assessable(self) -> bool:
        """Whether a verdict can be drawn from it."""
        return self.reason is None


@dataclass(frozen=True)
class Gate:
    """A value beyond which an objective is at risk whatever else holds; off unless configured."""

    indicator: str
    at_least: float = -inf
    at_most: float = inf

    def broken(self, state: IndicatorState) -> bool:
        """Whether the state is of this indicator and its value, if assessable, too low or too high."""
        if state.id != self.indicator or not state.assessable or state.value is None:
            return False
        return not self.at_least <= state.value <= self.at_most


@dataclass(frozen=True)
class Override:
    """What a person says of a status, beside the computed one: who, why, and until when (35 days at most).

    `objective` and `place` (team, repository, project) say of what; the place of the whole organisation is none.
    """

    status: Status
    name: str
    reason: str
    made: date
    expires: date
    objective: str = ""
    place: tuple[str | None, str | None, str | None] = (None, None, None)

    def __post_init__(self) -> None:
        if not self.name.strip() or not self.reason.strip():
            raise ValueError("override: a name and a reason are needed; say who overrides the status, and why")
        if not self.made <= self.expires <= self.made + OVERRIDE_LONGEST:
            raise ValueError(
                f"override: expires {self.expires}, but has to within {OVERRIDE_LONGEST.days} days of {self.made}"
            )

    def holds(self, today: date) -> bool:
        """Whether it is shown on that day; the day of expiry is the last."""
        return self.made <= today <= self.expires


@dataclass(frozen=True)
class ObjectiveState:
    """The computed status of an objective, what decided it, and how much of it could be assessed."""

    status: Status
    decided_by: tuple[str, ...]
    assessable: int
    core: int
    override: Override | None = None

    @property
    def coverage(self) -> str:
        """How many of the core indicators were assessed, in words."""
        return f"{self.assessable} of {self.core} indicators"

    def beside(self, override: Override | None, today: date) -> "ObjectiveState":
        """The same computed status with the override beside it as long as that holds."""
        return replace(self, override=override if override and override.holds(today) else None)


def accepted(better: str, value: float | None, low: float | None = None, high: float | None = None) -> Accepted | None:
    """The lowest and the highest value that meet a target of `value`, or of a band from `low` to `high`.

    `better` is lower, higher or band. None where no target is set.
    """
    ends = {"lower": (None, value), "higher": (value, None)}.get(better, (low, high))
    return None if ends == (None, None) else ends


def indicator_state(
    id: str,
    family: str,
    *,
    better: str,
    value: float | None,
    n: int,
    judgement: Judgement | None,
    enough: bool = True,
    target: Accepted | None = None,
    reason: str | None = None,
) -> IndicatorState:
    """The state of an indicator over complete weeks; `enough` says whether `n` allows a verdict on `value`.

    `reason` (no_source, not_synced, unmapped …) makes it unassessable from the start. Without a judgement it is of one
    point in time, such as a truck factor, and is held against its target only.
    """
    known = IndicatorState(id, family, value=value, n=n)
    if reason or value is None:
        return replace(known, reason=reason or "no_data")
    if not enough or (judgement and judgement.reason in {"too_few", "too_rare"}):
        return replace(known, reason="too_few")
    if judgement is None:
        held = assurance(value, value, target)
        return replace(known, assurance=held, reason=None if held else "no_target")
    low, high = (value if end is None else end for end in (judgement.lower, judgement.upper))
    moved = variation(judgement, better, value, target)
    return replace(known, variation=moved, assurance=assurance(low, high, target))


def variation(judgement: Judgement, better: str, value: float, target: Accepted | None = None) -> Variation | None:
    """What the latest signal in the last four weeks means; a move in a band is a concern once `value` has left it.

    None for a move of an indicator that has neither a better side nor a band to leave.
    """
    recent = [s for s in judgement.signals if s.index > judgement.points[-1].last - RECENT]
    if not recent:
        return Variation.STEADY
    if better == "band":
        inside = {Assurance.FAILS: Variation.CONCERN, Assurance.MEETS: Variation.STEADY}
        return inside.get(assurance(value, value, target) or Assurance.HIT_OR_MISS)
    good = Side.HIGH if better == "higher" else Side.LOW
    return Variation.IMPROVING if max(recent, key=lambda s: s.index).side is good else Variation.CONCERN


def assurance(lower: float, upper: float, target: Accepted | None) -> Assurance | None:
    """Whether a target is met or missed consistently, given the usual range; None without a target.

    A range without width (one point in time, a constant series) meets a target that it just reaches.
    """
    if target is None:
        return None
    low, high = (-inf if target[0] is None else target[0]), (inf if target[1] is None else target[1])
    if upper < low or lower > high:
        return Assurance.FAILS
    if (low < lower and upper < high) or lower == upper:
        return Assurance.MEETS
    return Assurance.HIT_OR_MISS


def objective_state(core: Sequence[IndicatorState], gates: Iterable[Gate] = ()) -> ObjectiveState:
    """The status of an objective from its core indicators, by the worst signal that something else corroborates."""
    assessable = [state for state in core if state.assessable]
    status, deciding = _verdict(core, assessable, list(gates))
    return ObjectiveState(status, tuple(dict.fromkeys(s.id for s in deciding)), len(assessable), len(core))


def _verdict(
    core: Sequence[IndicatorState], assessable: Sequence[IndicatorState], gates: Collection[Gate]
) -> tuple[Status, Sequence[IndicatorState]]:
    if len(assessable) < ASSESSABLE_LEAST or len(assessable) < COVERAGE_LEAST * len(core):
        return Status.NOT_ASSESSABLE, [state for state in core if not state.assessable]
    concerns = [s for s in assessable if s.variation is Variation.CONCERN]
    failing = [s for s in assessable if s.assurance is Assurance.FAILS]
    improving = [s for s in assessable if s.variation is Variation.IMPROVING]
    if risky := _at_risk(assessable, concerns, gates):
        return Status.AT_RISK, risky
    if concerns or failing:
        return Status.WATCH, concerns + failing
    return (Status.IMPROVING, improving) if improving else (Status.STEADY, [])


def _at_risk(
    assessable: Iterable[IndicatorState], concerns: list[IndicatorState], gates: Collection[Gate]
) -> list[IndicatorState]:
    corroborated = concerns if len({s.family for s in concerns}) >= CORROBORATION else []
    doubly = [s for s in concerns if s.assurance is Assurance.FAILS]
    gated = [s for s in assessable if any(gate.broken(s) for gate in gates)]
    return [*doubly, *corroborated, *gated]


def trend(now: Status, before: Status) -> Trend | None:
    """How a status compares with the one of four weeks ago; None where either could not be assessed."""
    if Status.NOT_ASSESSABLE in {now, before}:
        return None
    step = SEVERITY[now] - SEVERITY[before]
    return Trend.SAME if step == 0 else Trend.BETTER if step < 0 else Trend.WORSE


def signals_by_chance(charts: int) -> str:
    """How many signals so many charts would show in a week in which nothing happened, in words."""
    return (
        f"about {FALSE_ALARMS_PER_CHART_WEEK * charts:.1f} of {charts} charts would signal by chance in a typical week"
    )
