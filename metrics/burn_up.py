"""How an epic has come along week by week, and the fan of what may come."""

from dataclasses import dataclass
from datetime import date, timedelta
from itertools import pairwise

from metrics.calendar_weeks import monday
from metrics.correction import Outlook
from metrics.model import Frame

AHEAD = 104
SURE = 0.97
WEEK = timedelta(weeks=1)


@dataclass(frozen=True)
class BurnUp:
    """The items of an epic, and those done, at the end of each week so far."""

    days: tuple[date, ...]
    items: tuple[int, ...]
    done: tuple[int, ...]


def burn_up(portfolios: Frame, key: str) -> BurnUp:
    """An open epic from the week of its start, or of its first item where it was not begun, to the last complete week.

    `portfolios`: rows of epic_portfolios.
    """
    one = portfolios[portfolios["key"] == key].iloc[0]
    days = tuple(monday(int(one["from_week"]) + place + 1) for place in range(len(one["held"])))
    return BurnUp(days, tuple(one["held"]), tuple(one["over"]))


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
