"""Every chart that the weekly review watches, judged once for each version of the data and of the notes."""

from collections.abc import Sequence
from dataclasses import dataclass, replace
from datetime import datetime

import streamlit as st

from data import notes
from metrics.attention import Chart, Standout, standouts
from metrics.catalogue import CATALOGUE
from metrics.explained import Explained, explained
from metrics.marks import OFF, Mark, MarkKind
from metrics.model import Result, Scope
from metrics.objectives import Purpose
from metrics.periods import as_of_midnight, last_complete_weeks, periods
from metrics.scorecard import Gate, ObjectiveState, objective_state
from metrics.standing import DECIDING, HEADLINE_WEEKS, state
from pages.ui import filters, results
from pages.ui.results import Place
from pages.ui.view import View

WATCHED = tuple(one.id for one in CATALOGUE if one.core)
JUDGING = OFF | {MarkKind.REBASE}
OF_A_SERVICE = ("change_lead_time", "deployment_frequency", "change_fail_rate", "failed_deployment_recovery_time")


@dataclass(frozen=True)
class Judged:
    """The charts of the organisation, of each team that may be shown, and of each service that is deployed.

    `charts` are by place (team, repository) and indicator, each over the last four complete weeks.
    """

    charts: dict[Place, dict[str, Chart]]
    week: datetime

    def within(self, scope: Scope) -> dict[Place, dict[str, Chart]]:
        """The charts of a team or of a repository; all where the scope names none."""
        if scope.team is None and scope.repository is None:
            return self.charts
        return {place: charts for place, charts in self.charts.items() if place == (scope.team, scope.repository)}

    def limited(self, scope: Scope) -> list[Chart]:
        """Those that have limits to stand out from."""
        every = (one for charts in self.within(scope).values() for one in charts.values())
        return [one for one in every if one.is_judged]

    def standouts(self, scope: Scope) -> tuple[Standout, ...]:
        """The signals of the last complete week."""
        return standouts(self.limited(scope), self.week)

    def every_standout(self) -> tuple[Standout, ...]:
        """The signals of the last complete week in any place."""
        return standouts((one for charts in self.charts.values() for one in charts.values()), self.week)

    def standing(self, purpose: Purpose, team: str, gates: Sequence[Gate] = ()) -> ObjectiveState:
        """How an objective stands within one team."""
        mine = self.charts[team, None]
        core = [mine[one.id] for one in DECIDING if one.objective is purpose.objective]
        return objective_state([state(chart.result) for chart in core], gates)

    @property
    def teams(self) -> list[str]:
        """The teams that may be shown."""
        return [team for team, _ in self.charts if team]

    @property
    def services(self) -> list[str]:
        """The repositories that are deployed."""
        return [repository for _, repository in self.charts if repository]


def judged(view: View) -> Judged:
    """The judged charts at this version of the data and of the notes; made when they are first asked for."""
    version = notes.version(view.source.store)
    return _judged((view.source.key, version, recent_weeks(view.scope)), view)


@st.cache_resource(max_entries=3, show_spinner="Judging every chart of the organisation, each team and service …")
def _judged(key: tuple[tuple[str, str, str], int, Scope], _view: View) -> Judged:
    whole = key[2]
    kept = _kept((key[0], whole))
    places: dict[Place, tuple[str, ...]] = {(team, None): WATCHED for team in (None, *shown_teams(_view))}
    places |= {(None, name): OF_A_SERVICE for name in _services(_view)}
    for names in (WATCHED, OF_A_SERVICE):
        results.prepare(_view.source, [place for place, its in places.items() if its == names], names)
    charts = {}
    for place, names in places.items():
        scope = replace(whole, team=place[0], repository=place[1])
        charts[place] = {name: _chart(_view, name, scope, kept) for name in names}
    return Judged(charts, periods(whole)[-1].start)


Kept = dict[tuple[Scope, str], tuple[list[Mark], Chart]]


@st.cache_resource(max_entries=3, show_spinner=False)
def _kept(key: tuple[tuple[str, str, str], Scope]) -> Kept:
    """The charts at one version of the data, with what was said when they were judged."""
    return {}


def _chart(view: View, name: str, scope: Scope, kept: Kept) -> Chart:
    """A chart, judged anew only where a note says something else of its limits than before."""
    said = [mark for mark in results.marks(view.source, name, scope) if mark.kind in JUDGING]
    before = kept.get((scope, name))
    if before and before[0] == said:
        return before[1]
    chart = Chart(results.reckoned(view.source, name, scope))
    chart.judgement, chart.points  # noqa: B018 - reckoned here, not in front of a reader
    kept[scope, name] = said, chart
    return chart


def why(view: View, chart: Chart) -> Explained | None:
    """Whether the latest signal of a chart is another mix of rows, or the same work done otherwise."""
    about = chart.result
    version = notes.version(view.source.store)
    return _why((view.source.key, version, about.indicator.id, about.scope), view, about)


@st.cache_resource(max_entries=256, show_spinner=False)
def _why(key: tuple[tuple[str, str, str], int, str, Scope], _view: View, _result: Result) -> Explained | None:
    return explained(_result, lambda: _view.loaded.facts["row_kinds"])


def recent_weeks(scope: Scope) -> Scope:
    """The last four complete weeks of everybody."""
    recent = last_complete_weeks(scope.now, HEADLINE_WEEKS, scope.timezone, scope.week_starts)
    return as_of_midnight(replace(recent, bots=scope.bots))


def shown_teams(view: View) -> list[str]:
    """The teams that may be shown by themselves, without those rows that belong to none."""
    return [team for team in filters.teams(view.source.settings, view.clock) if team in view.source.settings.teams]


def _services(view: View) -> list[str]:
    return sorted(results.words(view.source, OF_A_SERVICE[1], "repository"))
