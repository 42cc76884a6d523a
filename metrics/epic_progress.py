"""One fact row per open epic and week: how far it was, how far its plan was, and the hours booked on it."""

import numpy as np
import pandas as pd

from metrics.calendar_weeks import WEEK, start_of, week_of
from metrics.model import Frame
from metrics.organisation import Organisation
from metrics.portfolio import holding
from metrics.positions import position_of

LEAST_ELAPSED = 2  # weeks
OF_EPIC = ["epic", "key", "url", "team", "project", "started_at", "first_due_at", "done_at", "is_cancelled"]
SECONDS_PER_HOUR = 3600


def booked_hours(worklogs: Frame, issue_facts: Frame) -> Frame:
    """One row per entry of hours booked on an issue: item (the position of the issue's facts), at, hours."""
    item = position_of(issue_facts, worklogs, "issue_id")
    rows = pd.DataFrame({"item": item, "at": worklogs["started_at"], "hours": worklogs["seconds"].astype("float64")})
    rows["hours"] /= SECONDS_PER_HOUR
    return rows[(rows["item"] >= 0) & rows["at"].notna() & rows["hours"].notna()].reset_index(drop=True)


def epic_progress(
    epic_facts: Frame,
    booked_hour_facts: Frame,
    epic_item_facts: Frame,
    done_span_facts: Frame,
    organisation: Organisation,
) -> Frame:
    """One row per begun epic and week that ended before it was done, as known at the week's end (`as_of`).

    Columns: those of the epic, as_of, items and done (numbers), booked (hours on its items so far), noted (of the done
    items, those with hours), usual (hours that a finished item of other epics of the project took by then; null without
    any), elapsed (the share of the planned time that has passed, at most 1; null without a promised date).
    """
    timezone = organisation.calendar.timezone
    hours = booked_hour_facts
    begun = epic_facts[epic_facts["started_at"].notna()][OF_EPIC]
    if begun.empty:
        return _with_plan(begun.assign(items=0, done=0, booked=0.0, noted=0, usual=np.nan, as_of=begun["started_at"]))
    first, last = week_of(begun["started_at"], timezone).min() + 1, week_of(epic_facts["seen_at"], timezone).max()
    weeks = [
        _at(start_of(week, timezone), begun, epic_item_facts, done_span_facts, hours) for week in range(first, last + 1)
    ]
    return _with_plan(pd.concat(weeks, ignore_index=True) if weeks else begun.iloc[:0])


def _at(moment: pd.Timestamp, begun: Frame, items: Frame, done: Frame, hours: Frame) -> Frame:
    rows = begun[(begun["started_at"] < moment) & ~(begun["done_at"] <= moment)]
    members = holding(items, moment)
    booked = hours[hours["at"] < moment].groupby("item")["hours"].sum()
    is_done = members["item"].isin(holding(done, moment)["item"])
    spent = members["item"].map(booked)
    noted = is_done & spent.notna()
    counted = pd.DataFrame(
        {"items": 1, "done": is_done, "booked": spent, "noted": noted, "noted_hours": spent.where(noted)}
    )
    sums = counted.groupby(members["epic"].to_numpy()).sum()
    project = begun.set_index("epic")["project"].reindex(sums.index)
    known = sums.groupby(project)[["noted", "noted_hours"]].sum().reindex(project).set_axis(sums.index)
    others = known - sums[["noted", "noted_hours"]]
    sums["usual"] = (others["noted_hours"] / others["noted"].where(others["noted"] > 0)).astype("float64")
    told = sums.drop(columns="noted_hours").reindex(rows["epic"]).set_axis(rows.index)
    return rows.join(told.fillna({"items": 0, "done": 0, "booked": 0.0, "noted": 0})).assign(as_of=moment)


def _with_plan(rows: Frame) -> Frame:
    passed, planned = rows["as_of"] - rows["started_at"], rows["first_due_at"] - rows["started_at"]
    elapsed = (passed / planned.where(planned > pd.Timedelta(0))).clip(upper=1.0)
    return rows.assign(elapsed=elapsed.where(passed >= LEAST_ELAPSED * WEEK))
