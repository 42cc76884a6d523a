"""Values as either database keeps them, a column at a time: hostile text made harmless, wrong types refused.

Text loses what no database can hold (NUL, halves of letters); a number that is too large, or none at all, is unknown.
A value of another type than its column's would break every reader, so it is an error of whoever wrote it.
"""

import re
from collections.abc import Callable, Sequence
from datetime import date, datetime
from math import isfinite
from typing import TYPE_CHECKING, Any, TypeGuard

from sqlalchemy import Boolean, Column, Date, Dialect, Float, Integer, Text

from data.columns import Json, UtcDateTime

if TYPE_CHECKING:
    from numpy.typing import NDArray

Values = list[Any]
LARGEST = 2**31 - 1  # of a whole number, in PostgreSQL
UNSTORABLE = re.compile("[\x00\ud800-\udfff]")
REPLACED = "\ufffd"
UNKNOWN = type(None)


def cells(column: Column[Any], dialect: Dialect) -> Callable[["Sequence[Any] | NDArray[Any]"], Values]:
    """How the values of a column, a list or an array of them, are given to the driver.

    What it returns raises ValueError for a value of a wrong type, and for none where there has to be one.
    """
    turn = _turn(column, dialect)

    def given(values: "Sequence[Any] | NDArray[Any]") -> Values:
        turned = _of_array(values, column, turn) if is_array(values) else turn(list(values))
        if None in turned and not column.nullable:
            raise ValueError(f"{column}: is missing")
        return turned

    return given


def is_array(values: "Sequence[Any] | NDArray[Any]") -> "TypeGuard[NDArray[Any]]":
    """Whether values are an array; NumPy need not have been imported to tell."""
    return hasattr(values, "dtype")


def _of_array(values: "NDArray[Any]", column: Column[Any], turn: Callable[[Values], Values]) -> Values:
    if not (isinstance(column.type, UtcDateTime) and values.dtype.kind == "M"):
        return turn(values.tolist())
    import numpy as np  # it is there already: somebody has made an array

    ticks = values.astype("datetime64[us]").astype(np.int64).astype(object)
    ticks[np.isnat(values)] = None
    return list(ticks)


def _turn(column: Column[Any], dialect: Dialect) -> Callable[[Values], Values]:
    kind = column.type
    if isinstance(kind, UtcDateTime):
        return lambda values: [kind.process_bind_param(value) for value in _of(values, column, datetime)]
    if isinstance(kind, Json):
        return lambda values: texts([kind.process_bind_param(value) for value in values])
    if isinstance(kind, Text):
        return lambda values: texts(_words(values, column))
    if isinstance(kind, Boolean):
        turn = int if dialect.name == "sqlite" else bool
        return lambda values: [None if v is None else turn(v) for v in _of(values, column, bool)]
    if isinstance(kind, Integer):
        return lambda values: numbers(_of(values, column, int))
    if isinstance(kind, Float):
        return lambda values: [v if v is None or isfinite(v) else None for v in _of(values, column, float, int)]
    if isinstance(kind, Date):
        way = kind.dialect_impl(dialect).bind_processor(dialect)
        return lambda values: [v if way is None else way(v) for v in _of(values, column, date)]
    raise TypeError(f"{column}: no way to store a {kind!r}")


def texts(values: Values) -> Values:
    """Words without what cannot be stored."""
    everything = "".join(filter(None, values))
    if everything.isascii() and "\x00" not in everything:
        return values
    if not UNSTORABLE.search(everything):
        return values
    return [value and UNSTORABLE.sub(REPLACED, value) for value in values]


def numbers(values: Values) -> Values:
    """Whole numbers; one beyond what a column holds is unknown."""
    known = [value for value in values if value is not None]
    if not known or (max(known) <= LARGEST and min(known) >= -LARGEST):
        return values
    return [value if value is None or -LARGEST <= value <= LARGEST else None for value in values]


def _words(values: Values, column: Column[Any]) -> Values:
    """Words; an id that a source gives as a number is written out."""
    kinds = set(map(type, values)) - {str, UNKNOWN}
    if not kinds:
        return values
    if kinds == {int}:
        return [str(value) if type(value) is int else value for value in values]
    return _of(values, column, str)


def _of(values: Values, column: Column[Any], *kinds: type) -> Values:
    """The values, when each is of one of the kinds, or unknown."""
    for kind in set(map(type, values)) - {*kinds, UNKNOWN}:
        if not issubclass(kind, kinds) or (kind is bool and bool not in kinds):
            wrong: Sequence[Any] = [value for value in values if type(value) is kind]
            expected = " or ".join(one.__name__ for one in kinds)
            raise ValueError(f"{column}: expected {expected}, not {wrong[0]!r:.80}")
    return values
