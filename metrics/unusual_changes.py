"""Changes that look like housekeeping rather than work: listed for whoever reads the figures, never dropped."""

import numpy as np
import pandas as pd
from numpy.typing import NDArray

from metrics.issues import entries_into_done
from metrics.model import Frame
from metrics.timelines import changes_of

BULK, WITHIN, AT_ONCE = 5, pd.Timedelta(hours=1), pd.Timedelta(seconds=60)
MICROSECOND = pd.Timedelta(microseconds=1)
SHOWN = ["key", "url", "project", "team", "at", "actor", "from_text", "to_text"]


def status_changes(issues: Frame, issue_changes: Frame, issue_facts: Frame, status_time_facts: Frame) -> Frame:
    """One row per change of status, in order: key, url, project, team, at, actor, from_text, to_text, closes, after.

    `closes`: the change is an entry into done; `after`: the time since the change of the same issue before it.
    """
    rows = changes_of(issues.reset_index(drop=True), issue_changes, "status").reset_index(drop=True)
    changed = status_time_facts["item"] == status_time_facts["item"].shift()
    rows["closes"] = entries_into_done(status_time_facts)[changed].to_numpy()
    rows["after"] = rows["at"] - rows.groupby("item")["at"].shift()
    told = issue_facts[["key", "url", "project", "team"]].reindex(rows["item"]).set_axis(rows.index)
    return rows.drop(columns=told.columns, errors="ignore").join(told)[[*SHOWN, "closes", "after"]]


def bulk_closed(status_changes: Frame) -> Frame:
    """Entries into done by one actor who closed, within an hour, more than five times what is usual for a day.

    Usual: the median number of entries into done on a day that has any.
    """
    closing = status_changes[status_changes["closes"]]
    usual = closing["at"].dt.floor("D").value_counts().median()
    rows = closing[closing["actor"].notna()].sort_values(["actor", "at"], kind="stable", ignore_index=True)
    first = np.arange(len(rows))
    last = _end_of_hour(rows)
    bulk = last - first > BULK * usual
    marks = np.bincount(first[bulk], minlength=len(rows) + 1) - np.bincount(last[bulk], minlength=len(rows) + 1)
    return rows[marks.cumsum()[:-1] > 0].reset_index(drop=True)


def _end_of_hour(rows: Frame) -> NDArray[np.int64]:
    """For each row the position behind the last one of its actor within an hour of it."""
    hour = int(WITHIN / MICROSECOND)
    at = rows["at"].astype("int64").to_numpy()
    since = at - (at.min() if len(at) else 0)
    clock = since + pd.factorize(rows["actor"])[0] * (since.max(initial=0) + 2 * hour)
    return np.asarray(np.searchsorted(clock, clock + hour, side="left"), dtype=np.int64)


def hasty_changes(status_changes: Frame) -> Frame:
    """Changes of status less than 60 seconds after the one before: a board that is caught up, not work that moves."""
    return status_changes[status_changes["after"] < AT_ONCE].reset_index(drop=True)
