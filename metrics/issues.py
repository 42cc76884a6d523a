"""One fact row per issue: when it was started and done, how often reopened, whose it is, and why it may not count."""

from collections.abc import Mapping
from dataclasses import replace

import numpy as np
import pandas as pd

from metrics.blocked import blocked_spans, blocks_now
from metrics.epic_membership import epic_changes, epic_now, is_above_epics, is_epic
from metrics.intervals import covered
from metrics.model import Frame
from metrics.organisation import Organisation, team_of
from metrics.stages import UNMAPPED
from metrics.timelines import changes_of, timeline, value_at
from metrics.work_classes import is_bug, work_class

SUB_TASK, EPIC, CANCELLED, CODE_HOST = "sub-task", "epic", "cancelled", "issue of the code host"
ABOVE = "above epics"
LEFT_OUT = (SUB_TASK, EPIC, ABOVE, CANCELLED, CODE_HOST)
REOPENED_AFTER, REOPENED_WITHIN = pd.Timedelta(hours=24), pd.Timedelta(days=30)


def issues(
    issues: Frame, issue_changes: Frame, issue_links: Frame, status_time_facts: Frame, organisation: Organisation
) -> Frame:
    """One row per issue, in the order of the table.

    Columns: key, project, url, title, type, labels, points, found_in, severity; is_tracked (of an issue tracker, not
    of a code host); moments created_at, started_at (first entry into an active or review stage), first_done_at, done_at
    (last entry into done; null while it is not done), seen_at; reopens (exits from done), was_reopened (one of them
    within 30 days of the first finish, after 24 hours in done); status, stage, stage_since; durations cycle, lead and
    blocked (between start and finish; timedelta); blocked_since and blocked_why (now; null where it is not); team,
    is_bug, is_epic, work_class, epic_id and epic (its key, at the finish) and left_out (why it does not
    count, or null).
    """
    facts = issues.reset_index(drop=True)
    facts["is_tracked"] = facts["status_id"].notna()
    facts["is_epic"] = is_epic(facts, organisation)
    facts["is_subtask"] = (facts["is_subtask"].fillna(False) | (facts["level"] < 0).fillna(False)).astype(bool)
    facts["epic_id"] = epic_now(facts, facts["is_epic"])
    facts = facts.assign(**_moments(facts, status_time_facts))
    facts["lead"] = _positive(facts["done_at"] - facts["created_at"], or_zero=True)
    facts["cycle"] = _positive(facts["done_at"] - facts["started_at"])
    spans = blocked_spans(facts, status_time_facts, issue_changes, issue_links)
    facts["blocked"] = covered(spans, facts["started_at"], facts["done_at"]).where(facts["cycle"].notna())
    facts = facts.assign(**blocks_now(spans, facts.index).add_prefix("blocked_"))
    facts["left_out"] = _left_out(facts, organisation)
    facts["epic_id"] = _epic_at_finish(facts, issue_changes)
    facts["epic"] = facts["epic_id"].map(_keys(facts)).fillna(facts["epic_id"]).astype("str")
    facts["team"] = _team(facts, issue_changes, organisation)
    return facts.assign(is_bug=is_bug(facts, organisation), work_class=work_class(facts, organisation))


def entries_into_done(times: Frame) -> pd.Series:
    """Whether a stretch begins with an entry into done: from a status that is not, or by being born there."""
    before = times["is_done"].shift(fill_value=False) & (times["item"] == times["item"].shift())
    return times["is_done"] & ~before


def exits_from_done(times: Frame) -> pd.Series:
    """Whether a stretch begins with an exit from done."""
    before = times["is_done"].shift(fill_value=False) & (times["item"] == times["item"].shift())
    return ~times["is_done"] & before


def issue_ends(issue_facts: Frame) -> Frame:
    """When issues ended and how long they took: what forecasts look at, a tenth of the facts of issues, in their order.

    Columns: team, done_at, cycle, left_out, is_tracked.
    """
    return issue_facts[["team", "done_at", "cycle", "left_out", "is_tracked"]]


def _moments(facts: Frame, times: Frame) -> dict[str, pd.Series]:
    entered = times[entries_into_done(times)]
    last = times.drop_duplicates("item", keep="last").set_index("item").reindex(facts.index)
    done_at = entered.groupby("item")["start"].last().reindex(facts.index)
    return {
        "started_at": times[times["starts"]].groupby("item")["start"].first().reindex(facts.index),
        "first_done_at": entered.groupby("item")["start"].first().reindex(facts.index),
        "done_at": done_at.where(last["is_done"].fillna(False).astype(bool)),
        "was_reopened": _was_reopened(times, entered).reindex(facts.index, fill_value=False),
        "reopens": times[exits_from_done(times)].groupby("item").size().reindex(facts.index, fill_value=0),
        "status": last["status"],
        "stage": last["stage"].fillna(UNMAPPED),
        "stage_since": last["start"],
    }


def _was_reopened(times: Frame, entered: Frame) -> pd.Series:
    """By item: whether it left done within 30 days of its first finish, after at least 24 hours in done."""
    left = times[exits_from_done(times)]
    since = entered["start"].reindex(times.index).groupby(times["item"]).ffill()[left.index]
    first = entered.groupby("item")["start"].first().reindex(left["item"]).set_axis(left.index)
    counts = (left["start"] - since >= REOPENED_AFTER) & (left["start"] <= first + REOPENED_WITHIN)
    return counts.groupby(left["item"]).any()


def _positive(duration: pd.Series, or_zero: bool = False) -> pd.Series:
    zero = pd.Timedelta(0)
    return duration.where(duration >= zero if or_zero else duration > zero)


def is_cancelled(facts: Frame, organisation: Organisation) -> pd.Series:
    """Whether each issue ended without a result: by its resolution or its status, as its project calls that."""
    by_resolution = _is_called(facts, "resolution", organisation.cancelled)
    return by_resolution | _is_called(facts, "status", organisation.cancelled_statuses)


def _is_called(facts: Frame, column: str, words: Mapping[str, frozenset[str]]) -> pd.Series:
    """Whether a column has one of its project's words, else one of those of "default"."""
    said = facts[column].str.lower()
    found = said.isin(words.get("default", frozenset()))
    for project, own in words.items():
        found = found.where(facts["project"] != project, said.isin(own))
    return found.astype(bool)


def _left_out(facts: Frame, organisation: Organisation) -> pd.Series:
    reasons = {
        SUB_TASK: facts["is_subtask"],
        EPIC: facts["is_epic"],
        ABOVE: is_above_epics(facts, facts["is_epic"]),
        CANCELLED: is_cancelled(facts, organisation),
        CODE_HOST: ~facts["is_tracked"] & bool(facts["is_tracked"].any()),
    }
    chosen = np.select(list(reasons.values()), list(reasons), default="")
    return pd.Series(chosen, index=facts.index, dtype="str").replace("", None).astype("str")


def excluded(rows: Frame) -> dict[str, pd.Series]:
    """The reasons for which rows of issues are left out, as `observe` takes them."""
    return {reason: rows["left_out"] == reason for reason in LEFT_OUT}


def _at_finish(facts: Frame, ordered: Frame, current: pd.Series) -> pd.Series:
    """What a field said when the issue was finished; for one that is not finished, what it says now."""
    states = timeline(facts, ordered, current)
    items = pd.Series(facts.index, index=facts.index)
    return value_at(states, items, facts["done_at"]).where(facts["done_at"].notna(), current)


def _epic_at_finish(facts: Frame, changes: Frame) -> pd.Series:
    ordered = epic_changes(facts, changes, facts["is_epic"])
    known = ordered.assign(from_id=ordered["from_id"].fillna(""), to_id=ordered["to_id"].fillna(""))
    changed = facts.index.isin(known["item"])
    then = _at_finish(facts, known, facts["epic_id"]).replace("", None)
    return facts["epic_id"].mask(changed, then).astype("str")


def _keys(facts: Frame) -> pd.Series:
    return facts.drop_duplicates("id").set_index("id")["key"]


def _team(facts: Frame, changes: Frame, organisation: Organisation) -> pd.Series:
    """The assignee's team at the finish, else the team that owns the component or the project, else "unassigned"."""
    then = _at_finish(facts, changes_of(facts, changes, "assignee"), facts["assignee_id"])
    known = organisation.memberships.loc[organisation.memberships["kind"] == "jira", "account"]
    same = (then == facts["assignee_id"]) | facts["assignee_id"].isna()
    by_name = facts["assignee"].where(same & ~then.str.lower().isin(known))
    moment = facts["done_at"].fillna(facts["updated_at"]).fillna(facts["created_at"])
    owners = organisation.owners
    places = replace(organisation, owners={"place": owners.get("project", {}) | owners.get("component", {})})
    tracked = team_of(by_name.fillna(then), "jira", moment, _place(facts, organisation), places, "place")
    hosted = team_of(facts["assignee"], "github", moment, facts["project"], organisation, "repository")
    return tracked.where(facts["is_tracked"], hosted)


def _place(facts: Frame, organisation: Organisation) -> pd.Series:
    owned = organisation.owners.get("component", {})
    if not owned:
        return facts["project"]
    parts = facts[["project", "components"]].explode("components")
    written = {name.lower(): name for name in owned}  # letter case does not count in the names of components
    names = (parts["project"] + ":" + parts["components"].astype("str")).str.lower().map(written)
    first = names.dropna().groupby(level=0).first()
    return first.reindex(facts.index).fillna(facts["project"]).astype("str")
