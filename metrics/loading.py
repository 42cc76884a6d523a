"""The store and the configuration as frames and facts: the only step of this package that reads anything."""

from collections.abc import Iterable
from dataclasses import dataclass
from typing import Any

import pandas as pd

from data import record
from data.config import Config
from data.settings import Team
from data.store import Store
from metrics.coverage import no_coverage
from metrics.facts import build, tables_of
from metrics.model import Facts, Frame
from metrics.organisation import Organisation, no_memberships

OWNED = {
    "repository": "repositories",
    "path": "paths",
    "project": "jira_projects",
    "component": "jira_components",
}


@dataclass(frozen=True)
class Loaded:
    """What indicators are computed from: facts, what was synced, and the configuration behind both."""

    facts: Facts
    coverage: Frame
    organisation: Organisation
    settings: Config
    status: tuple[record.StreamStatus, ...]


def load(store: Store, settings: Config, facts: Iterable[str]) -> Loaded:
    """Read the tables behind some facts."""
    tables = {name: store.load(name) for name in tables_of(tuple(facts))}
    status = tuple(record.status(store))
    who = organisation(settings)
    return Loaded(build(tables, who), coverage(status), who, settings, status)


def coverage(status: Iterable[record.StreamStatus]) -> Frame:
    """What was synced, as the frame that evaluation reads."""
    rows = [{name: getattr(line, name) for name in no_coverage().columns} for line in status]
    return pd.DataFrame(rows, columns=no_coverage().columns).astype(no_coverage().dtypes.to_dict())


def organisation(settings: Config) -> Organisation:
    """Bots, memberships and owners as the configuration says them."""
    return Organisation(
        bots=_lower(settings.bots.names),
        ai_reviewers=_lower(settings.bots.ai_reviewers),
        memberships=_memberships(settings),
        owners={kind: _owners(settings.teams, field) for kind, field in OWNED.items()},
        names={key: team.name or key for key, team in settings.teams.items()},
    )


def _lower(names: Iterable[str]) -> frozenset[str]:
    return frozenset(name.lower().removesuffix("[bot]") for name in names)


def _owners(teams: dict[str, Team], field: str) -> dict[str, str]:
    return {name: key for key, team in teams.items() for name in getattr(team, field)}


def _memberships(settings: Config) -> Frame:
    rows: list[dict[str, Any]] = []
    for key, team in settings.teams.items():
        for member in team.memberships:
            dates = {"since": member.since, "until": member.until}
            for kind, account in _accounts(settings, member.person):
                rows.append({"kind": kind, "account": account.lower(), "team": key, "share": member.share} | dates)
    empty = no_memberships()
    frame = pd.DataFrame(rows, columns=empty.columns)
    for name in ("since", "until"):
        frame[name] = pd.to_datetime(frame[name], utc=True)
    return frame.astype(empty.dtypes.to_dict())


def _accounts(settings: Config, person: str) -> list[tuple[str, str]]:
    """The accounts of a person; somebody without an entry in [people] is taken for a login of that name."""
    known = settings.people.get(person)
    if known is None:
        return [("github", person)]
    return [(kind, account) for kind in ("github", "jira") for account in getattr(known, kind)]
