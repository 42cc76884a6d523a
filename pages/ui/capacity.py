"""What the capacity went into: the mix of work in issues, in pull requests and in time."""

import pandas as pd
import streamlit as st

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
    cards(view, FIGURES, "capacity")
