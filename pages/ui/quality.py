"""How good the data is: what is incomplete, impossible or not assigned."""

import pandas as pd
import streamlit as st

from metrics.data_quality import doubtful, impossible, incomplete, without_team
from metrics.housekeeping import Listing, listings
from metrics.loading import known_identities
from metrics.organisation import AI_REVIEWER, BOT, DELETED
from metrics.people import suggestions
from metrics.stages import unmapped_statuses
from pages.ui.rows import listing
from pages.ui.sign_in import Role, may
from pages.ui.view import View
from pages.ui.words import literal

COVERAGE_PAGE = "coverage.py"
HEADS = {
    "at": st.column_config.DatetimeColumn("at (UTC)", format="YYYY-MM-DD HH:mm"),
    "project": "project",
    "repository": "repository",
    "team": "team",
    "from_text": "from",
    "to_text": "to",
}


def show(view: View) -> None:
    """What is incomplete or impossible, and what looks like housekeeping rather than work."""
    counts(view)
    lists(view)


def in_short(view: View) -> None:
    """One line, and the way to the findings."""
    weak, every = _doubtful(view.source.key, view)
    of = f"{weak:,} of all {every:,} pull requests in the store"
    with st.container(horizontal=True, vertical_alignment="center", gap="small"):
        said = f"Data: {of} are incomplete, impossible in their times or without a team."
        st.caption(said if every else "Data: no pull requests yet.", width="content")
        st.page_link(COVERAGE_PAGE, label="What was found", query_params={"part": "Quality"})


@st.cache_resource(max_entries=2, show_spinner=False)
def _doubtful(key: tuple[str, str, str], _view: View) -> tuple[int, int]:
    pulls = _view.loaded.facts["pull_requests"]
    return doubtful(pulls), len(pulls)


def lists(view: View) -> None:
    """Rows that look like housekeeping: none is left out of a figure for it, whoever reads them knows better."""
    scope = view.scope
    for one in _listings(view.source.key, view):
        rows = one.rows[(one.rows["at"] >= scope.start) & (one.rows["at"] < scope.end)]
        rows = rows[rows["team"] == scope.team] if scope.team else rows
        st.subheader(f"{one.title}: {len(rows):,}")
        st.caption(f"{one.meaning} Over the chosen weeks.")
        told = {name: head for name, head in HEADS.items() if name in rows and rows[name].notna().any()}
        listing(rows, told, one.title.lower().replace(" ", "-"), one.title.lower(), height=260)


@st.cache_resource(max_entries=2, show_spinner=False)
def _listings(key: tuple[str, str, str], _view: View) -> tuple[Listing, ...]:
    return listings(_view.loaded.facts)


def counts(view: View) -> None:
    """The counts, each with what it means."""
    st.subheader("Data quality")
    pulls = view.loaded.facts["pull_requests"]
    if pulls.empty:
        st.caption("No pull requests yet.")
        return
    st.dataframe(
        pd.DataFrame(findings(pulls), columns=["finding", "pull requests", "what it means"]),
        hide_index=True,
        alt="Findings on the quality of the data",
        column_config={"finding": st.column_config.TextColumn(pinned=True)},
    )
    bots = sorted(set(pulls.loc[pulls["author_class"].isin([BOT, AI_REVIEWER]), "author"].dropna()))
    st.caption(
        f"Bots found among authors: {literal(', '.join(bots) or 'none')}. Others: `[bots] names` in the configuration."
    )


def unmapped(view: View) -> None:
    """What nobody has mapped: statuses without a stage, accounts that look like one person."""
    st.subheader("Not mapped")
    statuses = unmapped_statuses(view.loaded.facts["status_times"])
    people = suggestions(view.loaded.organisation.people, known_identities(view.source.store))
    if statuses.empty and not people:
        st.caption("Every status has a stage, and no two accounts look like one person.")
    if not statuses.empty:
        st.caption("Statuses that no stage of `[stages]` names; the time in them counts for none:")
        st.dataframe(statuses, hide_index=True, alt="Statuses without a stage", placeholder="–")
    if people and not may(Role.ADMIN):
        st.caption(f"{len(people)} pairs of accounts bear the same name: an administrator sees which.")
    elif people:
        st.caption("Accounts that bear the same name. They are joined when `[people]` says so, or an address is equal:")
        st.dataframe(
            [{"GitHub": one.github, "Jira": one.jira, "why": one.why} for one in people],
            hide_index=True,
            alt="Accounts that look like one person",
        )


def findings(pulls: pd.DataFrame) -> list[tuple[str, int, str]]:
    """What to know of the pull requests: the finding, how many, what it means."""
    return [
        ("all", len(pulls), "Everything that is in the store, whatever the filters say"),
        ("incomplete", int(incomplete(pulls).sum()), "Some reviews or events are not here yet; the next sync goes on"),
        ("impossible times", int(impossible(pulls).sum()), "They end before they begin: the duration is left empty"),
        ("without a team", int(without_team(pulls).sum()), "Neither author nor repository is in [teams]"),
        ("by bots", int(pulls["author_class"].isin([BOT, AI_REVIEWER]).sum()), "Left out unless bots are counted"),
        ("by deleted accounts", int((pulls["author_class"] == DELETED).sum()), "Counted: the author was a person once"),
    ]
