"""How an epic has come along week by week, and the fan of what may come."""

from dataclasses import dataclass
from datetime import date, timedelta
from itertools import pairwise

import numpy as np
import pandas as pd

from metrics.calendar_weeks import monday, week_of
from metrics.correction import Outlook
from metrics.model import Frame
from metrics.portfolio import Past

AHEAD = 104
SURE = 0.97
WEEK = timedelta(weeks=1)


@dataclass(frozen=True)
class BurnUp:
    """The items of an epic, and those done, at the end of each week so far."""

    days: tuple[date, ...]
    items: tuple[int, ...]
    done: tuple[int, ...]


def burn_up(past: Past, key: str) -> BurnUp:
    """An epic from the week of its start, or of its first item where it was not begun, to the last complete week."""
    epic = past.epics[past.epics["key"] == key].iloc[0]
    items = past.items[past.items["epic"] == epic["epic"]]
    done = past.done[past.done["item"].isin(items["item"])]
    started = int(past.started[past.epics.index.get_loc(epic["epic"])])
    begun = pd.notna(epic["started_at"]) and started < past.last
    first = started if begun else int(items["week"].min()) if len(items) else past.last
    weeks = range(min(first, past.last), past.last)
    return BurnUp(
        tuple(monday(week + 1) for week in weeks),
        tuple(_held(items, week) - _left(items, week) for week in weeks),
        tuple(_held(done, week) - int((_end_week(done, past) <= week).sum()) for week in weeks),
    )


def _held(rows: Frame, week: int) -> int:
    return int((rows["week"] <= week).sum())


def _left(items: Frame, week: int) -> int:
    return int((items["end"].notna() & (items["left_week"] <= week)).sum())


def _end_week(done: Frame, past: Past) -> pd.Series:
    ends = pd.Series(week_of(done["end"], past.timezone), index=done.index)
    return ends.where(done["end"].notna(), np.iinfo(np.int64).max)


def curve(outlook: Outlook, week: int) -> list[tuple[date, float]]:
    """The probability (0 to 1) to be done by the end of each coming week, until it is nearly sure."""
    points: list[tuple[date, float]] = []
    for ahead in range(1, AHEAD + 1):
        known = outlook.within(ahead)
        if known is None:
            break
        points.append((monday(week + ahead), known))
        if known >= SURE:
            break
    return points


def by_day(points: list[tuple[date, float]]) -> dict[date, float]:
    """The probability (0 to 1) to be done by the end of each coming day: that of the last week that is over by then."""
    days: dict[date, float] = {}
    for (begins, share), (ends, _) in pairwise([*points, *[(points[-1][0] + WEEK, 0.0)]] if points else []):
        days |= {begins + timedelta(days=n - 1): share for n in range((ends - begins).days)}
    return days
