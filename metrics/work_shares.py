"""What finished work was for, counted in three ways: in issues, in pull requests, and in time."""

from datetime import datetime

import pandas as pd

from metrics.model import Facts, Frame
from metrics.pull_requests import is_judged
from metrics.stages import STARTS
from metrics.work_classes import UNCLASSIFIED

WAYS = ("issues", "pull_requests", "time")
LEAST_BOOKED = 0.7
FACTS = ("issues", "pull_requests", "linked_issues", "stage_times", "booked_hours")


def work_shares(facts: Facts, start: datetime, end: datetime, team: str | None = None) -> Frame:
    """One row per class of work: the percent of the work finished in [start, end) that was of it, in three ways.

    Columns: part, issues, pull_requests (merged; of the first issue that each names, else unclassified), time (hours
    booked where 70 % of the issues have any, else the time that issues spent in work), low and high (of the three).
    `attrs`: n of each way, and `time_is`: "booked" or "in work". A way without any rows is null.
    """
    issues = facts["issues"]
    done = issues[issues["left_out"].isna() & issues["done_at"].notna()]
    done = _mine(done[(done["done_at"] >= start) & (done["done_at"] < end)], team)
    merged = facts["pull_requests"]
    merged = merged[is_judged(merged) & (merged["merged_at"] >= start) & (merged["merged_at"] < end)]
    spent, time_is = _spent(facts, done)
    ways = {
        "issues": pd.Series(1.0, index=done.index).groupby(done["work_class"]).sum(),
        "pull_requests": _of_pull_requests(facts, _mine(merged, team)),
        "time": spent.groupby(done["work_class"]).sum(),
    }
    shares = pd.DataFrame({way: 100 * sums / sums.sum() for way, sums in ways.items() if sums.sum() > 0})
    shares = shares.fillna(0.0).reindex(columns=list(WAYS))
    shares = shares.assign(low=shares.min(axis=1), high=shares.max(axis=1)).rename_axis("part").reset_index()
    shares = shares.sort_values(["high", "part"], ascending=[False, True], ignore_index=True)
    shares.attrs = {"n": {"issues": len(done), "pull_requests": int(ways["pull_requests"].sum())}, "time_is": time_is}
    return shares


def _mine(rows: Frame, team: str | None) -> Frame:
    return rows if team is None else rows[rows["team"] == team]


def _of_pull_requests(facts: Facts, merged: Frame) -> pd.Series:
    named = facts["linked_issues"].dropna(subset="issue").drop_duplicates("pull_request").set_index("pull_request")
    item = named["issue"].reindex(merged.index)
    kinds = facts["issues"]["work_class"].reindex(item).set_axis(merged.index).fillna(UNCLASSIFIED)
    return pd.Series(1.0, index=merged.index).groupby(kinds).sum()


def _spent(facts: Facts, done: Frame) -> tuple[pd.Series, str]:
    """The time of each finished issue, in hours."""
    booked = facts["booked_hours"].groupby("item")["hours"].sum().reindex(done.index)
    if len(done) and booked.notna().mean() >= LEAST_BOOKED:
        return booked, "booked"
    stages = facts["stage_times"]
    worked = stages[stages["stage"].isin(STARTS)].groupby("key")["took"].sum()
    return worked.reindex(done["key"]).set_axis(done.index).dt.total_seconds() / 3600, "in work"
