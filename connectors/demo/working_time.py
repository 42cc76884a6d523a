"""When people work: working hours, weekends, holidays and the dips of August and of the year's end, as one axis.

A team's axis counts working hours since the organisation's first day. What is uniform on it follows the team's
week, and a wait of eight working hours that begins on a Friday evening ends on a Monday.
"""

from collections.abc import Callable
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta

import holidays
import numpy as np
import pandas as pd
from numpy.typing import NDArray

Numbers = NDArray[np.float64]
Places = NDArray[np.int64]
Yes = NDArray[np.bool_]

WEEKS = 78
AHEAD = timedelta(days=200)
MINUTE = 60.0
HOUR = 60 * MINUTE
DAY = 24 * HOUR
WEEK = 7 * DAY

_NIGHT, _EVENING, _EDGE, _FULL = 0.004, 0.05, 0.4, 1.0
_MORNING = [_NIGHT] * 7 + [_EVENING, _EDGE] + [_FULL] * 3
_AFTERNOON = [0.6] + [_FULL] * 4 + [_EDGE] + [_EVENING] * 4 + [_NIGHT] * 2
_BY_HOUR = np.array(_MORNING + _AFTERNOON)
_WEEKEND, _HOLIDAY, _YEARS_END, _AUGUST = 0.03, 0.05, 0.12, 0.6


def first_day(now: datetime) -> datetime:
    """The Monday with which the history begins."""
    today = now.replace(hour=0, minute=0, second=0, microsecond=0)
    return today - timedelta(days=today.weekday(), weeks=WEEKS)


@dataclass(frozen=True)
class WorkingTime:
    """The axes of all teams: `seconds` since 1970 every hour, and the working hours passed by then, a row a team."""

    start: float
    now: float
    seconds: Numbers
    passed: tuple[Numbers, ...]

    def position(self, team: Places, at: Numbers) -> Numbers:
        """The working hours that each team had behind it at these seconds."""
        return self._each(team, at, lambda axis, value: np.interp(value, self.seconds, axis))

    def moment(self, team: Places, position: Numbers) -> Numbers:
        """The seconds at which each team had these working hours behind it."""
        return self._each(team, position, lambda axis, value: np.interp(value, axis, self.seconds))

    def later(self, team: Places, at: Numbers, hours: Numbers | float) -> Numbers:
        """The seconds at which `hours` working hours have passed since `at`; negative hours go back."""
        return self.moment(team, self.position(team, at) + hours)

    def spread(self, team: Places, share: Numbers) -> Numbers:
        """The moments at these shares of the history's working hours, from the first day to now."""
        begin = self.position(team, np.full(len(team), self.start))
        end = self.position(team, np.full(len(team), self.now))
        return self.moment(team, begin + share * (end - begin))

    def _each(self, team: Places, values: Numbers, change: Callable[[Numbers, Numbers], Numbers]) -> Numbers:
        result = np.empty(len(values))
        for place, axis in enumerate(self.passed):
            mine = team == place
            result[mine] = change(axis, values[mine])
        return result


def working_time(now: datetime, places: list[tuple[str, str]]) -> WorkingTime:
    """The axes for teams in these (time zone, country) places."""
    start = first_day(now)
    hours = pd.date_range(start - timedelta(weeks=26), now.astimezone(UTC) + AHEAD, freq="h")
    seconds = hours.as_unit("s").asi8.astype(float)
    return WorkingTime(start.timestamp(), now.timestamp(), seconds, tuple(_axis(hours, *place) for place in places))


def _axis(hours: pd.DatetimeIndex, zone: str, country: str) -> Numbers:
    local = hours.tz_convert(zone)
    days = local.tz_localize(None).normalize()
    weight = _BY_HOUR[local.hour]
    weight = np.where(local.day_of_week >= 5, weight * _WEEKEND, weight)
    weight = np.where(days.isin(_public_holidays(country, hours)), weight * _HOLIDAY, weight)
    weight = np.where(_at_years_end(local), weight * _YEARS_END, weight)
    weight = np.where((local.month == 8) & (local.day <= 24), weight * _AUGUST, weight)
    return np.concatenate([[0.0], np.cumsum(weight)[:-1]])


def _public_holidays(country: str, hours: pd.DatetimeIndex) -> pd.DatetimeIndex:
    code, _, region = country.partition("-")
    years = range(hours[0].year, hours[-1].year + 1)
    return pd.DatetimeIndex(list(holidays.country_holidays(code, subdiv=region or None, years=years)))


def _at_years_end(local: pd.DatetimeIndex) -> Yes:
    last_fortnight = ((local.month == 12) & (local.day >= 22)) | ((local.month == 1) & (local.day <= 4))
    return np.asarray(last_fortnight)
