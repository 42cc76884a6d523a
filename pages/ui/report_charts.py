"""The charts of a report on a screen: what its page draws, in the colours of the theme."""

from typing import Any

import plotly.graph_objects as go

from pages.ui.palette import Palette
from reports.content import Chart
from reports.html_charts import drawing


def drawn(chart: Chart, colours: Palette) -> go.Figure:
    """A chart with the names of its colours filled in."""
    return go.Figure(_painted(drawing(chart), colours))


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
