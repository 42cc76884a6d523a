"""Forecasts of epics: the table, how right earlier ones were, one epic in full, and what if."""

from datetime import date

import pandas as pd
import streamlit as st

from metrics.burn_up import burn_up, curve
from metrics.correction import Outlook
from metrics.joint_forecast import AS_PLANNED, Change
from metrics.open_epics import Plans, open_epics
from metrics.track_record import TrackRecord
from pages.ui import forecast_charts
from pages.ui.palette import palette
from pages.ui.view import View

SPRINTS = 6
SPRINT_COLUMNS = (
    "name",
    "team",
    "complete_at",
    "committed",
    "kept",
    "say_do",
    "added",
    "removed",
    "not_completed",
    "oddities",
)
LEVELS = {"50 %": 0.5, "85 %": 0.85, "95 %": 0.95}
CHART = {"displayModeBar": False}
COLUMNS = ("link", "title", "team", "due_on", "probability", "notes", "p50_on", "p85_on", "moved", "grown", "remaining")


@st.cache_resource(max_entries=2, show_spinner=False)
def _plans(key: tuple[str, str, str], _view: View) -> Plans:
    return Plans(_view.loaded.facts, _view.loaded.organisation)


def plans_of(view: View) -> Plans:
    """The forecasts at this version of the data."""
    return _plans(view.source.key, view)


def table(plans: Plans, team: str | None) -> pd.DataFrame:
    """Every open epic, the least probable first; the rows that were shown."""
    rows = open_epics(plans, team)
    if rows.empty:
        st.info("No open epics. Where epics exist, check the team filter and the issue types that were synced.")
        return rows
    as_of = rows["as_of"].iloc[0]
    st.caption(
        f"{len(rows)} open epics as of Monday {as_of:%d %B %Y}, the least probable first. "
        "All open epics of a team share its weeks; scope grows as it did. Moved: the 85 % date against a month before."
    )
    st.dataframe(
        rows.assign(link=rows["url"] + "#" + rows["key"], notes=_notes(rows))[list(COLUMNS)],
        hide_index=True,
        key="open-epics",
        alt=f"{len(rows)} open epics with the probability of their dates",
        column_config={
            "link": st.column_config.LinkColumn("epic", display_text=r"#(.+)$", pinned=True),
            "title": "title",
            "due_on": st.column_config.DateColumn("due"),
            "probability": st.column_config.ProgressColumn(
                "probability", min_value=0, max_value=100, format="%.0f %%", help="to be done by the due date"
            ),
            "notes": st.column_config.TextColumn("notes", width="medium"),
            "p50_on": st.column_config.DateColumn("50 % by"),
            "p85_on": st.column_config.DateColumn("85 % by"),
            "moved": st.column_config.NumberColumn("moved, d", format="%+d"),
            "grown": st.column_config.NumberColumn("scope, %", format="%+.0f", help="items beyond those at the start"),
            "remaining": "open items",
        },
    )
    return rows


def _notes(rows: pd.DataFrame) -> pd.Series:
    """What threatens an epic, or why no date is given."""
    given = rows["standing"].isin(["on track", "watch", "concern"])
    return rows["risks"].where(given, rows["standing"])


def track_record(plans: Plans, team: str | None) -> None:
    """How often forecasts came true: the dates as simulated and as corrected, and the throughput of teams."""
    simulated, corrected, throughput = plans.records
    st.subheader("Were we right before?")
    if team:
        own = plans.throughput_records.get(team, TrackRecord(()))
        st.markdown(f"**Throughput of this team, four weeks ahead.** {own.words}")
    else:
        st.markdown(f"**Throughput of teams, four weeks ahead.** {throughput.words} {_outside(plans)}")
    if plans.learned is None:
        st.markdown(f"**Dates of epics.** {simulated.words}")
        return
    st.markdown(
        f"**Dates of epics, simulated from throughput.** {simulated.words} "
        "So the dates above are corrected by how long it really took."
    )
    st.markdown(f"**Dates of epics, corrected.** {_of_corrected(corrected)}")
    st.caption(
        "One forecast of each epic counts, the first after it was begun; only what was known on its day went into it."
    )


def _outside(plans: Plans) -> str:
    """The teams whose own record says that their forecasts cannot be taken at their word."""
    outside = [
        f"{name} ({one.hits} of {one.n})" for name, one in plans.throughput_records.items() if one.holds is False
    ]
    return f"Outside what chance allows by themselves: {', '.join(outside)}." if outside else ""


def _of_corrected(record: TrackRecord) -> str:
    return record.words if record.n else "None of them has had its outcome yet."


def detail(view: View, plans: Plans, rows: pd.DataFrame) -> None:
    """One epic: how probable each date is, how it has come along, and what if its team did otherwise."""
    names = dict(zip(rows["key"], rows["title"], strict=True))
    st.subheader("One epic")
    chosen = st.selectbox("Epic", list(names), key="epic", bind="query-params")
    row = rows[rows["key"] == chosen].iloc[0]
    outlook = plans.outlooks(str(row["team"]))[chosen]
    st.markdown(_in_words(row, outlook))
    due = None if pd.isna(row["due_on"]) else row["due_on"].date()
    colours, left, right = palette(st.context.theme.type), *st.columns(2)
    with left:
        st.caption("How probable each date is")
        points = curve(outlook, plans.past.last)
        if points:
            chart = forecast_charts.probability_chart(points, due, colours)
            st.plotly_chart(chart, key="probability", config=CHART, alt=f"Probability by date of {chosen}")
    with right:
        st.caption("Items, items done, and the way to the dates")
        ends = {name: _sunday(row["as_of"], outlook.week(level)) for name, level in LEVELS.items()}
        chart = forecast_charts.burn_up_chart(burn_up(plans.past, str(chosen)), ends, float(row["added"]), due, colours)
        st.plotly_chart(chart, key="burn-up", config=CHART, alt=f"Burn-up of {chosen}")
    what_if(plans, str(row["team"]), names)


def _sunday(as_of: pd.Timestamp, weeks: int | None) -> date | None:
    return None if weeks is None else (as_of + pd.Timedelta(days=7 * weeks - 1)).date()


def _in_words(row: pd.Series, outlook: Outlook) -> str:
    if outlook.refusal:
        return f"**{row['title']}**: {outlook.refusal}."
    said = f"**{row['title']}**: {row['remaining']} of {row['remaining'] + row['done']} items are open"
    if pd.notna(row["probability"]):
        said += f"; {row['probability']:.0f} % likely by {row['due_on']:%d %B %Y}"
    return f"{said}; 85 % date {row['p85_on']:%d %B %Y}."


def what_if(plans: Plans, team: str, names: dict[str, str]) -> None:
    """Another capacity, scope or order for a team: the dates beside those as planned."""
    keys = [plan.key for plan in plans.portfolios[team].plans if plan.remaining > 0]
    with st.expander(f"What if: capacity, scope and order of the team {team}"):
        left, right = st.columns(2)
        capacity = left.slider("Capacity, % of the past weeks", 50, 200, 100, step=10, key="capacity")
        scope = right.slider("Open items, % of those now", 25, 200, 100, step=25, key="scope")
        order = st.multiselect(
            "First, one after the other; without any, all that are begun share each week evenly",
            keys,
            format_func=lambda key: f"{key} · {names.get(key, key)}",
            key="order",
        )
        change = Change(tuple(order), capacity / 100, scope / 100)
        planned = plans.outlooks(team)
        other = planned if change == AS_PLANNED else plans.outlooks(team, change)
        as_of = pd.Timestamp(open_epics(plans, team)["as_of"].iloc[0])
        st.dataframe(
            pd.DataFrame(
                {
                    "epic": keys,
                    "title": [names.get(key, "") for key in keys],
                    "85 % by, as planned": [_sunday(as_of, planned[key].week(0.85)) for key in keys],
                    "85 % by, what if": [_sunday(as_of, other[key].week(0.85)) for key in keys],
                    "why no date": [other[key].refusal for key in keys],
                }
            ),
            hide_index=True,
            key="what-if",
            alt=f"Dates of the epics of {team} as planned and what if",
        )
        st.caption(_history(plans, team))


def _history(plans: Plans, team: str) -> str:
    """The weeks that a forecast is drawn from."""
    past = plans.portfolios[team].capacity.history
    weeks = ", ".join(f"{n:.0f}" for n in past.finished)
    said = f"Drawn from {len(past.chosen)} weeks of work, items of epics finished in each: {weeks}"
    said += "; the weeks before the pace shifted are left out" if past.shifted else ""
    return f"{said}; {len(past.left_out)} weeks of public holidays left out."


def sprints(view: View) -> None:
    """The last six completed sprints of each team."""
    rows = view.loaded.facts["sprint_reviews"]
    rows = rows[rows["team"] == view.scope.team] if view.scope.team else rows
    rows = rows[rows["complete_at"] < view.scope.end]
    shown = rows[rows.groupby("team").cumcount() < SPRINTS]
    if shown.empty:
        st.info("No completed sprint. Boards without sprints have none; else check the team filter.")
        return
    st.caption(f"The last {SPRINTS} completed sprints of each team, in numbers of issues; sub-tasks are left out.")
    st.dataframe(
        shown[list(SPRINT_COLUMNS)],
        hide_index=True,
        key="sprints",
        alt=f"{len(shown)} completed sprints with what was promised and kept",
        column_config={
            "name": st.column_config.TextColumn("sprint", pinned=True),
            "complete_at": st.column_config.DateColumn("closed"),
            "say_do": st.column_config.NumberColumn("say/do, %", format="%.0f"),
            "not_completed": "carried over",
        },
    )
