"""An indicator in full: value, trend, spread, teams, definition, and the rows behind it."""

from html import escape

import streamlit as st

from metrics import tell
from metrics.model import Result
from pages.ui import charts, duration_charts, figure_parts, figure_place, figures, rows, words
from pages.ui.cards import definition
from pages.ui.charts import draw
from pages.ui.figure_place import Shown
from pages.ui.palette import palette
from pages.ui.view import View

CHART = "trend"
STYLE = """<style>
.figure { line-height: 1.4; font-size: .875rem; }
.figure .value { font-size: 1.75rem; line-height: 1.5; }
</style>"""


def show(view: View) -> None:
    """Everything that is known of the figure that the address names. Raises AddressError where it names none."""
    shown = figure_place.chosen(view)
    indicator, result, trend = shown.indicator, shown.result, shown.trend
    left, right = st.columns([2, 3], vertical_alignment="center")
    st.html(STYLE)
    figures.show(face(shown), left)
    right.markdown("  \n".join(_facts(shown)))
    figure_parts.guards(shown)
    _trend(shown)
    figure_parts.said(trend)
    figure_parts.explained(shown.view, result)
    _spread(shown)
    figure_parts.parts(shown)
    with st.expander("Definition and known misuse", expanded=True):
        definition(indicator)
    figure_parts.published(indicator)
    _rows(shown)


def face(shown: Shown) -> str:
    """The figure itself, as HTML: name, value, place and time, and its own link."""
    address, point = shown.address, shown.point
    said = [address.place, figure_place.days(address.start, address.end)]
    about = escape(" · ".join(filter(None, said)))
    return (
        f'<div class="figure" data-figure="main"{figures.attributes(address, point)}>{escape(shown.indicator.name)}'
        f'<div class="value">{escape(words.figure(shown.indicator, point))}</div>'
        f"<div>{about}</div><div>{figures.anchor(address, 'Link to this figure')}</div></div>"
    )


def _facts(shown: Shown) -> list[str]:
    indicator, result, trend, point = shown.indicator, shown.result, shown.trend, shown.point
    said = [
        words.basis(indicator, point),
        words.interval(indicator, point),
        f"from {result.badge}" if result.badge else "",
        words.usual_range(trend),
        words.signal(trend.series),
        words.target(indicator, result.target),
        words.left_out(result),
    ]
    return [fact for fact in said if fact]


def _trend(shown: Shown) -> None:
    trend = shown.trend
    first, last = trend.series[0].period, trend.series[-1].period
    draw(
        charts.trend_chart(trend, palette(st.context.theme.type), 360, shown.address),
        CHART,
        f"{trend.indicator.name} by week, {first} to {last}, the last one running",
        on_select=_choose,
        selection_mode="points",
    )
    hollow = "hollow: too few, a holiday, or still running"
    band = "shaded: the usual range; " if trend.limits and trend.limits.is_of_one_period else ""
    st.caption(f"{band}{hollow}; a thick edge: a rule fired. Click on a week for its rows.")
    with st.expander("The weeks as a table"):
        figure_parts.weeks(shown)


def _choose() -> None:
    """A click on a week of the chart makes it the figure of the page."""
    points = st.session_state[CHART]["selection"]["points"]
    if points and points[0].get("customdata"):
        figure_place.choose(*points[0]["customdata"][2:4])


def _spread(shown: Shown) -> None:
    """How the rows are spread, and how the teams compare with themselves."""
    result = shown.result
    chart = duration_charts.distribution_chart(result.observations, result.indicator, palette(st.context.theme.type))
    if chart is not None:
        st.subheader("How the rows are spread")
        draw(chart, "spread", f"Distribution of {result.total.n} rows of {result.indicator.name}")
    figure_parts.by_team(shown)


def _rows(shown: Shown) -> None:
    st.subheader("Rows", anchor="rows")
    address, result = shown.address, shown.result
    rows.show(result.observations, result, f"{address.indicator}-{address.start:%Y-%m-%d}-{address.end:%Y-%m-%d}")
    if address.epic is None:
        st.caption("The same figure and rows in a terminal:")
        st.code(command(result), language="shell")


def command(result: Result) -> str:
    """The command that prints what the page shows."""
    scope = result.scope
    said = f"python -m metrics show {result.indicator.id} --from {tell.plain(scope.start)} --to {tell.plain(scope.end)}"
    said += f" --team {scope.team}" if scope.team else ""
    said += f" --repo {scope.repository}" if scope.repository else ""
    said += f" --project {scope.project}" if scope.project else ""
    return f"{said}{' --bots' if scope.bots else ''} --rows --format csv"
