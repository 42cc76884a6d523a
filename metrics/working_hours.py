"""Working hours: how much of the time between two moments a team was at work."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date

import numpy as np
import pandas as pd

MINUTES_OF_DAY = 24 * 60
ORIGIN = pd.Timestamp("2020-01-01", tz="UTC").value // 1000  # microseconds; any moment would do, if always the same


@dataclass(frozen=True)
class Calendar:
    """When a team works: its time zone, weekdays (Monday = 0), minutes of the local day, and the days off.

    A shift that closes at or before it opens ends on the next day.
    """

    timezone: str = "UTC"
    weekdays: tuple[int, ...] = (0, 1, 2, 3, 4)
    opens: int = 9 * 60
    closes: int = 17 * 60
    holidays: frozenset[date] = frozenset()


USUAL = Calendar()


def working_clock(
    moments: pd.Series, team: pd.Series, calendars: Mapping[str, Calendar], usual: Calendar = USUAL
) -> pd.Series:
    """Each moment on a clock that runs only while its team works; a null moment stays null.

    The difference of two such moments of one team is the working time between them. The clock's origin is arbitrary.
    """
    ticks = moments.dt.as_unit("us").astype("int64").to_numpy()
    known = moments.notna().to_numpy()
    clock = np.zeros(len(ticks), dtype="int64")
    for calendar, mine in _by_calendar(team, calendars, usual):
        mine = mine & known
        if mine.any():
            clock[mine] = _worked(ticks[mine], calendar)
    shown = pd.Series(pd.DatetimeIndex(clock.view("datetime64[us]")).tz_localize("UTC"), index=moments.index)
    return shown.where(moments.notna())


def is_working_time(
    moments: pd.Series, team: pd.Series, calendars: Mapping[str, Calendar], usual: Calendar = USUAL
) -> pd.Series:
    """Whether each moment falls into its team's working hours."""
    ticks = moments.dt.as_unit("us").astype("int64").to_numpy()
    inside = np.zeros(len(ticks), dtype=bool)
    for calendar, mine in _by_calendar(team, calendars, usual):
        mine = mine & moments.notna().to_numpy()
        if mine.any():
            opens, closes = shifts(calendar, ticks[mine].min(), ticks[mine].max())
            shift = np.searchsorted(opens, ticks[mine], side="right") - 1
            inside[mine] = ticks[mine] < closes[shift] if len(opens) else False
    return pd.Series(inside, index=moments.index)


def _by_calendar(
    team: pd.Series, calendars: Mapping[str, Calendar], usual: Calendar
) -> list[tuple[Calendar, np.ndarray]]:
    """Each calendar in use with the mask of its rows."""
    codes, teams = pd.factorize(team)
    each = [*(calendars.get(name, usual) for name in teams), usual]  # the last: of those without a team, coded -1
    kinds = list(dict.fromkeys(each))
    kind = np.array([kinds.index(calendar) for calendar in each])[codes]
    return [(calendar, kind == place) for place, calendar in enumerate(kinds)]


def _worked(ticks: np.ndarray, calendar: Calendar) -> np.ndarray:
    """Microseconds worked since the clock's origin."""
    opens, closes = shifts(calendar, min(ticks.min(), ORIGIN), max(ticks.max(), ORIGIN))
    if not len(opens):
        return np.zeros_like(ticks)
    lasts = closes - opens
    before = np.cumsum(lasts) - lasts

    def since_the_first(moments: np.ndarray) -> np.ndarray:
        shift = np.searchsorted(opens, moments, side="right") - 1
        passed: np.ndarray = before[shift] + np.minimum(moments - opens[shift], lasts[shift])
        return passed

    worked: np.ndarray = since_the_first(ticks) - since_the_first(np.array([ORIGIN]))
    return worked


def shifts(calendar: Calendar, first: int, last: int) -> tuple[np.ndarray, np.ndarray]:
    """When each shift opens and closes, in microseconds since 1970 UTC, from one before `first` to one after `last`."""
    edges = pd.DatetimeIndex(np.array([first, last], dtype="int64").view("datetime64[us]")).floor("D")
    margin = pd.Timedelta(days=31)  # more days than any run of days off
    days = pd.date_range(edges[0] - margin, edges[1] + margin, freq="D", unit="us")
    at_work = np.isin(days.day_of_week, calendar.weekdays) & ~days.isin(pd.DatetimeIndex(sorted(calendar.holidays)))
    days = days[at_work]
    lasts_overnight = calendar.closes <= calendar.opens
    opens = _utc(days, calendar.opens, calendar.timezone, first_of_two=True)
    closes = _utc(days, calendar.closes + lasts_overnight * MINUTES_OF_DAY, calendar.timezone, first_of_two=False)
    return opens, closes


def _utc(days: pd.DatetimeIndex, minutes: int, timezone: str, first_of_two: bool) -> np.ndarray:
    """A local time of each day as UTC; one that the clocks skip is the next that there is."""
    local = days + pd.Timedelta(minutes=minutes)
    told = local.tz_localize(timezone, ambiguous=np.full(len(local), first_of_two), nonexistent="shift_forward")
    ticks: np.ndarray = told.tz_convert("UTC").as_unit("us").tz_localize(None).to_numpy().astype("int64")
    return ticks
