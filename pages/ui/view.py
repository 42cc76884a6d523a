"""What a screen looks at: the data, the filters and the moment, made once per run by the shell."""

from dataclasses import dataclass, replace
from datetime import datetime, timedelta

import streamlit as st

from data.record import StreamStatus
from metrics.catalogue import INDICATORS
from metrics.explained import Explained, explained, kinds_of
from metrics.loading import Loaded
from metrics.model import Indicator, Observations, Result, Scope
from metrics.objectives import Purpose
from metrics.periods import last_complete_weeks, periods
from metrics.standing import Standing, standing, standings
from metrics.targets import gates_of
from pages.ui import results
from pages.ui.results import Source

PLACE = "plumbline view"


@dataclass(frozen=True)
class View:
    """The data and the scope of a run; `scope` covers complete weeks, `clock` is the moment, to the second."""

    source: Source
    scope: Scope
    clock: datetime
    is_demonstration: bool = False

    @property
    def status(self) -> tuple[StreamStatus, ...]:
        """How far each stream has come."""
        return results.status(self.source)

    @property
    def loaded(self) -> Loaded:
        """Facts, coverage and configuration."""
        return results.loaded(self.source)

    def answer(self, indicator: str) -> Result:
        """An indicator over the complete weeks of the scope."""
        return results.answer(self.source, indicator, self.scope)

    def guards(self, indicator: str) -> tuple[Result, ...]:
        """What an indicator of speed must not cost, over the same scope; speed is never shown without it."""
        return tuple(self.answer(name) for name in INDICATORS[indicator].guards)

    def explained(self, indicator: str) -> Explained | None:
        """How much of the latest signal of an indicator is another mix of work, and how much comes from within."""
        return explained(self.answer(indicator), kinds_of(self.loaded.facts))

    def standings(self) -> tuple[Standing, ...]:
        """How the five objectives stand, with what somebody says beside the computed status."""
        gates = gates_of(self.source.settings)
        return standings(self._over, self.scope, self.source.said.overrides, gates)

    def standing(self, purpose: Purpose) -> Standing:
        """How one objective stands."""
        return standing(purpose, self._over, self.scope, self.source.said.overrides, gates_of(self.source.settings))

    def _over(self, indicator: Indicator, scope: Scope) -> Result:
        return results.answer(self.source, indicator.id, scope)

    def rows(self, indicator: str, period: str) -> Observations:
        """The rows behind one period of the scope; behind all of it for a period that is not among them."""
        cut = {one.label: one for one in periods(self.scope)}
        if period not in cut:
            return self.answer(indicator).observations
        scope = replace(self.scope, start=cut[period].start, end=cut[period].end)
        return results.answer(self.source, indicator, scope).observations

    def trend(self, indicator: str) -> Result:
        """The same with the running week as its last period."""
        return results.answer(self.source, indicator, with_running_week(self.scope))


def with_running_week(scope: Scope) -> Scope:
    """The scope prolonged to the end of the week that runs now."""
    after = last_complete_weeks(scope.end + timedelta(days=10), 1, scope.timezone, scope.week_starts)
    return replace(scope, end=after.end)


def weeks_in_words(scope: Scope) -> str:
    """The first and the last week of a scope."""
    cut = periods(scope)
    return f"{cut[0].label} to {cut[-1].label}" if len(cut) > 1 else cut[0].label


def keep(view: View) -> None:
    """Hand a view to the page of this run."""
    st.session_state[PLACE] = view


def here() -> View:
    """The view of this run."""
    view: View = st.session_state[PLACE]
    return view
