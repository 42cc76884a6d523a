"""The charts of a report on a screen: what its page draws, in the colours of the theme."""

from collections.abc import Iterator
from datetime import timedelta
from typing import Any

import plotly.graph_objects as go

from metrics.model import Point, Scope
from metrics.periods import start_of_day
from pages.ui.address import Address
from pages.ui.palette import Palette
from reports.content import Chart, Trend
from reports.html_charts import drawing


def drawn(chart: Chart, colours: Palette, like: Scope) -> go.Figure:
    """A chart with the names of its colours filled in; each week of a trend says which figure it is."""
    shown = go.Figure(_painted(drawing(chart), colours))
    if isinstance(chart, Trend):
        shown.update_traces(customdata=[*_figures(chart, like)])
    return shown


def _figures(chart: Trend, like: Scope) -> Iterator[tuple[str, ...]]:
    for period, day, value, n in zip(chart.periods, chart.starts, chart.values, chart.n, strict=True):
        start, end = start_of_day(day, like), start_of_day(day + timedelta(weeks=1), like)
        yield Address(chart.indicator, start, end).values(Point(period, start, end, n, value))


def _painted(value: Any, colours: Palette) -> Any:
    if isinstance(value, dict):
        return {
            name: _colour(one, colours) if "color" in name else _painted(one, colours) for name, one in value.items()
        }
    if isinstance(value, list):
        return [_painted(one, colours) for one in value]
    return value


def _colour(value: Any, colours: Palette) -> Any:
    if isinstance(value, list):
        return [_colour(one, colours) for one in value]
    if isinstance(value, str) and value.startswith("series"):
        return colours.series[int(value.removeprefix("series"))]
    return getattr(colours, value, value) if isinstance(value, str) and value.isidentifier() else value
