"""Charts of durations: each finished thing as a dot, how long things last, and how they are distributed."""

import numpy as np
import pandas as pd
import plotly.graph_objects as go

from metrics.change import SIZE_NAMES
from metrics.model import Indicator, Observations, Unit
from metrics.review_lens import STEP_NAMES, Load, SizeWait
from metrics.statistics import P85_NEEDS, Survival, percentile
from pages.ui.charts import axis_of, level, plain
from pages.ui.palette import Palette

MOST = 600  # dots: more hide each other, and each takes a browser half a millisecond of every click
LONGEST = 100  # of them are the longest: nobody may lose sight of these
BINS = 30
SHORTEST = 1 / 96  # days: a quarter of an hour


def drawn(rows: pd.DataFrame, duration: str) -> pd.DataFrame:
    """The rows that are drawn as dots, in their order: all, or the longest and others taken evenly."""
    if len(rows) <= MOST:
        return rows
    by_length = np.argsort(-rows[duration].to_numpy(dtype=float), kind="stable")
    others = np.sort(by_length[LONGEST:])
    evenly = np.arange(MOST - LONGEST) * len(others) // (MOST - LONGEST)
    return rows.iloc[np.sort(np.concatenate([by_length[:LONGEST], others[evenly]]))]


def left_undrawn(rows: pd.DataFrame) -> str:
    """What to say where not every row is a dot; nothing else."""
    said = f" {MOST} of {len(rows):,} are drawn, the {LONGEST} longest and others taken evenly; lines are of all."
    return said if len(rows) > MOST else ""


def _named(dots: pd.DataFrame) -> pd.Series:
    """The key and the title of each dot, as plain text: what a title says is no markup."""
    title = dots["title"].fillna("").str.replace("<", "&lt;")
    return "<b>" + dots["key"].fillna("") + "</b> " + title


def scatter_chart(rows: pd.DataFrame, colours: Palette, expectation: float | None = None) -> go.Figure:
    """A dot per finished issue (key, title, done_at, days) by factors, with the percentiles and the expectation."""
    chart = plain(colours, 380)
    values = np.maximum(rows["days"].to_numpy(dtype=float), SHORTEST)
    dots = drawn(rows.assign(days=values), "days")
    chart.add_scatter(
        x=dots["done_at"],
        y=dots["days"],
        mode="markers",
        marker={"size": 6, "color": colours.series[0], "opacity": 0.55},
        text=_named(dots),
        hovertemplate="%{text}<br>%{y:.1f} d, %{x|%d %b %Y}<extra></extra>",
        showlegend=False,
    )
    for share, said, colour in ((0.5, "half", colours.quiet), (0.85, "85 %", colours.series[1])):
        value = percentile(values, share)
        if value is not None and len(rows) >= P85_NEEDS:
            level(chart, value, f"{said} within {value:.1f} d", colour, "dot", is_log=True)
    if expectation is not None:
        line = {"color": colours.series[2], "width": 1.25, "dash": "dash"}
        chart.add_shape(type="line", xref="paper", x0=0, x1=1, y0=expectation, y1=expectation, line=line)
        note = {"showarrow": False, "xanchor": "left", "yanchor": "bottom", "font": {"color": colours.series[2]}}
        chart.add_annotation(
            x=0, xref="paper", y=np.log10(expectation), text=f"expectation {expectation:.1f} d", **note
        )
    chart.update_yaxes(title_text="days (by factors)", type="log", tickformat=",~g", dtick="D2", nticks=8)
    return chart


def survival_chart(survival: Survival, colours: Palette) -> go.Figure:
    """The share of issues that are still open after so many days, those open today counted (Kaplan–Meier)."""
    chart = plain(colours, 300)
    times, open_share = [0.0, *survival.times], [100.0, *(100 * share for share in survival.surviving)]
    chart.add_scatter(
        x=times,
        y=open_share,
        mode="lines",
        line={"color": colours.series[0], "width": 2, "shape": "hv"},
        hovertemplate="after %{x:.1f} d: %{y:.0f} % still open<extra></extra>",
        showlegend=False,
    )
    for share, said in ((50, "half"), (15, "85 % done")):
        level(chart, share, said, colours.quiet, "dot")
    chart.update_xaxes(title_text="days since the start", rangemode="tozero")
    chart.update_yaxes(title_text="% still open", range=[0, 103])
    return chart


def size_chart(rows: pd.DataFrame, waits: tuple[SizeWait, ...], colours: Palette) -> go.Figure:
    """The wait for a first review (hours) against the size: a dot per pull request, the median of each size on top."""
    chart = plain(colours, 380, clickmode="event+select")
    dots = drawn(rows, "waited")
    place = dots["size_class"].map({name: n for n, name in enumerate(SIZE_NAMES)}).astype(float)
    spread = ((np.arange(len(dots)) * 0.618) % 1 - 0.5) * 0.7
    lines, waited = dots["size"].map("{:,.0f} lines".format), dots["waited"].map("waited {:.1f} h".format)
    chart.add_scatter(
        x=place + spread,
        y=dots["waited"].clip(lower=1 / 60),
        mode="markers",
        marker={"size": 5, "color": colours.series[0], "opacity": 0.45},
        text=_named(dots) + "<br>" + lines + ", " + waited,
        hovertemplate="%{text}<extra></extra>",
        showlegend=False,
    )
    shown = [(n, one) for n, one in enumerate(waits) if one.median is not None and one.interval is not None]
    chart.add_scatter(
        x=[n for n, _ in shown],
        y=[one.median for _, one in shown],
        mode="markers",
        marker={"symbol": "line-ew", "size": 46, "line": {"color": colours.series[1], "width": 3}},
        error_y={
            "type": "data",
            "array": [one.interval.high - one.median for _, one in shown if one.interval and one.median],
            "arrayminus": [one.median - one.interval.low for _, one in shown if one.interval and one.median],
            "color": colours.series[1],
        },
        text=[_size_words(one) for _, one in shown],
        hovertemplate="%{text}<extra></extra>",
        showlegend=False,
    )
    labels = [f"{one.size}<br>n = {one.n:,}{'' if one.is_enough else ', too few'}" for one in waits]
    chart.update_xaxes(tickvals=list(range(len(waits))), ticktext=labels, range=[-0.5, len(waits) - 0.5])
    chart.update_yaxes(title_text="hours to first review (log)", type="log", tickformat=",~g")
    return chart


def _size_words(one: SizeWait) -> str:
    said = f"{one.size}: median {one.median:.1f} h, n = {one.n}"
    said += f"<br>95 % interval {one.interval.low:.1f} to {one.interval.high:.1f} h" if one.interval else ""
    return said + (f"<br>85 % within {one.p85:.1f} h" if one.p85 is not None else "")


def load_chart(load: Load, colours: Palette) -> go.Figure:
    """How many members gave how many reviews; nobody is named."""
    chart = plain(colours, 260)
    chart.add_bar(
        x=list(STEP_NAMES),
        y=list(load.members),
        marker={"color": colours.series[0]},
        hovertemplate="%{y} of the team gave %{x} reviews<extra></extra>",
    )
    chart.update_xaxes(title_text="reviews given", type="category")
    chart.update_yaxes(title_text="members", dtick=max(1, max(load.members) // 4), rangemode="tozero")
    return chart


def asked_chart(asked: pd.Series, colours: Palette) -> go.Figure:
    """Open requests for a review by the name that the requests show, in the order of the names."""
    chart = plain(colours, 80 + 26 * len(asked))
    chart.add_bar(
        y=list(asked.index),
        x=asked.to_numpy(),
        orientation="h",
        marker={"color": colours.series[0]},
        hovertemplate="%{x} open requests ask %{y}<extra></extra>",
    )
    chart.update_yaxes(autorange="reversed", showgrid=False)
    chart.update_xaxes(title_text="open requests for a review", dtick=1, rangemode="tozero", showgrid=True)
    return chart


def distribution_chart(rows: Observations, indicator: Indicator, colours: Palette) -> go.Figure | None:
    """How the values of the counted rows are spread; durations and sizes by factors. None where it says nothing."""
    values = rows.loc[rows["excluded"].isna(), "value"].dropna().to_numpy(dtype=float)
    if len(values) < 2 or len(np.unique(values)) < 3:
        return None
    is_log = (indicator.unit.is_duration or indicator.unit is Unit.LINES) and bool((values >= 0).all())
    shown = np.log10(np.maximum(values, 1 / 60)) if is_log else values
    counts, edges = np.histogram(shown, bins=min(BINS, max(5, len(values) // 4)))
    low, high = (10 ** edges[:-1], 10 ** edges[1:]) if is_log else (edges[:-1], edges[1:])
    chart = plain(colours, 240, bargap=0.04)
    chart.add_bar(
        x=(low + high) / 2 if not is_log else np.sqrt(low * high),
        y=counts,
        width=(high - low) * 0.96,
        marker={"color": colours.series[0]},
        customdata=np.column_stack([low, high]),
        hovertemplate=f"%{{customdata[0]:.3g}} to %{{customdata[1]:.3g}} {indicator.unit.value}: %{{y}}<extra></extra>",
    )
    if is_log:
        chart.update_xaxes(type="log", tickformat=",~g")
    for share, said in ((0.5, "median"), (0.85, "85 %")):
        if len(values) >= P85_NEEDS or share == 0.5:
            at = float(np.quantile(values, share))
            place = np.log10(max(at, 1 / 60)) if is_log else at
            chart.add_vline(
                x=at if not is_log else 10**place, line={"color": colours.series[1], "width": 1, "dash": "dot"}
            )
            chart.add_annotation(x=place, y=1, yref="paper", text=said, showarrow=False, yanchor="bottom")
    chart.update_xaxes(title_text=axis_of(indicator.unit))
    chart.update_yaxes(title_text="rows")
    return chart
