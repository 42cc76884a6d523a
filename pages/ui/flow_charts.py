"""Charts of flow: open work against its history, time by stage and what changed, arrivals and departures."""

import numpy as np
import pandas as pd
import plotly.graph_objects as go

from metrics.bottlenecks import Contribution, Shares
from metrics.cumulative_flow import CumulativeFlow, Weekly
from metrics.stage_windows import ORDER
from metrics.stages import ACTIVE, BLOCKED, DONE, QUEUE, REVIEW, UNMAPPED
from pages.ui.charts import plain
from pages.ui.palette import Palette

PLACES = {ACTIVE: 0, REVIEW: 1, DONE: 2, BLOCKED: 3, QUEUE: 4, UNMAPPED: 5}
WIDE = 0.42
TALLER = 1.6


def colour_of(stage: str, colours: Palette) -> str:
    """The one colour of a stage on every chart."""
    return colours.series[PLACES.get(stage, 5)]


def ageing_chart(items: pd.DataFrame, bands: pd.DataFrame, colours: Palette) -> go.Figure:
    """A dot per open issue: the days in its stage, over the range in which half and 85 % of past issues passed it."""
    chart = plain(colours, 380, clickmode="event+select")
    stages = [stage for stage in ORDER if stage in set(items["stage"]) | set(bands.index)]
    for place, stage in enumerate(stages):
        _band(chart, place, bands, stage, colours)
    place = items["stage"].map({stage: n for n, stage in enumerate(stages)}).astype(float)
    order = items.groupby("stage").cumcount()
    spread = (((order * 0.618) % 1) - 0.5) * 2 * WIDE * 0.85  # next to each other, and the same on every run
    for name, chosen, symbol in (("", ~items["blocked"], "circle"), ("blocked", items["blocked"], "x")):
        rows = items[chosen]
        chart.add_scatter(
            x=(place + spread)[chosen],
            y=rows["age_in_stage"],
            mode="markers",
            marker={
                "symbol": symbol,
                "size": 9,
                "color": [colour_of(stage, colours) for stage in rows["stage"]],
                "line": {"color": [colours.text if late else colours.background for late in rows["late"]], "width": 1},
            },
            customdata=rows[["key", "title", "age"]],
            hovertemplate="<b>%{customdata[0]}</b> %{customdata[1]}<br>%{y:.1f} d in this stage, "
            "%{customdata[2]:.1f} d since its start" + (f"<br>{name}" if name else "") + "<extra></extra>",
            showlegend=False,
        )
    counts = items["stage"].value_counts()
    labels = [f"{stage}<br>{counts.get(stage, 0)} open" for stage in stages]
    chart.update_xaxes(tickvals=list(range(len(stages))), ticktext=labels, range=[-0.5, len(stages) - 0.5])
    chart.update_yaxes(title_text="days in the stage", rangemode="tozero")
    return chart


def _band(chart: go.Figure, place: int, bands: pd.DataFrame, stage: str, colours: Palette) -> None:
    if stage not in bands.index or bands["p85"].isna()[stage]:
        return
    x = {"x0": place - WIDE, "x1": place + WIDE}
    half, most = (float(bands.loc[stage, name]) for name in ("p50", "p85"))
    for low, high, strength in ((0.0, half, 0.9), (half, most, 0.5)):
        box = {"fillcolor": colours.band, "opacity": strength, "line_width": 0, "layer": "below"}
        chart.add_shape(type="rect", y0=low, y1=high, **x, **box)
    for value in (half, most):
        chart.add_shape(type="line", y0=value, y1=value, line={"color": colours.quiet, "width": 1, "dash": "dot"}, **x)
    note = {"showarrow": False, "xanchor": "right", "yanchor": "bottom", "font": {"color": colours.quiet, "size": 11}}
    chart.add_annotation(x=place + WIDE, y=most, text=f"85 % within {most:.1f} d", **note)


def shares_chart(now: Shares, before: Shares, colours: Palette) -> go.Figure:
    """The share of each stage in the time of finished issues, with its 95 % interval; the quarter before beside it."""
    chart = plain(colours, 300, barmode="group")
    for name, shares, faded in (("the quarter before", before, True), ("last 13 weeks", now, False)):
        stages = [one.stage for one in shares.stages]
        share = np.array([100 * one.share for one in shares.stages])
        chart.add_bar(
            y=stages,
            x=share,
            orientation="h",
            name=name,
            marker={
                "color": [colour_of(stage, colours) for stage in stages],
                "opacity": 0.4 if faded else 1,
            },
            error_x={
                "type": "data",
                "array": [100 * one.interval.high - x for one, x in zip(shares.stages, share, strict=True)],
                "arrayminus": [x - 100 * one.interval.low for one, x in zip(shares.stages, share, strict=True)],
                "color": colours.text,
                "thickness": 1,
            },
            customdata=[[one.total, 100 * one.interval.low, 100 * one.interval.high] for one in shares.stages],
            hovertemplate=f"%{{y}}, {name}: <b>%{{x:.0f}} %</b> (95 %% interval %{{customdata[1]:.0f}} to "
            f"%{{customdata[2]:.0f}})<br>%{{customdata[0]:,.0f}} days, n = {shares.n}<extra></extra>".replace(
                "%%", "%"
            ),
            showlegend=False,
        )
    chart.update_yaxes(autorange="reversed", showgrid=False)
    chart.update_xaxes(title_text="% of all time from start to finish", rangemode="tozero", showgrid=True)
    return chart


def waterfall_chart(change: Contribution, colours: Palette) -> go.Figure:
    """What each stage adds to the mean cycle time, from the quarter before to the last 13 weeks."""
    chart = plain(colours, 300)
    names = ["before", *change.stages, "now"]
    chart.add_waterfall(
        x=names,
        y=[change.before, *change.stages.values(), 0],
        measure=["absolute", *["relative"] * len(change.stages), "total"],
        text=[f"{change.before:.1f}", *(f"{d:+.1f}" for d in change.stages.values()), f"{_after(change):.1f}"],
        textposition="outside",
        cliponaxis=False,
        connector={"line": {"color": colours.border, "width": 1}},
        increasing={"marker": {"color": colours.series[1]}},
        decreasing={"marker": {"color": colours.series[2]}},
        totals={"marker": {"color": colours.series[0]}},
        hovertemplate="%{x}: %{text} d<extra></extra>",
    )
    chart.update_yaxes(title_text="mean days from start to finish", rangemode="tozero")
    chart.update_layout(showlegend=False)
    return chart


def _after(change: Contribution) -> float:
    return change.before + change.change


def arrivals_chart(weekly: Weekly, colours: Palette) -> go.Figure:
    """Issues started and finished each week."""
    chart = plain(colours, 300)
    weeks = [f"{week:%G-W%V}" for week in weekly.weeks]
    for name, counts, colour in (
        ("started", weekly.started, colours.series[1]),
        ("finished", weekly.finished, colours.series[2]),
    ):
        chart.add_scatter(
            x=weeks,
            y=counts,
            name=name,
            mode="lines+markers",
            line={"color": colour, "width": 2},
            hovertemplate=f"%{{x}}: %{{y}} {name}<extra></extra>",
        )
    chart.update_xaxes(type="category", nticks=8)
    chart.update_yaxes(title_text="issues a week", rangemode="tozero")
    return chart


def cumulative_chart(flow: CumulativeFlow, colours: Palette) -> go.Figure:
    """Cumulative flow: issues in each stage day by day, on top of those finished since the first day."""
    chart = plain(colours, 380, hovermode="x unified")
    layers = [(DONE, flow.done), *((stage, flow.stages[stage]) for stage in reversed(ORDER) if stage in flow.stages)]
    for stage, counts in layers:
        colour = colour_of(stage, colours)
        chart.add_scatter(
            x=list(flow.days),
            y=counts,
            name=stage if stage != DONE else "finished since the first day",
            mode="lines",
            stackgroup="all",
            line={"color": colour, "width": 1, "shape": "hv"},
            hovertemplate=f"{stage}: %{{y}}<extra></extra>",
        )
    chart.update_yaxes(title_text="issues", rangemode="tozero")
    chart.update_layout(legend={"traceorder": "reversed"})
    return chart
