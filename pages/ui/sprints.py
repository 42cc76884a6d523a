"""The last sprints of each team: what was promised, what became of it, and what is odd about it."""

import streamlit as st

from pages.ui.cards import cards
from pages.ui.view import View

SPRINTS = 6
FIGURES = ("sprint_say_do", "sprint_scope_change")
COLUMNS = (
    "name",
    "team",
    "complete_at",
    "committed",
    "kept",
    "say_do",
    "added",
    "removed",
    "changed",
    "not_completed",
    "oddities",
)


def sprints(view: View) -> None:
    """The last six completed sprints of each team."""
    rows = view.loaded.facts["sprint_reviews"]
    rows = rows[rows["team"] == view.scope.team] if view.scope.team else rows
    rows = rows[rows["complete_at"] < view.scope.end]
    shown = rows[rows.groupby("team").cumcount() < SPRINTS].sort_values("team", kind="stable")
    if shown.empty:
        st.info("No completed sprint. Boards without sprints have none; else check the team filter.")
        return
    odd = int((shown["oddities"] != "").sum())
    st.caption(
        f"The last {SPRINTS} completed sprints of each team, in numbers of issues; sub-tasks are left out. "
        f"Something is odd about {odd} of {len(shown)}."
    )
    st.dataframe(
        shown[list(COLUMNS)],
        hide_index=True,
        key="sprints",
        alt=f"{len(shown)} completed sprints with what was promised and kept",
        column_config={
            "name": st.column_config.TextColumn("sprint", pinned=True),
            "complete_at": st.column_config.DateColumn("closed", format="D MMM YYYY"),
            "say_do": st.column_config.ProgressColumn("say/do", format="%.0f %%", min_value=0, max_value=100),
            "changed": st.column_config.NumberColumn("scope change, %", format="%.0f"),
            "not_completed": "carried over",
            "oddities": st.column_config.TextColumn("odd", width="large"),
        },
    )
    cards(view, FIGURES, "sprints")
