"""Epics, begun together every quarter, with due dates, some of them moved, and the issues that belong to each."""

import numpy as np
import pandas as pd

from connectors.demo.issues import BUG, EPIC, INCIDENT, SUB_TASK
from connectors.demo.organisation import NOBODY
from connectors.demo.pull_requests import Draw
from connectors.demo.working_time import DAY, WEEK, WEEKS, Numbers, Places

QUARTER = 13  # weeks
RUNNING_FOR = (7, 6, 9, 8, 5, 7)  # weeks since each team's quarter began
ENDS = (0.62, 0.82, 0.98)  # of a quarter: of the three epics that begin with it
IN_AN_EPIC = 0.78
SPARE, SPREAD = 1.1, 1.7  # weeks from an epic's end to its date
MARGINS = ((2.5, 3.5, 4.5), (2.0, 3.0, 4.0), (2.0, 0.1, 2.8), (3.5, 1.5, 4.0), (2.5, 3.5, 4.5), (2.0, 3.0, 2.0))
IN_TROUBLE = (2, 1)  # the team that is getting slower; the second epic of its quarter
LATE, LATE_IN_TROUBLE = 0.09, 0.35  # of an epic's issues: written after its start
MORE_IN_TROUBLE = 1.5
UNEVEN = 0.65  # how differently a team divides its work among its epics
NEXT_SIZE = 24
GOALS = (
    "Same-day returns", "Depot handover without paper", "One price list", "Couriers see their shifts",
    "Customs in one form", "Faster tracking page", "Invoices by the hour", "Move to the new event queue",
    "Address quality", "Quiet notifications", "Route plans in a minute", "Weekly figures on time", "Parcel lockers",
    "Bulk senders", "Retire the old login", "Refunds in a day", "Regional holidays", "One design language",
    "Cheaper test runs", "Depots abroad",
)  # fmt: skip


def epics(draw: Draw) -> pd.DataFrame:
    """team, title (a place in GOALS), created, opens, ends (in truth), weight (in its team's work), due, late (share of
    its issues), more (how much more is to come than there is time for), moves (moved, due_then).

    Each team begins three epics a quarter; `ago` counts quarters back from the running one, -1 is the next.
    """
    found = _planned(draw)
    many = len(found)
    monday = draw.time.start + WEEKS * WEEK
    begins = monday - (np.take(RUNNING_FOR, found["team"]) + QUARTER * found["ago"]) * WEEK
    found["title"] = found.groupby("team")["turn"].cumcount()
    found["title"] = (found["title"] + 7 * found["team"]) % len(GOALS)
    found["opens"] = begins + draw.chance.random(many) * 4 * DAY
    length = (np.take(ENDS, found["turn"]) + draw.chance.normal(0, 0.03, many)) * QUARTER * WEEK
    found["ends"] = begins + length
    found["weight"] = np.where(found["ago"] > 0, draw.about(1.0, UNEVEN, many), 1.0)
    found["created"] = np.minimum(found["opens"] - (14 + 14 * draw.chance.random(many)) * DAY, draw.time.now - 9 * DAY)
    spare = np.maximum(draw.chance.normal(SPARE, SPREAD, many), -4.0)
    margin = np.array(MARGINS)[found["team"], found["turn"]]
    found["due"] = found["ends"] + np.where(found["ago"] > 0, spare, margin) * WEEK
    in_trouble = (found["ago"] == 0) & (found["team"] == IN_TROUBLE[0]) & (found["turn"] == IN_TROUBLE[1])
    found["late"] = np.where(in_trouble, LATE_IN_TROUBLE, LATE * (0.4 + 1.2 * draw.chance.random(many)))
    found["more"] = np.where(in_trouble, MORE_IN_TROUBLE, 1.0)
    return _moved(draw, found[found["opens"] > draw.time.start].reset_index(drop=True))


def goal_of(team: int, week: int) -> str:
    """One of the goals that a team works on in a week of the history."""
    ago = -((RUNNING_FOR[team] - (WEEKS - week)) // QUARTER)
    return GOALS[(3 * (WEEKS // QUARTER - ago) + week // 2 % 3 + 7 * team) % len(GOALS)]


def _planned(draw: Draw) -> pd.DataFrame:
    teams, quarters = range(len(draw.organisation.teams)), range(WEEKS // QUARTER, -2, -1)
    planned = [(t, ago, turn) for t in teams for ago in quarters for turn in range(3 if ago >= 0 else 1)]
    return pd.DataFrame(planned, columns=["team", "ago", "turn"])


def _moved(draw: Draw, found: pd.DataFrame) -> pd.DataFrame:
    """Dates that cannot be kept are moved, most of them; a few others are as well."""
    many, length = len(found), found["due"] - found["opens"]
    is_late = (found["ends"] > found["due"]).to_numpy()
    for turn, share, likely in (("first", 0.6, np.where(is_late, 0.7, 0.14)), ("second", 0.85, 0.1 + 0.2 * is_late)):
        moved = found["opens"] + share * length * (0.9 + 0.2 * draw.chance.random(many))
        chosen = draw.some(np.asarray(likely), many) & (found["ago"] > 0) & (moved < found["ends"])
        found[f"{turn}_move"] = moved.where(chosen)
        found[f"{turn}_delay"] = draw.chance.integers(1, 4, size=many) * WEEK
    found.loc[found["more"] > 1, ["first_move", "first_delay"]] = [draw.time.now - 16 * DAY, 3 * WEEK]
    return found


# The issues of each --------------------------------------------------------------------------------------


def belonging(draw: Draw, found: pd.DataFrame, items: pd.DataFrame) -> Places:
    """The epic of each issue, a place in `found`, of which it is begun and finished; NOBODY for none.

    What is not begun is planned: as much as a team will finish until the epics that it works on end.
    """
    outside = items["type"].isin([SUB_TASK, INCIDENT]).to_numpy() | draw.some(1 - IN_AN_EPIC, len(items))
    outside |= (items["type"] == BUG).to_numpy() & draw.some(0.5, len(items))
    over = items["done"].fillna(items["cancelled"]).to_numpy()
    begun = items["started"].notna().to_numpy()
    waiting = ~begun & np.isnan(over)
    at, until = items["started"].to_numpy(), np.where(np.isnan(over), draw.time.now, over)
    chosen = np.full(len(items), NOBODY)
    for team in range(len(draw.organisation.teams)):
        mine, own = (items["team"] == team).to_numpy() & ~outside, found[found["team"] == team]
        worked = np.flatnonzero(mine & begun)
        chosen[worked] = _one_open(draw, own, at[worked], until[worked])
        left = draw.chance.permutation(np.flatnonzero(mine & waiting))
        for epic, wanted in _still_to_come(draw, own, chosen, items["done"]).items():
            chosen[left[:wanted]] = epic
            left = left[wanted:]
    return chosen


def _one_open(draw: Draw, own: pd.DataFrame, at: Numbers, until: Numbers) -> Places:
    is_open = (own["opens"].to_numpy() <= at[:, None]) & (until[:, None] < own["ends"].to_numpy())
    noise = np.where(is_open, draw.chance.random(is_open.shape) ** (1 / own["weight"].to_numpy()), -1.0)
    return np.where(is_open.any(axis=1), own.index.to_numpy()[noise.argmax(axis=1)], NOBODY)


def _still_to_come(draw: Draw, own: pd.DataFrame, chosen: Places, done: pd.Series) -> dict[int, int]:
    """How many issues that are not begun each open epic of a team gets: its share of the team's pace until it ends."""
    now = draw.time.now
    mine = np.isin(chosen, own.index)
    pace = (mine & (done > now - 2 * QUARTER * WEEK).to_numpy()).sum() / (2 * QUARTER)
    running = own[(own["ago"] == 0) & (own["ends"] > now)].sort_values("ends")
    spans = running["ends"].diff().fillna(running["ends"] - now).to_numpy() / WEEK
    weight = running["weight"].to_numpy()
    still = weight[::-1].cumsum()[::-1]  # the weights of all that are open in each span
    each = weight * np.cumsum(pace * spans / still) * running["more"].to_numpy()
    begun = [int(((chosen == epic) & done.isna().to_numpy()).sum()) for epic in running.index]
    wanted = np.maximum(each.round().astype(int) - begun, 1)
    coming = own.index[own["ago"] < 0]
    return dict(zip(running.index, wanted.tolist(), strict=True)) | dict.fromkeys(coming, NEXT_SIZE)


def written_at(draw: Draw, found: pd.DataFrame, items: pd.DataFrame, belongs: Places) -> pd.Series:
    """When each issue was written: most of an epic's while it was planned, some after it was begun."""
    mine = found.reindex(belongs).set_axis(items.index)
    opens, now = mine["opens"].clip(upper=draw.time.now), draw.time.now
    share = draw.chance.random(len(items))
    planned = mine["created"] + 600 + 0.95 * share * (opens - mine["created"] - 600)
    until = items["started"].fillna(items["cancelled"]).fillna(now)
    later = opens + (0.05 + 0.9 * share) * (until - opens)
    is_late = draw.chance.random(len(items)) < mine["late"].to_numpy()
    return items["created"].where(belongs == NOBODY, planned.where(~is_late, later))


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
