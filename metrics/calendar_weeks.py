"""Weeks as whole numbers, from Monday to Sunday in a time zone: what forecasts count in."""

from datetime import date, timedelta

import numpy as np
import pandas as pd
from numpy.typing import NDArray

Numbers = NDArray[np.int64]
FIRST = pd.Timestamp("1970-01-05")  # a Monday
WEEK = pd.Timedelta(days=7)


def week_of(moments: pd.Series, timezone: str) -> Numbers:
    """The number of the week of each moment; of a missing one the smallest number there is."""
    local = moments.dt.tz_convert(timezone).dt.tz_localize(None)
    weeks = ((local - FIRST) // WEEK).astype("float64")
    numbers: Numbers = weeks.fillna(np.iinfo(np.int32).min).to_numpy().astype(np.int64)
    return numbers


def monday(week: int) -> date:
    """The first day of a week."""
    return FIRST.date() + timedelta(weeks=week)


def start_of(week: int, timezone: str) -> pd.Timestamp:
    """The moment at which a week begins, in UTC."""
    return (FIRST + week * WEEK).tz_localize(timezone).tz_convert("UTC")


def end_of_day(days: pd.Series, timezone: str) -> pd.Series:
    """The moment at which each day is over, in UTC."""
    after = pd.to_datetime(days) + pd.Timedelta(days=1)
    return (
        after.dt.tz_localize(timezone, ambiguous=True, nonexistent="shift_forward")
        .dt.tz_convert("UTC")
        .astype("datetime64[us, UTC]")
    )


def weeks_until_moment(moments: pd.Series, week: int, timezone: str) -> NDArray[np.float64]:
    """How many weeks, from the beginning of one, are over at each moment; NaN for a missing one."""
    passed = (moments - start_of(week, timezone)) / WEEK + 1e-3  # an hour's change of the clocks is no week
    return np.floor(passed.to_numpy(dtype=np.float64))
