"""Which figure a page is of: the address decides before anything is drawn, then what the reader chooses."""

from dataclasses import replace
from datetime import datetime, timedelta
from functools import cached_property

import streamlit as st

from metrics import evaluate
from metrics.catalogue import CATALOGUE, INDICATORS
from metrics.evidence import OfRows
from metrics.ledger import Ledger
from metrics.model import Indicator, Point, Result, Scope
from metrics.periods import as_of_midnight, periods
from pages.ui import filters, results
from pages.ui.address import Address, AddressError, written
from pages.ui.view import View, with_running_week

PERIOD = "period"
NARROWED = ("project", "epic", "part", "from", "to")  # of the address alone: no filter at the left shows them
DAY = timedelta(days=1)


class Shown:
    """The figure that an address names, in a view whose filters are those of the address."""

    def __init__(self, view: View, address: Address) -> None:
        self.address = address
        self.view = replace(view, scope=replace(view.scope, project=address.project))

    @property
    def indicator(self) -> Indicator:
        """What it is."""
        return INDICATORS[self.address.indicator]

    @cached_property
    def result(self) -> Result:
        """The indicator over the time of the figure."""
        return self._answer(self.address.scope(self.view.scope))

    @cached_property
    def whole(self) -> Result:
        """The indicator week by week, with the running week, over the weeks that are on screen."""
        return self._answer(with_running_week(self.view.scope))

    @property
    def trend(self) -> Result:
        """The same of the part, where one is named: no usual range is known of it."""
        if self.address.part is None:
            return self.whole
        series = {one.name: one.series for one in self.whole.parts}.get(self.address.part, ())
        return replace(self.whole, series=series, limits=None, no_limits=None, earlier=(), suggestion=None)

    @property
    def point(self) -> Point:
        """The figure itself: of a part, its share. Raises AddressError for a part that is none."""
        part, its = self.address.part, {one.name: one.total for one in self.result.parts}
        if part is None:
            return self.result.total
        if part not in its:
            known = ", ".join(its) or "none"
            raise AddressError(f"{self.indicator.name} has no part “{part}” here. Its parts: {known}.")
        return its[part]

    def of(self, indicator: str) -> "Shown":
        """Another indicator of the same place and time, as a whole."""
        return Shown(self.view, replace(self.address, indicator=indicator, part=None))

    def _answer(self, scope: Scope) -> Result:
        name, epic = self.address.indicator, self.address.epic
        return of_epic(self.view, name, epic, scope) if epic else results.answer(self.view.source, name, scope)


def of_epic(view: View, name: str, epic: str, scope: Scope) -> Result:
    """An indicator of epics over the rows of one of them. Raises AddressError for one that it has no rows of."""
    key = repr((view.source.key, name, epic, as_of_midnight(scope)))
    return _of_epic(key, view, name, epic, as_of_midnight(scope))


@st.cache_resource(max_entries=128, show_spinner=False)
def _of_epic(key: str, _view: View, _name: str, _epic: str, _scope: Scope) -> Result:
    indicator, seen = INDICATORS[_name], results.seen(_view.source, _name).seen
    mine = seen[seen["key"] == _epic]
    if mine.empty:
        raise AddressError(f"{indicator.name} has no rows of an epic “{_epic}”: it was moved, removed or never any.")
    return evaluate.result(indicator, OfRows.of(indicator, Ledger(mine), _scope), _scope, _view.loaded.coverage)


def chosen(view: View) -> Shown:
    """The figure of this page's address. Raises AddressError for what is not there."""
    query, scope = dict(st.query_params) | {"indicator": _indicator()}, view.scope
    address = Address.read(query, scope)
    address = replace(address, team=scope.team, repository=scope.repository, bots=scope.bots)
    _known_project(view, address)
    _period(view.scope, address)
    return Shown(view, address)


def _indicator() -> str:
    """The one that the address names, the first one of the catalogue where it names none."""
    said = st.query_params.get("indicator")
    if said and said not in INDICATORS:
        raise AddressError(f"No indicator is called “{said}”. The page Indicators lists all of them.")
    names = [one.id for one in CATALOGUE]
    name = st.selectbox(
        "Indicator", names, key="indicator", bind="query-params", on_change=filters.forget, args=(NARROWED,)
    )
    return str(name)


def _known_project(view: View, address: Address) -> None:
    if address.project is None:
        return
    known, name = (
        results.seen(view.source, address.indicator).names("project").words,
        INDICATORS[address.indicator].name,
    )
    if address.project not in known:
        said = ", ".join(known[:10]) or "none"
        raise AddressError(f"{name} has no rows of a project “{address.project}”. Those it has: {said}.")


def _period(scope: Scope, address: Address) -> None:
    """Choose the time of the figure: the weeks that are on screen, one of them, or what else the address names."""
    weeks = list(reversed(periods(with_running_week(scope))))
    names = {_key(scope.start, scope.end): f"all {len(weeks) - 1} complete weeks"}
    names |= {_key(one.start, one.end): one.label for one in weeks}
    now = _key(address.start, address.end)
    names |= {} if now in names else {now: days(address.start, address.end)}
    st.session_state[PERIOD] = now
    st.selectbox("Weeks of the figure", list(names), key=PERIOD, format_func=names.__getitem__, on_change=_choose)


def _key(start: datetime, end: datetime) -> str:
    return f"{written(start)} {written(end)}"


def _choose() -> None:
    choose(*st.session_state[PERIOD].split(" "))


def choose(start: str, end: str) -> None:
    """Make the address name another time."""
    st.query_params["from"], st.query_params["to"] = start, end


def days(start: datetime, end: datetime) -> str:
    """The first and the last day of a time."""
    return f"{start:%d %b %Y} to {end - DAY:%d %b %Y}"
