"""Charts that answer to the pointer: the only place that knows plotly."""

from typing import Any

import plotly.graph_objects as go

from metrics.model import Point, Reason, Result
from pages.ui import words
from pages.ui.palette import Palette

HEIGHT = 320


def trend_chart(result: Result, colours: Palette) -> go.Figure:
    """Weekly points with usual range and target; hollow where too few or still running, edged where a rule fired."""
    known = [point for point in result.series if point.value is not None]
    chart = go.Figure(layout=_layout(colours))
    _usual_range(chart, result, colours)
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
        marker=_marker(known, colours),
        text=[_hover(result, point) for point in known],
        hovertemplate="%{text}<extra></extra>",
        showlegend=False,
    )
    _target(chart, result, colours)
    chart.update_yaxes(title=result.indicator.unit.value, rangemode="tozero")
    return chart


def _layout(colours: Palette) -> dict[str, Any]:
    axis = {"gridcolor": colours.border, "zeroline": False, "fixedrange": True}
    return {
        "height": HEIGHT,
        "margin": {"l": 8, "r": 8, "t": 8, "b": 8},
        "font": {"color": colours.text},
        "paper_bgcolor": "rgba(0,0,0,0)",
        "plot_bgcolor": "rgba(0,0,0,0)",
        "xaxis": axis | {"type": "category", "nticks": 12, "showgrid": False},
        "yaxis": axis,
        "clickmode": "event+select",
        "dragmode": False,
    }


def _marker(points: list[Point], colours: Palette) -> dict[str, Any]:
    hollow = [point.partial or point.reason is Reason.TOO_FEW for point in points]
    fill = [colours.background if empty else colours.series[0] for empty in hollow]
    edge = [colours.series[1] if point.signal else colours.series[0] for point in points]
    return {"size": 8, "color": fill, "line": {"color": edge, "width": 2}}


def _hover(result: Result, point: Point) -> str:
    said = [f"<b>{point.period}</b> {words.figure(result.indicator, point)}", words.basis(result.indicator, point)]
    said += [words.interval(result.indicator, point), words.signal([point]), "still running" if point.partial else ""]
    return "<br>".join(line for line in said if line)


def _usual_range(chart: go.Figure, result: Result, colours: Palette) -> None:
    if result.limits is None or not result.limits.is_of_one_period:
        return
    lower, upper, centre = result.limits.lower, result.limits.upper, result.limits.centre
    chart.add_hrect(y0=lower, y1=upper, fillcolor=colours.band, opacity=0.7, line_width=0, layer="below")
    chart.add_hline(y=centre, line={"color": colours.quiet, "width": 1, "dash": "dot"})


def _target(chart: go.Figure, result: Result, colours: Palette) -> None:
    aim = result.target
    for value in (aim.value, aim.low, aim.high) if aim else ():
        if value is not None:
            line = {"color": colours.series[1], "width": 1, "dash": "dash"}
            chart.add_hline(y=value, line=line, annotation_text="target", annotation_position="top left")
