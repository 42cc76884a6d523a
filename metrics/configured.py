"""The organisation as the configuration says it: bots, teams and who is in them, stages, calendars, rules."""

import warnings
from collections.abc import Iterable
from datetime import date
from typing import Any

import pandas as pd

from data.config import Config
from data.settings import Stages, Team, WorkMix
from metrics.model import Frame
from metrics.organisation import AdoptionRule, DeploymentNames, IncidentRule, Organisation, no_memberships
from metrics.people import People, joined
from metrics.working_hours import Calendar

OWNED = {
    "repository": "repositories",
    "path": "paths",
    "project": "jira_projects",
    "component": "jira_components",
}
STAGES = ("queue", "active", "review", "blocked", "done")
CANCELLED = "cancelled"
CLASSES = ("new", "improvement", "bug", "debt", "risk")
WAYS = ("types", "labels", "epics")
DAYS = ("mon", "tue", "wed", "thu", "fri", "sat", "sun")
HOLIDAY_YEARS = range(2000, 2041)


def organisation(settings: Config, found: Frame | None = None) -> Organisation:
    """Bots, memberships and owners as the configuration says them; `found` joins accounts by equal addresses."""
    people = _people(settings) if found is None else joined(_people(settings), found)
    return Organisation(
        bots=_lower(settings.bots.names),
        ai_reviewers=_lower(settings.bots.ai_reviewers),
        memberships=_memberships(settings, people),
        owners={kind: _owners(settings.teams, field) for kind, field in OWNED.items()},
        names={key: team.name or key for key, team in settings.teams.items()},
        calendars={key: team_calendar(team, settings.calendar.timezone) for key, team in settings.teams.items()},
        calendar=Calendar(settings.calendar.timezone),
        minimum_team_size=settings.privacy.minimum_team_size,
        hourly_costs={key: team.hourly_cost for key, team in settings.teams.items() if team.hourly_cost},
        adoption=tuple(
            AdoptionRule(rule.name or key, rule.path, rule.dependency.lower(), rule.least_version)
            for key, rule in settings.adoption.items()
        ),
        deployment_sources={name: said.source for name, said in settings.deployments.items() if said.source},
        deployment_names={
            name: DeploymentNames(said.environments, said.workflows, said.tags)
            for name, said in settings.deployments.items()
        },
        incidents=IncidentRule(
            types=frozenset(name.lower() for name in settings.incidents.types),
            labels=frozenset(name.lower() for name in settings.incidents.labels),
            window_days=settings.incidents.window_days,
        ),
        stages={project: _stages(settings, project) for project in settings.stages},
        cancelled={project: _cancelled(settings, project) for project in {"default", *settings.stages}},
        cancelled_statuses={project: _given_up(settings, project) for project in {"default", *settings.stages}},
        epic_types=_folded(settings.epics.types),
        work_mix=_work_mix(settings.work_mix),
        people=people,
    )


def _stages(settings: Config, project: str) -> dict[str, str]:
    """A project's statuses and their stages, over those of all projects."""
    tables = [settings.stages.get("default", Stages()), settings.stages[project]]
    named = {name.lower(): stage for table in tables for stage in STAGES for name in getattr(table, stage)}
    given_up = _given_up(settings, project) if any(CANCELLED in table.model_fields_set for table in tables) else ()
    return named | dict.fromkeys(given_up, "done")


def _cancelled(settings: Config, project: str) -> frozenset[str]:
    return _folded(_of_stages(settings, project, "cancelled_resolutions"))


def _given_up(settings: Config, project: str) -> frozenset[str]:
    """The statuses of what ended without a result; the usual words for it only where no stage names them."""
    names = _folded(_of_stages(settings, project, CANCELLED))
    tables = [settings.stages[one] for one in ("default", project) if one in settings.stages]
    if any(CANCELLED in table.model_fields_set for table in tables):
        return names
    return names - _folded(name for table in tables for stage in STAGES for name in getattr(table, stage))


def _of_stages(settings: Config, project: str, key: str) -> tuple[str, ...]:
    """What a project's own table of stages says, else the one of all projects."""
    own, default = settings.stages.get(project), settings.stages.get("default", Stages())
    words: tuple[str, ...] = getattr(own if own and key in own.model_fields_set else default, key)
    return words


def _work_mix(said: WorkMix) -> dict[str, dict[str, frozenset[str]]]:
    """The classes that name anything."""
    named = {name: {way: _folded(getattr(getattr(said, name), way)) for way in WAYS} for name in CLASSES}
    return {name: ways for name, ways in named.items() if any(ways.values())}


def _folded(names: Iterable[str]) -> frozenset[str]:
    return frozenset(name.lower() for name in names)


def team_calendar(team: Team, timezone: str) -> Calendar:
    """When a team works; a team that names no time zone works in the organisation's."""
    opens, closes = (int(hour) * 60 + int(minute) for hour, minute in (t.split(":") for t in team.working_hours))
    return Calendar(
        timezone=team.timezone or timezone,
        weekdays=tuple(DAYS.index(day) for day in team.working_days),
        opens=opens,
        closes=closes,
        holidays=_holidays(team.holidays),
    )


def _holidays(country: str) -> frozenset[date]:
    if not country:
        return frozenset()
    import holidays as public_holidays  # of a hundred countries: only for those who name one

    code, _, region = country.partition("-")
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")  # not every country is known for every year
        return frozenset(public_holidays.country_holidays(code, subdiv=region or None, years=HOLIDAY_YEARS))


def _lower(names: Iterable[str]) -> frozenset[str]:
    return frozenset(name.lower().removesuffix("[bot]") for name in names)


def _owners(teams: dict[str, Team], field: str) -> dict[str, str]:
    return {name: key for key, team in teams.items() for name in getattr(team, field)}


def _memberships(settings: Config, people: People) -> Frame:
    rows: list[dict[str, Any]] = []
    owned: dict[str, list[tuple[str, str]]] = {}
    for kind in ("github", "jira"):
        for account, person in people[kind].items():
            owned.setdefault(person, []).append((kind, account))
    for key, team in settings.teams.items():
        for member in team.memberships:
            dates = {"since": member.since, "until": member.until}
            for kind, account in _accounts(settings, owned, member.person):
                rows.append({"kind": kind, "account": account.lower(), "team": key, "share": member.share} | dates)
    empty = no_memberships()
    frame = pd.DataFrame(rows, columns=empty.columns)
    for name in ("since", "until"):
        frame[name] = pd.to_datetime(frame[name], utc=True)
    return frame.astype(empty.dtypes.to_dict())


def _accounts(settings: Config, owned: dict[str, list[tuple[str, str]]], person: str) -> list[tuple[str, str]]:
    """The accounts of a person; somebody without an entry in [people] is taken for a login of that name."""
    if person not in settings.people:
        return [("github", person), ("person", person)]
    return [*owned.get(person.lower(), []), ("person", person)]


def _people(settings: Config) -> dict[str, dict[str, str]]:
    """Whose each account and each address is."""
    kinds = {"github": "github", "jira": "jira", "email": "emails"}
    return {
        kind: {a.lower(): person.lower() for person, known in settings.people.items() for a in getattr(known, field)}
        for kind, field in kinds.items()
    }
