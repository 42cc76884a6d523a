"""The history of every issue: its changes of status, sprint, assignee, points, due date and flag, in order."""

from collections.abc import Iterable
from functools import lru_cache
from typing import Any

import numpy as np
import pandas as pd

from connectors.demo.issues import EPIC, POINTS
from connectors.demo.organisation import NOBODY
from connectors.demo.pull_requests import Draw
from connectors.demo.rows import Columns, times, words
from connectors.demo.sprints import Memberships, ends, sprint_id, sprint_name
from connectors.demo.versions import VERSION_LASTS, version_id, version_name, version_turns
from connectors.demo.working_time import DAY, HOUR, Numbers, Places

STATUSES = ("To Do", "Selected", "In Progress", "In Review", "Ready for Release", "Blocked", "Done", "On Hold")
TO_DO, SELECTED, IN_PROGRESS, IN_REVIEW, READY, BLOCKED, DONE, ON_HOLD = range(8)
CATEGORIES = ("new", "new", "active", "active", "active", "active", "done", "active")
Pair = tuple[Iterable[Any], Iterable[Any]]
NAMED = (version_id, version_name)
WITH_ODD_STATUS = 3  # the team that holds work in a status which the configuration does not know


def marked(draw: Draw, every: pd.DataFrame) -> pd.DataFrame:
    """Add the moments inside the course: selected, held, resumed, queued, reopened, flagged, unflagged."""
    many = len(every)
    over = every["done"].fillna(every["cancelled"]).fillna(draw.time.now)
    start, span = every["started"], over - every["started"]
    until = every["review"].fillna(over)
    held = draw.some(0.04, many) & (span > 8 * HOUR) & (every["type"] != EPIC)
    every["held"] = (start + 0.25 * (until - start)).where(held)
    still = every["review"].isna() & every["done"].isna() & every["cancelled"].isna()
    every["resumed"] = (start + 0.7 * (until - start)).where(held & ~(still & draw.some(0.8, many)))
    waits = start.fillna(draw.time.now) - every["created"]
    selected = draw.some(np.where(start.notna(), 0.4, 0.2), many) & (every["type"] != EPIC)
    selected &= start.notna() | still
    every["selected"] = (every["created"] + 0.7 * waits).where(selected)
    every["queued"] = (every["review"] + 0.7 * (over - every["review"])).where(draw.some(0.4, many))
    again = draw.some(0.03, many) & every["done"].notna() & start.notna() & (every["type"] != EPIC)
    every["first_done"] = every["done"].where(again)
    every["reopened"] = (every["done"] + draw.about(40, 0.8, many) * HOUR).where(again)
    every["done"] = every["done"].where(~again, every["reopened"] + draw.about(20, 0.7, many) * HOUR)
    flagged = draw.some(0.07, many) & start.notna() & (span > 6 * HOUR)
    every["flagged"] = (start + 0.3 * span).where(flagged)
    every["unflagged"] = (start + 0.8 * span).where(flagged & (every["done"].notna() | draw.some(0.3, many)))
    later = ["done", "reopened", "first_done"]
    every[later] = every[later].where(every[later] <= draw.time.now)
    return every


def status_changes(every: pd.DataFrame) -> pd.DataFrame:
    """item, at, before, after: places in STATUSES, each step from where the one before it led."""
    held = np.where(every["team"] == WITH_ODD_STATUS, ON_HOLD, BLOCKED)
    begun = every["started"].notna()
    steps = [
        ("selected", SELECTED),
        ("started", IN_PROGRESS),
        ("held", held),
        ("resumed", IN_PROGRESS),
        ("review", IN_REVIEW),
        ("queued", READY),
        ("first_done", DONE),
        ("reopened", IN_PROGRESS),
        ("done", DONE),
        ("cancelled", DONE),
    ]
    place = np.arange(len(every))
    parts = [
        pd.DataFrame({"item": place, "at": every[name], "after": to, "turn": n}) for n, (name, to) in enumerate(steps)
    ]
    parts[8] = parts[8][begun.to_numpy()]  # what was born done has no history
    found = pd.concat(parts).dropna(subset="at").sort_values(["item", "at", "turn"], ignore_index=True)
    before = found["after"].shift(fill_value=TO_DO).where(found["item"].eq(found["item"].shift()), TO_DO)
    return found.assign(before=before)[before != found["after"]].reset_index(drop=True)


def _change(field: str, item: Places, at: Numbers, ids: Pair, text: Pair) -> Columns:
    """Changes of one field: `ids` and `text` each before and after."""
    return {
        "item": np.asarray(item),
        "at": np.asarray(at, dtype=float),
        "field": words([field] * len(item)),
        "from_id": words(ids[0]),
        "to_id": words(ids[1]),
        "from_text": words(text[0]),
        "to_text": words(text[1]),
    }


def changes(draw: Draw, every: pd.DataFrame, steps: pd.DataFrame, member: Memberships) -> Columns:
    """Every change, in the order of issue and time: item, at, who, and the words of the tracker."""
    parts = [
        _statuses(steps),
        _sprints(draw, every, member),
        _assignees(draw, every),
        _estimates(draw, every),
        _flags(every),
        *_due_dates(every),
        _versions(draw, every),
    ]
    found = {name: np.concatenate([part[name] for part in parts]) for name in parts[0]}
    order = np.lexsort((found["at"], found["item"]))
    order = order[found["at"][order] <= draw.time.now]
    return {name: column[order] for name, column in found.items()}


def _statuses(steps: pd.DataFrame) -> Columns:
    names, ids = words(STATUSES), words(str(place + 1) for place in range(len(STATUSES)))
    pair = [steps["before"].to_numpy(), steps["after"].to_numpy()]
    item, at = steps["item"].to_numpy(), steps["at"].to_numpy()
    return _change("status", item, at, (ids[pair[0]], ids[pair[1]]), (names[pair[0]], names[pair[1]]))


def sprint_lists(every: pd.DataFrame, member: Memberships) -> list[list[int]]:
    """The turns of the sprints that each issue is, or was, in; one that was taken out is in none."""
    many = np.where(np.isfinite(member.removed), 0, member.many)
    return [list(range(first, first + n)) for first, n in zip(member.first.tolist(), many.tolist(), strict=True)]


def _sprints(draw: Draw, every: pd.DataFrame, member: Memberships) -> Columns:
    """Put in, carried over when a sprint closes, taken out."""
    place = np.repeat(np.arange(len(every)), member.many)
    turn = np.arange(len(place)) - np.repeat(np.cumsum(member.many) - member.many, member.many)
    closes = ends(draw)[np.minimum(member.first[place] + turn - 1, len(ends(draw)) - 1)]
    at = np.where(turn == 0, member.added[place], closes + 40 * 60)
    out = np.flatnonzero(np.isfinite(member.removed) & (member.many > 0))
    projects, team = draw.organisation.projects, every["team"].to_numpy()
    facts = list(zip(team[place].tolist(), member.first[place].tolist(), turn.tolist(), strict=True))
    before = [_listed(projects, t, first, n) for t, first, n in facts]
    after = [_listed(projects, t, first, n + 1) for t, first, n in facts]
    gone = [_listed(projects, t, f, 1) for t, f in zip(team[out].tolist(), member.first[out].tolist(), strict=True)]
    nothing = [(None, None)] * len(out)
    ids = [pair[0] for pair in before + gone], [pair[0] for pair in after + nothing]
    text = [pair[1] for pair in before + gone], [pair[1] for pair in after + nothing]
    return _change("sprint", np.concatenate([place, out]), np.concatenate([at, member.removed[out]]), ids, text)


@lru_cache(maxsize=4096)
def _listed(projects: tuple[str, ...], team: int, first: int, many: int) -> tuple[str | None, str | None]:
    turns = range(first, first + many)
    if not turns:
        return None, None
    return (", ".join(sprint_id(team, n) for n in turns), ", ".join(sprint_name(projects[team], n) for n in turns))


def _assignees(draw: Draw, every: pd.DataFrame) -> Columns:
    chosen = np.flatnonzero((every["assignee"] != NOBODY) & every["started"].notna() & draw.some(0.7, len(every)))
    who = every["assignee"].to_numpy()[chosen]
    at = np.maximum(every["started"].to_numpy()[chosen] - 300, every["created"].to_numpy()[chosen] + 30)
    people, none = draw.organisation.people, [None] * len(chosen)
    ids, names = words(people["jira_id"])[who].tolist(), words(people["name"])[who].tolist()
    return _change("assignee", chosen, at, (none, ids), (none, names))


def _estimates(draw: Draw, every: pd.DataFrame) -> Columns:
    """Second thoughts about the points, some after the work has begun."""
    chosen = np.flatnonzero(every["points"].notna() & every["started"].notna() & draw.some(0.06, len(every)))
    after = every["points"].to_numpy()[chosen]
    before = np.where(after > POINTS[0], POINTS[np.maximum(np.searchsorted(POINTS, after) - 1, 0)], POINTS[1])
    at = every["started"].to_numpy()[chosen] + 2 * HOUR * draw.chance.normal(0, 1, len(chosen))
    at = np.maximum(at, every["created"].to_numpy()[chosen] + 60)
    none = [None] * len(chosen)
    text = [f"{points:g}" for points in before], [f"{points:g}" for points in after]
    return _change("points", chosen, at, (none, none), text)


def _flags(every: pd.DataFrame) -> Columns:
    up, down = (np.flatnonzero(every[name].notna()) for name in ("flagged", "unflagged"))
    at = np.concatenate([every["flagged"].to_numpy()[up], every["unflagged"].to_numpy()[down]])
    none = [None] * (len(up) + len(down))
    before = [None] * len(up) + ["Impediment"] * len(down)
    after = ["Impediment"] * len(up) + [None] * len(down)
    return _change("flagged", np.concatenate([up, down]), at, (none, none), (before, after))


def due_dates(every: pd.DataFrame, now: float) -> Numbers:
    """What the due date is by now, in seconds."""
    due = every["due"].to_numpy().astype(float)
    for turn in ("first", "second"):
        moved = every[f"{turn}_move"].to_numpy() <= np.fmin(every["done"].to_numpy(), now)
        due = due + np.where(moved, every[f"{turn}_delay"].to_numpy(), 0.0)
    return due


def _due_dates(every: pd.DataFrame) -> list[Columns]:
    found, before = [], every["due"].to_numpy().astype(float)
    for turn in ("first", "second"):
        moved = every[f"{turn}_move"].to_numpy()
        chosen = np.flatnonzero(np.isfinite(moved) & ~(moved > every["done"].to_numpy()))
        after = before.copy()
        after[chosen] += every[f"{turn}_delay"].to_numpy()[chosen]
        days = [np.datetime_as_string(times(t[chosen]), unit="D").tolist() for t in (before, after)]
        found.append(_change("due_date", chosen, moved[chosen], (days[0], days[1]), (days[0], days[1])))
        before = after
    return found


def _versions(draw: Draw, every: pd.DataFrame) -> Columns:
    """Meant for a version before it begins, some only when begun; moved on from one release to the next while open."""
    first, last = version_turns(draw, every)
    item = np.repeat(np.arange(len(every)), np.where(first == NOBODY, 0, 1 + 2 * (last - first)))
    step = np.arange(len(item)) - np.searchsorted(item, item)
    turn = first[item] + (step + 1) // 2
    leaves = step % 2 == 1  # out of a version, then into the next one
    begun = every["started"].fillna(draw.time.now - 8 * HOUR).to_numpy()[item] - 600
    number = every["number"].to_numpy()[item]
    opens = draw.time.start + first[item] * VERSION_LASTS - (number % 10) * DAY
    begun = np.where(number % 8 == 0, begun, np.minimum(begun, opens))
    begun = np.maximum(begun, every["created"].to_numpy()[item] + 45)
    at = np.where(step == 0, begun, draw.time.start + turn * VERSION_LASTS + HOUR)
    out = [turn - 1 if gone else None for turn, gone in zip(turn.tolist(), leaves.tolist(), strict=True)]
    into = [None if gone else turn for turn, gone in zip(turn.tolist(), leaves.tolist(), strict=True)]
    ids, text = [[[None if turn is None else named(turn) for turn in side] for side in (out, into)] for named in NAMED]
    return _change("fix_version", item, at, (ids[0], ids[1]), (text[0], text[1]))
