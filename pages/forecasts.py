"""Forecasts: will it be done, how sure are we, and were we right before."""

import streamlit as st

from pages.ui import forecasts
from pages.ui.cards import cards
from pages.ui.frame import figures

EPICS = ("epic_forecast", "epic_on_time_rate", "due_date_slip", "epic_scope_growth", "epic_spi", "forecast_calibration")
SPRINTS = ("sprint_say_do", "sprint_scope_change")

if view := figures("Forecasts", "Will it be done, how sure are we, and were we right before?"):
    epics_tab, sprints_tab = st.tabs(["Epics", "Sprints"])
    with epics_tab:
        plans = forecasts.plans_of(view)
        rows = forecasts.table(plans, view.scope.team)
        forecasts.track_record(plans, view.scope.team)
        if len(rows):
            forecasts.detail(view, plans, rows)
        cards(view, EPICS, "epics")
    with sprints_tab:
        forecasts.sprints(view)
        cards(view, SPRINTS, "sprints")
