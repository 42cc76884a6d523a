"""Epics: what belonged to each and since when, the dates that were promised, and what was finished."""

import pandas as pd

from metrics.calendar_weeks import end_of_day
from metrics.epic_membership import epic_changes, epic_now
from metrics.issues import CANCELLED, entries_into_done, is_cancelled
from metrics.model import Frame
from metrics.organisation import Organisation
from metrics.positions import position_of
from metrics.timelines import changes_of, last_before, timeline, value_at

OF_ISSUE = ["source", "key", "url", "title", "project", "created_at", "done_at", "due_on", "seen_at"]
NO_EPIC = -1


def epic_items(issues: Frame, issue_changes: Frame, issue_facts: Frame) -> Frame:
    """One row per stretch of time in which an issue belonged to an epic; cancelling an issue takes it out.

    Columns: item and epic (positions of the issues' facts), start, end (null: still), started_at (the first time it
    was in progress), team. Sub-tasks, epics and what stands above them are no items.
    """
    facts, is_epic = issue_facts, issue_facts["is_epic"]
    now = epic_now(issues.reset_index(drop=True), is_epic)
    held = timeline(facts, epic_changes(facts, issue_changes, is_epic), now).rename(columns={"value": "epic_id"})
    held["source"] = facts["source"].reindex(held["item"]).array
    held["epic"] = position_of(facts, held, "epic_id")
    return members(facts, held)


def members(issue_facts: Frame, held: Frame) -> Frame:
    """Of the times for which issues were held (item, epic, start, end) those that count, with what the issues say."""
    told = issue_facts[["started_at", "done_at", "left_out", "team"]].reindex(held["item"]).set_axis(held.index)
    held = held.join(told.rename(columns={"done_at": "over"}))
    cancelled = held["left_out"] == CANCELLED
    held["end"] = held["end"].fillna(held["over"].where(cancelled))
    counts = (held["epic"] != NO_EPIC) & (held["left_out"].isna() | cancelled)
    lasts = held["end"].isna() | (held["end"] > held["start"])
    return held[counts & lasts][["item", "epic", "start", "end", "started_at", "team"]].reset_index(drop=True)


def done_spans(issue_facts: Frame, status_time_facts: Frame, epic_item_facts: Frame) -> Frame:
    """One row per stretch of time that an issue was done: item, epic (its own at the finish; -1: none), start, end.

    `end` is null while it is done still; what was reopened is no longer finished, and was until then.
    """
    times = status_time_facts
    stretches = times.assign(stretch=entries_into_done(times).cumsum())[times["is_done"]].groupby("stretch")
    done = stretches[["item", "start"]].first().assign(end=stretches["end"].last())
    done = done[issue_facts["left_out"].isna().reindex(done["item"]).to_numpy()].reset_index(drop=True)
    member = last_before(epic_item_facts.sort_values(["item", "start"], kind="stable"), done["item"], done["start"])
    belongs = epic_item_facts[["epic", "end"]].reindex(member).set_axis(done.index)
    inside = belongs["end"].isna() | (belongs["end"] > done["start"])
    return done.assign(epic=belongs["epic"].where(inside).fillna(NO_EPIC).astype("int64"))


def epic_due_dates(issue_facts: Frame, issue_changes: Frame, organisation: Organisation) -> Frame:
    """One row per stretch of time in which an epic had one due date, or none: epic, due_on, due_at, start, end.

    `due_at` is the moment at which that day is over where the organisation is; null without a date.
    """
    ordered = changes_of(issue_facts, issue_changes, "due_date")
    now = issue_facts["due_on"].dt.strftime("%Y-%m-%d").astype("str")
    held = timeline(issue_facts, ordered, now)
    held = held[issue_facts["is_epic"].reindex(held["item"]).to_numpy()].rename(columns={"item": "epic"})
    days = pd.to_datetime(held["value"].str[:10], errors="coerce").astype("datetime64[us]")
    due_at = end_of_day(days, organisation.calendar.timezone)
    return held.drop(columns="value").assign(due_on=days, due_at=due_at).reset_index(drop=True)


def epics(issue_facts: Frame, epic_item_facts: Frame, epic_due_date_facts: Frame, organisation: Organisation) -> Frame:
    """One row per epic: epic (the position of the issue's facts), key, url, title, project, team, source.

    Moments created_at, started_at (the first start of the epic or of an item in it), done_at, seen_at; due_on and
    due_at (now), first_due_at (the end of the day that was promised when it was started; null: none was), due_moves
    (changes of a promised date since then); is_cancelled.
    """
    facts = issue_facts[issue_facts["is_epic"]]
    rows = facts[OF_ISSUE].assign(epic=facts.index, team=team_of_most(facts, epic_item_facts))
    rows["is_cancelled"] = is_cancelled(facts, organisation)
    first = first_begun(epic_item_facts).reindex(facts.index)
    rows["started_at"] = facts["started_at"].where(~(first < facts["started_at"]), first).fillna(first)
    dues = epic_due_date_facts
    states = dues.rename(columns={"epic": "item"})
    rows["first_due_at"] = value_at(states, rows["epic"], rows["started_at"], "due_at")
    rows["due_at"] = end_of_day(rows["due_on"], organisation.calendar.timezone)
    start = rows.set_index("epic")["started_at"].reindex(dues["epic"]).set_axis(dues.index)
    moved = dues["due_at"].notna() & (dues["start"] > start)
    rows["due_moves"] = moved.groupby(dues["epic"]).sum().reindex(facts.index, fill_value=0)
    return rows.reset_index(drop=True)


def first_begun(items: Frame) -> pd.Series:
    """By epic: when the first of its items was in progress while it belonged to it."""
    begun = items["started_at"].where(items["started_at"] >= items["start"], items["start"])
    begun = begun.where(items["started_at"].notna())
    begun = begun.where(items["end"].isna() | (begun < items["end"]))
    return begun.groupby(items["epic"]).min()


def team_of_most(facts: Frame, items: Frame) -> pd.Series:
    """The team of most of an epic's items; the epic's own where it has none."""
    n = items.groupby(["epic", "team"]).size().rename("n").reset_index()
    most = n.sort_values(["n", "team"], ascending=[False, True]).drop_duplicates("epic").set_index("epic")["team"]
    return most.reindex(facts.index).fillna(facts["team"])
