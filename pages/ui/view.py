"""What a screen looks at: the data, the filters and the moment, made once per run by the shell."""

from dataclasses import dataclass, replace
from datetime import datetime, timedelta
from zoneinfo import ZoneInfo

import streamlit as st

from data.record import Walk
from metrics.catalogue import INDICATORS
from metrics.loading import Loaded
from metrics.model import Observations, Result, Scope
from metrics.periods import last_complete_weeks, periods
from metrics.standing import HEADLINE_WEEKS
from pages.ui import results
from pages.ui.results import Source

PLACE = "plumbline view"


@dataclass(frozen=True)
class View:
    """The data and the scope of a run; `scope` covers complete weeks, `clock` is the moment, to the second.

    `drawn` is the range of the trends where figures cover another one: the last four weeks, or this moment.
    """

    source: Source
    scope: Scope
    clock: datetime
    is_demonstration: bool = False
    drawn: Scope | None = None

    def recent(self) -> "View":
        """The same with figures of the last four complete weeks, by which objectives are decided."""
        weeks = last_complete_weeks(self.scope.now, HEADLINE_WEEKS, self.scope.timezone, self.scope.week_starts)
        return replace(self, scope=replace(self.scope, start=weeks.start, end=weeks.end), drawn=self.scope)

    def right_now(self) -> "View":
        """The same with figures of the running week up to this moment: what is open at its end is open now."""
        if self.scope.now <= self.scope.end:
            return replace(self, scope=last_week(self.scope), drawn=self.scope)
        return replace(self, scope=replace(self.scope, start=self.scope.end, end=self.scope.now), drawn=self.scope)

    @property
    def status(self) -> tuple[Walk, ...]:
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

    def rows(self, indicator: str, period: str) -> Observations:
        """The rows behind one period of the scope; behind all of it for a period that is not among them."""
        cut = {one.label: one for one in periods(self.scope)}
        if period not in cut:
            return self.answer(indicator).observations
        scope = replace(self.scope, start=cut[period].start, end=cut[period].end)
        return results.answer(self.source, indicator, scope).observations

    def trend(self, indicator: str) -> Result:
        """The same with the running week as its last period."""
        return results.answer(self.source, indicator, with_running_week(self.drawn or self.scope))


def with_running_week(scope: Scope) -> Scope:
    """The scope prolonged to the end of the week that runs now."""
    after = last_complete_weeks(scope.end + timedelta(days=10), 1, scope.timezone, scope.week_starts)
    return replace(scope, end=after.end)


def last_week(scope: Scope) -> Scope:
    """The last complete week of a scope."""
    return replace(scope, start=periods(scope)[-1].start)


def weeks_in_words(scope: Scope) -> str:
    """The first and the last week of a scope; the moment of its end where that cuts the week."""
    cut = periods(scope)
    if cut[-1].cut:
        return f"{cut[-1].label} up to {scope.end.astimezone(ZoneInfo(scope.timezone)):%d %b %H:%M}"
    return f"{cut[0].label} to {cut[-1].label}" if len(cut) > 1 else cut[0].label


def keep(view: View) -> None:
    """Hand a view to the page of this run."""
    st.session_state[PLACE] = view


def here() -> View:
    """The view of this run."""
    view: View = st.session_state[PLACE]
    return view
