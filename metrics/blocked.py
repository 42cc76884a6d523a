"""When issues were blocked: flagged, in a blocked stage, or waiting for another issue."""

import pandas as pd

from metrics.model import Frame
from metrics.stages import BLOCKED
from metrics.timelines import changes_of, timeline

SPAN = ["item", "start", "end", "why"]


def blocked_spans(facts: Frame, times: Frame, changes: Frame, links: Frame) -> Frame:
    """Each stretch of time in which an issue was blocked, by any of the three signs.

    Columns: item, start, end (null: still), why. `facts` are issues with done_at; a link blocks from the time it was
    made until the other issue is done.
    """
    staged = times[times["stage"] == BLOCKED].assign(why=lambda rows: "status " + rows["status"])[SPAN]
    return pd.concat([staged, _flagged(facts, changes), _linked(facts, links)], ignore_index=True)


def _flagged(facts: Frame, changes: Frame) -> Frame:
    now = facts["is_flagged"].map({True: "flagged"}).astype("str")
    states = timeline(facts, changes_of(facts, changes, "flagged"), now, side="text")
    return states[states["value"].fillna("") != ""].assign(why="flagged")[SPAN]


def blocks_now(spans: Frame, items: pd.Index) -> Frame:
    """For each item since when it is blocked now and why, each reason once; null where it is not: since, why."""
    now = spans[spans["end"].isna()].sort_values(["item", "start"], kind="stable").drop_duplicates(["item", "why"])
    by_item = now.groupby("item")
    found = pd.DataFrame({"since": by_item["start"].min(), "why": by_item["why"].agg(", ".join)})
    return found.reindex(items)


def _linked(facts: Frame, links: Frame) -> Frame:
    """Links "is blocked by", of whose making the time is known."""
    blocking = links[links["kind"].str.contains("blocked by", case=False, na=False) & links["since"].notna()]
    place = pd.Series(facts.index, index=pd.MultiIndex.from_frame(facts[["source", "id"]]))
    near, far = (
        place.reindex(pd.MultiIndex.from_frame(blocking[["source", side]])) for side in ("issue_id", "other_id")
    )
    rows = pd.DataFrame({"item": near.to_numpy(), "other": far.to_numpy(), "start": blocking["since"].to_numpy()})
    rows["why"] = "waits for " + blocking["other_key"].fillna("another issue").to_numpy()
    rows["start"] = pd.to_datetime(rows["start"], utc=True).astype("datetime64[us, UTC]")
    rows = rows.dropna(subset=["item", "other"]).astype({"item": "int64", "other": "int64"})
    rows["end"] = facts["done_at"].reindex(rows["other"]).array
    return rows[rows["end"].isna() | (rows["end"] > rows["start"])][SPAN]
