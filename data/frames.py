"""Tables as frames: the dtypes are the schema's, also when there is no row."""

import json
from collections.abc import Sequence
from datetime import date
from typing import Any

import numpy as np
import pandas as pd
import pyarrow as pa
from numpy.typing import NDArray
from sqlalchemy import Boolean, Column, Connection, Date, Float, Integer, Select

from data.columns import Json, UtcDateTime

NOT_A_TIME = np.iinfo(np.int64).min
AT_ONCE = 50_000  # rows


def frame(connection: Connection, statement: Select[Any], columns: Sequence[Column[Any]]) -> pd.DataFrame:
    """Run a select of plain columns and return its rows as a frame.

    Times are datetime64[us, UTC], whole numbers Int64, measures float64, flags boolean, words str, lists object.
    """
    compiled = statement.compile(connection.engine, compile_kwargs={"render_postcompile": True})
    found = connection.exec_driver_sql(str(compiled), _parameters(compiled))
    parts = [_arrays(rows, columns) for rows in found.partitions(AT_ONCE)] or [_arrays([], columns)]
    return pd.DataFrame({c.name: _joined(part) for c, part in zip(columns, zip(*parts, strict=True), strict=True)})


def _arrays(rows: Sequence[Any], columns: Sequence[Column[Any]]) -> list[Any]:
    """Some rows as one array for each column: a hundred times smaller than what the driver gives."""
    series = zip(*rows, strict=True) if rows else ((),) * len(columns)
    return [values(column, list(raw)) for column, raw in zip(columns, series, strict=True)]


def _joined(parts: Sequence[Any]) -> Any:
    if len(parts) == 1:
        return parts[0]
    whole = pd.concat([pd.Series(part) for part in parts], ignore_index=True)
    if whole.dtype == "str":  # words in one piece: taking some of many pieces is slow
        pieces = [piece for part in parts for piece in pa.chunked_array(pa.array(part)).chunks]
        return pd.array(pa.concat_arrays(pieces), dtype="str")
    return whole.array


def _parameters(compiled: Any) -> Any:
    processors = compiled._bind_processors
    given = {k: processors[k](v) if k in processors else v for k, v in compiled.params.items()}
    return tuple(given[name] for name in compiled.positiontup) if compiled.positional else given


def values(column: Column[Any], raw: list[Any]) -> Any:
    """One column's values as the database keeps them, as an array of its dtype."""
    kind = column.type
    if isinstance(kind, UtcDateTime):
        return moments(np.fromiter((NOT_A_TIME if v is None else v for v in raw), dtype=np.int64, count=len(raw)))
    if isinstance(kind, Json):
        return from_json(raw)
    if isinstance(kind, Date):
        return pd.DatetimeIndex(np.array([_day(v) for v in raw], dtype="datetime64[us]"))
    if isinstance(kind, Boolean):
        return pd.array([None if v is None else bool(v) for v in raw], dtype="boolean")
    if isinstance(kind, Integer):
        return pd.array(raw, dtype="Int64")
    if isinstance(kind, Float):
        return np.array([np.nan if v is None else v for v in raw], dtype=np.float64)
    return pd.array(raw, dtype="str")


def moments(ticks: NDArray[np.int64]) -> pd.DatetimeIndex:
    """Microseconds since 1970 as moments in UTC."""
    return pd.DatetimeIndex(ticks.view("datetime64[us]")).tz_localize("UTC")


def from_json(texts: Sequence[str | None]) -> pd.Series:
    """What JSON texts say; equal texts give one object, which nobody may change."""
    said = {text: None if text is None else json.loads(text) for text in dict.fromkeys(texts)}
    return pd.Series([said[text] for text in texts], dtype=object)


def _day(value: Any) -> Any:
    if value is None:
        return np.datetime64("NaT")
    return np.datetime64(value if isinstance(value, (str, date)) else str(value))
