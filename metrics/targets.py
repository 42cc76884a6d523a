"""Targets: the configuration's dated ones before the indicator's own."""

from collections.abc import Iterator
from datetime import date, timedelta

from data.config import Config
from data.settings import Target as Configured
from metrics.catalogue import CATALOGUE, INDICATORS
from metrics.marks import Mark, MarkKind
from metrics.model import Better, Indicator, Scope, Target, Unit
from metrics.periods import local_day, start_of_day
from metrics.scorecard import Gate

MOMENT = timedelta(microseconds=1)


def targets_of(indicator: Indicator, settings: Config) -> tuple[Target, ...]:
    """Every target that holds or held, the newest last; a change of target is a mark on the chart."""
    said = settings.targets.get(indicator.id)
    if said is None:
        return (indicator.target,) if indicator.target else ()
    entries = (said,) if isinstance(said, Configured) else said
    ordered = sorted(entries, key=lambda entry: (entry.since is not None, entry.since))
    return tuple(Target(e.value, e.low, e.high, e.source, e.since) for e in ordered)


def target_of(indicator: Indicator, settings: Config, day: date | None = None) -> Target | None:
    """The target in force on a day, the newest of all without one; before the first dated one the indicator's own."""
    every = targets_of(indicator, settings)
    in_force = [one for one in every if day is None or one.since is None or one.since <= day]
    return in_force[-1] if in_force else indicator.target


def target_in(scope: Scope, indicator: Indicator, settings: Config) -> Target | None:
    """The target in force at the end of a scope, or now where that has not come yet."""
    return target_of(indicator, settings, local_day(min(scope.end, scope.now) - MOMENT, scope))


def target_changes(settings: Config, anywhere: Scope) -> Iterator[Mark]:
    """A mark for each day from which another target holds. `anywhere` gives the time zone of the days."""
    for indicator in CATALOGUE:
        for one in targets_of(indicator, settings):
            if one.since:
                begins = start_of_day(one.since, anywhere)
                yield Mark(MarkKind.TARGET, in_words(indicator, one), begins, begins, indicator=indicator.id)


def in_words(indicator: Indicator, target: Target) -> str:
    """A target and who says so."""
    unit = "" if indicator.unit is Unit.COUNT else f" {indicator.unit.value}"
    ends = {"at least": target.low, "at most": target.high}
    band = " and ".join(f"{side} {end:g}" for side, end in ends.items() if end is not None)
    return f"target {band if target.value is None else f'{target.value:g}'}{unit} ({target.source})"


def gates_of(settings: Config) -> tuple[Gate, ...]:
    """The values beyond which an objective is at risk whatever else holds."""
    return tuple(
        Gate(name, at_most=edge) if INDICATORS[name].better is Better.LOWER else Gate(name, at_least=edge)
        for name, edge in settings.gates.items()
    )
