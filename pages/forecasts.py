"""Forecasts: will it be done, how sure are we, and were we right before."""

from pages.ui import forecasts
from pages.ui.cards import cards
from pages.ui.frame import figures

SHOWN = ("epic_forecast", "epic_on_time_rate", "due_date_slip", "epic_scope_growth", "epic_spi", "forecast_calibration")

if view := figures("Forecasts", "Will it be done, how sure are we, and were we right before?"):
    plans = forecasts.plans_of(view)
    rows = forecasts.table(plans, view.scope.team)
    forecasts.track_record(plans)
    if len(rows):
        forecasts.detail(view, plans, rows)
    cards(view, SHOWN, "forecasts")
