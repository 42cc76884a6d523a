"""Which rows were written since a reader looked: every transaction that writes copied rows has a number.

The numbers are given out under one lock that lasts until the transaction ends, so they are in the order in which
readers see the rows, whatever the clocks say and however many syncs write at once. A reader that knows a position has
seen all rows up to its number, and possibly some after it.
"""

from collections.abc import Mapping
from dataclasses import dataclass, field
from uuid import uuid4

from sqlalchemy import Connection, Transaction, delete, select, update

from data.engine import insert_into
from data.schema import KEPT as DERIVED
from data.schema import stamps

STORE = ""
KEPT = "stamped"


@dataclass(frozen=True)
class Position:
    """How far a reader has come: nothing is to be found by it in another era, but by reading everything."""

    era: str
    latest: int
    tables: Mapping[str, int] = field(default_factory=dict, compare=False)

    def changed(self, table: str, since: "Position") -> bool:
        """Whether anything was written to a table since then."""
        return self.era != since.era or self.tables.get(table, 0) > since.latest


@dataclass
class _Stamped:
    """The number of a transaction under way, and the tables that it has written to."""

    transaction: Transaction | None
    number: int
    tables: set[str]


def stamp(connection: Connection, table: str) -> int:
    """The number of the transaction under way, noted as the last one that writes to the table."""
    mine: _Stamped | None = connection.info.get(KEPT)
    if mine is None or mine.transaction is not connection.get_transaction():
        mine = connection.info[KEPT] = _Stamped(connection.get_transaction(), _next(connection), set())
    if table not in mine.tables:
        _note(connection, table, mine.number)
        mine.tables.add(table)
    return mine.number


def position(connection: Connection) -> Position | None:
    """How far the store has come; None where nothing was ever written."""
    rows = {row.name: row for row in connection.execute(select(stamps))}
    if STORE not in rows:
        return None
    tables = {name: row.latest for name, row in rows.items() if name != STORE}
    return Position(rows[STORE].era, rows[STORE].latest, tables)


def alone(connection: Connection, table: str) -> None:
    """Wait until nobody else replaces what is in a table, and let nobody until the transaction ends."""
    _note(connection, table, 0)


def everything_changed(connection: Connection) -> None:
    """Rows were changed that carry no number of it: readers have to read all of them again."""
    for table in DERIVED:
        connection.execute(delete(table))
    connection.execute(update(stamps).where(stamps.c.name == STORE).values(era=uuid4().hex))


def _next(connection: Connection) -> int:
    grown = update(stamps).where(stamps.c.name == STORE).values(latest=stamps.c.latest + 1).returning(stamps.c.latest)
    number: int | None = connection.execute(grown).scalar()
    if number is None:
        _note(connection, STORE, 0, uuid4().hex)
        number = connection.execute(grown).scalar_one()
    return number


def _note(connection: Connection, name: str, number: int, era: str | None = None) -> None:
    row = insert_into(stamps, connection.dialect.name).values(name=name, latest=number, era=era)
    if name == STORE:
        connection.execute(row.on_conflict_do_nothing(index_elements=["name"]))
    else:
        connection.execute(row.on_conflict_do_update(index_elements=["name"], set_={"latest": number}))
