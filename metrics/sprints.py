"""One fact row per sprint and issue: what was committed at the start, added, removed, and done at the end."""

from typing import Any

import pandas as pd

from metrics.model import Frame
from metrics.positions import position_of
from metrics.timelines import changes_of, last_before, timeline, value_at

OF_ISSUE = ["source", "key", "url", "project", "team", "is_subtask"]
AT_ONCE = pd.Timedelta(days=1)
OF_SPRINT = ["source", "id", "name", "start_at", "complete_at"]


def sprint_items(
    issues: Frame, issue_changes: Frame, sprints: Frame, issue_facts: Frame, status_time_facts: Frame
) -> Frame:
    """One row per sprint that was started and issue that was in it between its start and its end.

    Columns: sprint (its id), sprint_name, start_at, complete_at (null: running); key, url, project and team of the
    issue, is_subtask; was_in_at_start, was_done_at_start, was_in_at_end, is_done_at_end, was_added (since joined_at),
    was_removed;
    points_at_start, points_at_end. A running sprint has no end yet: its issues are in it and done as they are now.
    """
    begun = _begun(sprints)
    stays = _stays(issues.reset_index(drop=True), issue_changes, begun)
    begin, end = (begun[name].reindex(stays["turn"]).set_axis(stays.index) for name in ("start_at", "complete_at"))
    stays["was_in_at_start"] = stays["start"] <= begin
    stays["was_in_at_end"] = stays["end"].isna() | (stays["end"] > end)
    during = (stays["end"].isna() | (stays["end"] > begin)) & (end.isna() | (stays["start"] <= end))
    inside = stays[during].groupby(["item", "turn"])
    both = inside[["was_in_at_start", "was_in_at_end"]].any().assign(joined_at=inside["start"].min()).reset_index()
    rows = both.join(issue_facts[OF_ISSUE], on="item").join(begun.drop(columns="source"), on="turn")
    rows["was_added"], rows["was_removed"] = ~rows["was_in_at_start"], ~rows["was_in_at_end"]
    rows["was_done_at_start"] = _is_done(status_time_facts, rows, rows["start_at"])
    rows["is_done_at_end"] = _is_done(status_time_facts, rows, _end(rows, issue_facts))
    points = _points(issues.reset_index(drop=True), issue_changes)
    rows["points_at_start"] = value_at(points, rows["item"], rows["start_at"])
    rows["points_at_end"] = value_at(points, rows["item"], _end(rows, issue_facts))
    return rows.drop(columns=["item", "turn"])


def _end(rows: Frame, issue_facts: Frame) -> pd.Series:
    """The sprint's end; of a running one the time until which its issues are known."""
    return rows["complete_at"].fillna(issue_facts["seen_at"].max())


def _begun(sprints: Frame) -> Frame:
    begun = sprints[sprints["start_at"].notna() & (sprints["state"] != "future")][OF_SPRINT]
    begun = begun.drop_duplicates(["source", "id"], ignore_index=True)
    return begun.rename(columns={"id": "sprint", "name": "sprint_name"})


def _stays(issues: Frame, changes: Frame, begun: Frame) -> Frame:
    """Each stretch of time that an issue was in a sprint: item, turn (the sprint's position), start, end."""
    current = pd.Series([_joined(ids) for ids in issues["sprints"]], index=issues.index, dtype="str")
    held = timeline(issues, changes_of(issues, changes, "sprint"), current)
    held = held[held["value"].fillna("") != ""]
    held = held.assign(sprint=held["value"].str.split(",")).explode("sprint", ignore_index=True)
    held["sprint"] = held["sprint"].astype("str").str.strip()
    held["source"] = issues["source"].reindex(held["item"]).array
    held["turn"] = position_of(begun.rename(columns={"sprint": "id"}), held, "sprint")
    return held.loc[held["turn"] >= 0, ["item", "turn", "start", "end"]]


def _joined(ids: Any) -> str:
    return ",".join(str(one) for one in ids) if isinstance(ids, (list, tuple)) else ""


def _is_done(times: Frame, rows: Frame, moment: pd.Series) -> pd.Series:
    then = last_before(times, rows["item"], moment)
    return times["is_done"].reindex(then).fillna(False).astype(bool).set_axis(rows.index)


def _points(issues: Frame, changes: Frame) -> Frame:
    current = issues["points"].astype("str")
    states = timeline(issues, changes_of(issues, changes, "points"), current, side="text")
    return states.assign(value=pd.to_numeric(states["value"], errors="coerce"))


def by_sprint(rows: Frame) -> Frame:
    """One row per completed sprint, sub-tasks left out: what its figures are made of, as numbers of issues.

    Columns: key (the sprint's id), complete_at, team and project (those of most of its issues), committed (in it at
    the start), open (of those, not done then), kept (of those, done at the end), added, added_at_once (of them, within
    a day of the start), removed, completed (in it and done at the end), not_completed (in it and not).
    """
    rows = rows[rows["complete_at"].notna() & ~rows["is_subtask"].fillna(False).astype(bool)]
    counted = pd.DataFrame(
        {
            "committed": rows["was_in_at_start"],
            "open": rows["was_in_at_start"] & ~rows["was_done_at_start"],
            "kept": rows["was_in_at_start"] & ~rows["was_done_at_start"] & rows["is_done_at_end"],
            "added": rows["was_added"],
            "added_at_once": rows["was_added"] & (rows["joined_at"] <= rows["start_at"] + AT_ONCE),
            "removed": rows["was_removed"],
            "completed": rows["was_in_at_end"] & rows["is_done_at_end"],
            "not_completed": rows["was_in_at_end"] & ~rows["is_done_at_end"],
        }
    )
    keys = [rows["source"], rows["sprint"], rows["complete_at"]]
    sums = counted.groupby(keys).sum().reset_index().rename(columns={"sprint": "key"})
    for name in ("team", "project"):
        most = rows.groupby(["source", "sprint", name]).size().rename("n").reset_index()
        most = most.sort_values(["n", name], ascending=[False, True]).drop_duplicates(["source", "sprint"])
        found = most.set_index(["source", "sprint"])[name].reindex(pd.MultiIndex.from_frame(sums[["source", "key"]]))
        sums[name] = found.to_numpy()
    return sums
