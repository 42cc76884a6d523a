"""An indicator in full: value, trend, definition, rows of one week or of all."""

import streamlit as st

from metrics import tell
from metrics.model import Indicator, Result
from pages.ui import charts, rows, words
from pages.ui.cards import definition
from pages.ui.palette import palette
from pages.ui.view import View

ALL = "all weeks"
CHART = "trend"


def show(view: View, indicator: Indicator) -> None:
    """Everything that is known of one indicator in the scope."""
    result, trend = view.answer(indicator.id), view.trend(indicator.id)
    st.metric(indicator.name, words.figure(indicator, result.total))
    st.markdown(" · ".join(_facts(result, trend)))
    with st.expander("Definition"):
        definition(indicator)
    periods = [point.period for point in result.series]
    st.plotly_chart(
        charts.trend_chart(trend, palette(st.context.theme.type)),
        key=CHART,
        on_select=_choose,
        selection_mode="points",
        config={"displayModeBar": False},
        alt=f"{indicator.name} by week, {periods[0]} to {periods[-1]} and the running week",
    )
    week = st.selectbox("Rows of", [ALL, *reversed(periods)], key="week", bind="query-params")
    part = f"-{week}" if week != ALL else ""
    rows.show(view.rows(indicator.id, week), result, f"{indicator.id}{part}")
    st.caption("The same figure and rows in a terminal:")
    st.code(command(result), language="shell")


def _facts(result: Result, trend: Result) -> list[str]:
    indicator, point = result.indicator, result.total
    said = [
        words.basis(indicator, point),
        words.interval(indicator, point),
        words.usual_range(indicator, trend.limits),
        words.signal(trend.series),
        words.target(indicator, result.target),
        words.left_out(result),
    ]
    return [fact for fact in said if fact]


def _choose() -> None:
    """A click on a week of the chart shows the rows of that week."""
    points = st.session_state[CHART]["selection"]["points"]
    if points:
        st.session_state["week"] = points[0]["x"]


def command(result: Result) -> str:
    """The command that prints what the page shows."""
    scope = result.scope
    said = f"python -m metrics show {result.indicator.id} --from {tell.plain(scope.start)} --to {tell.plain(scope.end)}"
    said += f" --team {scope.team}" if scope.team else ""
    said += f" --repo {scope.repository}" if scope.repository else ""
    return f"{said}{' --bots' if scope.bots else ''} --rows --format csv"
