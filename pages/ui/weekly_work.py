"""Plans that need a decision, where work waits, and how it divides against plan."""

from collections.abc import Mapping
from dataclasses import replace
from datetime import datetime, timedelta
from typing import Any

import pandas as pd
import streamlit as st

from metrics.attention import Chart
from metrics.catalogue import INDICATORS
from metrics.model import Point, Reason, Result, Scope, Unit
from metrics.open_epics import open_epics, undecided
from metrics.periods import last_complete_weeks
from metrics.team_waits import TeamWait, team_wait
from metrics.work_plan import PlannedPart, against_plan
from pages.ui import figures, filters, results, words
from pages.ui.address import Address
from pages.ui.cards import definition
from pages.ui.figure_place import of_epic
from pages.ui.judged import Judged, recent_weeks, shown_teams
from pages.ui.kept_plans import plans_of
from pages.ui.places import name_of
from pages.ui.plain_table import Cell, Markup, lines, link, table
from pages.ui.view import View

PLANS, QUARTER = 6, 13
FORECASTS_PAGE = "forecasts.py"
MIX = ("allocation_mix", "roadmap_linkage", "debt_work_share")
WAITS = ("stage_time_share", "net_flow", "wip_over_sle")


def plans(view: View) -> None:
    """The open epics that are unlikely to meet their date, or whose date slipped."""
    st.subheader("Plans that need a decision")
    every = open_epics(plans_of(view), view.scope.team)
    due = undecided(every)
    if every.empty:
        st.caption("No open epics in this scope: nothing is forecast.")
        return
    if due.empty:
        st.caption(f"None of {len(every)} open epics: all are 85 % likely to meet their date, and none has slipped.")
        return
    table(
        f"{min(PLANS, len(due))} of {len(due)} epics that are under 85 % likely to meet their date, or whose 85 % date "
        f"slipped; {len(every)} are open. Moved: the 85 % date against a month before; scope: since its start.",
        ["epic", "team", "due", "likely by then", "85 % date", "moved, month", "scope", "risks"],
        [_plan(view, row) for row in due.head(PLANS).to_dict("records")],
    )
    with st.container(horizontal=True, vertical_alignment="center", gap="small"):
        st.page_link(FORECASTS_PAGE, label=f"All {len(every)} epics, and how right earlier forecasts were")
        _definitions(("epic_forecast", "epic_scope_growth", "due_date_slip"))


def _plan(view: View, row: Mapping[Any, Any]) -> list[Cell]:
    title, key = Markup(f"<small>{lines(str(row['title'])).html}</small>"), str(row["key"])
    return [
        lines(link("forecasts", key, "the forecast of this epic", **filters.in_url() | {"epic": key}), title),
        name_of(view, str(row["team"])),
        _day(row["due_on"]),
        _of_epic(view, key, "epic_forecast", row["probability"], "{:.0f} %"),
        _day(row["p85_on"]),
        _amount(row["moved"], "{:+.0f} d"),
        _of_epic(view, key, "epic_scope_growth", row["grown"], "{:+.0f} %"),
        str(row["risks"] or row["standing"]),
    ]


def _of_epic(view: View, epic: str, indicator: str, value: Any, form: str) -> Cell:
    """A figure of one epic as of the last complete week; words alone where the indicator says something else."""
    said, week = _amount(value, form), replace(view.scope, start=view.scope.end - timedelta(weeks=1))
    total = of_epic(view, indicator, epic, week).total
    if total.value is None or _amount(total.value, form) != said:
        return said
    return figures.linked(Address.of(indicator, week, epic=epic), total, said)


def _day(moment: Any) -> Cell:
    known = isinstance(moment, datetime) and not pd.isna(moment)
    return Markup(f'<span style="white-space: nowrap">{moment:%d %b %Y}</span>') if known else "–"


def _amount(value: Any, form: str) -> str:
    return "–" if value is None or pd.isna(value) else form.format(value)


def waits(view: View, judged: Judged) -> None:
    """One line a team: the largest wait, whether more comes than goes, what is older than expected."""
    st.subheader("Where work waits")
    mine = _waits((view.source.key, recent_weeks(view.scope)), view)
    shown = [one for one in mine if view.scope.team in {None, one.team}]
    if not shown:
        st.caption("No teams are configured: add `[teams]` to see where each one's work waits.")
        return
    table(
        "Largest stage beside active work over 13 weeks, with its share of the time of n finished issues; issues that "
        "came less those that went in four weeks; issues in progress that are older than their team's expectation.",
        ["team", "waits most in", "came less went", "older than expected"],
        [_wait(view, one, judged.chart((one.team, None), "net_flow")) for one in shown],
    )
    _definitions(WAITS)


@st.cache_resource(max_entries=3, show_spinner=False)
def _waits(key: tuple[tuple[str, str, str], Scope], _view: View) -> tuple[TeamWait, ...]:
    month = key[1]
    quarter = replace(last_complete_weeks(month.now, QUARTER, month.timezone, month.week_starts), bots=month.bots)
    found = []
    teams = shown_teams(_view)
    results.prepare(_view.source, [(team, None) for team in teams], WAITS)
    for team in teams:
        over_quarter, over_month = replace(quarter, team=team), replace(month, team=team)
        whole, stages = results.totals(_view.source, WAITS[0], over_quarter)
        net, over = (results.totals(_view.source, name, over_month)[0] for name in WAITS[1:])
        found.append(team_wait(team, whole, stages, net, over))
    return tuple(found)


def _wait(view: View, one: TeamWait, net: Chart) -> list[Cell]:
    scope = replace(view.scope, team=one.team, repository=None)
    signal = words.signal(net.points)
    return [
        name_of(view, one.team),
        _stage(one, scope),
        lines(
            _linked("net_flow", scope, one.net, _net(one)),
            Markup(f"<small>{signal}</small>") if signal else "",
        ),
        _late(one, scope),
    ]


def _stage(one: TeamWait, scope: Scope) -> Cell:
    if one.stage is None or one.share is None or one.share.value is None:
        return f"not known: {words.SHORT[one.reason or Reason.NO_DATA]}"
    few = ", too few" if one.reason is Reason.TOO_FEW else ""
    value = _linked("stage_time_share", scope, one.share, f"{one.stage} {one.share.value:.0f} %", one.stage)
    return Markup(f"{value.html} <small>of n = {one.share.n:,}{few}</small>")


def _net(one: TeamWait) -> str:
    return "–" if one.net.value is None else f"{one.net.value:+.0f}"


def _late(one: TeamWait, scope: Scope) -> Cell:
    if one.late is None:
        return f"not known: {words.SHORT[one.over.reason or Reason.NO_DATA]}"
    return _linked("wip_over_sle", scope, one.over, f"{one.late} of {one.over.n}")


def _linked(indicator: str, scope: Scope, point: Point, said: str, part: str | None = None) -> Markup:
    name = INDICATORS[indicator].name
    address = Address.of(indicator, scope, point, part=part)
    return figures.linked(address, point, said, f"{name} of {scope.team}: show rows")


def mix(view: View) -> None:
    """The classes of work in the last four weeks, beside the plan; and how much of it served the roadmap."""
    st.subheader("Work mix against plan")
    now, before = _months(view)
    plan = {str(name): share for name, share in view.source.settings.work_mix.plan.items()}
    parts = against_plan(now, before, plan)
    if not parts or now.total.value is None:
        st.caption(words.WHY[now.total.reason or Reason.NO_DATA])
        return
    table(
        f"Percent of n = {now.total.n:,} issues finished in the last four complete weeks, by what they were for.",
        ["work", "plan", "last four weeks", "four weeks before", ""],
        [_part(one, now, before) for one in parts],
    )
    others = [results.answer(view.source, name, now.scope) for name in MIX[1:]]
    said = [_beside(one) for one in (now, *others)]
    figures.show('<div class="plain">' + " · ".join(one.html for one in said) + "</div>")
    _definitions(MIX)


def _months(view: View) -> tuple[Result, Result]:
    month = replace(recent_weeks(view.scope), team=view.scope.team, repository=view.scope.repository)
    step = timedelta(weeks=4)
    earlier = replace(month, start=month.start - step, end=month.end - step)
    return results.answer(view.source, MIX[0], month), results.answer(view.source, MIX[0], earlier)


def _part(one: PlannedPart, *months: Result) -> list[Cell]:
    shares = [_share(one.name, month) for month in months]
    off = "over 10 points off plan for two months" if one.is_off else ""
    return [one.name, _amount(one.planned, "{:.0f} %"), *shares, off]


def _share(part: str, month: Result) -> Cell:
    total = next((one.total for one in month.parts if one.name == part), None)
    if total is None or total.value is None:
        return "–"
    address = Address.of(month.indicator.id, month.scope, part=part)
    return figures.linked(address, total, _amount(total.value, "{:.0f} %"))


def _beside(result: Result) -> Markup:
    indicator, total = result.indicator, result.total
    value = words.figure(indicator, total) if total.value is not None else words.SHORT[total.reason or Reason.NO_DATA]
    shown = figures.of_result(result, f"{indicator.name} {value}")
    spread = f" ({words.span(total.low, total.high, Unit.PERCENT)})" if total.low is not None and total.high else ""
    return Markup(f"{shown.html} <small>n = {total.n:,}{spread}</small>")


def _definitions(names: tuple[str, ...]) -> None:
    with st.popover("Definitions", type="tertiary"):
        for name in names:
            st.markdown(f"#### {INDICATORS[name].name}")
            definition(INDICATORS[name])
