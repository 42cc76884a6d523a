"""Which periods are no ordinary ones: weeks in which most working days are off, and times that somebody set aside."""

from collections import Counter
from collections.abc import Iterable, Mapping, Sequence
from datetime import date, datetime, timedelta
from functools import lru_cache
from math import ceil

from metrics.marks import OFF, Mark, MarkKind
from metrics.model import Grain, Scope
from metrics.periods import floor, local_day, start_of_day
from metrics.working_hours import Calendar

MOST = 3 / 5
WEEK = timedelta(days=7)
MOMENT = timedelta(microseconds=1)
WORKING_WEEK = 5


def public_holidays(calendars: Mapping[str, Calendar], anywhere: Scope) -> tuple[Mark, ...]:
    """A mark for each week in which three fifths of a team's working days are public holidays.

    The whole organisation's are the weeks that more than half of the teams have off. `anywhere` gives the zone and the
    first day of its weeks.
    """
    weeks = {team: _weeks_off(calendar, anywhere.week_starts) for team, calendar in calendars.items()}
    shared = Counter(week for mine in weeks.values() for week in mine)
    everywhere = [week for week, teams in shared.items() if teams > len(calendars) / 2]
    found = [_week(week, None, anywhere) for week in sorted(everywhere)]
    return (*found, *(_week(week, team, anywhere) for team, mine in weeks.items() for week in mine))


@lru_cache(maxsize=256)
def _weeks_off(calendar: Calendar, week_starts: str) -> tuple[date, ...]:
    off = Counter(
        floor(day, Grain.WEEK, week_starts) for day in calendar.holidays if day.weekday() in calendar.weekdays
    )
    return tuple(sorted(week for week, days in off.items() if days >= ceil(MOST * len(calendar.weekdays))))


def _week(first: date, team: str | None, anywhere: Scope) -> Mark:
    begins, ends = start_of_day(first, anywhere), start_of_day(first + WEEK, anywhere)
    return Mark(MarkKind.PUBLIC_HOLIDAY, "public holidays", begins, begins, ends, team=team)


def days_off(spans: Sequence[tuple[datetime, datetime]], marks: Iterable[Mark], scope: Scope) -> frozenset[int]:
    """The places of the periods that are drawn but not judged.

    A week is one of them when a holiday touches one of its days from Monday to Friday, a longer period when holidays
    take three fifths of those days. A holiday without an end is the day on which it begins.
    """
    off = _days(marks, spans[0][0], spans[-1][1], scope) if spans and scope.grain is not Grain.TOTAL else set()
    if not off:
        return frozenset()
    working = [_weekdays(start, end, scope) for start, end in spans]
    return frozenset(i for i, days in enumerate(working) if len(days & off) >= _needed(len(days)))


def _needed(days: int) -> float:
    return 1 if days <= WORKING_WEEK else MOST * days


def _days(marks: Iterable[Mark], start: datetime, end: datetime, scope: Scope) -> set[date]:
    days: set[date] = set()
    for mark in marks:
        if mark.kind in OFF and mark.touches(start, end):
            begins, ends = max(start, mark.begins), min(end, mark.ends or mark.begins + MOMENT)
            days |= _weekdays(begins, max(ends, begins + MOMENT), scope)
    return days


def _weekdays(start: datetime, end: datetime, scope: Scope) -> set[date]:
    """The days from Monday to Friday that a half-open time touches."""
    first, last = local_day(start, scope), local_day(end - MOMENT, scope)
    every = (first + timedelta(days=n) for n in range((last - first).days + 1))
    return {day for day in every if day.weekday() < WORKING_WEEK}
