"""The flow of each team, reckoned once for each version of the data."""

from dataclasses import dataclass, field
from datetime import datetime

import streamlit as st

from metrics.model import Frame
from metrics.open_pull_requests import waiting
from metrics.team_flow import TeamFlow
from metrics.team_forecast import TeamForecast, team_forecast
from pages.ui.view import View


@dataclass(frozen=True)
class Kept:
    """What was reckoned of one version of the data, by team and moment."""

    flows: dict[tuple[str | None, datetime, datetime], TeamFlow] = field(default_factory=dict)
    forecasts: dict[tuple[str, datetime], TeamForecast] = field(default_factory=dict)


@st.cache_resource(max_entries=2, show_spinner=False)
def _kept(key: tuple[str, str, str]) -> Kept:
    return Kept()


def flow_of(view: View, team: str | None) -> TeamFlow:
    """How work flows through a team; through all of them without one."""
    scope, kept = view.scope, _kept(view.source.key).flows
    key = team, scope.end, scope.now
    if key not in kept:
        kept[key] = TeamFlow(view.loaded.facts, team, scope.end, scope.now)
    return kept[key]


def forecast_of(view: View, team: str) -> TeamForecast:
    """What a team may finish."""
    loaded, kept = view.loaded, _kept(view.source.key).forecasts
    key = team, view.scope.now
    if key not in kept:
        facts, now = loaded.facts, view.scope.now
        kept[key] = team_forecast(facts["issue_ends"], team, loaded.organisation, now, facts["noted_holidays"])
    return kept[key]


def open_pull_requests(view: View) -> Frame:
    """The open pull requests of the scope and whose turn each is, the longest wait first."""
    rows, scope = view.loaded.facts["open_pull_requests"], view.scope
    rows = rows[rows["team"] == scope.team] if scope.team else rows
    rows = rows[rows["repository"] == scope.repository] if scope.repository else rows
    return waiting(rows, scope.now)
