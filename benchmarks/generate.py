"""A company to measure with: 40 teams, 500 repositories, three years; seeded, and as skewed as work is.

python benchmarks/generate.py STORE [pull requests] fills a store, for example sqlite:////tmp/company.db 100000. To each
pull request belong five reviews, three commits, two events and an issue with its history; then there are sprints,
epics, deployments, the history of the code and dependencies.
"""

import sys
import time
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pandas as pd

sys.path.insert(0, str(Path(__file__).parent.parent))

from benchmarks.company import NOW, Columns, company
from data import record
from data.schema import TABLES
from data.store import Store

AT_ONCE = 20_000
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
        for columns in _parts(made[table]):
            with store.writing() as connection:
                store.upsert_columns(connection, table, columns)
                record.rows_arrived(connection, run)
    _synced(store, made)
    record.finish_run(store, run, NOW, "complete")
    return sum(len(next(iter(columns.values()))) for columns in made.values())


def _parts(columns: Columns) -> Iterator[Columns]:
    size = len(next(iter(columns.values())))
    for start in range(0, size, AT_ONCE):
        yield {name: column[start : start + AT_ONCE] for name, column in columns.items()}


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
