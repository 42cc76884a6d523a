"""Rolling windows of weeks, and who belonged to a team during each."""

import numpy as np
import pandas as pd
from numpy.typing import NDArray

from metrics.model import Frame

Counts = NDArray[np.float64]
Mask = NDArray[np.bool_]
WEEK = pd.Timedelta(days=7)
MONDAY = pd.Timestamp("1970-01-05", tz="UTC")
LAST_DAY = pd.Timedelta(days=6, hours=12)  # noon of Sunday: in the same week in every time zone
WEEKS = 13


def week_of(moments: pd.Series) -> pd.Series:
    """The number of the week, from Monday in UTC, of each moment."""
    return (moments - MONDAY) // WEEK


def last_day_of(week: NDArray[np.int64]) -> pd.DatetimeIndex:
    """A moment on the last day of each week."""
    return (MONDAY + pd.to_timedelta(week * WEEK.value) + LAST_DAY).as_unit("us")


def rolling(rows: pd.Series, week: pd.Series, height: int, first: int, last: int) -> Counts:
    """How often each of `height` things was seen in the 13 weeks up to each week of first … last.

    `rows` are the numbers of the things, `week` the weeks in which they were seen. Shape: things × weeks.
    """
    counts = np.zeros((height, last - first + 1 + WEEKS))
    inside = ((week >= first - WEEKS + 1) & (week <= last)).to_numpy(dtype=bool)
    np.add.at(counts, (rows.to_numpy()[inside], week.to_numpy()[inside].astype(int) - first + WEEKS), 1)
    summed = counts.cumsum(axis=1)
    total: Counts = summed[:, WEEKS:] - summed[:, : last - first + 1]
    return total


def belonged(memberships: Frame, people: pd.Index, first: int, last: int) -> Mask:
    """Whether each person belonged to the team for at least half of each window. Shape: people × weeks."""
    ends = MONDAY + pd.to_timedelta((np.arange(first, last + 1) + 1) * WEEK.value)
    starts = ends - WEEKS * WEEK
    share = np.zeros((len(people), last - first + 1))
    place = people.get_indexer(pd.Index(memberships["account"]))
    for person, since, until in zip(place, memberships["since"], memberships["until"], strict=True):
        begin = starts if pd.isna(since) else starts.where(starts > since, since)
        end = ends if pd.isna(until) else ends.where(ends < until, until)
        share[person] += np.clip((end - begin) / (WEEKS * WEEK), 0, None)
    half: Mask = share >= 0.5
    return half


def concentration(counts: Counts, counted: Mask) -> tuple[Counts, Counts]:
    """For each column the Gini coefficient of the counted values, and the share of the two largest; NaN for all zero.

    0: all do the same. (n − 1) / n: one does everything.
    """
    ordered = np.sort(np.where(counted, counts, np.inf), axis=0)
    ordered[np.isinf(ordered)] = 0.0
    n, total = counted.sum(axis=0), np.where(counted, counts, 0.0).sum(axis=0)
    rank = np.arange(1, len(counts) + 1)[:, None]
    with np.errstate(divide="ignore", invalid="ignore"):
        gini = 2 * (rank * ordered).sum(axis=0) / (n * total) - (n + 1) / n
        largest = np.sort(np.where(counted, counts, 0.0), axis=0)[-2:].sum(axis=0) / total
    return np.where(total > 0, gini, np.nan), np.where(total > 0, largest, np.nan)
