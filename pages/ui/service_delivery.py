"""Delivery as small multiples: the four figures of each service over its own usual range, never blended into one."""

from html import escape

import streamlit as st

from metrics.attention import Chart
from metrics.catalogue import INDICATORS
from metrics.headlines import OF_A_SERVICE
from pages.ui import figures, words
from pages.ui.cards import definition
from pages.ui.judged import Judged
from pages.ui.plain_table import Cell, Markup, lines, table
from pages.ui.sparkline import as_image, sparkline
from pages.ui.view import View

SHOWN, WEEKS = 8, 26
DELIVERY_PAGE = "delivery.py"


def show(view: View, judged: Judged) -> None:
    """A row per service, those with a signal first; a column per figure."""
    st.subheader("Delivery, service by service")
    services = _ordered(view, judged)
    if not services:
        st.info(
            "No deployments are known: they are taken from deployments, workflow runs, releases, tags or merges, "
            "whichever a repository has first. See Coverage for what was synced."
        )
        return
    names = [INDICATORS[name] for name in OF_A_SERVICE]
    table(
        f"{min(SHOWN, len(services))} of {len(services)} services, those with a signal this week first. The last four "
        "complete weeks, drawn over the last 26; shaded: the usual range, where there are enough rows for one; few: "
        "too few for a verdict.",
        ["service", *(f"{one.name}, {one.unit.value}" for one in names)],
        [_row(judged, service) for service in services[:SHOWN]],
    )
    with st.container(horizontal=True, vertical_alignment="center", gap="small"):
        more = f"{len(services) - SHOWN} more services, and more of each" if len(services) > SHOWN else "More of each"
        st.page_link(DELIVERY_PAGE, label=more)
        with st.popover("Definitions", type="tertiary"):
            for one in names:
                st.markdown(f"#### {one.name}")
                definition(one)


def _ordered(view: View, judged: Judged) -> list[str]:
    """Services with a signal this week first, then by the number of deployments."""
    if view.scope.team:
        owned = view.source.settings.teams.get(view.scope.team)
        mine = [name for name in judged.services if owned and name in owned.repositories]
    else:
        mine = [name for name in judged.services if view.scope.repository in {None, name}]
    return sorted(mine, key=lambda name: (not judged.is_loud((None, name)), -_deployments(judged, name), name))


def _deployments(judged: Judged, service: str) -> float:
    return judged.headlines[None, service]["deployment_frequency"].state.value or 0.0


def _row(judged: Judged, service: str) -> list[Cell]:
    charts = {name: judged.chart((None, service), name) for name in OF_A_SERVICE}
    badge = charts["deployment_frequency"].result.badge
    source = Markup(
        f'<small title="{escape(badge, quote=True)}">from {escape(badge.split(" to ")[0].split(" that ")[0])}</small>'
    )
    first = lines(service.rpartition("/")[2], source if badge else "")
    return [first, *(_cell(charts[name]) for name in OF_A_SERVICE)]


def _cell(chart: Chart) -> Markup:
    result, points = chart.result, chart.points[-WEEKS:]
    indicator, total = result.indicator, result.total
    where = f"{indicator.name} of {result.scope.repository}"
    if total.value is None:
        return lines("–", Markup(f"<small>{words.SHORT[total.reason] if total.reason else ''}</small>"))
    few = " (few)" if total.reason else ""
    value = figures.of_result(result, words.figure(indicator, total), f"{where}: show rows")
    alt = f"{where} by week, {words.usual_range(result) or 'no usual range yet'}"
    signal = words.signal(points)
    image = as_image(sparkline(points, result.limits), escape(alt, quote=True)) if points else ""
    return lines(
        Markup(f'<div class="pair"><div>{value.html}<br><small>n = {total.n:,}{few}</small></div>{image}</div>'),
        Markup(f"<small>{signal}</small>") if signal else "",
    )
