"""Frames of drawn columns become rows with the store's types."""

from datetime import UTC, datetime, timedelta
from typing import Any

import numpy as np
import pandas as pd
from numpy.typing import NDArray

from data.store import Row

EPOCH = datetime(1970, 1, 1, tzinfo=UTC)


def rows(frame: pd.DataFrame) -> list[Row]:
    """The frame's rows; times in UTC, and None for what is not there."""
    names = list(frame.columns)
    return [dict(zip(names, row, strict=True)) for row in zip(*(_values(frame[n]) for n in names), strict=True)]


def _values(column: pd.Series) -> list[Any]:
    if column.dtype.kind == "M":
        since = column.to_numpy().astype("datetime64[us]").view("timedelta64[us]").astype(object).tolist()
        return [None if passed is None else EPOCH + passed for passed in since]
    if column.dtype.kind == "f":
        return [None if number != number else number for number in column.tolist()]
    return column.tolist()


def times(seconds: NDArray[np.float64]) -> NDArray[np.datetime64]:
    """Seconds since 1970 as moments, to the second; not a number means none."""
    known = np.isfinite(seconds)
    whole = np.where(known, seconds, 0).astype(np.int64).astype("datetime64[s]").astype("datetime64[us]")
    return np.where(known, whole, np.datetime64("NaT", "us"))


def passed(now: float, seconds: NDArray[np.float64]) -> NDArray[np.float64]:
    """The same moments without those that are still to come."""
    return np.where(seconds <= now, seconds, np.nan)


def words(values: Any) -> NDArray[np.object_]:
    """A list as a column of words, lists or nothing, left as they are."""
    column = np.empty(len(values), dtype=object)
    column[:] = list(values)
    return column
