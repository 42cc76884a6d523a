"""The time that finished issues spent in each stage, and the issues in progress against it: by team and window."""

from datetime import datetime

import pandas as pd

from metrics.model import Frame
from metrics.observations import days
from metrics.stages import ACTIVE, BLOCKED, DONE, QUEUE, REVIEW, UNMAPPED

ORDER = (QUEUE, ACTIVE, REVIEW, BLOCKED, UNMAPPED)
WAITS_FOR = {ACTIVE: "author", REVIEW: "reviewer", QUEUE: "whoever takes it up", BLOCKED: "decision"}
OPEN = ["key", "url", "title", "project", "team", "type", "status", "stage", "blocked_since", "blocked_why"]


def counted(rows: Frame, team: str | None) -> Frame:
    """The issues that count, of a team where one is given."""
    mine = rows["left_out"].isna()
    return rows[mine & (rows["team"] == team) if team else mine]


def stage_table(stage_times: Frame, team: str | None, start: datetime, end: datetime) -> Frame:
    """Days of each issue (by key) that was finished in [start, end) in each stage (columns, in the order of work).

    The stages of an issue add up to its cycle time; days in done are those before it was reopened.
    """
    rows = counted(stage_times, team)
    rows = rows[(rows["done_at"] >= start) & (rows["done_at"] < end)]
    table = rows.assign(took=days(rows["took"])).pivot_table(
        index="key", columns="stage", values="took", aggfunc="sum", fill_value=0.0
    )
    return table[[stage for stage in (*ORDER, DONE) if stage in table]]


def in_progress(issues: Frame, status_times: Frame, team: str | None, now: datetime) -> Frame:
    """The issues in progress: age (days since the start), age_in_stage (all days in the stage it is in), blocked.

    blocked_for: days since it was blocked, null where it is not; waits_for: whose turn its stage says it is.
    """
    rows = counted(issues, team)
    rows = rows[rows["started_at"].notna() & rows["done_at"].isna() & rows["is_tracked"] & (rows["started_at"] < now)]
    spent = _in_stage(rows, status_times, now)
    return rows[OPEN].assign(
        age=days(now - rows["started_at"]),
        age_in_stage=spent.reindex(rows.index),
        blocked=rows["blocked_since"].notna(),
        blocked_for=days(now - rows["blocked_since"]),
        waits_for=rows["stage"].map(WAITS_FOR).mask(rows["blocked_since"].notna(), WAITS_FOR[BLOCKED]),
    )


def _in_stage(rows: Frame, status_times: Frame, now: datetime) -> pd.Series:
    times = status_times[status_times["item"].isin(rows.index)]
    stage, begun = (rows[name].reindex(times["item"]).set_axis(times.index) for name in ("stage", "started_at"))
    here = times["stage"].fillna(UNMAPPED) == stage
    start = times["start"].where(times["start"] >= begun, begun)
    took = days(times["end"].fillna(pd.Timestamp(now)) - start)
    return took.where(took > 0, 0.0)[here].groupby(times["item"]).sum()


def finished(issues: Frame, team: str | None, start: datetime, end: datetime) -> Frame:
    """The issues that were finished in [start, end) after having been in progress: key, url, title, done_at, days."""
    rows = counted(issues, team)
    rows = rows[rows["cycle"].notna() & rows["is_tracked"] & (rows["done_at"] >= start) & (rows["done_at"] < end)]
    return rows[["key", "url", "title", "type", "team", "done_at"]].assign(days=days(rows["cycle"]))
