"""The parts of the forecasts: open plans and what threatens them, how right earlier ones were, capacity."""

from collections.abc import Callable

import pandas as pd
import streamlit as st

from metrics.open_epics import EPICS, VERSIONS, Plans, open_epics
from metrics.plan_risks import plan_risks
from metrics.told import teams_told
from metrics.track_record import LEVEL, TrackRecord
from pages.ui import capacity, one_plan, sprints
from pages.ui.cards import cards
from pages.ui.kept_plans import plans_of
from pages.ui.view import View

EPIC_FIGURES = ("epic_forecast", "epic_on_time_rate", "due_date_slip", "epic_scope_growth", "epic_spi", "epic_cpi")
KINDS = {"Epics": EPICS, "Versions": VERSIONS}
COLUMNS = ("link", "probability", "due_on", "title", "team", "p50_on", "p85_on", "moved", "grown", "remaining", "notes")


# Open plans ----------------------------------------------------------------------------------------------


def open_plans(view: View) -> None:
    """Epics or versions that are open, what threatens them, and one of them in full."""
    name = st.segmented_control("Plans", list(KINDS), default="Epics", required=True, key="kind", bind="query-params")
    plans = plans_of(view, KINDS[name or "Epics"])
    rows = table(plans, view.scope.team)
    if len(rows):
        risks(view, plans, rows)
        one_plan.detail(plans, rows)
    if plans.kind is EPICS:
        st.subheader("Figures")
        cards(view, EPIC_FIGURES, "epics")
        capacity.sums(capacity.costs_of(view))


def table(plans: Plans, team: str | None) -> pd.DataFrame:
    """Every open epic or version, the least probable first; the rows that were shown."""
    rows, word = open_epics(plans, team), plans.kind.word
    if rows.empty:
        st.info(f"No open {word}s in this scope. Where there are any, check the team filter and what was synced.")
        return rows
    as_of = rows["as_of"].iloc[0]
    st.caption(
        f"{counted(len(rows), word)} open as of Monday {as_of:%d %B %Y}, the least probable first. A team shares "
        "its weeks among them; scope grows as it did. Moved: days by which the 85 % date is later than a month before. "
        f"{_record(plans).words}"
    )
    day = "D MMM YYYY"
    st.dataframe(
        rows.assign(link=rows["url"].fillna("") + "#" + rows["key"], notes=_notes(rows))[list(COLUMNS)],
        hide_index=True,
        key=f"open-{word}s",
        alt=f"{len(rows)} open {word}s with the probability of their dates",
        column_config={
            "link": st.column_config.LinkColumn(word, display_text=r"#(.+)$", pinned=True, width="small"),
            "title": st.column_config.TextColumn("title", width="medium"),
            "team": st.column_config.TextColumn("team", width="small"),
            "due_on": st.column_config.DateColumn("due", format=day),
            "probability": st.column_config.ProgressColumn(
                "probability", min_value=0, max_value=100, format="%.0f %%", help="to be done by the due date"
            ),
            "p50_on": st.column_config.DateColumn("50 % by", format=day),
            "p85_on": st.column_config.DateColumn("85 % by", format=day),
            "moved": st.column_config.NumberColumn("moved, d", format="%+d"),
            "grown": st.column_config.NumberColumn("scope, %", format="%+.0f", help="items beyond those at the start"),
            "remaining": "open items",
            "notes": st.column_config.TextColumn("notes", width="medium"),
        },
    )
    return rows


def counted(n: int, word: str) -> str:
    """A number of things, in words."""
    return f"{n} {word}" if n == 1 else f"{n} {word}s"


def _notes(rows: pd.DataFrame) -> pd.Series:
    """What threatens a plan, or why no date is given."""
    given = rows["standing"].isin(["on track", "watch", "concern"])
    return rows["risks"].where(given, rows["standing"])


def risks(view: View, plans: Plans, rows: pd.DataFrame) -> None:
    """What threatens the open plans, with what is seen of it."""
    found = _risks((view.source.key, plans.kind.word, view.scope.team), plans, rows)
    likely = int((rows["probability"] < 50).sum())
    of = counted(found["key"].nunique(), plans.kind.word)
    with st.expander(f"{counted(len(found), 'risk')} in {of}; {likely} under 50 % likely"):
        st.dataframe(
            found.assign(link=found["url"].fillna("") + "#" + found["key"])[
                ["link", "title", "team", "risk", "evidence"]
            ],
            hide_index=True,
            key="plan-risks",
            alt=f"{len(found)} risks of open plans",
            column_config={
                "link": st.column_config.LinkColumn(plans.kind.word, display_text=r"#(.+)$", pinned=True),
                "evidence": st.column_config.TextColumn("evidence", width="large"),
            },
        )


@st.cache_resource(max_entries=16, show_spinner=False)
def _risks(key: tuple[tuple[str, str, str], str, str | None], _plans: Plans, _rows: pd.DataFrame) -> pd.DataFrame:
    return plan_risks(_plans, _rows)


# The track record ----------------------------------------------------------------------------------------


def _record(plans: Plans) -> TrackRecord:
    simulated, corrected, _ = plans.records
    return corrected if plans.learned else simulated


def track_record(view: View) -> None:
    """How often forecasts came true: the dates of plans, and the throughput of teams."""
    for kind in KINDS.values():
        _dates(plans_of(view, kind))
    plans, team = plans_of(view), view.scope.team
    record = plans.records[2]
    st.markdown(f"**Throughput of teams, four weeks ahead.** {record.words} {record.basis if record.n else ''}")
    own = {name: one for name, one in plans.throughput_records.items() if team in (None, name)}
    if own:
        _teams(view, own)
    cards(view, ("forecast_calibration",), "record")


def _dates(plans: Plans) -> None:
    simulated, corrected, _ = plans.records
    word = plans.kind.word
    if plans.learned is None:
        st.markdown(f"**Dates of {word}s.** {simulated.words} {simulated.basis if simulated.n else ''}")
        return
    st.markdown(
        f"**Dates of {word}s, simulated from throughput.** {simulated.words} "
        "So the dates shown are corrected by how long it really took."
    )
    said = f"{corrected.words} {corrected.basis}" if corrected.n else "None of them has had its outcome yet."
    st.markdown(f"**Dates of {word}s, corrected.** {said}")


def _teams(view: View, own: dict[str, TrackRecord]) -> None:
    """Each team's own record, and whether its forecasts can be taken at their word."""
    outside = [f"{name} ({one.hits} of {one.n})" for name, one in own.items() if one.holds is False]
    if outside:
        st.warning(
            f"Not to be taken at their word: {', '.join(outside)}. Their 85 % came true less or more often than chance "
            "allows."
        )
    told = {
        one.scope: one for one in teams_told(view.loaded.facts, view.loaded.organisation, view.clock, view.clock.date())
    }
    verdict = {True: "holds", False: "does not hold", None: "too few"}
    rows = [
        (
            name,
            told[name].items if name in told else None,
            one.hits,
            one.n,
            *(int(end) for end in one.band),
            verdict[one.holds],
        )
        for name, one in own.items()
    ]
    st.dataframe(
        pd.DataFrame(rows, columns=["team", "next four weeks", "came true", "of", "from", "to", "85 %"]),
        hide_index=True,
        key="records",
        alt=f"Track records of {len(rows)} teams",
        column_config={
            "next four weeks": st.column_config.NumberColumn(
                "next 4 weeks, at least", help=f"issues, with {LEVEL:.0%}"
            ),
            "from": st.column_config.NumberColumn("chance allows from"),
        },
    )
    st.caption(
        "One forecast of each plan counts, the first after it was begun; only what was known on its day went into it. "
        "Throughput is forecast every fourth Monday, so that no two forecasts overlap."
    )


PARTS: dict[str, Callable[[View], None]] = {
    "Plans": open_plans,
    "Track record": track_record,
    "Sprints": sprints.sprints,
    "Capacity": capacity.capacity,
}
