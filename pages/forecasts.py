"""Forecasts: will it be done, how sure are we, and were we right before."""

from pages.ui import forecasts
from pages.ui.frame import figures
from pages.ui.parts import chosen

if view := figures("Forecasts", "Will it be done, how sure are we, and were we right before?"):
    forecasts.PARTS[chosen(forecasts.PARTS)](view)
