"""Sprints of two weeks, and when each issue was in which."""

from dataclasses import dataclass

import numpy as np
import pandas as pd

from connectors.demo.epics import goal_of
from connectors.demo.issues import BUG, EPIC, INCIDENT, SUB_TASK
from connectors.demo.pull_requests import Draw
from connectors.demo.rows import Columns, times, words
from connectors.demo.working_time import DAY, HOUR, WEEK, WEEKS, Numbers, Places

LENGTH = 2 * WEEK
MANY = WEEKS // 2 + 2  # the running one and the next are the last two
LONGEST_CARRY = 4


@dataclass(frozen=True)
class Memberships:
    """For each issue the sprints that it has been in: `first`, `many` (0: none), when it was put in, when taken out."""

    first: Places
    many: Places
    added: Numbers
    removed: Numbers


def starts(draw: Draw) -> Numbers:
    """Monday mornings."""
    return np.asarray(draw.time.start + np.arange(MANY) * LENGTH + 8 * HOUR)


def ends(draw: Draw) -> Numbers:
    """When sprints are closed: the Friday of the second week, late in the afternoon."""
    return starts(draw) + 11 * DAY + 8 * HOUR


def memberships(draw: Draw, every: pd.DataFrame) -> Memberships:
    """Most are put in before the sprint starts, some during it; what is not done is carried over."""
    many, opens = len(every), starts(draw)
    waiting = every["started"].isna() & every["done"].isna() & every["cancelled"].isna()
    planned = waiting & draw.some(0.12, many)
    at = every["started"].where(~planned, draw.time.now).to_numpy()
    slot = (at - opens[0]) // LENGTH - draw.some(0.13, many)
    first = np.clip(np.where(np.isfinite(slot), slot, 0), 0, MANY - 1).astype(int)
    early = opens[first] - draw.chance.random(many) * 30 * HOUR
    early = np.maximum(early, every["created"].to_numpy() + 60)
    inside = np.maximum(opens[first] + HOUR, at - HOUR)
    added = np.where(draw.some(0.8, many), early, np.maximum(inside, every["created"].to_numpy() + 60))
    kept_out = every["type"].isin([EPIC, SUB_TASK, INCIDENT]) | ((every["type"] == BUG) & draw.some(0.25, many))
    member = ~kept_out.to_numpy() & np.isfinite(at) & draw.some(0.92, many) & (added <= draw.time.now)
    return _carried(draw, every, first, np.where(member, added, np.nan))


def _carried(draw: Draw, every: pd.DataFrame, first: Places, added: Numbers) -> Memberships:
    over = every["done"].fillna(every["cancelled"]).fillna(np.inf).to_numpy()
    closes = ends(draw)
    until = np.minimum(over, draw.time.now)
    first = np.where(np.isfinite(added), np.maximum(first, np.searchsorted(closes, added)), first)
    closed = np.searchsorted(closes, until) - first
    many = np.where(np.isfinite(added) & (over > added), 1 + np.clip(closed, 0, LONGEST_CARRY - 1), 0)
    removed = added + (3 + 3 * draw.chance.random(len(every))) * DAY
    out = draw.some(0.03, len(every)) & (many == 1) & (removed < np.minimum(closes[np.minimum(first, MANY - 1)], until))
    return Memberships(first, many, added, np.where(out, removed, np.nan))


def sprint_id(team: int, turn: int) -> str:
    """The id of a team's sprint."""
    return str(2_000 + 100 * team + turn)


def sprint_name(project: str, turn: int) -> str:
    """What people call it."""
    return f"{project} Sprint {turn + 1}"


def sprint_table(draw: Draw) -> Columns:
    """sprints, a row a team and fortnight."""
    projects, now = draw.organisation.projects, draw.time.now
    team, turn = np.repeat(np.arange(len(projects)), MANY), np.tile(np.arange(MANY), len(projects))
    opens, closes = starts(draw)[turn], ends(draw)[turn]
    lag = (opens * 7 + team * 977) % (40 * 60)
    lag = np.where((turn % 9 == 2 * team) & (turn < MANY - 4), lag + 2 * DAY, lag)  # closed on the Sunday after
    state = np.where(closes + lag <= now, "closed", np.where(opens <= now, "active", "future"))
    pairs = list(zip(team.tolist(), turn.tolist(), strict=True))
    return {
        "scope": team,
        "id": words(sprint_id(*pair) for pair in pairs),
        "name": words(sprint_name(projects[t], n) for t, n in pairs),
        "state": words(state),
        "board_id": words(str(100 + t) for t, _ in pairs),
        "goal": words(None if (7 * t + n) % 8 == 0 else f"A step of: {goal_of(t, 2 * n)}" for t, n in pairs),
        "start_at": times(opens),
        "end_at": times(closes),
        "complete_at": times(np.where(state == "closed", closes + lag, np.nan)),
        "projects": words([projects[t]] for t, _ in pairs),
    }
