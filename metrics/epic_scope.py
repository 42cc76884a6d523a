"""How much each epic held over time, and when it was really being worked on."""

import pandas as pd

from metrics.model import Frame
from metrics.positions import position_of

LEAST_ITEMS = 5
ACTIVE_FOR = pd.Timedelta(days=14)
FAR = pd.Timestamp("2200-01-01", tz="UTC").as_unit("us")
OF_EPIC = ["epic", "key", "url", "team", "project", "started_at", "done_at", "is_cancelled"]
SPAN = ["epic", "start", "end"]


def epic_scopes(epic_facts: Frame, epic_item_facts: Frame) -> Frame:
    """One row per begun epic and stretch of time in which it held the same number of items.

    Columns: those of the epic, start, end (null: still; the epic's finish ends it), at_start (items when the epic was
    begun), held (items in it now).
    """
    begun = epic_facts[epic_facts["started_at"].notna()][OF_EPIC]
    items = epic_item_facts.merge(begun[["epic", "started_at"]], on="epic", suffixes=("_item", ""))
    first = (items["start"] <= items["started_at"]) & (items["end"].isna() | (items["end"] > items["started_at"]))
    base = first.groupby(items["epic"]).sum()
    came = items[items["start"] > items["started_at"]][["epic", "start"]].assign(change=1)
    went = items[items["end"] > items["started_at"]][["epic", "end"]].rename(columns={"end": "start"}).assign(change=-1)
    zero = begun[["epic", "started_at"]].rename(columns={"started_at": "start"}).assign(change=0)
    steps = pd.concat([zero, came, went]).groupby(["epic", "start"], as_index=False)["change"].sum()
    steps["held"] = steps.groupby("epic")["change"].cumsum() + steps["epic"].map(base).fillna(0)
    steps["end"] = steps.groupby("epic")["start"].shift(-1)
    rows = steps.merge(begun, on="epic").assign(at_start=lambda frame: frame["epic"].map(base).fillna(0))
    rows["end"] = rows["end"].where(
        ~(rows["done_at"] < rows["end"].fillna(rows["done_at"] + ACTIVE_FOR)), rows["done_at"]
    )
    inside = rows["done_at"].isna() | (rows["start"] < rows["done_at"])
    held: Frame = rows[inside].drop(columns="change").reset_index(drop=True)
    return held


def active_epics(
    epic_facts: Frame, issue_changes: Frame, issue_facts: Frame, epic_item_facts: Frame, status_time_facts: Frame
) -> Frame:
    """One row per stretch of time in which an epic was worked on: an item in progress, and a change within 14 days.

    Columns: those of the epic, start, end.
    """
    begun = status_time_facts["starts"].groupby(status_time_facts["item"]).cummax()
    working = status_time_facts[begun & ~status_time_facts["is_done"]][["item", "start", "end"]]
    work = _of_epics(working, epic_item_facts)
    changed = issue_changes.assign(item=position_of(issue_facts, issue_changes, "issue_id"), start=issue_changes["at"])
    moved = pd.concat([changed[["item", "start"]], working[["item", "start"]]])
    alive = _of_epics(moved.assign(end=moved["start"] + ACTIVE_FOR), epic_item_facts)
    both = _both(_union(work), _union(alive))
    rows: Frame = both.merge(epic_facts[OF_EPIC], on="epic")
    return rows


def _of_epics(spans: Frame, items: Frame) -> Frame:
    """The spans of items, cut to the time that each item belonged to an epic."""
    rows = spans.merge(items[["item", "epic", "start", "end"]], on="item", suffixes=("", "_in"))
    rows["start"] = rows["start"].where(rows["start"] >= rows["start_in"], rows["start_in"])
    rows["end"] = rows["end"].where(~(rows["end_in"] < rows["end"].fillna(FAR)), rows["end_in"]).fillna(FAR)
    return rows[rows["start"] < rows["end"]][SPAN]


def _union(spans: Frame) -> Frame:
    """Overlapping spans of an epic as one."""
    rows = spans.sort_values(["epic", "start"], kind="stable", ignore_index=True)
    ends = rows["end"].astype("int64").groupby(rows["epic"]).cummax()
    before = ends.groupby(rows["epic"]).shift()
    begins = before.isna() | (rows["start"].astype("int64") > before)
    joined = rows.groupby(begins.cumsum()).agg({"epic": "first", "start": "first", "end": "max"})
    return joined.reset_index(drop=True)


def _both(one: Frame, other: Frame) -> Frame:
    """When both hold; neither overlaps itself."""
    parts = [
        pd.DataFrame({"epic": spans["epic"], "at": spans[side], "step": step})
        for spans in (one, other)
        for side, step in (("start", 1), ("end", -1))
    ]
    steps = pd.concat(parts).sort_values(["epic", "at", "step"], kind="stable", ignore_index=True)
    until = steps["at"].shift(-1)
    level = steps["step"].cumsum()  # back at nothing with the end of every epic
    rows = pd.DataFrame({"epic": steps["epic"], "start": steps["at"], "end": until})[
        (level == 2) & (steps["at"] < until)
    ]
    return rows.reset_index(drop=True)
