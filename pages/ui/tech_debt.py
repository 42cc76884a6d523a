"""Technical debt: the map of the code, the dearest hotspots, what teams know of it, how old what it rests on is."""

from typing import Any

import pandas as pd
import streamlit as st

from metrics.code_map import code_map
from metrics.debt_lists import (
    changes_of,
    dearest_hotspots,
    knowledge_of_teams,
    oldest_dependencies,
    reasons,
    within,
)
from metrics.organisation import UNASSIGNED
from metrics.tech_debt import INDICATORS
from pages.ui import filters
from pages.ui.code_charts import code_map_chart
from pages.ui.palette import palette
from pages.ui.view import View

WITHOUT_GIT = ("debt_work_share", "sqale_debt_ratio")
FIGURES = (*(one.id for one in INDICATORS), "tech_adoption", WITHOUT_GIT[0])
SHOWN, CHANGES, OLDEST = 20, 50, 50
SOURCE = '[[git]]\nrepository = "OWNER/NAME"\npath = "../NAME"   # a clone; or url = "https://…"'
HOTSPOT_COLUMNS = (
    "link",
    "value",
    "range",
    "history",
    "capacity_share",
    "trend",
    "team",
    "repository",
    "changes",
    "fixes",
    "commits",
    "issues",
)


def has_history(view: View) -> bool:
    """Whether the history of any code has been read."""
    return not view.loaded.facts["files"].empty


def no_source(view: View) -> None:
    """What to do where there is no history yet."""
    st.info(
        "No source: add `[[git]]` to the configuration, one for each repository, then sync. "
        "Hotspots, what they cost, knowledge and dependency age are read from the history of the code."
    )
    st.code(SOURCE, language="toml")
    st.page_link("coverage.py", label="Coverage: what was synced, and a button to sync now")
    st.caption("These need no git:")


def code(view: View) -> None:
    """The map of the code."""
    st.subheader("The code, by hotspot score")
    rows = _map((view.source.key, view.scope.team, view.scope.repository), view)
    if rows.empty:
        st.caption("No source file in this scope. Check the team and repository filters.")
        return
    out = reasons(within(view.loaded.facts["files"], view.scope.team, view.scope.repository))
    st.caption(
        f"n = {rows['files'].iloc[0]:,} source files, as of the newest copy: large for many lines, warm for code that "
        "is complicated and changes often. The files with the highest scores have a place of their own, the others "
        f"are one rectangle a folder. Left out: {out or 'none'}."
    )
    chart = code_map_chart(rows, palette(st.context.theme.type))
    st.plotly_chart(chart, key="code-map", config={"displayModeBar": False}, alt="Map of the code by hotspot score")


@st.cache_resource(max_entries=16, show_spinner=False)
def _map(key: tuple[tuple[str, str, str], str | None, str | None], _view: View) -> pd.DataFrame:
    return code_map(_view.loaded.facts["hotspots"], *key[1:])


def hotspots(view: View) -> None:
    """The hotspots that cost most, and the changes of one of them."""
    facts, scope = view.loaded.facts, view.scope
    places = view.source.store.load("repositories")
    rows = dearest_hotspots(facts["hotspot_costs"], facts["complexity_trends"], places, scope.team, scope.repository)
    st.subheader("The dearest hotspots")
    if rows.empty:
        st.caption("No hotspot in this scope: no file changed in the last year, or none has a score.")
        return
    shown, unknown = rows.head(SHOWN), rows["value"].isna().sum()
    st.caption(
        f"{len(shown)} of n = {len(rows)} hotspots, those with the highest price first; {unknown} have no "
        "price: under 6 pull requests in the year, or under 10 comparable ones. Hours by the clock, against pull "
        "requests of the same repository and size that touch no hotspot: a comparison, no proof. A range that "
        "includes 0 says that the difference may be chance."
    )
    _hotspot_table(shown)
    _changes(view, shown)


def _hotspot_table(rows: pd.DataFrame) -> None:
    low, high = (rows[name].round() + 0.0 for name in ("low", "high"))  # -0 becomes 0
    ranges = low.map("{:,.0f}".format) + " to " + high.map("{:,.0f}".format)
    st.dataframe(
        rows.assign(
            link=rows["url"].fillna("") + "#" + rows["path"],
            range=ranges.where(rows["value"].notna(), "–"),
        )[list(HOTSPOT_COLUMNS)],
        hide_index=True,
        height=38 + 35 * len(rows),
        key="hotspots",
        alt=f"The {len(rows)} dearest hotspots with their price in hours a month",
        column_config={
            "link": st.column_config.LinkColumn("file", display_text=r"#(.+)$", pinned=True, width="medium"),
            "value": st.column_config.NumberColumn("h a month", format="%.0f"),
            "range": st.column_config.TextColumn("95 % interval, h"),
            "history": st.column_config.LineChartColumn("last 7 months, h", help="Hours a month at each month's end"),
            "capacity_share": st.column_config.NumberColumn(
                "capacity, %", format="%.1f", help="Of the hours that all pull requests of its team took"
            ),
            "trend": st.column_config.NumberColumn(
                "complexity, %", format="%+.1f", help="Change a month; none with under six month ends"
            ),
            "changes": st.column_config.NumberColumn("pull requests", help="In the year before"),
            "fixes": st.column_config.NumberColumn("of them fixes"),
            "issues": st.column_config.ListColumn("issues", help="Named by its pull requests"),
        },
    )


def _changes(view: View, rows: pd.DataFrame) -> None:
    listing = st.expander("The pull requests and commits of a hotspot", key="hotspot-changes-shown", on_change="rerun")
    if not listing.open:  # what every commit did to every file is read for who looks
        return
    with listing:
        chosen = str(st.selectbox("Hotspot", rows["key"].tolist(), key="hotspot"))
        changes = _changes_of((view.source.key, chosen), view)
        st.caption(f"The last {min(CHANGES, len(changes))} of n = {len(changes)} changes that were read.")
        shown = changes.head(CHANGES)
        link = shown["url"].fillna("") + "#" + shown["change"]
        st.dataframe(
            shown.assign(link=link, left_out=shown["left_out"].fillna(""))[
                ["link", "at", "headline", "lines", "left_out"]
            ],
            hide_index=True,
            key="hotspot-changes",
            alt=f"Changes of {chosen}, newest first",
            column_config={
                "link": st.column_config.LinkColumn("change", display_text=r"#(.+)$", pinned=True),
                "at": st.column_config.DatetimeColumn("at (UTC)", format="YYYY-MM-DD HH:mm"),
                "headline": st.column_config.TextColumn("headline", width="large"),
                "left_out": st.column_config.TextColumn("left out because"),
            },
        )


@st.cache_resource(max_entries=16, show_spinner=False)
def _changes_of(key: tuple[tuple[str, str, str], str], _view: View) -> pd.DataFrame:
    return changes_of(key[1], _view.loaded.facts["file_changes"])


def knowledge(view: View) -> None:
    """What each team's code is known by; of people it says nothing."""
    st.subheader("Knowledge of the code, by team")
    teams = knowledge_of_teams(view.loaded.facts["knowledge"], view.scope.repository)
    may = {*filters.teams(view.source.settings, view.clock), UNASSIGNED}
    shown = teams[teams["team"].isin(may)]
    small = len(teams) - len(shown)
    shown = shown[shown["team"] == view.scope.team] if view.scope.team else shown
    if shown.empty:
        st.caption("No file with a known author in this scope.")
        return
    st.caption(
        f"n = {shown['files'].sum():,} files with a known author, by the team that owns them, as of the newest copy. "
        f"Left out: {small} teams with fewer members than the privacy setting asks for. History knows who wrote, "
        "not who read or reviewed."
    )
    st.dataframe(
        shown,
        hide_index=True,
        key="knowledge",
        alt=f"Knowledge of the code of {len(shown)} teams",
        column_config={
            "team": st.column_config.TextColumn("team", pinned=True),
            "known_by_one": _share("known by one", "Of its files, those with a single author"),
            "at_risk": _share("authors gone", "Of its files, those whose authors have all left"),
            "work_at_risk": _share("work on those", "Of the last year's commits, those to files whose authors left"),
        },
    )


def _share(label: str, about: str) -> Any:
    return st.column_config.ProgressColumn(label, help=about, min_value=0, max_value=100, format="%.0f %%")


def dependencies(view: View) -> None:
    """The direct dependencies that are furthest behind."""
    st.subheader("Dependency age")
    rows = oldest_dependencies(view.loaded.facts["dependencies"], view.scope.team, view.scope.repository)
    if rows.empty:
        st.caption(
            "No direct dependency in this scope: no manifest that is read (requirements, package.json, go.mod, …)."
        )
        return
    known = rows[rows["value"].notna()]
    listed = known.head(OLDEST)
    st.caption(
        f"{len(listed)} of n = {len(known):,} direct dependencies whose release dates are known, those furthest behind "
        f"first. Left out: {reasons(rows) or 'none'}. Release dates come from the package indexes, with "
        "`release_dates` in `[[git]]`."
    )
    st.dataframe(
        listed[["package", "repository", "team", "value", "version", "used_at", "latest", "latest_at"]],
        hide_index=True,
        key="dependencies",
        alt=f"The {len(listed)} dependencies that are furthest behind",
        column_config={
            "package": st.column_config.TextColumn("package", pinned=True),
            "value": st.column_config.NumberColumn("years behind", format="%.1f"),
            "version": "in use",
            "used_at": st.column_config.DateColumn("released"),
            "latest_at": st.column_config.DateColumn("latest released"),
        },
    )
