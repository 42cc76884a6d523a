"""The charts of a forecast: how probable each date is, the same as a calendar, and the burn-up with its fan."""

from collections.abc import Mapping, Sequence
from datetime import date, timedelta

import plotly.graph_objects as go

from metrics.burn_up import BurnUp
from pages.ui.charts import plain
from pages.ui.palette import Palette

HEIGHT, ROW = 300, 34
FAN = ("50 %", "95 %")


def probability_chart(points: list[tuple[date, float]], due: date | None, colours: Palette) -> go.Figure:
    """The probability to be done by each week's end, with the 50 and 85 % marked, and the due date."""
    chart = plain(colours, HEIGHT)
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
    chart.update_yaxes(title_text="probability, %", range=[0, 102])
    return chart


def calendar_chart(shown: Mapping[date, float], due: date | None, colours: Palette) -> go.Figure:
    """The months as rows of days, each shaded by the probability to be done by its end; the due date is framed."""
    months = sorted({(day.year, day.month) for day in (*shown, *([due] if due else []))})
    places = {month: row for row, month in enumerate(months)}
    chart = plain(colours, 56 + ROW * len(months), margin={"l": 8, "r": 12, "t": 8, "b": 8})
    grid: list[list[float | None]] = [[None] * 31 for _ in months]
    for day, share in shown.items():
        grid[places[day.year, day.month]][day.day - 1] = 100 * share
    chart.add_heatmap(
        z=grid,
        x=list(range(1, 32)),
        y=[f"{date(year, month, 1):%b %Y}" for year, month in months],
        zmin=0,
        zmax=100,
        colorscale=[[0, colours.band], [1, colours.series[0]]],
        showscale=False,
        xgap=2,
        ygap=4,
        hoverongaps=False,
        hovertemplate="by %{x} %{y}: %{z:.0f} %<extra></extra>",
    )
    if due:
        row = places[due.year, due.month]
        chart.add_shape(
            type="rect",
            x0=due.day - 0.5,
            x1=due.day + 0.5,
            y0=row - 0.5,
            y1=row + 0.5,
            line={"color": colours.series[1], "width": 2.5},
        )
    chart.update_yaxes(autorange="reversed", showgrid=False)
    chart.update_xaxes(tickvals=[1, 7, 14, 21, 28], side="top", ticks="")
    return chart


def burn_up_chart(
    shown: BurnUp, ends: dict[str, date | None], growth: float, due: date | None, colours: Palette
) -> go.Figure:
    """Items and items done so far, and the fan of ways to the 50, 85 and 95 % dates, the scope growing as it did."""
    chart = plain(colours, HEIGHT)
    for name, values, colour in (("items", shown.items, colours.quiet), ("done", shown.done, colours.series[0])):
        chart.add_scatter(
            x=shown.days, y=values, mode="lines", name=name, line={"color": colour, "shape": "hv", "width": 2}
        )
    if shown.days:
        ways = {name: _way(shown, end, growth) for name, end in ends.items() if end}
        _fan(chart, [ways[name] for name in FAN if name in ways], colours)
        for turn, (name, (days, items)) in enumerate(ways.items()):
            dash = ("solid", "dash", "dot")[turn % 3]
            line = {"color": colours.series[1], "dash": dash, "width": 1.5}
            chart.add_scatter(x=days, y=items, mode="lines", name=name, line=line)
    _due(chart, due, colours)
    chart.update_yaxes(title_text="items", rangemode="tozero")
    return chart


Way = tuple[list[date], list[float]]


def _way(shown: BurnUp, end: date, growth: float) -> Way:
    begin, done, held = shown.days[-1], shown.done[-1], shown.items[-1]
    return [begin, end], [float(done), held + max(growth, 0) * (end - begin).days / 7]


def _fan(chart: go.Figure, edges: Sequence[Way], colours: Palette) -> None:
    if len(edges) == len(FAN):
        (days, items), (later, more) = edges
        outline = {"x": [*days, *reversed(later)], "y": [*items, *reversed(more)]}
        chart.add_scatter(
            **outline,
            fill="toself",
            mode="lines",
            line={"width": 0},
            fillcolor=colours.series[1],
            opacity=0.18,
            hoverinfo="skip",
            showlegend=False,
        )


def history_chart(
    days: Sequence[date], finished: Sequence[float], left_out: Mapping[int, str], used: set[int], colours: Palette
) -> go.Figure:
    """Items finished in each week: those that the forecast draws from filled, the others hollow, with the reason."""
    chart = plain(colours, 220, bargap=0.15)
    said = ["drawn from" if n in used else left_out.get(n, "not drawn from") for n in range(len(days))]
    chart.add_bar(
        x=list(days),
        y=list(finished),
        marker={
            "color": [colours.series[0] if n in used else colours.background for n in range(len(days))],
            "line": {
                "color": [colours.series[0] if n in used else colours.quiet for n in range(len(days))],
                "width": 1,
            },
        },
        customdata=said,
        hovertemplate="week of %{x|%d %b %Y}: %{y} items, %{customdata}<extra></extra>",
        showlegend=False,
    )
    chart.update_yaxes(title_text="items", rangemode="tozero")
    return chart


def band_chart(rows: Sequence[tuple[str, Mapping[str, float], float, float]], colours: Palette) -> go.Figure:
    """For each class of work the band from the lowest to the highest of its shares, and each way as a mark on it."""
    chart = plain(colours, 80 + 44 * len(rows))
    names = [name for name, *_ in rows]
    for name, _, low, high in rows:
        line = {"color": colours.band, "width": 16}
        chart.add_scatter(x=[low, high], y=[name, name], mode="lines", line=line, hoverinfo="skip", showlegend=False)
    ways = dict.fromkeys(way for _, shares, *_ in rows for way in shares)
    for turn, way in enumerate(ways):
        chart.add_scatter(
            x=[shares.get(way) for _, shares, *_ in rows],
            y=names,
            mode="markers",
            name=way,
            marker={"size": 11, "color": colours.series[turn], "symbol": ("circle", "diamond", "square")[turn % 3]},
            hovertemplate="%{y}, by " + way + ": %{x:.0f} %<extra></extra>",
        )
    chart.update_xaxes(title_text="% of the finished work", rangemode="tozero", showgrid=True)
    chart.update_yaxes(autorange="reversed")
    return chart


def _due(chart: go.Figure, due: date | None, colours: Palette) -> None:
    if due:
        line = {"color": colours.series[2], "width": 1.5, "dash": "dash"}
        chart.add_shape(type="line", x0=due, x1=due, y0=0, y1=1, yref="paper", line=line)
        chart.add_annotation(x=due, y=1, yref="paper", text="due", showarrow=False, xanchor="left", yanchor="top")
