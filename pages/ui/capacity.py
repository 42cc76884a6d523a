"""What the capacity went into: the mix of work in issues, in pull requests and in time; and what epics cost."""

import pandas as pd
import streamlit as st

from metrics.plan_costs import BOOKED, totals
from metrics.work_shares import WAYS, work_shares
from pages.ui.cards import cards
from pages.ui.charts import draw
from pages.ui.forecast_charts import band_chart
from pages.ui.palette import palette
from pages.ui.view import View

NAMES = {"issues": "issues", "pull_requests": "pull requests", "time": "time"}
TIME = {"booked": "hours booked", "in work": "the time that issues spent in work, as most have no hours booked"}
FIGURES = ("allocation_mix", "roadmap_linkage", "debt_work_share", "epics_in_progress")


def capacity(view: View) -> None:
    """The three ways of counting as a band for each class of work."""
    scope = view.scope
    rows = work_shares(view.loaded.facts, scope.start, scope.end, scope.team)
    st.subheader("What finished work was for")
    if rows.empty:
        st.info("No finished work in this scope.")
    else:
        n = rows.attrs["n"]
        st.caption(
            f"The share of each class of work, counted in three ways: {n['issues']:,} issues, {n['pull_requests']:,} "
            f"merged pull requests by the issue they name (unclassified: none), and {TIME[rows.attrs['time_is']]}. "
            "Where the three are far apart, none of them is the truth: read the band."
        )
        lines = [
            (row["part"], {NAMES[way]: row[way] for way in WAYS if pd.notna(row[way])}, row["low"], row["high"])
            for row in rows.to_dict("records")
        ]
        draw(band_chart(lines, palette(st.context.theme.type)), "mix", "Shares of work in three ways of counting")
    costs(view)
    cards(view, FIGURES, "capacity")


def costs_of(view: View) -> pd.DataFrame:
    """What each open epic of the scope has cost and will cost in the end."""
    rows = view.loaded.facts["epic_costs"]
    return rows[rows["team"] == view.scope.team] if view.scope.team else rows


def sums(rows: pd.DataFrame) -> None:
    """What the open epics cost together; nothing where no rates are known."""
    for one in totals(rows):
        st.markdown(one.words)


def costs(view: View) -> None:
    """What open epics have cost and will cost in the end."""
    rows = costs_of(view)
    st.subheader("What epics cost")
    if rows.empty:
        st.caption(
            "Not known: no hours are booked on the items of open epics, and no costs of teams are read. Both are "
            "optional: worklogs in the issue tracker with `hourly_cost` in `[teams.…]`, or a file of costs in "
            "`[[files]]`. What an hour costs is never shown."
        )
        return
    n = int((rows["basis"] == BOOKED).sum())
    st.caption(
        f"{len(rows)} open epics of which anything is known, {n} of them by hours booked. Cost performance: below 1 it "
        "costs more than the team's finished items usually do. In the end: all of its items at its own pace."
    )
    sums(rows)
    money = st.column_config.NumberColumn
    shown = rows.assign(link=rows["url"].fillna("") + "#" + rows["key"]).drop(columns=["url", "key"])
    shown = shown.replace({"currency": {"": None}}).dropna(axis=1, how="all")
    st.dataframe(
        shown[["link", *(name for name in shown.columns if name != "link")]],
        hide_index=True,
        key="costs",
        alt=f"Cost of {len(rows)} open epics so far and in the end",
        column_config={
            "link": st.column_config.LinkColumn("epic", display_text=r"#(.+)$", pinned=True),
            "hours": money("hours booked", format="%.0f"),
            "cost": money("cost so far", format="localized"),
            "cpi": money("cost performance", format="%.2f"),
            "hours_in_the_end": money("hours in the end", format="%.0f"),
            "cost_in_the_end": money("cost in the end", format="localized"),
        },
    )
