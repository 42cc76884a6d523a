"""Every chart that the weekly review watches, judged once for each version of the data and of the notes."""

from collections.abc import Callable, Collection, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import datetime

import streamlit as st

from data import notes
from metrics.attention import Chart, Standout, standouts
from metrics.catalogue import INDICATORS
from metrics.explained import Explained, explained
from metrics.headlines import OF_A_SERVICE, WATCHED, Headline, Place, headline, judging, still_true, watched, within
from metrics.kept_figures import place_of
from metrics.marks import Mark
from metrics.model import Result, Scope
from metrics.objectives import Purpose
from metrics.periods import as_of_midnight, last_complete_weeks, periods
from metrics.scorecard import Gate, ObjectiveState, objective_state
from metrics.standing import DECIDING, HEADLINE_WEEKS
from pages.ui import filters, results
from pages.ui.results import Source
from pages.ui.view import View


@dataclass(frozen=True)
class Judged:
    """The charts of the organisation, of each team that may be shown, and of each service that is deployed.

    Each is over the last four complete weeks: in short by place (team, repository) and indicator, and whole by `chart`.
    """

    headlines: Mapping[Place, Mapping[str, Headline]]
    week: datetime
    chart: Callable[[Place, str], Chart]
    prepare: Callable[[Collection[Place]], None]

    def within(self, scope: Scope) -> Mapping[Place, Mapping[str, Headline]]:
        """Those of a team or of a repository; all where the scope names none."""
        if scope.team is None and scope.repository is None:
            return self.headlines
        return {place: its for place, its in self.headlines.items() if place == (scope.team, scope.repository)}

    def limited(self, scope: Scope) -> int:
        """How many have limits to stand out from."""
        return sum(one.is_judged for its in self.within(scope).values() for one in its.values())

    def standouts(self, scope: Scope) -> tuple[Standout, ...]:
        """The signals of the last complete week."""
        loud = [(place, name) for place, its in self.within(scope).items() for name in its if its[name].stands_out]
        self.prepare({place for place, _ in loud})
        return standouts((self.chart(*one) for one in loud), self.week)

    def is_loud(self, place: Place) -> bool:
        """Whether any chart of a place has a signal in the last complete week."""
        return any(one.stands_out for one in self.headlines[place].values())

    def standing(self, purpose: Purpose, team: str, gates: Sequence[Gate] = ()) -> ObjectiveState:
        """How an objective stands within one team."""
        mine = self.headlines[team, None]
        core = [mine[one.id] for one in DECIDING if one.objective is purpose.objective]
        return objective_state([one.state for one in core], gates)

    @property
    def teams(self) -> list[str]:
        """The teams that may be shown."""
        return [team for team, _ in self.headlines if team]

    @property
    def services(self) -> list[str]:
        """The repositories that are deployed."""
        return [repository for _, repository in self.headlines if repository]


def judged(view: View) -> Judged:
    """The judged charts at this version of the data and of the notes; made when they are first asked for."""
    version = notes.version(view.source.store)
    return _judged((view.source.key, version, recent_weeks(view.scope)), view)


@st.cache_resource(max_entries=3, show_spinner="Judging every chart of the organisation, each team and service …")
def _judged(key: tuple[tuple[str, str, str], int, Scope], _view: View) -> Judged:
    whole, source = key[2], _view.source
    charts, week = _kept((key[0], whole)), periods(whole)[-1].start
    places = watched(shown_teams(_view), _services(_view))
    known = _as_kept(source, whole, week)

    def chart(place: Place, name: str) -> Chart:
        return _chart(source, name, within(whole, place), charts)

    def prepare(some: Collection[Place]) -> None:
        for names in (WATCHED, OF_A_SERVICE):
            results.prepare(source, [place for place in some if places[place] == names], names)

    left = {place: {name: known(place, name) for name in names} for place, names in places.items()}
    prepare([place for place, its in left.items() if not all(its.values())])
    found = {
        place: {name: one or headline(chart(place, name), week) for name, one in its.items()}
        for place, its in left.items()
    }
    return Judged(found, week, chart, prepare)


def _as_kept(source: Source, whole: Scope, week: datetime) -> Callable[[Place, str], Headline | None]:
    """What the last sync left of a chart, unless rows, notes or the configuration say something else since."""
    everything = results.loaded(source)
    figures, kept = everything.figures, everything.headlines
    if figures is None or kept is None or whole.bots:
        return lambda place, name: None
    holds = still_true(kept, week, source.digest, source.said.marks)

    def known(place: Place, name: str) -> Headline | None:
        stands = figures.has(INDICATORS[name]) and holds(name, place)
        return kept.charts.get(place_of(*place), {}).get(name) if stands else None

    return known


Kept = dict[tuple[Scope, str], tuple[tuple[Mark, ...], Chart]]


@st.cache_resource(max_entries=3, show_spinner=False)
def _kept(key: tuple[tuple[str, str, str], Scope]) -> Kept:
    """The charts at one version of the data, with what was said when they were judged."""
    return {}


def _chart(source: Source, name: str, scope: Scope, kept: Kept) -> Chart:
    """A chart, judged anew only where a note says something else of its limits than before."""
    said = judging(results.marks(source, name, scope))
    before = kept.get((scope, name))
    if before and before[0] == said:
        return before[1]
    chart = Chart(results.reckoned(source, name, scope))
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
