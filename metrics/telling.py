"""What is forecast on a day is told on that day, by the end of a sync or by the first screen: the log keeps it."""

from datetime import date, datetime

from data import forecasts as log
from data.store import Store
from metrics.open_epics import Plans, open_epics
from metrics.told import TEAM, plans_told, teams_told


def is_told(store: Store, plans: Plans, today: date) -> bool:
    """Whether a day's forecasts of plans and teams are in the log: then a screen need not reckon them again."""
    kinds = {kind for kind, _ in log.told_on(store, today.isoformat())}
    return TEAM in kinds and (plans.kind.word in kinds or plans.open.empty)


def tell(store: Store, plans: Plans, now: datetime, today: date) -> int:
    """Keep what open plans and teams are told today, of each the first; how many are new. Raises StoreError."""
    if not plans.is_of(now):
        return 0
    teams = [scope for kind, scope in log.told_on(store, today.isoformat()) if kind == TEAM]
    told = [*plans_told(plans.kind.word, open_epics(plans), now, today)]
    told += teams_told(plans.facts, plans.organisation, now, today, but=teams)
    return log.keep(store, [one.row for one in told])
