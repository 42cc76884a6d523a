"""How good the data is: what is incomplete, impossible or not assigned."""

from collections.abc import Mapping
from typing import Any

import pandas as pd
import streamlit as st

from data.moments import EARLIEST, LATEST, Impossible, impossible
from data.unmatched import unmatched
from metrics.housekeeping import Listing, listings
from metrics.loading import kept_identities
from metrics.people import suggestions
from metrics.stages import unmapped_statuses
from pages.ui.results import Source
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

HEADINGS = ["finding", "pull requests", "what it means"]
FINDINGS = (
    ("all", "every", "Everything that is in the store, whatever the filters say"),
    ("incomplete", "incomplete", "Some reviews or events are not here yet; the next sync goes on"),
    ("impossible times", "impossible", "They end before they begin: the duration is left empty"),
    ("without a team", "without_team", "Neither author nor repository is in [teams]"),
    ("by bots", "of_bots", "Left out unless bots are counted"),
    ("by deleted accounts", "of_deleted", "Counted: the author was a person once"),
)


def show(view: View) -> None:
    """What is incomplete or impossible, and what looks like housekeeping rather than work."""
    counts(view)
    no_moments(view)
    lists(view)


def no_moments(view: View) -> None:
    """Rows that are in no figure, because they say that they happened when nothing can have."""
    found = _impossible(view.source.key, view.source)
    if not found:
        return
    st.subheader(f"Impossible moments: {len(found):,}")
    st.caption(
        f"These rows tell a moment before {EARLIEST:%Y} or from {LATEST:%Y} on. They are left out of every figure, and "
        "all others stand. Mend them at their source; the next sync reads them again."
    )
    told = [
        {"table": one.table, "source": one.source, "key": one.key, "column": one.column, "moment": one.at.isoformat()}
        for one in found
    ]
    st.dataframe(told, hide_index=True, alt="Rows with impossible moments")


@st.cache_resource(max_entries=2, show_spinner=False)
def _impossible(key: tuple[str, str, str], _source: Source) -> list[Impossible]:
    return impossible(_source.store)


def in_short(view: View) -> None:
    """One line, and the way to the findings."""
    found = _counts(view)
    weak, every = found["doubtful"], found["every"]
    of = f"{weak:,} of all {every:,} pull requests in the store"
    with st.container(horizontal=True, vertical_alignment="center", gap="small"):
        said = f"Data: {of} are incomplete, impossible in their times or without a team."
        st.caption(said if every else "Data: no pull requests yet.", width="content")
        st.page_link(COVERAGE_PAGE, label="What was found", query_params={"part": "Quality"})


def _counts(view: View) -> Mapping[Any, Any]:
    """What was counted of all pull requests."""
    counted: Mapping[Any, Any] = view.loaded.facts["pull_request_counts"].to_dict("records")[0]
    return counted


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
    found = _counts(view)
    if not found["every"]:
        st.caption("No pull requests yet.")
        return
    st.dataframe(
        pd.DataFrame(
            [(head, found[n], meaning) for head, n, meaning in FINDINGS],
            columns=["finding", "pull requests", "what it means"],
        ),
        hide_index=True,
        alt="Findings on the quality of the data",
        column_config={"finding": st.column_config.TextColumn(pinned=True)},
    )
    bots = literal(", ".join(found["bots"]) or "none")
    st.caption(f"Bots found among authors: {bots}. Others: `[bots] names` in the configuration.")


def unmapped(view: View) -> None:
    """What nobody has mapped: statuses without a stage, accounts that look like one, names that match nothing."""
    st.subheader("Not mapped")
    _nothing_matches(view)
    statuses = unmapped_statuses(view.loaded.facts["status_times"])
    people = suggestions(
        view.loaded.organisation.people, kept_identities(view.source.store, view.loaded.basis.position)
    )
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


def _nothing_matches(view: View) -> None:
    """The names of the configuration that nothing in the store matches; people's are for administrators."""
    found = unmatched(view.loaded.settings, view.source.store)
    shown = [one for one in found if one.what != "account" or may(Role.ADMIN)]
    if shown:
        st.caption("The configuration names these, and nothing that was synced is called so; check their spelling:")
        st.dataframe(
            [{"where": one.key, "name": one.name, "no such": one.what} for one in shown],
            hide_index=True,
            alt="Names of the configuration that nothing matches",
        )
