"""The store: one SQLAlchemy URL, opened, migrated, written in whole pages, read as frames."""

import json
from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from datetime import datetime
from typing import TYPE_CHECKING, Any

from sqlalchemy import (
    JSON,
    Connection,
    Engine,
    Table,
    Text,
    and_,
    cast,
    column,
    func,
    insert,
    literal,
    literal_column,
    select,
    update,
)

from data.engine import connect, in_words
from data.persons import Mask, Pseudonyms, hold_to, mask_of, people_of
from data.schema import COPIED, STAMPED, TABLES, notices, sync_runs, sync_state
from data.stamps import Position, position, stamp
from data.version import is_newest
from data.writing import STAMP, Columns, write

if TYPE_CHECKING:
    import pandas as pd

Row = dict[str, Any]
PSEUDONYMS = "pseudonyms"
AT_ONCE, MOST_AT_ONCE = 2_000, 500_000  # keys that are looked up, and rows that are read, in one statement


class Store:
    """One database of engineering facts, SQLite or PostgreSQL."""

    def __init__(self, engine: Engine) -> None:
        self.engine = engine
        self.counted: dict[str, tuple[Position, dict[tuple[str, str | None], int]]] = {}  # see counts.py
        self.snapshot: Connection | None = None  # see one_state
        self.pseudonyms: Pseudonyms | None = None  # what a sync writes in the place of people, if anything

    @classmethod
    def open(cls, url: str) -> "Store":
        """Open the store at an SQLAlchemy URL, creating or migrating it first.

        Raises StoreError for an unknown URL, a file that is not a store, a newer store, or one that cannot be written.
        """
        with in_words(url):
            engine = connect(url)
            if not is_newest(engine):
                from data.migrate import upgrade  # importing Alembic takes longer than opening a store

                upgrade(engine)
        return cls(engine)

    @property
    def is_shared(self) -> bool:
        """Whether several syncs may work on it at once."""
        return self.engine.dialect.name == "postgresql"

    @contextmanager
    def writing(self) -> Iterator[Connection]:
        """A transaction that writes: all of it or nothing."""
        with (
            in_words(self.engine.url),
            self.engine.connect().execution_options(immediate=True) as connection,
            connection.begin(),
        ):
            yield connection

    @contextmanager
    def reading(self, **options: Any) -> Iterator[Connection]:
        """A transaction that only reads, and sees one state of the store."""
        if self.snapshot is not None:
            yield self.snapshot
            return
        whole = {"isolation_level": "REPEATABLE READ"} if self.is_shared else {}  # a file gives no less
        with (
            in_words(self.engine.url),
            self.engine.connect().execution_options(**whole, **options) as connection,
            connection.begin(),
        ):
            yield connection

    @contextmanager
    def one_state(self) -> Iterator[None]:
        """Everything that is read meanwhile, by this thread alone, is of one state: of the moment of the first look."""
        with self.reading() as self.snapshot:
            try:
                yield
            finally:
                self.snapshot = None

    # Rows --------------------------------------------------------------------------------------------

    def upsert(self, connection: Connection, table: str, rows: Sequence[Row]) -> None:
        """Write rows; one that is there already is replaced, unless the copy at hand is older than it.

        Every row has the same keys, all of them columns of the table. A row marked as gone comes back.
        """
        if not rows:
            return
        target = TABLES[table]
        if people_of(target) and (mask := mask_of(connection, self.pseudonyms)):
            rows = mask.rows(target, rows)
        self._write(connection, target, {name: [row[name] for row in rows] for name in rows[0]})

    def upsert_columns(self, connection: Connection, table: str, columns: Columns) -> None:
        """The same for many rows that are at hand column by column.

        A column is a list of what a row holds, or an array: words as objects, moments as datetime64[us] in UTC.
        """
        target = TABLES[table]
        if people_of(target) and (mask := mask_of(connection, self.pseudonyms)):
            columns = mask.columns(target, columns)
        self._write(connection, target, columns)

    def _write(self, connection: Connection, table: Table, columns: Columns) -> None:
        number = stamp(connection, table.name) if table.name in COPIED else None
        write(connection, table, columns, number)

    def mark_gone(
        self, connection: Connection, table: str, where: Mapping[str, Any], seen_at: datetime, unseen_only: bool = True
    ) -> None:
        """Mark the rows of `where` that no copy as new as `seen_at` holds as gone upstream.

        A value of `where` may be a list: any of its words.
        """
        target = TABLES[table]
        conditions = [_matches(target.c[name], value) for name, value in where.items()]
        if unseen_only:
            conditions.append(target.c.seen_at < seen_at)
        number = {"stamp": stamp(connection, table)} if table in STAMPED else {}
        statement = update(target).where(*conditions, target.c.gone_at.is_(None)).values(gone_at=seen_at, **number)
        if connection.execute(statement).rowcount and not number:
            stamp(connection, table)

    def load(
        self,
        table: str,
        columns: Sequence[str] = (),
        gone: bool = False,
        distinct: bool = False,
        since: Position | None = None,
        **where: Any,
    ) -> "pd.DataFrame":
        """Read a table as a frame with the schema's dtypes, also when it is empty; gone rows only on request.

        `distinct` gives each combination of the columns once, `since` the rows written after a position.
        """
        from data.copying import whole  # pandas and Arrow are imported when something is read as a frame
        from data.frames import frame

        target = TABLES[table]
        chosen = [target.c[name] for name in columns] or [column for column in target.c if column.name != STAMP]
        there: list[Any] = [target.c.gone_at.is_(None)] if not gone and "gone_at" in target.c else []
        there += [target.c.stamp > since.latest] if since else []
        with self.reading() as connection:
            if not since and not where and not distinct:
                return whole(connection, chosen, there)
            wanted = [_matches(target.c[name], value) for name, value in where.items()]
            statement = select(*chosen).where(*wanted, *there)
            return frame(connection, statement.distinct() if distinct else statement, chosen)

    def load_of(self, table: str, parents: "pd.DataFrame", columns: Sequence[str] = ()) -> "pd.DataFrame":
        """Read the rows of some parents: those whose key begins with a row of `parents`, column for column of text."""
        from data.copying import in_blocks
        from data.frames import frame

        target = TABLES[table]
        chosen = [target.c[name] for name in columns] or [column for column in target.c if column.name != STAMP]
        keys, own = list(parents.itertuples(index=False, name=None)), list(target.primary_key)[: len(parents.columns)]
        with self.reading() as connection:
            if not self.is_shared:
                parts = (keys[start : start + AT_ONCE] for start in range(0, len(keys), AT_ONCE))
                blocks = (_listed(some, own, "sqlite") & target.c.gone_at.is_(None) for some in parts)
                return in_blocks(connection, chosen, blocks)
            wanted = _listed(keys, own, "postgresql")
            return frame(connection, select(*chosen).where(wanted, target.c.gone_at.is_(None)), chosen)

    def position(self) -> Position | None:
        """How far the store has come; None where nothing was ever written."""
        with self.reading() as connection:
            return position(connection)

    def parents_since(self, table: str, since: Position, width: int = 3) -> "pd.DataFrame":
        """The first columns of the keys of the rows written since then, each once; rows that are gone included."""
        from data.copying import in_blocks
        from data.frames import frame

        target = TABLES[table]
        chosen = list(target.primary_key)[:width]
        written = target.c.stamp > since.latest
        with self.reading() as connection:
            if self.is_shared or self._are_many(connection, target, written):
                rows = frame(connection, select(*chosen).where(written), chosen)
            else:
                rows = in_blocks(connection, chosen, [written])
        return rows.drop_duplicates(ignore_index=True)  # here, since a database would rather read the whole key for it

    def _are_many(self, connection: Connection, target: Table, condition: Any) -> bool:
        """Whether more rows meet a condition than are read as one value."""
        some = select(literal(1)).select_from(target).where(condition).limit(MOST_AT_ONCE).subquery()
        return connection.execute(select(func.count()).select_from(some)).scalar_one() == MOST_AT_ONCE

    def count(self, table: str, **where: Any) -> int:
        """The number of rows that are there upstream."""
        target = TABLES[table]
        conditions = [_matches(target.c[name], value) for name, value in where.items()]
        if "gone_at" in target.c:
            conditions.append(target.c.gone_at.is_(None))
        with self.reading() as connection:
            return connection.execute(select(func.count()).select_from(target).where(*conditions)).scalar_one()

    # Notices -----------------------------------------------------------------------------------------

    def notice(self, key: str) -> str | None:
        """A fact about the store itself, such as what the demonstration organisation was made for."""
        with self.reading() as connection:
            return connection.execute(select(notices.c.value).where(notices.c.key == key)).scalar()

    def set_notice(self, connection: Connection, key: str, value: str | None) -> None:
        """Keep a fact about the store itself; None forgets it."""
        connection.execute(notices.delete().where(notices.c.key == key))
        if value is not None:
            connection.execute(insert(notices).values(key=key, value=value))

    def hide_people(self, pseudonyms: Pseudonyms | None) -> None:
        """Write these stand-ins in the place of people from now on. Raises ConfigError when the store holds others."""
        holds = None if self.is_empty() else self.notice(PSEUDONYMS) or ""
        mine = hold_to(holds, pseudonyms)
        with self.writing() as connection:
            self.set_notice(connection, PSEUDONYMS, mine or None)
        self.pseudonyms = pseudonyms

    def mask(self, pseudonyms: Pseudonyms | None = None) -> Mask:
        """What stands for the people who are not held by name."""
        with self.reading() as connection:
            return mask_of(connection, pseudonyms)

    def clear(self) -> None:
        """Empty every table: used to remove the demonstration organisation, never in a sync."""
        with self.writing() as connection:
            for table in reversed(list(TABLES.values())):
                connection.execute(table.delete())

    def compact(self) -> None:
        """Leave nothing of former rows in a SQLite file; a server's own upkeep does that there."""
        if self.is_shared:
            return
        with in_words(self.engine.url), self.engine.connect() as connection:
            driver: Any = connection.connection.dbapi_connection
            driver.execute("VACUUM")
            driver.execute("PRAGMA wal_checkpoint(TRUNCATE)")

    # The version of the data -------------------------------------------------------------------------

    def version(self) -> str:
        """What a reader has seen is known by this; it changes when a sync has brought rows."""
        latest = select(sync_runs.c.id, sync_runs.c.revision).order_by(sync_runs.c.id.desc()).limit(1)
        with self.reading() as connection:
            row = connection.execute(latest).first()
        return f"{row.id}.{row.revision}" if row else "0.0"

    def is_empty(self) -> bool:
        """Whether nothing was ever synced into it."""
        with self.reading() as connection:
            return connection.execute(select(sync_state.c.source).limit(1)).first() is None


def _listed(wanted: Sequence[tuple[str, ...]], columns: Sequence[Any], dialect: str) -> Any:
    """Joins each of some keys with the rows that it begins: looked up in the index."""
    keys = json.dumps(wanted)  # one value, not thousands of them
    if dialect == "postgresql":
        each: Any = func.json_array_elements(cast(literal(keys, Text), JSON)).table_valued(column("value", JSON))
        words = [each.c.value.op("->>")(literal_column(str(place))) for place in range(len(columns))]
    else:
        each = func.json_each(keys).table_valued("value")
        words = [func.json_extract(each.c.value, f"$[{place}]") for place in range(len(columns))]
    return and_(*(one == word for one, word in zip(columns, words, strict=True)))


def _matches(column: Any, value: Any) -> Any:
    return column.in_(value) if isinstance(value, (list, tuple, set, frozenset)) else column == value
