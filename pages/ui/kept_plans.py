"""The forecasts of plans at one version of the data; what they tell today is kept in the log of forecasts."""

from datetime import date

import streamlit as st

from data import forecasts as log
from data.errors import StoreError
from metrics.open_epics import EPICS, PlanKind, Plans, open_epics
from metrics.told import plans_told, teams_told
from pages.ui.view import View


@st.cache_resource(max_entries=4, show_spinner=False)
def _plans(key: tuple[str, str, str], kind: PlanKind, _view: View) -> Plans:
    return Plans(_view.loaded.facts, _view.loaded.organisation, kind)


def plans_of(view: View, kind: PlanKind = EPICS) -> Plans:
    """The forecasts at this version of the data; what they tell today is kept in the log of forecasts."""
    plans = _plans(view.source.key, kind, view)
    _keep((view.source.key, kind.word, view.clock.date()), view, plans)
    return plans


@st.cache_resource(max_entries=8, show_spinner=False)
def _keep(key: tuple[tuple[str, str, str], str, date], _view: View, _plans: Plans) -> bool:
    today = key[2]
    if not _plans.is_of(_view.clock):
        return False
    told = [*plans_told(_plans.kind.word, open_epics(_plans), _view.clock, today)]
    told += teams_told(_view.loaded.facts, _view.loaded.organisation, _view.clock, today)
    try:
        log.keep(_view.source.store, [one.row for one in told])
    except StoreError:  # a store that cannot be written just now can be read all the same
        return False
    return True
