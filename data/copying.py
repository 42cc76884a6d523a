"""Whole tables as frames: the database writes every row as a line of text, and all lines are parsed at once.

A driver makes a Python object of every cell, which takes several times what the database and the parser do together.
Both databases write the same: words between single quotes, a quote doubled, NULL without quotes for nothing.
"""

from collections.abc import Generator, Iterable, Iterator, Sequence
from concurrent.futures import ThreadPoolExecutor
from contextlib import closing
from functools import partial
from typing import Any

import numpy as np
import pandas as pd
import pyarrow as pa
import pyarrow.compute as pc
from pyarrow import csv
from sqlalchemy import (
    Boolean,
    Column,
    Connection,
    Date,
    Float,
    Integer,
    LargeBinary,
    Select,
    cast,
    func,
    literal_column,
    select,
)

from data.columns import Json, UtcDateTime
from data.engine import bare_cursor
from data.frames import NOT_A_TIME, from_json, moments

Lines = Generator[Any, None, None]  # bytes

AT_ONCE = 5_000  # rows that SQLite puts together: beyond that it gets no faster
PIECE = 16_000_000  # bytes of text to parse at once
NOTHING = "NULL"
AS_LINES = f"(FORMAT csv, QUOTE '''', NULL '{NOTHING}', ENCODING 'UTF8')"
PARSED = (  # how a kind of column is read from text, the first that fits
    (UtcDateTime, pa.int64()),
    (Date, pa.date32()),
    (Boolean, pa.bool_()),
    (Integer, pa.int64()),
    (Float, pa.float64()),
)


def whole(connection: Connection, columns: Sequence[Column[Any]], conditions: Sequence[Any]) -> pd.DataFrame:
    """The rows of one table that meet conditions without parameters, as a frame with the dtypes of frames.frame."""
    written = _from_server if connection.dialect.name == "postgresql" else _from_file
    return _parsed_lines(columns, written(connection, columns, conditions))


def in_blocks(connection: Connection, columns: Sequence[Column[Any]], blocks: Iterable[Any]) -> pd.DataFrame:
    """The rows of one table that meet one condition after the other, from SQLite."""
    block = _block(columns)
    lines = (found + b"\n" for one in blocks if (found := connection.execute(block.where(one)).scalar()))
    return _parsed_lines(columns, lines)


def _parsed_lines(columns: Sequence[Column[Any]], written: Lines) -> pd.DataFrame:
    schema = pa.schema([(column.name, _parsed(column)) for column in columns])
    with (
        closing(written) as lines,  # broken off, a copy has to end before all else
        ThreadPoolExecutor(1) as parsing,  # beside the database, which holds no lock of Python's meanwhile
    ):
        tables = list(parsing.map(partial(_table, schema), _pieces(lines)))
    parts = [[table.column(place).combine_chunks() for table in tables] for place in range(len(columns))]
    del tables
    arrays = {column.name: _array(column, parts.pop(0)) for column in columns}  # what is done with is let go
    pa.default_memory_pool().release_unused()
    return pd.DataFrame(arrays, copy=False)


def _from_file(connection: Connection, columns: Sequence[Column[Any]], conditions: Sequence[Any]) -> Lines:
    """SQLite's lines, some thousand in one value."""
    row: Any = literal_column("rowid")
    table = columns[0].table
    block = _block(columns).where(*conditions)
    last = connection.execute(select(func.max(row)).select_from(table)).scalar() or 0
    for start in range(1, last + 1, AT_ONCE):
        lines = connection.execute(block.where(row.between(start, start + AT_ONCE - 1))).scalar()
        if lines:
            yield lines + b"\n"


def _block(columns: Sequence[Column[Any]]) -> Select[Any]:
    """Rows as lines of text in one value."""
    line = func.printf(",".join("%s" if isinstance(c.type, Float) else "%Q" for c in columns), *map(_exact, columns))
    return select(cast(func.group_concat(line, "\n"), LargeBinary)).select_from(columns[0].table)


def _exact(column: Column[Any]) -> Any:
    """A number with a fraction with all its digits, which printf would round."""
    return func.quote(column) if isinstance(column.type, Float) else column


def _from_server(connection: Connection, columns: Sequence[Column[Any]], conditions: Sequence[Any]) -> Lines:
    """PostgreSQL's lines, one at a time."""
    days = [func.to_char(c, "YYYY-MM-DD") if isinstance(c.type, Date) else c for c in columns]  # however it is set up
    rows = select(*days).where(*conditions).compile(dialect=connection.dialect, compile_kwargs={"literal_binds": True})
    with bare_cursor(connection) as cursor, cursor.copy(f"COPY ({rows}) TO STDOUT {AS_LINES}") as copy:
        yield from copy


def _pieces(lines: Iterable[Any]) -> Iterator[bytes]:
    held: list[Any] = []
    size = 0
    for line in lines:
        held.append(line)
        size += len(line)
        if size > PIECE:
            yield b"".join(held)
            held, size = [], 0
    if held:
        yield b"".join(held)


def _parsed(column: Column[Any]) -> pa.DataType:
    return next((parsed for kind, parsed in PARSED if isinstance(column.type, kind)), pa.large_string())


def _table(schema: pa.Schema, text: bytes) -> pa.Table:
    return csv.read_csv(
        pa.BufferReader(text),
        csv.ReadOptions(column_names=schema.names, block_size=len(text) + 1, use_threads=False),
        csv.ParseOptions(quote_char="'", newlines_in_values=True),
        csv.ConvertOptions(
            column_types=schema,
            null_values=[NOTHING],
            true_values=["1", "t"],
            false_values=["0", "f"],
            strings_can_be_null=True,
            quoted_strings_can_be_null=False,
        ),
    )


def _array(column: Column[Any], parts: list[pa.Array]) -> Any:
    """One column's parts as an array of its dtype."""
    kind = column.type
    if isinstance(kind, UtcDateTime):
        return moments(_numbers(parts, np.int64, NOT_A_TIME))
    if isinstance(kind, Json):
        return from_json([text for part in parts for text in part.to_pylist()])
    if isinstance(kind, Date):
        days = [part.cast(pa.timestamp("us")).to_numpy(zero_copy_only=False) for part in parts]
        return pd.DatetimeIndex(np.concatenate([np.empty(0, dtype="datetime64[us]"), *days]))
    if isinstance(kind, Boolean):
        return pd.arrays.BooleanArray(_numbers(parts, np.bool_, False), _unknown(parts))
    if isinstance(kind, Integer):
        return pd.arrays.IntegerArray(_numbers(parts, np.int64, 0), _unknown(parts))
    if isinstance(kind, Float):
        return _numbers(parts, np.float64, np.nan)
    return pd.array(pa.concat_arrays(parts) if parts else pa.array([], pa.large_string()), dtype="str")


def _numbers(parts: Sequence[pa.Array], kind: Any, unknown: Any) -> Any:
    known = (pc.fill_null(part, unknown).to_numpy(zero_copy_only=False) for part in parts)
    return np.concatenate([np.empty(0, dtype=kind), *known])


def _unknown(parts: Sequence[pa.Array]) -> Any:
    return np.concatenate([np.empty(0, dtype=np.bool_), *(part.is_null().to_numpy(False) for part in parts)])
