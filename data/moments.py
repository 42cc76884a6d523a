"""Moments that can be: what a source says happened in the year 1 or 9999 did not happen then.

A row with such a moment is in no figure, since nobody knows where it belongs, and it is listed as what it is.
"""

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import UTC, datetime

import numpy as np
import pandas as pd
from numpy.typing import NDArray
from sqlalchemy import Table, Text, cast, or_, select

from data.columns import UtcDateTime
from data.schema import COPIED, TABLES
from data.store import Store

EARLIEST, LATEST = datetime(1970, 1, 1, tzinfo=UTC), datetime(2100, 1, 1, tzinfo=UTC)
OF_THE_COPY = {"seen_at", "gone_at", "updated_at", "pushed_at"}  # no figure is made of them
UNUSED = {"git_commits": {"authored_at"}, "repositories": {"created_at"}}  # nor of these
MOST = 200  # that are listed of a table


@dataclass(frozen=True)
class Impossible:
    """A row that is left out everywhere, as its key names it, and the moment that cannot be."""

    table: str
    source: str
    key: str
    column: str
    at: datetime


def columns_of(table: str) -> tuple[str, ...]:
    """The moments that a table's rows tell."""
    left_out = OF_THE_COPY | UNUSED.get(table, set())
    return tuple(c.name for c in TABLES[table].c if isinstance(c.type, UtcDateTime) and c.name not in left_out)


def possible(table: str, rows: pd.DataFrame) -> pd.DataFrame:
    """The rows whose moments all can be; those without a moment are among them."""
    wrong: NDArray[np.bool_] | None = None
    for name in (name for name in columns_of(table) if table in COPIED and name in rows):
        at = rows[name]
        if at.min() < EARLIEST or at.max() >= LATEST:
            mine = ((at < EARLIEST) | (at >= LATEST)).to_numpy(dtype=bool)
            wrong = mine if wrong is None else wrong | mine
    return rows if wrong is None else rows[~wrong].reset_index(drop=True)


def impossible(store: Store) -> list[Impossible]:
    """The rows with a moment that cannot be, the first of each table; rows that are gone are none."""
    return [one for name in COPIED if columns_of(name) for one in _of(store, TABLES[name])]


def _of(store: Store, table: Table) -> Iterator[Impossible]:
    names = columns_of(table.name)
    wrong = [or_(table.c[name] < EARLIEST, table.c[name] >= LATEST) for name in names]
    keys = [cast(column, Text) for column in table.primary_key if column.name != "source"]
    chosen = select(table.c.source, *(table.c[name] for name in names), *keys)
    with store.reading() as connection:
        for row in connection.execute(chosen.where(or_(*wrong), table.c.gone_at.is_(None)).limit(MOST)):
            key = " ".join(map(str, row[1 + len(names) :]))
            for name, at in zip(names, row[1:], strict=False):
                if at is not None and not EARLIEST <= at < LATEST:
                    yield Impossible(table.name, row[0], key, name, at)
