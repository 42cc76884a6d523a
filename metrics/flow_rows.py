"""The rows that a team's flow is reckoned from, no more of them and no older ones than it needs."""

import json
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime

import pandas as pd

from metrics.flow import is_tracker_missing
from metrics.model import Facts, Frame
from metrics.shelf import packed as packed_rows
from metrics.shelf import unpacked as unpacked_rows
from metrics.stage_windows import OPEN, counted

COLUMNS: Mapping[str, list[str]] = {
    "issues": [*OPEN, "is_tracked", "left_out", "started_at", "done_at", "cycle"],
    "status_times": ["item", "stage", "start", "end"],
    "stage_times": ["key", "stage", "took", "team", "left_out", "done_at"],
    "work_in_progress": ["team", "left_out", "start", "end"],
}
NEEDED = tuple(COLUMNS)


@dataclass(frozen=True)
class FlowRows:
    """Facts of the issues that count, by the columns that flow looks at; `is_unknown`: no issue tracker is synced.

    `since`: those that were finished before are left out; None: nothing is.
    """

    issues: Frame
    status_times: Frame
    stage_times: Frame
    work_in_progress: Frame
    is_unknown: bool
    since: datetime | None = None

    @classmethod
    def of(cls, facts: Facts, team: str | None = None, since: datetime | None = None) -> "FlowRows":
        """Those of a team, or of everybody together."""
        frames = {name: facts[name][columns] for name, columns in COLUMNS.items()}
        rows = _made(frames, is_tracker_missing(facts["issues"]))
        lately = rows.lately(since) if since else rows
        return lately.of_team(team)

    def lately(self, since: datetime) -> "FlowRows":
        """Without what was finished before a moment."""
        issues, work = self.issues, self.work_in_progress
        issues = issues[issues["left_out"].isna() & ~(issues["done_at"] < since)]
        return FlowRows(
            issues,
            _of(self.status_times, issues),
            self.stage_times[self.stage_times["done_at"] >= since],
            work[~(work["end"] < since)],
            self.is_unknown,
            since,
        )

    def of_team(self, team: str | None) -> "FlowRows":
        """Those of one team."""
        issues = counted(self.issues, team)
        times, work = counted(self.stage_times, team), counted(self.work_in_progress, team)
        return FlowRows(issues, _of(self.status_times, issues), times, work, self.is_unknown, self.since)


def _of(status_times: Frame, issues: Frame) -> Frame:
    return status_times[status_times["item"].isin(issues.index)]


def packed(rows: FlowRows) -> bytes:
    """Rows as they are kept."""
    frames = [packed_rows(getattr(rows, name)) for name in NEEDED]
    since = rows.since.isoformat() if rows.since else None
    head = {"sizes": [len(one) for one in frames], "is_unknown": rows.is_unknown, "since": since}
    return b"\n".join((json.dumps(head).encode(), b"".join(frames)))


def unpacked(content: bytes) -> FlowRows:
    """Rows that were kept."""
    first, _, rest = content.partition(b"\n")
    head, frames, place = json.loads(first), [], 0
    for size in head["sizes"]:
        frames.append(unpacked_rows(rest[place : place + size]))
        place += size
    since = pd.Timestamp(head["since"]).to_pydatetime() if head["since"] else None
    return _made(dict(zip(NEEDED, frames, strict=True)), head["is_unknown"], since)


def _made(frames: Mapping[str, Frame], is_unknown: bool, since: datetime | None = None) -> FlowRows:
    issues, status_times, stage_times, work = (frames[name] for name in NEEDED)
    return FlowRows(issues, status_times, stage_times, work, is_unknown, since)
