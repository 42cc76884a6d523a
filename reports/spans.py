"""Which month or week a report is of, and the one before it."""

import re
from datetime import date, datetime, timedelta
from zoneinfo import ZoneInfo

from data.errors import ConfigError
from data.settings import Calendar
from metrics.model import Grain, Scope
from metrics.periods import floor, following, label, start_of_day

Span = tuple[Scope, Scope]


def month_of(named: str | None, now: datetime, calendar: Calendar) -> Span:
    """A month such as "2026-10", or the last complete one, and the month before it.

    Raises ConfigError for what is no month, and for one that is not over.
    """
    today = now.astimezone(ZoneInfo(calendar.timezone)).date()
    first = _month(named) if named else _month_before(today.replace(day=1))
    return _span(first, _month_before(first), Grain.MONTH, now, calendar, "--month")


def week_of(named: str | None, now: datetime, calendar: Calendar) -> Span:
    """A week such as "2026-W46", or the last complete one, and the week before it. Raises ConfigError likewise."""
    today = now.astimezone(ZoneInfo(calendar.timezone)).date()
    wanted = _week(named) if named else today - timedelta(days=7)
    first = floor(wanted, Grain.WEEK, calendar.week_starts)
    return _span(first, first - timedelta(days=7), Grain.WEEK, now, calendar, "--week")


def label_of(scope: Scope, grain: Grain) -> str:
    """What the period of a scope is called."""
    return label(scope.start.astimezone(ZoneInfo(scope.timezone)).date(), grain)


def months_back(scope: Scope, months: int) -> datetime:
    """The beginning of the month that lies so many before the scope's first."""
    first = scope.start.astimezone(ZoneInfo(scope.timezone)).date().replace(day=1)
    for _ in range(months):
        first = _month_before(first)
    return start_of_day(first, scope)


def quarter_start(scope: Scope) -> datetime:
    """The beginning of the quarter in which the scope begins."""
    return start_of_day(floor(scope.start.astimezone(ZoneInfo(scope.timezone)).date(), Grain.QUARTER), scope)


def _span(first: date, before: date, grain: Grain, now: datetime, calendar: Calendar, what: str) -> Span:
    here = Scope(now, now, now, Grain.TOTAL, timezone=calendar.timezone, week_starts=calendar.week_starts)
    begin, start, end = (start_of_day(day, here) for day in (before, first, following(first, grain)))
    if end > now:
        over = end.astimezone(ZoneInfo(calendar.timezone))
        raise ConfigError(f"{what} {label(first, grain)}: is not over before {over:%Y-%m-%d}; choose an earlier one")
    return Scope(**vars(here) | {"start": start, "end": end}), Scope(**vars(here) | {"start": begin, "end": start})


def _month_before(first: date) -> date:
    return (first - timedelta(days=1)).replace(day=1)


def _month(named: str) -> date:
    try:
        if not re.fullmatch(r"\d{4}-\d{2}", named):
            raise ValueError
        return date.fromisoformat(f"{named}-01")
    except ValueError:
        raise ConfigError(f"--month: {named!r} is no month; expected one such as 2026-10") from None


def _week(named: str) -> date:
    try:
        if not re.fullmatch(r"\d{4}-W\d{2}", named):
            raise ValueError
        return date.fromisoformat(f"{named}-4")
    except ValueError:
        raise ConfigError(f"--week: {named!r} is no week; expected one such as 2026-W46") from None
