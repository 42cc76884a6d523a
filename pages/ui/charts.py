"""Charts that answer to the pointer: their common frame, and the trend of an indicator."""

from datetime import datetime
from math import log10
from typing import Any

import plotly.graph_objects as go
import streamlit as st

from metrics.marks import OFF, Mark
from metrics.model import Limits, Point, Reason, Result, Unit
from pages.ui import words
from pages.ui.address import Address
from pages.ui.palette import Palette

HEIGHT, SMALL = 320, 150
BAR = {"displayModeBar": False, "responsive": True}
LONGEST_NOTE = 28
AXES = {
    Unit.HOURS: "hours",
    Unit.DAYS: "days",
    Unit.MINUTES: "minutes",
    Unit.PERCENT: "%",
    Unit.COUNT: "number",
    Unit.RATIO: "",
}


def draw(chart: go.Figure, key: str, alt: str, **more: Any) -> Any:
    """Put a chart on the page; `alt` says what it shows to those who do not see it."""
    return st.plotly_chart(chart, key=key, alt=alt, config=BAR, theme=None, **more)


def plain(colours: Palette, height: int = HEIGHT, **layout: Any) -> go.Figure:
    """An empty chart in the app's colours."""
    axis = {"gridcolor": colours.border, "linecolor": colours.border, "zeroline": False, "fixedrange": True}
    axis |= {"automargin": True, "title": {"font": {"color": colours.quiet, "size": 12}}}
    usual = {
        "height": height,
        "margin": {"l": 8, "r": 12, "t": 24, "b": 8},
        "font": {"color": colours.text, "size": 12, "family": "Source Sans, sans-serif"},
        "paper_bgcolor": "rgba(0,0,0,0)",
        "plot_bgcolor": "rgba(0,0,0,0)",
        "hoverlabel": {"bgcolor": colours.surface, "font": {"color": colours.text}, "bordercolor": colours.border},
        "legend": {"orientation": "h", "y": 1.02, "yanchor": "bottom", "x": 0},
        "xaxis": axis | {"showgrid": False},
        "yaxis": axis,
        "dragmode": False,
        "separators": ".,",
    }
    return go.Figure(layout=usual | layout)


def axis_of(unit: Unit) -> str:
    """What an axis of a unit is called."""
    return AXES.get(unit, unit.value)


def level(chart: go.Figure, value: float, said: str, colour: str, dash: str = "dash", is_log: bool = False) -> None:
    """A horizontal line with its name above its right end."""
    chart.add_shape(
        type="line", xref="paper", x0=0, x1=1, y0=value, y1=value, line={"color": colour, "width": 1.25, "dash": dash}
    )
    chart.add_annotation(
        x=1,
        xref="paper",
        y=log10(value) if is_log else value,
        text=said,
        showarrow=False,
        xanchor="right",
        yanchor="bottom",
        font={"color": colour},
    )


def trend_chart(result: Result, colours: Palette, height: int = HEIGHT, about: Address | None = None) -> go.Figure:
    """Points by period with usual range, target and what was noted; `about` is the figure where the scope is not all.

    Hollow where too few, still running or a holiday; edged in the second colour where a rule fired.
    """
    chart = plain(colours, height, clickmode="event+select")
    _draw_on(chart, result, colours, about=about)
    chart.update_xaxes(nticks=12)
    chart.update_yaxes(title_text=axis_of(result.indicator.unit))
    for value in (result.target.value, result.target.low, result.target.high) if result.target else ():
        if value is not None:
            level(chart, value, "target", colours.series[2])
    for mark in result.marks:
        _mark(chart, mark, result, colours)
    return chart


def small_chart(result: Result, colours: Palette) -> go.Figure:
    """The same as one of many: only the points and the usual range."""
    chart = plain(colours, SMALL, clickmode="event+select", margin={"l": 4, "r": 8, "t": 4, "b": 4})
    _draw_on(chart, result, colours, size=5)
    chart.update_xaxes(nticks=3, tickfont={"size": 10})
    chart.update_yaxes(nticks=3, tickfont={"size": 10})
    return chart


def _draw_on(chart: go.Figure, result: Result, colours: Palette, size: int = 8, about: Address | None = None) -> None:
    """The usual ranges and the points of a result, each with the figure that it is."""
    address = about or Address.of(result.indicator.id, result.scope)
    known = [point for point in result.series if point.value is not None]
    for limits in (*result.earlier, result.limits):
        _usual_range(chart, limits, result, colours)
    chart.add_scatter(
        x=[point.period for point in result.series],
        y=[None if point.partial else point.value for point in result.series],
        mode="lines",
        line={"color": colours.series[0], "width": 1.5},
        hoverinfo="skip",
        showlegend=False,
    )
    chart.add_scatter(
        x=[point.period for point in known],
        y=[point.value for point in known],
        mode="markers",
        marker=_marker(known, colours, size),
        text=[hover(result, point) for point in known],
        customdata=[address.over(point).values(point) for point in known],
        hovertemplate="%{text}<extra></extra>",
        selected={"marker": {"opacity": 1}},
        unselected={"marker": {"opacity": 1}},
        showlegend=False,
    )
    chart.update_xaxes(type="category", categoryarray=[point.period for point in result.series])
    chart.update_yaxes(rangemode="tozero")


def _marker(points: list[Point], colours: Palette, size: int) -> dict[str, Any]:
    hollow = [point.partial or point.excluded or point.reason is Reason.TOO_FEW for point in points]
    fill = [colours.background if empty else colours.series[0] for empty in hollow]
    edge = [colours.series[1] if point.signal else colours.series[0] for point in points]
    width = [3 if point.signal else 1.5 for point in points]
    return {
        "size": [size + 2 if point.signal else size for point in points],
        "color": fill,
        "opacity": 1,
        "line": {"color": edge, "width": width},
    }


def hover(result: Result, point: Point) -> str:
    """What the pointer is told of a period: value, n, interval, why it is hollow or what rule fired."""
    said = [f"<b>{point.period}</b>  {words.figure(result.indicator, point)}", words.basis(result.indicator, point)]
    said += [words.interval(result.indicator, point), words.signal([point])]
    said += ["still running"] if point.partial else []
    said += ["a holiday: not judged"] if point.excluded else []
    return "<br>".join(line for line in said if line)


def _usual_range(chart: go.Figure, limits: Limits | None, result: Result, colours: Palette) -> None:
    """The band and the centre line over the periods for which the limits hold."""
    if limits is None or not limits.is_of_one_period:
        return
    held = [n for n, point in enumerate(result.series) if _holds(limits, point.start)]
    if not held:
        return
    span = {"x0": held[0] - 0.5, "x1": held[-1] + 0.5, "layer": "below"}
    lower = max(limits.lower, 0.0) if limits.centre >= 0 else limits.lower
    chart.add_shape(type="rect", y0=lower, y1=limits.upper, fillcolor=colours.band, opacity=0.7, line_width=0, **span)
    line = {"color": colours.quiet, "width": 1, "dash": "dash" if limits.provisional else "dot"}
    chart.add_shape(type="line", y0=limits.centre, y1=limits.centre, line=line, **span)


def _holds(limits: Limits, moment: datetime) -> bool:
    after = limits.begins is None or limits.begins <= moment
    return after and (limits.ends is None or moment < limits.ends)


def _mark(chart: go.Figure, mark: Mark, result: Result, colours: Palette) -> None:
    """A labelled vertical line at the period in which something was noted; of a holiday a shade over its periods."""
    held = [n for n, point in enumerate(result.series) if mark.touches(point.start, point.end)]
    if not held:
        return
    if mark.kind in OFF:
        span = {"x0": held[0] - 0.5, "x1": held[-1] + 0.5, "y0": 0, "y1": 1, "yref": "paper"}
        chart.add_shape(type="rect", fillcolor=colours.quiet, opacity=0.08, line_width=0, layer="below", **span)
        return
    line = {"color": colours.series[3], "width": 1.25, "dash": "dot"}
    chart.add_shape(type="line", x0=held[0], x1=held[0], y0=0, y1=1, yref="paper", line=line)
    said = mark.text if len(mark.text) <= LONGEST_NOTE else f"{mark.text[:LONGEST_NOTE]}…"
    chart.add_annotation(
        x=held[0],
        y=1,
        yref="paper",
        text=said.replace("<", "&lt;"),
        hovertext=mark.text.replace("<", "&lt;"),
        showarrow=False,
        xanchor="left" if held[0] < len(result.series) * 0.6 else "right",
        yanchor="bottom",
        font={"color": colours.series[3], "size": 11},
    )
