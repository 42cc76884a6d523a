"""The flow of each team, reckoned once for each version of the data."""

from collections.abc import Sequence
from datetime import datetime

import streamlit as st

from metrics.model import Frame
from metrics.open_pull_requests import waiting
from metrics.team_flow import Outline, TeamFlow
from metrics.team_forecast import TeamForecast, team_forecast
from pages.ui.view import View

MOST_FLOWS = 16  # held at once, with their rows


def flow_of(view: View, team: str | None) -> TeamFlow:
    """How work flows through a team; through all of them without one."""
    return _flow((view.source.key, team, view.scope.end, view.scope.now), view)


@st.cache_resource(max_entries=MOST_FLOWS, show_spinner=False)
def _flow(key: tuple[tuple[str, str, str], str | None, datetime, datetime], _view: View) -> TeamFlow:
    _, team, end, now = key
    return _made(_view, team, end, now)


def _made(view: View, team: str | None, end: datetime, now: datetime) -> TeamFlow:
    return TeamFlow(view.loaded.flow_rows(team, TeamFlow.looks_back_to(end, now)), team, end, now)


def outlines(view: View, teams: Sequence[str]) -> dict[str, Outline]:
    """The flow of each team in a line: as of the last sync, where it left that."""
    return _outlines((view.source.key, tuple(teams), view.scope.end, view.scope.now), view)


@st.cache_resource(max_entries=2, show_spinner=False)
def _outlines(key: tuple[tuple[str, str, str], tuple[str, ...], datetime, datetime], _view: View) -> dict[str, Outline]:
    _, teams, end, now = key
    left = _view.loaded.outlines(end)
    return {team: left.get(team) or _made(_view, team, end, now).outline for team in teams}


def forecast_of(view: View, team: str) -> TeamForecast:
    """What a team may finish."""
    return _forecast((view.source.key, team, view.scope.now), view)


@st.cache_resource(max_entries=128, show_spinner=False)
def _forecast(key: tuple[tuple[str, str, str], str, datetime], _view: View) -> TeamForecast:
    _, team, now = key
    facts, organisation = _view.loaded.facts, _view.loaded.organisation
    return team_forecast(facts["issue_ends"], team, organisation, now, facts["noted_holidays"])


def open_pull_requests(view: View) -> Frame:
    """The open pull requests of the scope and whose turn each is, the longest wait first."""
    rows, scope = view.loaded.facts["open_pull_requests"], view.scope
    rows = rows[rows["team"] == scope.team] if scope.team else rows
    rows = rows[rows["repository"] == scope.repository] if scope.repository else rows
    return waiting(rows, scope.now)
