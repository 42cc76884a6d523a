"""Targets: the configuration's dated ones before the indicator's own."""

from data.config import Config
from data.settings import Target as Configured
from metrics.model import Indicator, Target


def targets_of(indicator: Indicator, settings: Config) -> tuple[Target, ...]:
    """Every target that holds or held, the newest last; a change of target is a mark on the chart."""
    said = settings.targets.get(indicator.id)
    if said is None:
        return (indicator.target,) if indicator.target else ()
    entries = (said,) if isinstance(said, Configured) else said
    ordered = sorted(entries, key=lambda entry: (entry.since is not None, entry.since))
    return tuple(Target(e.value, e.low, e.high, e.source, e.since) for e in ordered)


def target_of(indicator: Indicator, settings: Config) -> Target | None:
    """The newest target."""
    return next(reversed(targets_of(indicator, settings)), None)
