"""The calendar of every chart: half-open periods that begin at local midnight, whatever the season."""

from dataclasses import replace
from datetime import UTC, date, datetime, timedelta
from functools import lru_cache
from itertools import pairwise
from typing import NamedTuple
from zoneinfo import ZoneInfo

from metrics.model import Grain, Scope

MONTHS = {Grain.MONTH: 1, Grain.QUARTER: 3}
FIRST_DAY = {"monday": 0, "saturday": 5, "sunday": 6}
MOST_PERIODS = 10_000


class Period(NamedTuple):
    """A half-open stretch of the calendar; `cut` when the range takes a part of it away."""

    label: str
    start: datetime
    end: datetime
    cut: bool = False


@lru_cache(maxsize=1024)
def periods(scope: Scope) -> tuple[Period, ...]:
    """The label, start and end of each period of the scope's range; the first and the last may be cut by it.

    Raises ValueError for a range that ends before it begins, or that holds more than 10,000 periods.
    """
    if scope.end <= scope.start:
        raise ValueError(f"the range ends ({scope.end:%Y-%m-%d}) before it begins ({scope.start:%Y-%m-%d})")
    if scope.grain is Grain.TOTAL:
        return (Period("total", scope.start, scope.end),)
    first = floor(local_day(scope.start, scope), scope.grain, scope.week_starts)
    days = [first]
    while _utc(days[-1], scope) < scope.end and len(days) <= MOST_PERIODS:
        try:
            days.append(following(days[-1], scope.grain))
        except OverflowError:
            break
    if len(days) > MOST_PERIODS:
        raise ValueError(f"the range holds more than {MOST_PERIODS:,} periods; choose a shorter one or a longer grain")
    edges = [_utc(day, scope) for day in days]
    if edges[-1] < scope.end:  # the calendar itself ends
        edges.append(scope.end)
    return tuple(
        Period(
            label(day, scope.grain),
            max(start, scope.start),
            min(end, scope.end),
            start < scope.start or end > scope.end,
        )
        for day, (start, end) in zip(days, pairwise(edges), strict=False)
    )


def floor(day: date, grain: Grain, week_starts: str = "monday") -> date:
    """The first day of the period that holds the day."""
    if grain is Grain.WEEK:
        back = (day.weekday() - FIRST_DAY[week_starts]) % 7
        return day - timedelta(days=min(back, day.toordinal() - 1))
    months = MONTHS[grain]
    return day.replace(month=(day.month - 1) // months * months + 1, day=1)


def following(day: date, grain: Grain) -> date:
    """The first day of the next period. Raises OverflowError after year 9999."""
    if grain is Grain.WEEK:
        return day + timedelta(days=7)
    month = day.month - 1 + MONTHS[grain]
    if day.year + month // 12 > date.max.year:
        raise OverflowError("no period after year 9999")
    return date(day.year + month // 12, month % 12 + 1, 1)


@lru_cache(maxsize=4096)
def label(day: date, grain: Grain) -> str:
    """What a period is called: 2026-W41, 2026-10 or 2026-Q4."""
    if grain is Grain.WEEK:
        thursday = min(day, date.max - timedelta(days=3)) + timedelta(days=3)
        year, week, _ = thursday.isocalendar()
        return f"{year:04}-W{week:02}"
    if grain is Grain.MONTH:
        return f"{day.year:04}-{day.month:02}"
    return f"{day.year:04}-Q{(day.month - 1) // 3 + 1}"


def last_complete_weeks(now: datetime, weeks: int, timezone: str = "UTC", week_starts: str = "monday") -> Scope:
    """The scope of the last complete weeks before now."""
    here = Scope(now, now, now, timezone=timezone, week_starts=week_starts)
    end = floor(local_day(now, here), Grain.WEEK, week_starts)
    start = end - timedelta(days=7 * weeks)
    return Scope(_utc(start, here), _utc(end, here), now, timezone=timezone, week_starts=week_starts)


def next_period(moment: datetime, scope: Scope) -> datetime:
    """The beginning of the first whole period after a moment; the end of the calendar where there is none."""
    try:
        return _utc(following(floor(local_day(moment, scope), scope.grain, scope.week_starts), scope.grain), scope)
    except OverflowError:
        return datetime.max.replace(tzinfo=UTC)


def start_of_day(day: date, scope: Scope) -> datetime:
    """Midnight of a day in the scope's time zone, in UTC."""
    return _utc(day, scope)


def as_of_midnight(scope: Scope) -> Scope:
    """The same scope seen from the last midnight, where it was over by then: nothing of it changes within a day."""
    midnight = start_of_day(local_day(scope.now, scope), scope)
    return replace(scope, now=midnight) if scope.end <= midnight else scope


def local_day(moment: datetime, scope: Scope) -> date:
    """The day of a moment where the scope's calendar is."""
    try:
        return moment.astimezone(ZoneInfo(scope.timezone)).date()
    except OverflowError:  # the first or the last hours of the calendar
        return moment.date()


def _utc(day: date, scope: Scope) -> datetime:
    return _midnight(day, scope.timezone)


@lru_cache(maxsize=4096)
def _midnight(day: date, timezone: str) -> datetime:
    local = datetime(day.year, day.month, day.day, tzinfo=ZoneInfo(timezone))
    try:
        return local.astimezone(UTC)
    except OverflowError:
        return local.replace(tzinfo=UTC)
