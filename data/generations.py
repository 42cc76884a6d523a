"""What is built from rows has generations: readers stay with one while the next is written beside it.

A row holds from the generation `since` on, and no more from `until` on. The end of a sync writes under a number that
nobody reads yet; in one transaction at its very end that becomes the current generation, or it never does. The one
before stays readable until then: who has read a figure of it finds the rows behind it.
"""

import time
from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from typing import Any

from sqlalchemy import Connection, Table, and_, delete, func, insert, or_, select, update

from data.errors import StoreError
from data.schema import BUILT, generations
from data.stamps import alone
from data.store import Store

AT_ONCE = 500  # keys in one statement


class Overtaken(StoreError):
    """A generation is no longer there, since later ones are or because somebody else has begun one."""

    def __init__(self) -> None:
        super().__init__("figures of a later sync have taken the place of these; look again")


def current(connection: Connection) -> int:
    """The number of the generation that is read; 0 before the first."""
    newest = select(func.coalesce(func.max(generations.c.number), 0)).where(generations.c.is_whole)
    number: int = connection.execute(newest).scalar_one()
    return number


@contextmanager
def reading(store: Store, number: int | None = None) -> Iterator[tuple[Connection, int]]:
    """A transaction that reads a generation, the current one without a number. Raises Overtaken when it is gone."""
    with store.reading() as connection:
        if number is None:
            number = current(connection)
        elif number and not _is_there(connection, number):
            raise Overtaken
        yield connection, number


def holds(table: Table, number: int) -> Any:
    """The rows of a table that belong to a generation."""
    return and_(table.c.since <= number, or_(table.c.until.is_(None), table.c.until > number))


@contextmanager
def building(store: Store) -> Iterator[int]:
    """The number of a new generation, which is read by all once the block has come to its end.

    What an earlier block began and did not end is taken back. Raises Overtaken when another one has begun since.
    """
    number = _begin(store)
    yield number
    _finish(store, number)


def put(
    connection: Connection,
    number: int,
    table: Table,
    keys: Mapping[str, Sequence[Any]],
    rows: Sequence[Mapping[str, Any]],
) -> None:
    """Write rows of a generation that is being built, in the place of those with some keys.

    `keys` has the values of one or two columns; the last column's may be many. Raises Overtaken.
    """
    alone(connection, generations.name)
    if not _is_there(connection, number):
        raise Overtaken
    *first, (column, values) = keys.items()
    for start in range(0, len(values), AT_ONCE):
        chosen = [table.c[name].in_(few) for name, few in first]
        mine = and_(*chosen, table.c[column].in_(values[start : start + AT_ONCE]))
        connection.execute(delete(table).where(mine, table.c.since == number))
        connection.execute(update(table).where(mine, table.c.until.is_(None)).values(until=number))
    if rows:
        connection.execute(insert(table), [{"since": number} | dict(row) for row in rows])


def _is_there(connection: Connection, number: int) -> bool:
    found = select(generations.c.number).where(generations.c.number == number)
    return connection.execute(found).first() is not None


def _begin(store: Store) -> int:
    with store.writing() as connection:
        alone(connection, generations.name)
        last = current(connection)
        if connection.execute(delete(generations).where(generations.c.is_whole.is_(False))).rowcount:
            for table in BUILT:
                connection.execute(delete(table).where(table.c.since > last))
                connection.execute(update(table).where(table.c.until > last).values(until=None))
        number = max(last + 1, time.time_ns() // 1000)  # no number twice, also after all were deleted
        connection.execute(insert(generations).values(number=number, is_whole=False))
    return number


def _finish(store: Store, number: int) -> None:
    with store.writing() as connection:
        alone(connection, generations.name)
        before = current(connection)
        its = generations.c.number == number
        if not connection.execute(update(generations).where(its).values(is_whole=True)).rowcount:
            raise Overtaken
        connection.execute(delete(generations).where(generations.c.number < before))
        for table in BUILT:
            connection.execute(delete(table).where(table.c.until <= before))
