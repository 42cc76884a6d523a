"""What the issue tracker would tell: projects, boards, statuses, sprints, issues with their histories and links."""

from typing import Any

import numpy as np
import pandas as pd

from connectors.demo import projects, sprints
from connectors.demo.code_host import subjects
from connectors.demo.epics import GOALS
from connectors.demo.issue_history import (
    CATEGORIES,
    DONE,
    STATUSES,
    TO_DO,
    changes,
    due_dates,
    marked,
    sprint_lists,
    status_changes,
)
from connectors.demo.issues import BUG, EPIC, INCIDENT, POINTS, SPIKE, STORY, SUB_TASK, TASK, TYPES
from connectors.demo.organisation import ADDRESS, NOBODY, Organisation, jira_actor
from connectors.demo.projects import project_id
from connectors.demo.pull_requests import Draw
from connectors.demo.rows import Columns, Tables, either, times, words
from connectors.demo.versions import version_id, version_turns
from connectors.demo.working_time import HOUR

CANCELLED = ("Won't Do", "Duplicate", "Cannot Reproduce")
PRIORITIES = ("Low", "Medium", "High")


def all_issues(draw: Draw, items: pd.DataFrame, epics: pd.DataFrame, belongs: Any) -> pd.DataFrame:
    """Issues and epics together, in the order of creation and numbered by project.

    `epic` and `parent` are places in this frame, `origin` is the place in `items` (epics: behind them).
    """
    every = pd.concat([items.assign(epic=belongs), epics.assign(epic=NOBODY)], ignore_index=True)
    every["origin"] = every.index
    every = every.sort_values("created", kind="stable", ignore_index=True)
    place = np.empty(len(every) + 1, dtype=int)
    place[every["origin"]] = every.index
    place[-1] = NOBODY
    epic = np.where(every["epic"] == NOBODY, -1, every["epic"] + len(items)).astype(int)
    every["epic"] = place[epic]
    every["parent"] = place[every["parent"].fillna(NOBODY).astype(int)]
    every["number"] = every.groupby("team").cumcount() + 1
    every["assignee"] = every["assignee"].fillna(NOBODY).astype(int)
    estimated = every["type"].isin([STORY, TASK, BUG]) & draw.some(0.85, len(every))
    points = draw.chance.choice(POINTS, len(every), p=[0.2, 0.27, 0.3, 0.17, 0.06])
    every["points"] = np.where(estimated, points, np.nan)
    return marked(draw, every)


def keys(organisation: Organisation, every: pd.DataFrame) -> Any:
    """PAY-12 and the like."""
    pairs = zip(every["team"].tolist(), every["number"].tolist(), strict=True)
    return words(f"{organisation.projects[team]}-{number}" for team, number in pairs)


def tracker_tables(draw: Draw, every: pd.DataFrame) -> Tables:
    """Everything that the tracker holds."""
    steps, member = status_changes(every), sprints.memberships(draw, every)
    found = changes(draw, every, steps, member)
    every["changed"] = _changed(draw, every, found)
    parents = _parents(every)
    return {
        "projects": projects.projects(draw.organisation),
        "statuses": projects.statuses(),
        "boards": projects.boards(draw.organisation),
        "sprints": sprints.sprint_table(draw),
        "versions": projects.versions(draw),
        "issues": _issues(draw, every, parents, steps, sprint_lists(every, member)),
        "issue_changes": _changes(draw, every, parents, found),
        "issue_links": _links(draw, every, parents),
        "worklogs": _worklogs(draw, every, parents),
    }


def _changed(draw: Draw, every: pd.DataFrame, found: Columns) -> Any:
    moments = every[["created", "done", "cancelled"]].max(axis=1).to_numpy(copy=True)
    np.maximum.at(moments, found["item"], found["at"])
    return moments


def _parents(every: pd.DataFrame) -> Columns:
    pairs = list(zip(every["team"].tolist(), every["number"].tolist(), strict=True))
    return {
        "scope": every["team"].to_numpy(),
        "changed": every["changed"].to_numpy(),
        "project_id": words(project_id(team) for team, _ in pairs),
        "issue_id": words(str(100_000 * (team + 1) + number) for team, number in pairs),
    }


def _issues(draw: Draw, every: pd.DataFrame, parents: Columns, steps: pd.DataFrame, turns: list[list[int]]) -> Columns:
    many, named = len(every), keys(draw.organisation, every)
    ids = words([*parents["issue_id"], None])
    columns = {"id" if name == "issue_id" else name: column for name, column in parents.items()}
    columns |= _text(draw, every) | _status(draw, every, steps) | jira_actor("assignee", every["assignee"].to_numpy())
    columns |= jira_actor("author", draw.chance.integers(45, size=many)) | _details(draw, every)
    pairs = zip(every["team"].tolist(), turns, strict=True)
    now = draw.time.now
    due = times(due_dates(every, now)).astype("datetime64[D]")
    return columns | {
        "project": words(draw.organisation.projects)[every["team"]],
        "key": named,
        "url": words(f"{ADDRESS}/browse/{key}" for key in named),
        "created_at": times(every["created"].to_numpy()),
        "updated_at": times(every["changed"].to_numpy()),
        "due_on": due,
        "points": every["points"].to_numpy(),
        "parent_id": ids[np.where(every["parent"] == NOBODY, every["epic"], every["parent"])],
        "epic_id": ids[every["epic"]],
        "is_flagged": ((every["flagged"] <= now) & ~(every["unflagged"] <= now)).to_numpy(),
        "sprints": words([sprints.sprint_id(team, turn) for turn in listed] for team, listed in pairs),
        "linked_pull_requests": words([[]] * many),
    }


def _text(draw: Draw, every: pd.DataFrame) -> Columns:
    titles = words(subjects(draw, len(every)))
    goals = every["title"].fillna(0).astype(int).to_numpy()
    return {
        "title": either(every["type"] == EPIC, words(GOALS)[goals], titles),
        "type": words(TYPES)[every["type"]],
        "is_subtask": (every["type"] == SUB_TASK).to_numpy(),
        "level": either(every["type"] == EPIC, 1, either(every["type"] == SUB_TASK, -1, 0)),
    }


def _status(draw: Draw, every: pd.DataFrame, steps: pd.DataFrame) -> Columns:
    status = np.full(len(every), TO_DO)
    past = steps[steps["at"] <= draw.time.now]
    status[past["item"].to_numpy()] = past["after"].to_numpy()  # the last of each stays
    status[(every["started"].isna() & every["done"].notna()).to_numpy()] = DONE
    over = every["done"].fillna(every["cancelled"]).where(status == DONE).to_numpy()
    over = np.where((status == DONE) & np.isnan(over), every["first_done"], over)
    given_up = words(CANCELLED)[draw.chance.integers(len(CANCELLED), size=len(every))]
    return {
        "status": words(STATUSES)[status],
        "status_id": words(str(place + 1) for place in range(len(STATUSES)))[status],
        "status_category": words(CATEGORIES)[status],
        "resolution": either(status == DONE, either(every["cancelled"].notna(), given_up, "Done"), None),
        "resolved_at": times(over),
        "closed_at": times(over),
    }


def _details(draw: Draw, every: pd.DataFrame) -> Columns:
    many, kind = len(every), every["type"].to_numpy()
    priority = draw.chance.choice(3, many, p=[0.3, 0.5, 0.2])
    found_in = np.where(draw.some(0.18, many), "production", "testing")
    severity = either(np.isin(kind, [BUG, INCIDENT]), words(["minor", "major", "critical"])[priority], None)
    labels = [["incident"] if t == INCIDENT else [] for t in kind.tolist()]
    meant_for = version_turns(draw, every)[1].tolist()
    for word, chosen in (("tech-debt", (kind == TASK) & draw.some(0.5, many)), ("security", draw.some(0.03, many))):
        for place in np.flatnonzero(chosen & ~np.isin(kind, [EPIC, INCIDENT])).tolist():
            labels[place] = [word]
    parts = draw.chance.integers(2, size=many)
    repositories = [name.split("/")[1] for name in draw.organisation.repositories]
    owned = [[repositories[2 * t + n]] for t, n in zip(every["team"].tolist(), parts.tolist(), strict=True)]
    return {
        "priority": words(PRIORITIES)[priority],
        "labels": words(labels),
        "components": words(owned),
        "fix_versions": words([] if turn == NOBODY else [version_id(turn)] for turn in meant_for),
        "found_in": either(kind == BUG, found_in, None),
        "severity": severity,
    }


def _changes(draw: Draw, every: pd.DataFrame, parents: Columns, found: Columns) -> Columns:
    item = found["item"]
    first = np.flatnonzero(np.r_[True, item[1:] != item[:-1]])
    position = np.arange(len(item)) - np.repeat(first, np.diff(np.r_[first, len(item)]))
    assignee = every["assignee"].to_numpy()[item]
    who = np.where(assignee == NOBODY, draw.chance.integers(45, size=len(item)), assignee)
    columns = {name: column[item] for name, column in parents.items()}
    columns |= {name: found[name] for name in ("field", "from_id", "to_id", "from_text", "to_text")}
    columns |= {"id": words(f"{p}.0" for p in position.tolist()), "position": position, "at": times(found["at"])}
    return columns | jira_actor("actor", who)


def _links(draw: Draw, every: pd.DataFrame, parents: Columns) -> Columns:
    """Work that waits for another team's, told from both ends."""
    begun = np.flatnonzero(every["started"].notna() & every["type"].isin([STORY, TASK, BUG, SPIKE]))
    waiting = np.sort(draw.chance.choice(begun, 420, replace=False))
    team, since = every["team"].to_numpy(), every["started"].to_numpy()[waiting]
    other = begun[np.clip(np.searchsorted(begun, waiting) + draw.chance.integers(-60, 60, 420), 0, len(begun) - 1)]
    chosen = team[waiting] != team[other]
    pairs = [("is blocked by", waiting[chosen], other[chosen]), ("blocks", other[chosen], waiting[chosen])]
    named = keys(draw.organisation, every)
    item, far = (np.concatenate([pair[side] for pair in pairs]) for side in (1, 2))
    columns = {name: column[item] for name, column in parents.items()}
    return columns | {
        "id": words(str(70_000 + place % int(chosen.sum())) for place in range(len(item))),
        "kind": words(kind for kind, near, _ in pairs for _ in near),
        "other_id": parents["issue_id"][far],
        "other_key": named[far],
        "since": times(np.tile(since[chosen] + 2 * HOUR, 2)),
    }


def _worklogs(draw: Draw, every: pd.DataFrame, parents: Columns) -> Columns:
    """The first team books its hours."""
    worked = every["done"].notna() & every["started"].notna() & (every["type"] != EPIC)
    item = np.flatnonzero((every["team"] == 0) & worked & draw.some(0.85, len(every)))
    at = times(every["done"].to_numpy()[item])
    seconds = (np.round(draw.about(5.0, 0.7, len(item)) * 4) * 900 + 900).astype(int)
    columns = {name: column[item] for name, column in parents.items()} | {"seconds": seconds}
    columns |= {"id": words(f"{400_001 + place}" for place in range(len(item))), "started_at": at, "updated_at": at}
    return columns | jira_actor("author", every["assignee"].to_numpy()[item])
