"""Versions as plans: what was meant for each and since when, their release dates, and when they will be done."""

import numpy as np
import pandas as pd

from metrics.calendar_weeks import end_of_day
from metrics.epic_forecasts import epic_forecasts
from metrics.epic_scope import epic_scopes
from metrics.epics import done_spans, first_begun, members, team_of_most
from metrics.model import Frame
from metrics.organisation import UNASSIGNED, Organisation
from metrics.positions import position_of
from metrics.timelines import changes_of

ALWAYS = pd.Timestamp("1970-01-01", tz="UTC").as_unit("us")
ONE = ["item", "version_id"]


def version_items(versions: Frame, issue_changes: Frame, issue_facts: Frame) -> Frame:
    """One row per stretch of time in which an issue was meant for a version; cancelling an issue takes it out.

    Columns: those of epic_items, with `epic` the position of the version.
    """
    steps = _steps(changes_of(issue_facts, issue_changes, "fix_version"))
    born = _from_the_start(issue_facts, steps)
    starts = pd.concat([born, steps[steps["is_in"]]])[[*ONE, "at"]].rename(columns={"at": "start"})
    ends = steps.loc[~steps["is_in"], [*ONE, "at"]].rename(columns={"at": "end"})
    turns = [frame.assign(turn=frame.groupby(ONE).cumcount()) for frame in (starts, ends)]
    held = turns[0].merge(turns[1], on=[*ONE, "turn"], how="left").drop(columns="turn")
    held["source"] = issue_facts["source"].reindex(held["item"]).array
    held["epic"] = position_of(versions, held, "version_id")
    return members(issue_facts, held.sort_values(["item", "start"], kind="stable", ignore_index=True))


def _steps(ordered: Frame) -> Frame:
    """Into versions and out of them, in order: item, version_id, is_in, at."""
    parts = [
        ordered[["item", "at"]].assign(version_id=ordered[side], is_in=is_in, turn=np.arange(len(ordered)))
        for side, is_in in (("from_id", False), ("to_id", True))
    ]
    steps: Frame = pd.concat(parts).dropna(subset="version_id").sort_values("turn", kind="stable", ignore_index=True)
    return steps.drop(columns="turn")


def _from_the_start(facts: Frame, steps: Frame) -> Frame:
    """What issues were meant for when they were written: what they left first, and what no history tells of."""
    now = facts["fix_versions"].explode().dropna().rename("version_id").rename_axis("item").reset_index()
    told = pd.MultiIndex.from_frame(steps[ONE])
    untold = now[~pd.MultiIndex.from_frame(now).isin(told)]
    first = steps.drop_duplicates(ONE)
    both = pd.concat([untold, first.loc[~first["is_in"], ONE]], ignore_index=True)
    created = facts["created_at"].reindex(both["item"]).set_axis(both.index)
    return both.astype({"item": "int64", "version_id": "str"}).assign(at=created)


def versions(versions: Frame, version_item_facts: Frame, issue_facts: Frame, organisation: Organisation) -> Frame:
    """One row per version, with the columns of an epic's facts; `epic` is its position, `key` its project and name.

    It is done at the end of the day of its release. What the date was earlier nobody keeps: first_due_at is null.
    """
    said = versions.reset_index(drop=True)
    owners = organisation.owners.get("project", {})
    rows = said[["source", "project", "seen_at"]].assign(
        epic=said.index,
        key=said["project"] + " " + said["name"],
        title=said["project"] + " " + said["name"],
        url=_site(said, issue_facts) + "/projects/" + said["project"] + "/versions/" + said["id"],
        due_on=said["release_on"],
        due_at=end_of_day(said["release_on"], organisation.calendar.timezone),
    )
    own = pd.DataFrame({"team": said["project"].map(owners).fillna(UNASSIGNED).astype("str")})
    rows["team"] = team_of_most(own, version_item_facts)
    rows["started_at"] = first_begun(version_item_facts).reindex(rows.index)
    first = version_item_facts.groupby("epic")["start"].min().reindex(rows.index)
    opened = end_of_day(said["start_on"], organisation.calendar.timezone)
    rows["created_at"] = first.where(~(opened < first), opened).fillna(opened).fillna(ALWAYS)
    released = said["is_released"].fillna(False).astype(bool)
    rows["done_at"] = rows["due_at"].where(released & rows["due_at"].notna(), first.where(released))
    rows["is_cancelled"] = said["is_archived"].fillna(False).astype(bool) & ~released
    rows["first_due_at"] = pd.Series(pd.NaT, index=rows.index, dtype="datetime64[us, UTC]")
    return rows.assign(due_moves=0)


def _site(said: Frame, issues: Frame) -> pd.Series:
    first = issues.drop_duplicates("project").set_index("project")["url"].astype("str")
    return said["project"].map(first.str.replace(r"/browse/.*", "", regex=True)).fillna("").astype("str")


def version_due_dates(version_facts: Frame) -> Frame:
    """One row per version: epic, due_on, due_at, start and end, as of an epic's due dates."""
    rows = version_facts[["epic", "due_on", "due_at"]]
    return rows.assign(start=ALWAYS, end=pd.Series(pd.NaT, index=rows.index, dtype="datetime64[us, UTC]"))


def version_done_spans(issue_facts: Frame, status_time_facts: Frame, version_item_facts: Frame) -> Frame:
    """One row per stretch of time that an issue was done, as of epics; `epic` is the version that it was meant for."""
    return done_spans(issue_facts, status_time_facts, version_item_facts)


def version_scopes(version_facts: Frame, version_item_facts: Frame) -> Frame:
    """How much each version held over time, as of epics."""
    return epic_scopes(version_facts, version_item_facts)


def version_forecasts(
    version_facts: Frame,
    version_item_facts: Frame,
    version_done_span_facts: Frame,
    version_due_date_facts: Frame,
    noted_holiday_facts: Frame,
    organisation: Organisation,
) -> Frame:
    """When each open version is done, as of epics; the capacity is what a team finished for its versions."""
    return epic_forecasts(
        version_facts,
        version_item_facts,
        version_done_span_facts,
        version_due_date_facts,
        noted_holiday_facts,
        organisation,
    )
