"""Bottlenecks of one team: stage by stage, what comes and goes, and how long things take."""

from collections.abc import Callable

import streamlit as st

from metrics import stages as stage_names
from metrics.team_flow import LEAST, Outline, TeamFlow, percent
from pages.ui import bottlenecks_review, bottlenecks_today, duration_charts, filters, flow_charts, rows
from pages.ui.cards import cards
from pages.ui.charts import draw
from pages.ui.palette import palette
from pages.ui.parts import chosen
from pages.ui.plain_table import Cell, link, table
from pages.ui.team_flows import flow_of, outlines
from pages.ui.view import View

REOPENED = "done, before it was reopened"


def teams(view: View) -> list[str]:
    """The teams that may be shown by themselves."""
    known = filters.teams(view.source.settings, view.clock)
    return [team for team in known if team in view.source.settings.teams]


def choose(view: View) -> None:
    """Every team in a row, to open one."""
    st.info("These lists are for one team: choose it here or at the left.")
    lines = outlines(view, teams(view))
    seen = min(one.now for one in lines.values())
    table(
        f"Every team, over the last 13 complete weeks and as of {seen:%d %B %Y %H:%M} UTC.",
        ["team", "open", "blocked", "late", "where it waits"],
        [_team_row(view, team, flow) for team, flow in lines.items()],
    )


def _team_row(view: View, team: str, flow: Outline) -> list[Cell]:
    name = view.source.settings.teams[team].name or team
    counts = [f"{n:,}" for n in (flow.open, flow.blocked, flow.late)]
    query = {name: word for name, word in filters.in_url().items() if name != "team"} | {"team": team}
    return [link("bottlenecks", name, **query), *counts, flow.words]


def show(view: View) -> None:
    """The part that the address names."""
    flow = flow_of(view, view.scope.team)
    st.markdown(f"**{flow.words}**")
    if flow.shares.n >= LEAST:
        st.caption(f"What holds work up: {flow.verdict.words}.")
    PARTS[chosen(PARTS)](view, flow)


def stages(view: View, flow: TeamFlow) -> None:
    """Where finished work spent its time, and what that changed."""
    colours, shares = palette(st.context.theme.type), flow.shares
    if shares.n < LEAST:
        st.info(flow.words)
        return
    left, right = st.columns(2)
    with left:
        st.subheader("Time by stage")
        draw(flow_charts.shares_chart(shares, flow.shares_before, colours), "shares", "Share of time by stage")
        st.caption(
            f"n = {shares.n} issues finished in the last 13 weeks, paler: {flow.shares_before.n} in the 13 before. "
            "All time from start to finish is pooled; lines: 95 % interval by resampling issues."
        )
    with right:
        st.subheader("What changed the mean cycle time")
        if flow.change:
            draw(flow_charts.waterfall_chart(flow.change, colours), "waterfall", "Change of the mean days by stage")
            st.caption(
                "Mean days per finished issue: the quarter before, what each stage added or took, the last 13 weeks."
            )
        else:
            st.caption("Not known: nothing was finished in the quarter before.")
    before = {one.stage: one for one in flow.shares_before.stages}
    table(
        "Stages of the issues finished in the last 13 weeks.",
        ["stage", "share", "95 % interval", "share before", "85 % of issues within", "open now", "of them late here"],
        [_stage_row(flow, one.stage, before) for one in shares.stages],
    )
    cards(view, ("stage_time_share", "flow_efficiency", "blocked_time"), "stages")
    st.caption(
        "Flow efficiency counts review as work: how much of the time in a review stage is waiting for a reviewer, the "
        "tracker does not record. Time to first review measures that wait on pull requests."
    )


def _stage_row(flow: TeamFlow, stage: str, before: dict) -> list[Cell]:
    one = next(share for share in flow.shares.stages if share.stage == stage)
    here = next((o for o in flow.open_stages if o.stage == stage), None)
    then = percent(before[stage].share) if stage in before else "–"
    late = "–" if here is None else ("too few past ones" if here.usual is None else f"{len(here.late)}")
    return [
        REOPENED if stage == stage_names.DONE else stage,
        percent(one.share),
        f"{percent(one.interval.low)} to {percent(one.interval.high)}",
        then,
        "–" if one.p85 is None else f"{one.p85:.1f} d",
        f"{here.n if here else 0}",
        late,
    ]


def come_and_go(view: View, flow: TeamFlow) -> None:
    """Arrivals against departures, cumulative flow, and whether averages may be believed."""
    if flow.is_unknown:
        st.info(flow.words)
        return
    colours, weekly = palette(st.context.theme.type), flow.weekly
    more, weeks = weekly.exceeded
    st.subheader("Arrivals and departures")
    draw(flow_charts.arrivals_chart(weekly, colours), "arrivals", "Issues started and finished by week")
    st.caption(
        f"Over 13 weeks {int(weekly.started.sum())} were started and {int(weekly.finished.sum())} finished; "
        f"in {more} of the last {weeks} weeks more was started than finished."
    )
    table(
        "Each stage over the last 13 weeks: what entered and left it, what is in it, and when it would be empty.",
        ["stage", "entered a week", "left a week", "in it", "growing in", "empty in"],
        [
            [
                stage,
                f"{one.arrivals:.1f}",
                f"{one.departures:.1f}",
                f"{one.waiting}",
                f"{one.growing} of {one.weeks} weeks",
                one.drain_words,
            ]
            for stage, one in weekly.balances.items()
        ],
    )
    st.subheader("Cumulative flow")
    draw(flow_charts.cumulative_chart(flow.flow, colours), "cumulative", "Cumulative flow of the last 13 weeks by day")
    st.caption(_little(flow))
    cards(view, ("net_flow", "throughput"), "flow")


def _little(flow: TeamFlow) -> str:
    check = flow.steadiness
    if check is None:
        return "Whether averages can be trusted is not known: nothing was finished in the last 13 weeks."
    return (
        f"Work in progress over throughput says {check.expected:.1f} d, finished issues took {check.observed:.1f} d on "
        f"average: a gap of {100 * check.gap:+.0f} %, {check.words}."
    )


def cycle_time(view: View, flow: TeamFlow) -> None:
    """Every finished issue, the percentiles, the expectation, and how long issues last with those still open."""
    colours = palette(st.context.theme.type)
    st.subheader("Every issue finished in the last 13 weeks")
    if flow.done.empty:
        st.info("No issue with a known start was finished in the last 13 weeks.")
    else:
        chart = duration_charts.scatter_chart(flow.done, colours, flow.expectation)
        draw(chart, "cycle-times", f"Cycle times of {len(flow.done)} issues by the day of their finish")
        st.caption(
            f"n = {len(flow.done):,}. The expectation is the 85th percentile of the calendar quarter before."
            f"{duration_charts.left_undrawn(flow.done)}"
        )
    cards(view, ("issue_cycle_time", "sle_attainment", "wip_over_sle"), "cycle")
    survival = flow.survival
    if survival:
        st.subheader("How long an issue lasts, those still open counted")
        draw(duration_charts.survival_chart(survival, colours), "survival", "Share of issues still open by days")
        finished = "–" if flow.done.empty else f"{flow.done['days'].median():.1f} d"
        half = f"> {survival.longest:.1f}" if survival.median is None else f"{survival.median:.1f}"
        st.caption(
            f"Half are done after {half} d; of finished ones alone the median is {finished}, which leaves out the "
            f"{len(flow.open_issues)} that are stuck or still open."
        )
    with st.expander(f"The {len(flow.done)} issues"):
        rows.listing(flow.done.sort_values("days", ascending=False), DONE, "finished", "finished issues", "issue")


DONE = {
    "title": st.column_config.TextColumn("title", width="medium"),
    "type": "type",
    "done_at": st.column_config.DatetimeColumn("finished (UTC)", format="YYYY-MM-DD HH:mm"),
    "days": st.column_config.NumberColumn("days", format="%.1f"),
}
PARTS: dict[str, Callable[[View, TeamFlow], None]] = {
    "Today": bottlenecks_today.today,
    "Stages": stages,
    "Come and go": come_and_go,
    "Cycle time": cycle_time,
    "Review": bottlenecks_review.review,
    "Sprints and CI": bottlenecks_review.sprints_and_ci,
    "Forecast": bottlenecks_review.forecast,
}
