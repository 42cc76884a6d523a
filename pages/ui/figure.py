"""An indicator in full: value, trend, spread, teams, definition, and the rows of one week or of all."""

import streamlit as st

from metrics import tell
from metrics.catalogue import CATALOGUE, INDICATORS
from metrics.model import Indicator, Result
from pages.ui import charts, duration_charts, figure_parts, rows, words
from pages.ui.cards import definition
from pages.ui.charts import draw
from pages.ui.palette import palette
from pages.ui.view import View

ALL = "all weeks"
CHART = "trend"


def chosen() -> Indicator:
    """The indicator that the address names, the first one of the catalogue else."""
    name = st.selectbox("Indicator", [one.id for one in CATALOGUE], key="indicator", bind="query-params")
    return INDICATORS.get(str(name), CATALOGUE[0])


def show(view: View, indicator: Indicator) -> None:
    """Everything that is known of one indicator in the scope."""
    result, trend = view.answer(indicator.id), view.trend(indicator.id)
    left, right = st.columns([2, 3], vertical_alignment="center")
    left.metric(indicator.name, words.figure(indicator, result.total), border=False)
    right.markdown("  \n".join(_facts(result, trend)))
    figure_parts.guards(view, indicator)
    _trend(trend)
    figure_parts.said(trend)
    figure_parts.explained(view, result)
    _spread(view, result)
    figure_parts.parts(result)
    with st.expander("Definition and known misuse", expanded=True):
        definition(indicator)
    figure_parts.published(indicator)
    _rows(view, result)


def _facts(result: Result, trend: Result) -> list[str]:
    indicator, point = result.indicator, result.total
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


def _trend(trend: Result) -> None:
    first, last = trend.series[0].period, trend.series[-1].period
    draw(
        charts.trend_chart(trend, palette(st.context.theme.type), 360),
        CHART,
        f"{trend.indicator.name} by week, {first} to {last}, the last one running",
        on_select=_choose,
        selection_mode="points",
    )
    hollow = "hollow: too few, a holiday, or still running"
    band = "shaded: the usual range; " if trend.limits and trend.limits.is_of_one_period else ""
    st.caption(f"{band}{hollow}; a thick edge: a rule fired. Click on a week for its rows.")
    with st.expander("The weeks as a table"):
        figure_parts.weeks(trend)


def _choose() -> None:
    """A click on a week of the chart shows the rows of that week."""
    points = st.session_state[CHART]["selection"]["points"]
    if points:
        st.session_state["week"] = points[0]["x"]


def _spread(view: View, result: Result) -> None:
    """How the rows are spread, and how the teams compare with themselves."""
    chart = duration_charts.distribution_chart(result.observations, result.indicator, palette(st.context.theme.type))
    if chart is not None:
        st.subheader("How the rows are spread")
        draw(chart, "spread", f"Distribution of {result.total.n} rows of {result.indicator.name}")
    figure_parts.by_team(view, result.indicator)


def _rows(view: View, result: Result) -> None:
    st.subheader("Rows", anchor="rows")
    periods = [point.period for point in result.series]
    week = st.selectbox("Rows of", [ALL, *reversed(periods)], key="week", bind="query-params")
    part = f"-{week}" if week != ALL else ""
    rows.show(view.rows(result.indicator.id, str(week)), result, f"{result.indicator.id}{part}")
    st.caption("The same figure and rows in a terminal:")
    st.code(command(result), language="shell")


def command(result: Result) -> str:
    """The command that prints what the page shows."""
    scope = result.scope
    said = f"python -m metrics show {result.indicator.id} --from {tell.plain(scope.start)} --to {tell.plain(scope.end)}"
    said += f" --team {scope.team}" if scope.team else ""
    said += f" --repo {scope.repository}" if scope.repository else ""
    return f"{said}{' --bots' if scope.bots else ''} --rows --format csv"
