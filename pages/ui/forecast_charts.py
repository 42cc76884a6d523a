"""The charts of a forecast: how probable each date is, and the burn-up with its fan."""

from datetime import date, timedelta

import plotly.graph_objects as go

from metrics.burn_up import BurnUp
from pages.ui.palette import Palette

HEIGHT = 300


def probability_chart(points: list[tuple[date, float]], due: date | None, colours: Palette) -> go.Figure:
    """The probability to be done by each week's end, with the 50 and 85 % marked, and the due date."""
    chart = _chart(colours)
    days, shares = [day - timedelta(days=1) for day, _ in points], [100 * share for _, share in points]
    chart.add_scatter(
        x=days,
        y=shares,
        mode="lines+markers",
        line={"color": colours.series[0], "shape": "hv", "width": 2},
        marker={"size": 5},
        hovertemplate="by %{x|%d %b %Y}: %{y:.0f} %<extra></extra>",
        showlegend=False,
    )
    for level in (50, 85):
        chart.add_hline(
            y=level,
            line={"color": colours.quiet, "width": 1, "dash": "dot"},
            annotation_text=f"{level} %",
            annotation_position="top right",
        )
    _due(chart, due, colours)
    chart.update_yaxes(title="probability, %", range=[0, 102])
    return chart


def burn_up_chart(
    shown: BurnUp, ends: dict[str, date | None], growth: float, due: date | None, colours: Palette
) -> go.Figure:
    """Items and items done so far, and the way to the 50, 85 and 95 % dates with the scope growing as it did."""
    chart = _chart(colours)
    for name, values, colour in (("items", shown.items, colours.quiet), ("done", shown.done, colours.series[0])):
        chart.add_scatter(
            x=shown.days, y=values, mode="lines", name=name, line={"color": colour, "shape": "hv", "width": 2}
        )
    if shown.days:
        begin, done, held = shown.days[-1], shown.done[-1], shown.items[-1]
        for turn, (name, end) in enumerate(ends.items()):
            if end:
                weeks = (end - begin).days / 7
                dash = ("solid", "dash", "dot")[turn % 3]
                chart.add_scatter(
                    x=[begin, end],
                    y=[done, held + max(growth, 0) * weeks],
                    mode="lines",
                    name=name,
                    line={"color": colours.series[1], "dash": dash, "width": 1.5},
                )
    _due(chart, due, colours)
    chart.update_yaxes(title="items", rangemode="tozero")
    return chart


def _chart(colours: Palette) -> go.Figure:
    axis = {"gridcolor": colours.border, "zeroline": False, "fixedrange": True}
    return go.Figure(
        layout={
            "height": HEIGHT,
            "margin": {"l": 8, "r": 8, "t": 16, "b": 8},
            "font": {"color": colours.text},
            "paper_bgcolor": "rgba(0,0,0,0)",
            "plot_bgcolor": "rgba(0,0,0,0)",
            "xaxis": axis | {"showgrid": False},
            "yaxis": axis,
            "dragmode": False,
            "legend": {"orientation": "h", "y": 1.1},
        }
    )


def _due(chart: go.Figure, due: date | None, colours: Palette) -> None:
    if due:
        line = {"color": colours.series[2], "width": 1.5, "dash": "dash"}
        chart.add_shape(type="line", x0=due, x1=due, y0=0, y1=1, yref="paper", line=line)
        chart.add_annotation(x=due, y=1, yref="paper", text="due", showarrow=False, xanchor="left", yanchor="top")
