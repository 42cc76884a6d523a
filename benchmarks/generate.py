"""A company to measure with: 40 teams, 500 repositories, three years; seeded, and as skewed as work is.

python benchmarks/generate.py STORE [pull requests] fills a store, for example sqlite:////tmp/company.db 100000. To each
pull request belong five reviews, three commits, two events and an issue with its history; then there are sprints,
epics, deployments, the history of the code and dependencies.
"""

import sys
import time
from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import numpy as np
import pandas as pd

sys.path.insert(0, str(Path(__file__).parent.parent))

from benchmarks.company import NOW, Columns, company
from data import record
from data.schema import TABLES
from data.store import Row, Store

AT_ONCE = 20_000
EPOCH = datetime(1970, 1, 1, tzinfo=UTC)
STREAMS = {"github": "repository", "jira": "project", "git": "repository"}


def frames(n: int, seed: int = 7) -> dict[str, pd.DataFrame]:
    """The tables of a company with n pull requests, as the store would give them."""
    made, empty = company(n, seed), Store.open("sqlite://")
    return {name: _frame(made.get(name, {}), empty.load(name)) for name in TABLES}


def _frame(columns: Columns, usual: pd.DataFrame) -> pd.DataFrame:
    if not columns:
        return usual
    aware = {
        name: pd.DatetimeIndex(column).tz_localize("UTC") for name, column in columns.items() if _is_moment(column)
    }
    frame = pd.DataFrame(columns | aware).reindex(columns=usual.columns)
    return frame.astype({name: kind for name, kind in usual.dtypes.items() if frame[name].dtype != kind})


def _is_moment(column: Any) -> bool:
    return bool(column.dtype == "datetime64[us]")


def fill(store: Store, n: int, seed: int = 7) -> int:
    """Write the company into a store, as a sync that is complete; the number of rows."""
    made, run = company(n, seed), record.start_run(store, NOW)
    for table in (name for name in TABLES if name in made):
        for rows in _rows(table, made[table]):
            with store.writing() as connection:
                store.upsert(connection, table, rows)
                record.rows_arrived(connection, run)
    _synced(store, made)
    record.finish_run(store, run, NOW, "complete")
    return sum(len(next(iter(columns.values()))) for columns in made.values())


def _rows(table: str, columns: Columns) -> Iterator[list[Row]]:
    """The rows of a table, with the types that the store takes."""
    size = len(next(iter(columns.values())))
    for start in range(0, size, AT_ONCE):
        lists = [_values(np.asarray(column)[start : start + AT_ONCE]) for column in columns.values()]
        yield [dict(zip(columns, row, strict=True)) for row in zip(*lists, strict=True)]


def _values(column: Any) -> list[Any]:
    if column.dtype.kind == "M":
        ticks = column.astype("datetime64[us]").astype(np.int64).tolist()
        return [None if tick < 0 else EPOCH + timedelta(microseconds=tick) for tick in ticks]
    if column.dtype.kind == "f":
        return [None if number != number else number for number in column.tolist()]
    return list(column.tolist())


def _synced(store: Store, made: dict[str, Columns]) -> None:
    facts = {"complete": True, "high_water": NOW, "synced_at": NOW, "oldest": None, "scope_id": None}
    for table in made:
        source = str(made[table]["source"][0])
        with store.writing() as connection:
            record.save_state(store, connection, source, [table], STREAMS[source], facts)


if __name__ == "__main__":
    url, size = sys.argv[1], int(sys.argv[2]) if len(sys.argv) > 2 else 100_000
    began = time.perf_counter()
    written = fill(Store.open(url), size)
    print(f"{written:,} rows for {size:,} pull requests in {time.perf_counter() - began:.1f} s")
