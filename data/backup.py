"""A consistent copy of a store in one SQLite file, taken while others read and write, and the way back.

The same file restores a SQLite store and a PostgreSQL one, so it is also how a store moves from one to the other.
"""

import shutil
from collections.abc import Callable, Iterable, Iterator
from contextlib import contextmanager
from datetime import date, datetime
from functools import partial
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any

from sqlalchemy import Boolean, Connection, Date, Table, func, insert, select, text

from data import persons, record
from data.engine import OWNER_ONLY
from data.errors import StoreError
from data.schema import KEPT, metadata
from data.stamps import everything_changed
from data.store import Store

BATCH = 5000


def backup(store: Store, file: Path) -> int:
    """Copy every row of a store, as of one moment, into a new file that only its owner may read; how many rows.

    The file appears when it is whole. Raises StoreError when it is there already or cannot be written.
    """
    if file.exists():
        raise StoreError(f"{file} is there already; name a new file, a backup is never overwritten")
    if not file.parent.is_dir():
        raise StoreError(f"the folder {str(file.parent)!r} does not exist; create it, or name another")
    unfinished = file.with_name(f".{file.name}.unfinished")
    unfinished.unlink(missing_ok=True)
    try:
        unfinished.touch(OWNER_ONLY)
        rows = _filled(store, unfinished)
        unfinished.rename(file)
    except OSError as error:
        raise StoreError(f"{file}: cannot be written ({error.strerror}); choose another folder") from None
    finally:
        _remove(unfinished)
    return rows


def _filled(store: Store, file: Path) -> int:
    copy = Store.open(f"sqlite:///{file}")
    try:
        with store.reading() as source, copy.writing() as target:
            rows = _copied(source, target)
        with copy.engine.connect().execution_options(isolation_level="AUTOCOMMIT") as connection:
            connection.execute(text("PRAGMA wal_checkpoint(TRUNCATE)"))
    finally:
        copy.engine.dispose()
    return rows


def restore(store: Store, file: Path, now: datetime) -> int:
    """Make a store what it was when the file was taken, all of it or nothing; how many rows.

    Readers see the old rows until the last of the new ones is there. The caller holds the store against syncs. Raises
    StoreError for a file that is not a whole store of this version or an older one.
    """
    if not file.is_file():
        raise StoreError(f"{file}: there is no such file; name one that `python -m data backup` wrote")
    with _opened(file) as copy, copy.reading() as source, store.writing() as target:
        latest, forgotten = record.latest_number(target), persons.forgotten_of(target)
        for table in reversed(metadata.sorted_tables):
            target.execute(table.delete())
        rows = _copied(source, target)
        record.note_restored(target, max(latest, record.latest_number(target)) + 1, now)
        persons.forget_again(target, forgotten)
        everything_changed(target)
        _count_on(target)
    return rows


@contextmanager
def _opened(file: Path) -> Iterator[Store]:
    """A backup as a store of this version; the file itself stays as it is, whatever has to be migrated."""
    with TemporaryDirectory() as folder:
        own = Path(shutil.copy(file, folder))
        copy = Store.open(f"sqlite:///{own}")
        try:
            _check_whole(copy, file)
            yield copy
        finally:
            copy.engine.dispose()


def _copied(source: Connection, target: Connection) -> int:
    return sum(_copied_table(source, target, table) for table in metadata.sorted_tables if table not in KEPT)


def _copied_table(source: Connection, target: Connection, table: Table) -> int:
    """Copy raw values: only days and flags are kept differently by the two kinds of database."""
    read, write = select(table).compile(source.engine), insert(table).compile(target.engine)
    names = [column.name for column in table.columns]
    order = [names.index(name) for name in write.positiontup or names]
    turn = _turns(table, source.dialect.name, target.dialect.name)
    found = source.execution_options(yield_per=BATCH).exec_driver_sql(str(read))
    rows = 0
    for part in found.partitions(BATCH):
        columns = [turn[name](values) for name, values in zip(names, zip(*part, strict=True), strict=True)]
        given = list(zip(*(columns[place] for place in order), strict=True))
        rows += len(given)
        target.exec_driver_sql(
            str(write), given if write.positional else [dict(zip(names, r, strict=True)) for r in given]
        )
    return rows


def _turns(table: Table, source: str, target: str) -> dict[str, Callable[[Iterable[Any]], Iterable[Any]]]:
    """How the values of each column are turned from one database's way into the other's."""
    ways: dict[str, Callable[[Iterable[Any]], Iterable[Any]]] = dict.fromkeys(
        table.columns.keys(), lambda values: values
    )
    if source == target:
        return ways
    flag, day = (bool, date.fromisoformat) if target == "postgresql" else (int, date.isoformat)
    for column in table.columns:
        if isinstance(column.type, (Boolean, Date)):
            turn: Callable[[Any], Any] = flag if isinstance(column.type, Boolean) else day
            ways[column.name] = partial(_turned, turn)
    return ways


def _turned(turn: Callable[[Any], Any], values: Iterable[Any]) -> list[Any]:
    return [None if value is None else turn(value) for value in values]


def _check_whole(copy: Store, file: Path) -> None:
    with copy.reading() as connection:
        said = connection.execute(text("PRAGMA quick_check(1)")).scalar()
    if said != "ok":
        raise StoreError(f"{file} is damaged ({said}); restore an older backup")
    if copy.is_empty():
        raise StoreError(f"{file} holds no synced row; restore another backup")


def _count_on(target: Connection) -> None:
    """Let a server's own numbering go on after the restored rows."""
    if target.dialect.name != "postgresql":
        return
    for table in metadata.sorted_tables:
        for column in table.primary_key:
            if column is table.autoincrement_column:
                highest = select(func.coalesce(func.max(column), 0) + 1).scalar_subquery()
                sequence = func.pg_get_serial_sequence(table.name, column.name)
                target.execute(select(func.setval(sequence, highest, False)).where(sequence.is_not(None)))


def _remove(unfinished: Path) -> None:
    for left in (unfinished, *(unfinished.with_name(unfinished.name + end) for end in ("-wal", "-shm"))):
        left.unlink(missing_ok=True)
