"""Work on technical debt against plan, month by month."""

import plotly.graph_objects as go
import streamlit as st

from metrics.catalogue import INDICATORS
from metrics.debt_share import DebtShare, complete_months, debt_share
from metrics.evaluate import series
from metrics.model import Point, Scope
from metrics.periods import as_of_midnight
from pages.ui import charts, figures, results
from pages.ui.address import Address
from pages.ui.palette import Palette, palette
from pages.ui.plain_table import STYLE, show
from pages.ui.view import View

HEIGHT, NAME = 260, "debt_work_share"


def against_plan(view: View) -> None:
    """The share of each month with its interval, beside the plan of [work_mix]."""
    st.subheader("Work on technical debt against plan")
    st.html(STYLE)
    scope = as_of_midnight(complete_months(view.scope))
    planned = view.source.settings.work_mix.plan.get("debt")
    share = debt_share(_months(repr((view.source.key, scope)), view, scope), planned)
    if not share.months:
        st.caption("No month to show: without an issue tracker, or without `debt` in `[work_mix]`, it is not known.")
        return
    about = Address.of(NAME, scope)
    show(f'<p class="about">{_in_words(share, about)}</p>')
    charts.draw(chart(share, palette(st.context.theme.type), about), "debt-share", "Work on technical debt by month")


@st.cache_resource(max_entries=64, show_spinner=False)
def _months(key: str, _view: View, _scope: Scope) -> tuple[Point, ...]:
    evidence = results.evidence(_view.source, NAME, _scope)
    return series(INDICATORS[NAME], evidence, _scope, _view.loaded.coverage)


def _in_words(share: DebtShare, about: Address) -> str:
    """The latest month and the plan, as HTML."""
    last, n = share.months[-1], sum(point.n for point in share.months)
    value = figures.linked(about.over(last), last, f"{last.period}: {last.value:.0f} %")
    said = f"n = {n:,} finished issues in {len(share.months)} complete months; {value.html}"
    if last.low is not None and last.high is not None:
        said += f" (95 % interval {last.low:.0f} to {last.high:.0f} %)"
    if share.planned is None:
        return f"{said}. Nothing is planned: <code>plan = {{ debt = … }}</code> in [work_mix] draws the line."
    return (
        f"{said}, planned {share.planned:.0f} %. With their whole interval {share.below} months lie under the plan and "
        f"{share.above} over it; of the others the difference may be chance."
    )


def chart(share: DebtShare, colours: Palette, about: Address) -> go.Figure:
    """A point a month with its interval, and the plan; `about` is the figure of all of them."""
    drawing = charts.plain(colours, HEIGHT)
    lows = [p.value if p.low is None else p.low for p in share.months]
    highs = [p.value if p.high is None else p.high for p in share.months]
    months = [p.period for p in share.months]
    band = {"mode": "lines", "line": {"width": 0}, "hoverinfo": "skip", "showlegend": False}
    drawing.add_scatter(x=months, y=lows, **band)
    drawing.add_scatter(x=months, y=highs, fill="tonexty", fillcolor=colours.band, **band)
    drawing.add_scatter(
        x=months,
        y=[p.value for p in share.months],
        mode="lines+markers",
        marker={"size": 8, "color": colours.series[0]},
        line={"color": colours.series[0], "width": 1.5},
        customdata=[about.over(p).values(p) for p in share.months],
        text=[f"{low:.1f} to {high:.1f}" for low, high in zip(lows, highs, strict=True)],
        hovertemplate="%{x}: %{y:.1f} %, 95 % interval %{text} %, n = %{customdata[5]}<extra></extra>",
        showlegend=False,
    )
    if share.planned is not None:
        charts.level(drawing, share.planned, f"planned {share.planned:.0f} %", colours.series[1])
    top = max([*(high for high in highs if high is not None), share.planned or 0.0])
    drawing.update_yaxes(title="% of finished issues", range=[0, 1.15 * top])
    drawing.update_xaxes(type="category")
    return drawing
