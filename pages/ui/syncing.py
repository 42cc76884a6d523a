"""Syncs: the last one, those under way stream by stream, and one at the press of a button."""

from collections.abc import Iterable, Sequence
from dataclasses import asdict
from datetime import datetime

import pandas as pd
import streamlit as st

from data import clock, record
from data.first_sync import Milestone, first_sync
from data.record import StreamStatus
from pages.ui import commands, results
from pages.ui.sign_in import Role, may
from pages.ui.view import View
from pages.ui.words import ago, literal

NAME = "sync"
LOOK_EVERY = 3.0  # seconds
SHOWN = (
    "scope",
    "stream",
    "state",
    "rows",
    "expected",
    "oldest",
    "synced_at",
    "requests",
    "points",
    "points_left",
    "to_finish",
    "error",
    "source",
)
WHEN_TOLD = {"expected", "oldest", "points_left", "to_finish", "error"}


def latest(view: View) -> None:
    """When the last sync was, and how it ended."""
    run = record.latest_run(view.source.store)
    if run is None:
        st.info("Nothing has been synced yet.")
    elif run["finished_at"] is None:
        st.info(f"A sync began {ago(run['started_at'], view.clock)} and has not ended.")
    elif run["outcome"] == "complete":
        st.success(f"The last sync ended {ago(run['finished_at'], view.clock)}: complete.")
    else:
        ended = ago(run["finished_at"], view.clock)
        st.warning(f"The last sync ended {ended}: {run['outcome']}. {literal(run['error'] or '')}")


def button(view: View) -> None:
    """Sync now, where there is something to sync; how the last press went."""
    running = commands.started(view.source.url)
    if not may(Role.ADMIN):
        return
    possible = view.source.settings.has_sources and not view.is_demonstration
    busy = NAME in running and running[NAME].is_running
    why = "" if possible else "There is no source in the configuration yet: add one to data/config.toml"
    if st.button("Sync now", disabled=not possible or busy, help=why or "Reads what is new from every source"):
        running[NAME] = commands.start_for_administrator("sync", "--quiet")
        st.rerun()
    if NAME in running and running[NAME].failure:
        st.error(f"The sync that was started here failed: {literal(running[NAME].failure)}")


def streams(url: str) -> None:
    """Every stream of every repository and project, as it stands now; looked up again and again while a sync works."""
    often = LOOK_EVERY if results.is_syncing(results.open_store(url)) else None
    st.fragment(_streams, run_every=often)(url)


def _streams(url: str) -> None:
    status = record.status(results.open_store(url))
    st.subheader("What was synced")
    if not status:
        st.caption("Nothing yet.")
        return
    run = record.latest_run(results.open_store(url))
    if run is not None and run["finished_at"] is None:
        whole = sum(line.complete for line in status)
        st.progress(whole / len(status), f"A sync is running: {whole} of {len(status)} streams are complete.")
    still_to_come(status, clock.now())
    st.dataframe(
        table(status, clock.now()),
        hide_index=True,
        height=min(520, 38 + 35 * len(status)),
        alt="How far each stream of each repository has come",
        placeholder="–",
        column_config={
            "scope": st.column_config.TextColumn("repository or project", pinned=True),
            "oldest": st.column_config.DatetimeColumn("reached back to", format="YYYY-MM-DD"),
            "synced_at": st.column_config.DatetimeColumn("synced (UTC)", format="YYYY-MM-DD HH:mm"),
            "points_left": "points left",
            "to_finish": "rows to go",
        },
    )


def still_to_come(status: Sequence[StreamStatus], now: datetime) -> None:
    """What a first sync still has to bring, and when what will be on the screens."""
    if milestones := first_sync(status, now):
        st.markdown("**Still to come**, from what the sync has brought and cost so far:")
        st.markdown("\n".join(f"- {one.reach} {_takes(one)}" for one in milestones))


def _takes(one: Milestone) -> str:
    length = f"{one.hours:.1f} h" if one.hours >= 1 else f"{max(1, round(one.hours * 60))} min"
    points = f", {one.points:,} points" if one.points else ""
    return f"in about {length}: {one.rows:,} rows, {one.requests:,} requests{points}"


def table(status: Iterable[StreamStatus], now: datetime) -> pd.DataFrame:
    """The lines of the status as people read them, those with errors first."""
    lines = pd.DataFrame([asdict(line) for line in status])
    lines["state"] = [state(line, now) for line in status]
    lines["to_finish"] = (pd.to_numeric(lines["expected"]) - lines["rows"]).clip(lower=0).where(~lines["complete"])
    told = [name for name in SHOWN if name not in WHEN_TOLD or lines[name].notna().any()]
    return lines.sort_values("error", na_position="last", kind="stable")[told]


def state(line: StreamStatus, now: datetime) -> str:
    """Where one stream stands."""
    if line.error:
        return "failed"
    if line.waiting_until and line.waiting_until > now:
        return f"waiting for quota until {line.waiting_until:%H:%M} UTC"
    if line.complete:
        return "complete"
    return "coming" if line.synced_at else "not begun"
