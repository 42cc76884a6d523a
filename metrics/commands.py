"""What `python -m metrics` does: list, show, scorecard, keep and docs."""

import argparse
import json
import os
import sys
from collections.abc import Sequence
from dataclasses import replace
from datetime import datetime
from typing import Any

from data import clock, config, kept_figures, spelling
from data.demonstration import settings_for
from data.errors import ConfigError
from data.generations import Overtaken
from data.store import Store
from metrics import catalogue, docs, printed, targets, tell
from metrics.answers import answers
from metrics.end_of_sync import keep_all
from metrics.loading import Loaded, load
from metrics.model import Grain, Indicator, Scope
from metrics.organisation import UNASSIGNED
from metrics.periods import last_complete_weeks, periods, start_of_day
from metrics.said import said
from metrics.standing import Standing, standings

WEEKS = 26
GENTLY = 5  # how much less of the processor than others are given


def run_list(given: argparse.Namespace) -> None:
    """Print the catalogue."""
    settings = config.read(given.config)
    today = clock.now().date()
    _print([tell.indicator(one, settings, today) for one in catalogue.CATALOGUE], given.format, tell.LIST_COLUMNS)


def run_show(given: argparse.Namespace) -> None:
    """Print one indicator."""
    indicator = _known(given.id)
    store, settings = _opened(given)
    with store.one_state():
        _show(given, indicator, store, settings)


def _show(given: argparse.Namespace, indicator: Indicator, store: Store, settings: config.Config) -> None:
    loaded = load(store, settings)
    beside = said(store, settings, loaded.organisation)
    scope, answer = _scope(given, loaded), answers(loaded, beside)
    result = answer(indicator, scope)
    if given.format == "table" and not given.rows:
        guards = [answer(catalogue.INDICATORS[name], scope) for name in indicator.guards]
        printed.show(result, guards)
        return
    told = tell.result(result, rows=given.rows)
    if given.format == "json":
        print(json.dumps(told, indent=1, ensure_ascii=False, allow_nan=False))
    elif given.rows:
        _print(told["rows"], given.format, tell.ROW_COLUMNS)
    else:
        _print([*told["series"], told["total"]], given.format, tell.POINT_COLUMNS)


def run_scorecard(given: argparse.Namespace) -> None:
    """Print how each objective stands."""
    store, settings = _opened(given)
    with store.one_state():
        found = _standings(given, store, settings)
    if given.format == "table":
        printed.scorecard(found)
    else:
        _print([tell.standing(one) for one in found], given.format, tell.STANDING_COLUMNS)


def _standings(given: argparse.Namespace, store: Store, settings: config.Config) -> tuple[Standing, ...]:
    loaded = load(store, settings)
    beside = said(store, settings, loaded.organisation)
    calendar = settings.calendar
    scope = last_complete_weeks(clock.now(), WEEKS, calendar.timezone, calendar.week_starts)
    scope, gates = replace(scope, team=_team(given, settings)), targets.gates_of(settings)
    return standings(answers(loaded, beside), scope, beside.overrides, gates)


def run_keep(given: argparse.Namespace) -> None:
    """Keep facts and figures as they are now; every sync does it at its end."""
    store, settings = _opened(given)
    if given.gently and hasattr(os, "nice"):
        os.nice(GENTLY)
    try:
        keep_all(store, settings, clock.now())
    except Overtaken as later:  # who has begun since says when there are some
        print(later, file=sys.stderr)
    else:
        kept_figures.expect(store, False)


def run_docs(given: argparse.Namespace) -> None:
    """Print the catalogue as documentation, or write it."""
    config.read(given.config)
    if not given.write:
        print(docs.page(), end="")
    elif docs.write():
        print(f"{docs.FILE} is refreshed", file=sys.stderr)


def _opened(given: argparse.Namespace) -> tuple[Store, config.Config]:
    settings = config.read(given.config)
    store = Store.open(settings.store_url)
    return store, settings_for(store, settings)


def _known(wanted: str) -> Indicator:
    if wanted not in catalogue.INDICATORS:
        raise ConfigError(f"no indicator {wanted!r}; `python -m metrics list` names them all")
    return catalogue.INDICATORS[wanted]


def _scope(given: argparse.Namespace, loaded: Loaded) -> Scope:
    now, calendar, store = clock.now(), loaded.settings.calendar, loaded.basis.tables.store
    usual = last_complete_weeks(now, WEEKS, calendar.timezone, calendar.week_starts)
    scope = Scope(
        start=_moment(given.start, "--from", usual) or usual.start,
        end=_moment(given.end, "--to", usual) or usual.end,
        now=now,
        grain=Grain(given.grain),
        team=_team(given, loaded.settings),
        repository=given.repository and spelling.repositories(store).of(given.repository),
        project=given.project and spelling.projects(store).of(given.project),
        bots=given.bots,
        timezone=calendar.timezone,
        week_starts=calendar.week_starts,
    )
    try:
        periods(scope)
    except ValueError as error:
        raise ConfigError(f"--from, --to: {error}") from None
    return scope


def _team(given: argparse.Namespace, settings: config.Config) -> str | None:
    team: str | None = given.team and _key_of(given.team, settings)
    if settings.teams and team not in {None, UNASSIGNED, *settings.teams}:
        raise ConfigError(f"--team {team}: there is no such team; expected one of {', '.join(settings.teams)}")
    if team in settings.teams and not settings.stands_alone(team, clock.now().date()):
        least = settings.privacy.minimum_team_size
        raise ConfigError(f"--team {team}: has fewer than {least} people, so it is not shown by itself; leave it out")
    return team


def _key_of(team: str, settings: config.Config) -> str:
    """The key of a team by its key or its name, in any letter case; what is no team stays as it is."""
    names = {said.name.lower(): key for key, said in settings.teams.items() if said.name}
    keys = {key.lower(): key for key in settings.teams}
    return team if team in settings.teams else (names | keys).get(team.lower(), team)


def _moment(text: str | None, what: str, scope: Scope) -> datetime | None:
    if text is None:
        return None
    moment = clock.moment(text, what)
    is_date = len(text.strip()) == len("2026-10-01")
    return start_of_day(moment.date(), scope) if is_date else moment


def _print(rows: list[dict[str, Any]], form: str, columns: Sequence[str]) -> None:
    if form == "json":
        print(json.dumps(rows, indent=1, ensure_ascii=False, allow_nan=False))
    elif form == "csv":
        tell.csv_rows(rows, columns, sys.stdout)
    else:
        tell.table(rows, columns)
