"""The parts of delivery: to production, service by service, flow, and cycle time."""

from collections.abc import Callable
from dataclasses import replace
from functools import partial
from html import escape

import streamlit as st

from metrics.catalogue import INDICATORS
from metrics.model import Indicator, Result
from metrics.stage_windows import finished
from pages.ui import duration_charts, figure_parts, figures, flow_charts, results, rows, words
from pages.ui.address import Address
from pages.ui.cards import cards, definition
from pages.ui.charts import draw, small_chart
from pages.ui.palette import palette
from pages.ui.parts import chosen
from pages.ui.plain_table import Cell, table
from pages.ui.team_flows import flow_of
from pages.ui.view import View, with_running_week

FIVE = (
    "change_lead_time",
    "deployment_frequency",
    "change_fail_rate",
    "failed_deployment_recovery_time",
    "deployment_rework_rate",
)
AT_ONCE = 9
CLICKED = "service and week clicked on"


def production(view: View) -> None:
    """The five figures of software delivery over the scope; each service by itself is one part further."""
    if view.scope.repository is None:
        st.caption("These pool all services of the scope: for a verdict look at each by itself under Services.")
    cards(view, (*FIVE, "merge_lead_time"), "production")


def services(view: View) -> None:
    """One of the five for every service, each against its own usual range."""
    by_name = {INDICATORS[one].name: INDICATORS[one] for one in FIVE}
    indicator = by_name[chosen(by_name, "measure", "Figure")]
    known = _services(view)
    if not known:
        st.info("No deployments are known in this scope: see Coverage for what was synced.")
        return
    pages = -(-len(known) // AT_ONCE)
    page = (
        int(st.number_input("Page of services", 1, pages, 1, key="services", bind="query-params")) if pages > 1 else 1
    )
    shown = known[(page - 1) * AT_ONCE : page * AT_ONCE]
    found = [(service, _of(view, indicator.id, service)) for service in shown]
    with st.container(horizontal=True, vertical_alignment="center", gap="small"):
        st.subheader(f"{indicator.name}, service by service")
        with st.popover("Definition", type="tertiary"):
            definition(indicator)
    with st.container(key="grid-services", gap="small"):
        for service, result in found:
            _small(service, result)
    st.caption("Shaded: each one's usual range. Hollow: too few or still running. Click on a week for its rows.")
    _clicked(view, indicator)
    head = [
        "service",
        indicator.name,
        "n",
        "95 % interval",
        "usual range",
        "what a rule says",
        "taken from",
        "left out",
    ]
    table(f"{indicator.name} of each service over the scope.", head, [_service(*one) for one in found])


def _services(view: View) -> list[str]:
    """The services of the scope, those with most deployments first."""
    rows = view.loaded.facts["deployments"]
    rows = rows[rows["team"] == view.scope.team] if view.scope.team else rows
    rows = rows[rows["repository"] == view.scope.repository] if view.scope.repository else rows
    inside = rows[(rows["at"] >= view.scope.start) & (rows["at"] < view.scope.end)]
    return [str(name) for name in inside["repository"].value_counts().index]


def _of(view: View, indicator: str, service: str) -> Result:
    scope = with_running_week(replace(view.scope, team=None, repository=service))
    return results.answer(view.source, indicator, scope)


def _service(service: str, result: Result) -> list[Cell]:
    indicator, total = result.indicator, result.total
    return [
        service.rpartition("/")[2],
        figures.of_result(result, words.figure(indicator, total)),
        words.SHORT[total.reason] if total.reason else f"{total.n:,}",
        words.interval(indicator, total).removeprefix("95 % interval "),
        figure_parts.usual(result),
        words.signal(result.series),
        result.badge,
        words.left_out(result).removeprefix("left out: "),
    ]


def _small(service: str, result: Result) -> None:
    """The trend of one service; a click on a week opens the rows of that service and week."""
    indicator, name = result.indicator, service.rpartition("/")[2]
    with st.container(gap="small"):
        few = words.SHORT[result.total.reason] if result.total.reason else f"n = {result.total.n:,}"
        value = figures.of_result(result, words.figure(indicator, result.total))
        why = f"<br><small>{escape(words.basis(indicator, result.total))}</small>" if result.total.value is None else ""
        figures.show(f"<strong>{escape(name)}</strong> {value.html} · {few}{why}")
        if why:
            return
        chart = small_chart(result, palette(st.context.theme.type))
        alt = f"{indicator.name} of {name} by week"
        key = f"{indicator.id}-{service}"
        draw(chart, key, alt, on_select=partial(_choose, key, service), selection_mode="points")


def _choose(key: str, service: str) -> None:
    """A click on a week of a service: its rows are shown below."""
    points = st.session_state[key]["selection"]["points"]
    if points:
        st.session_state[CLICKED] = (key, service, points[0]["x"])


def _clicked(view: View, indicator: Indicator) -> None:
    """The rows of the week that was clicked on, and the link to the whole figure."""
    key, service, week = st.session_state.get(CLICKED) or ("", "", "")
    if not key.startswith(indicator.id):
        return
    scope = with_running_week(replace(view.scope, team=None, repository=service))
    result = results.answer(view.source, indicator.id, scope)
    st.subheader(f"{service}, {week}", anchor="week")
    for point in (one for one in result.series if one.period == week):
        said = f"{indicator.name} {words.figure(indicator, point)}"
        figures.show(figures.linked(Address.of(indicator.id, scope, point), point, said, "the whole figure").html)
    rows.show(replace(view, scope=scope).rows(indicator.id, week), result, f"{indicator.id}-{week}")


def flow(view: View) -> None:
    """What arrives, what is finished, what is open."""
    cards(view, ("throughput", "wip", "net_flow"), "flow")
    found = flow_of(view, view.scope.team)
    if not found.is_unknown:
        colours = palette(st.context.theme.type)
        st.subheader("Arrivals and departures, last 13 weeks")
        draw(flow_charts.arrivals_chart(found.weekly, colours), "arrivals", "Issues started and finished by week")
        st.subheader("Cumulative flow, last 13 weeks")
        draw(flow_charts.cumulative_chart(found.flow, colours), "cumulative", "Cumulative flow by day")
    cards(view, ("opened_pull_requests", "merged_pull_requests", "open_pull_requests"), "pull-requests")


def cycle_time(view: View) -> None:
    """How long work takes, and where the time goes."""
    cards(view, ("issue_cycle_time", "pr_cycle_time", "issue_lead_time"), "cycle")
    scope, colours = view.scope, palette(st.context.theme.type)
    done = finished(view.loaded.facts["issues"], scope.team, scope.start, scope.end)
    st.subheader("Every finished issue")
    if done.empty:
        st.caption("No issue with a known start was finished in these weeks.")
    else:
        chart = duration_charts.scatter_chart(done, colours)
        draw(chart, "cycle-times", f"Cycle times of {len(done)} issues by the day of their finish")
        st.caption(
            f"n = {len(done):,}. Dotted: the days within which half and 85 % were finished."
            f"{duration_charts.left_undrawn(done)}"
        )
    found = flow_of(view, scope.team)
    if found.shares.stages:
        st.subheader("Time by stage")
        draw(flow_charts.shares_chart(found.shares, found.shares_before, colours), "shares", "Share of time by stage")
        st.caption(f"n = {found.shares.n} issues finished in the last 13 weeks; paler: {found.shares_before.n} before.")
    cards(view, ("stage_time_share", "flow_efficiency", "reopen_rate"), "stages")


PARTS: dict[str, Callable[[View], None]] = {
    "Production": production,
    "Services": services,
    "Flow": flow,
    "Cycle time": cycle_time,
}
