"""Drawn columns become rows with the store's types."""

from collections.abc import Iterable
from datetime import UTC, datetime
from typing import Any

import numpy as np
from numpy.typing import ArrayLike, NDArray

from data.store import Row

EPOCH = datetime(1970, 1, 1, tzinfo=UTC)

Columns = dict[str, NDArray[Any]]  # of one table, all of one length
Tables = dict[str, Columns]


def rows(columns: Columns, chosen: NDArray[np.bool_]) -> list[Row]:
    """The chosen rows; times in UTC, and None for what is not there."""
    lists = [_values(column[chosen]) for column in columns.values()]
    return [dict(zip(columns, row, strict=True)) for row in zip(*lists, strict=True)]


def _values(column: NDArray[Any]) -> list[Any]:
    if column.dtype == "datetime64[D]":
        return list(column.tolist())
    if column.dtype.kind == "M":
        since = column.view("timedelta64[us]").astype(object).tolist()
        return [None if passed is None else EPOCH + passed for passed in since]
    if column.dtype.kind == "f":
        return [None if number != number else number for number in column.tolist()]
    return list(column.tolist())


def times(seconds: ArrayLike) -> NDArray[np.datetime64]:
    """Seconds since 1970 as moments, to the second; not a number means none."""
    given = np.asarray(seconds, dtype=float)
    finite = np.isfinite(given)
    whole = np.where(finite, given, 0).astype(np.int64).astype("datetime64[s]").astype("datetime64[us]")
    return np.where(finite, whole, np.datetime64("NaT", "us"))


def known(now: float, seconds: ArrayLike) -> NDArray[np.float64]:
    """The same moments without those that are still to come."""
    return np.where(np.asarray(seconds) <= now, seconds, np.nan)


def either(chosen: ArrayLike, then: Any, otherwise: Any) -> NDArray[np.object_]:
    """One word, list or nothing where chosen, else the other."""
    column = np.broadcast_to(np.asarray(otherwise, dtype=object), np.shape(chosen)).copy()
    np.copyto(column, np.asarray(then, dtype=object), where=np.asarray(chosen, dtype=bool))
    return column


def words(values: Iterable[Any]) -> NDArray[np.object_]:
    """Words, lists or nothing as a column that leaves them as they are."""
    listed = list(values)
    column = np.empty(len(listed), dtype=object)
    column[:] = listed
    return column
