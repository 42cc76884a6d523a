"""What waits today: issues in progress against their history, blocked ones, and open pull requests."""

import pandas as pd
import streamlit as st

from metrics.open_pull_requests import WAITS, asked_now
from metrics.team_flow import TeamFlow
from pages.ui import duration_charts, flow_charts, rows
from pages.ui.cards import cards
from pages.ui.charts import draw
from pages.ui.palette import palette
from pages.ui.team_flows import open_pull_requests
from pages.ui.view import View

EVERY = "all"
ISSUE = {
    "title": st.column_config.TextColumn("title", width="medium"),
    "stage": "stage",
    "waits_for": "waits for",
    "age_in_stage": st.column_config.NumberColumn("days in stage", format="%.1f"),
    "age": st.column_config.NumberColumn("days since start", format="%.1f"),
    "standing": "against its history",
    "blocked_why": "blocked by",
}
BLOCKED = {
    "title": st.column_config.TextColumn("title", width="medium"),
    "blocked_why": "reason",
    "blocked_for": st.column_config.NumberColumn("days blocked", format="%.1f"),
    "age": st.column_config.NumberColumn("days since start", format="%.1f"),
}
PULL = {
    "title": st.column_config.TextColumn("title", width="medium"),
    "waits_for": "waits for",
    "because": "because",
    "days": st.column_config.NumberColumn("for days", format="%.1f"),
    "size": st.column_config.NumberColumn("lines", format="%d"),
    "author": "author",
    "asked": "asked for a review",
}

TURN = {
    "reviewer": "a reviewer",
    "author": "their author",
    "checks": "checks",
    "merge": "the merge",
    "decision": "a decision",
}


def today(view: View, flow: TeamFlow) -> None:
    """What is open, blocked and in review now."""
    cards(view.right_now(), ("wip", "work_item_age", "review_queue"), "today")
    st.subheader("Issues in progress, against how long past ones stayed")
    items = _with_standing(flow.open_issues)
    if items.empty:
        st.caption("No issue is in progress, or no issue tracker is synced: see Coverage.")
    else:
        _ageing(items, flow)
    blocked = items[items["blocked"]].sort_values("blocked_for", ascending=False)
    st.subheader(f"Blocked: {len(blocked)}")
    rows.listing(blocked, BLOCKED, "blocked", "blocked issues with reason and age", "issue")
    queue(view)


def _with_standing(items: pd.DataFrame) -> pd.DataFrame:
    """The ages in words: late beats at risk."""
    words = items["at_risk"].map({True: "longer here than half", False: ""})
    return items.assign(standing=words.mask(items["late"], "over the expectation"))


def _ageing(items: pd.DataFrame, flow: TeamFlow) -> None:
    chart = flow_charts.ageing_chart(items, flow.bands, palette(st.context.theme.type))
    draw(
        chart,
        "ageing",
        f"{len(items)} issues in progress by stage and days in it",
        on_select=_pick_issue,
        selection_mode="points",
    )
    expected = "" if flow.expectation is None else f" The expectation of this quarter is {flow.expectation:.1f} d."
    st.caption(
        f"Shaded: the days within which half and 85 % of the {len(flow.history)} issues finished in the last 26 weeks "
        f"passed a stage; none below 20 of them.{expected} A cross is blocked, a dark edge is over the expectation. "
        "Click on a dot for its row."
    )
    key = st.selectbox("Issue", [EVERY, *items["key"]], key="issue", bind="query-params")
    shown = items if key in {None, EVERY} else items[items["key"] == key]
    rows.listing(shown, ISSUE, "open-issues", "issues in progress, the most urgent first", "issue")


def _pick_issue() -> None:
    """A click on a dot shows the row of its issue."""
    points = st.session_state["ageing"]["selection"]["points"]
    if points and points[0].get("customdata"):
        st.session_state["issue"] = points[0]["customdata"][0]


def queue(view: View) -> None:
    """Open pull requests, the longest wait first, each with whose turn it is."""
    pulls = open_pull_requests(view)
    counts = pulls["waits_for"].value_counts()
    st.subheader(f"Open pull requests: {len(pulls)}, the longest wait first")
    turns = " · ".join(f"{counts.get(one, 0)} wait for {TURN[one]}" for one in WAITS)
    st.caption(f"{turns}. Whoever's turn it is, {pulls['is_unreviewed'].sum()} of them are ready and not reviewed yet.")
    turn = st.segmented_control(
        "Waits for", [EVERY, *WAITS], default=EVERY, required=True, key="waits", bind="query-params"
    )
    shown = pulls if turn in {None, EVERY} else pulls[pulls["waits_for"] == turn]
    rows.listing(shown, PULL, "open-pull-requests", "open pull requests and whom they wait for", "pull request")
    asked = asked_now(pulls)
    if view.scope.team and len(asked):
        st.markdown("**Who is asked now**, by name as the requests above show it")
        chart = duration_charts.asked_chart(asked, palette(st.context.theme.type))
        draw(chart, "asked", f"Open requests for a review of {len(asked)} people, by name")
