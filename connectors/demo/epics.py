"""Epics with due dates, some of them moved, and the issues that belong to each."""

import numpy as np
import pandas as pd

from connectors.demo.issues import BUG, EPIC, INCIDENT, SUB_TASK
from connectors.demo.organisation import NOBODY
from connectors.demo.pull_requests import Draw
from connectors.demo.working_time import DAY, WEEK, Numbers, Places

PER_TEAM = 18
IN_AN_EPIC = 0.78
GOALS = (
    "Same-day returns", "Depot handover without paper", "One price list", "Couriers see their shifts",
    "Customs in one form", "Faster tracking page", "Invoices by the hour", "Move to the new event queue",
    "Address quality", "Quiet notifications", "Route plans in a minute", "Weekly figures on time", "Parcel lockers",
    "Bulk senders", "Retire the old login", "Refunds in a day", "Regional holidays", "One design language",
    "Cheaper test runs", "Depots abroad",
)  # fmt: skip


def epics(draw: Draw) -> pd.DataFrame:
    """team, title (a place in GOALS), created, opens, ends (as planned in truth), due, moves (moved, due_then)."""
    many = PER_TEAM * len(draw.organisation.teams)
    turn = np.tile(np.arange(PER_TEAM), len(draw.organisation.teams))
    span = draw.time.now - draw.time.start
    found = pd.DataFrame({"team": np.repeat(np.arange(len(draw.organisation.teams)), PER_TEAM)})
    found["title"] = draw.chance.integers(len(GOALS), size=many)
    share = (turn + draw.chance.random(many) * 0.8) / PER_TEAM * 1.05 - 0.03
    found["opens"] = draw.time.start + share * span
    length = (6 + 8 * draw.chance.random(many)) * WEEK
    found["due"] = found["opens"] + length
    found["ends"] = found["due"] + draw.chance.normal(-4.6, 1.8, many) * WEEK
    found["created"] = np.minimum(found["opens"] - draw.about(20, 0.6, many) * DAY, draw.time.now - DAY)
    for turn_of, likely in (("first", 0.38), ("second", 0.12)):
        moved = found["opens"] + (0.45 if turn_of == "first" else 0.8) * length * (0.8 + 0.4 * draw.chance.random(many))
        found[f"{turn_of}_move"] = moved.where(draw.some(likely, many) & (moved < found["ends"]))
        found[f"{turn_of}_delay"] = draw.chance.integers(2, 7, size=many) * WEEK
    return found[found["opens"] < draw.time.now + 5 * WEEK].reset_index(drop=True)


def belonging(draw: Draw, found: pd.DataFrame, items: pd.DataFrame) -> Places:
    """The epic of each issue, a place in `found`: one that its team had open when it was begun; NOBODY for none."""
    open_ended = items["done"].isna() & items["cancelled"].isna() & items["started"].isna()
    at = items["started"].fillna(items["created"]).where(~open_ended, draw.time.now).to_numpy()
    outside = items["type"].isin([SUB_TASK, INCIDENT]).to_numpy() | draw.some(1 - IN_AN_EPIC, len(items))
    outside |= (items["type"] == BUG).to_numpy() & draw.some(0.5, len(items))
    chosen = np.full(len(items), NOBODY)
    for team in range(len(draw.organisation.teams)):
        mine = np.flatnonzero((items["team"] == team).to_numpy() & ~outside)
        chosen[mine] = _one_open(draw, found[found["team"] == team], at[mine])
    return chosen


def _one_open(draw: Draw, found: pd.DataFrame, at: Numbers) -> Places:
    is_open = (found["opens"].to_numpy() <= at[:, None]) & (at[:, None] < found["ends"].to_numpy())
    noise = np.where(is_open, draw.chance.random(is_open.shape), -1.0)
    return np.where(is_open.any(axis=1), found.index.to_numpy()[noise.argmax(axis=1)], NOBODY)


def finished(draw: Draw, found: pd.DataFrame, items: pd.DataFrame, belongs: Places) -> pd.DataFrame:
    """When each epic was started and done, by its issues; one is done a day after the last of them."""
    children = items.assign(epic=belongs)[belongs != NOBODY]
    ended = children["done"].fillna(children["cancelled"])
    groups = children.assign(ended=ended, is_open=ended.isna()).groupby("epic")
    found["started"] = groups["started"].min().reindex(found.index)
    over = (found["ends"] < draw.time.now) & ~groups["is_open"].any().reindex(found.index, fill_value=False)
    done = groups["ended"].max().reindex(found.index) + DAY
    found["done"] = done.where(over & (done <= draw.time.now))
    return found.assign(type=EPIC)
