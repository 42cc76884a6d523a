"""The forecasts of plans at one version of the data; what they tell today is kept in the log of forecasts."""

from datetime import date

import streamlit as st

from data.errors import StoreError
from metrics.open_epics import EPICS, PlanKind, Plans
from metrics.telling import is_told, tell
from pages.ui.view import View


@st.cache_resource(max_entries=4, show_spinner=False)
def _plans(key: tuple[str, str, str], kind: PlanKind, _view: View) -> Plans:
    return Plans(_view.loaded.facts, _view.loaded.organisation, kind)


def plans_of(view: View, kind: PlanKind = EPICS) -> Plans:
    """The forecasts at this version of the data; what they tell today is kept in the log of forecasts."""
    plans = _plans(view.source.key, kind, view)
    _tell((view.source.url, view.source.digest, kind.word, view.clock.date()), view, plans)
    return plans


@st.cache_resource(max_entries=8, show_spinner=False)
def _tell(key: tuple[str, str, str, date], _view: View, _plans: Plans) -> bool:
    store = _view.source.store
    try:
        return is_told(store, _plans, key[3]) or bool(tell(store, _plans, _view.clock, key[3]))
    except StoreError:  # a store that cannot be written just now can be read all the same
        return False
