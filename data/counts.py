"""How many rows each repository and project has: counted once, and again only where something was written since."""

import json
from typing import Any

from sqlalchemy import Connection, func, select, tuple_

from data import kept_facts
from data.schema import STAMPED, TABLES
from data.stamps import Position, position
from data.store import Store

EVERYWHERE = None  # where the rows of a table belong to no scope
SCOPES = ("repositories", "projects")
PREFIX = "counts of "
MOST = 100  # places that are counted one by one; beyond that all are

Counts = dict[tuple[str, str | None], int]


def rows_of(store: Store, connection: Connection, tables: set[str]) -> dict[str, Counts]:
    """Rows that are there upstream by source and place, of each table; by source where rows belong to no place."""
    now = position(connection)
    if not store.counted and now is not None:
        store.counted.update(_kept(store, now))
    return {table: _known(store, connection, table, now) for table in tables if table in TABLES}


def keep(store: Store, number: int) -> None:
    """Keep what was counted in a generation, so that another process begins with it."""
    for table, (since, counts) in store.counted.items():
        said = json.dumps([[*place, rows] for place, rows in counts.items()])
        label = kept_facts.Label(PREFIX + table, "", since.era, since.latest)
        kept_facts.keep(store, number, {label: said.encode()})


def _kept(store: Store, now: Position) -> dict[str, tuple[Position, Counts]]:
    found = {}
    for name, label in kept_facts.labels(store).items():
        said = kept_facts.content(store, label) if name.startswith(PREFIX) and label.era == now.era else None
        if said:
            counts = {(source, place): rows for source, place, rows in json.loads(said)}
            found[name.removeprefix(PREFIX)] = label.position, counts
    return found


def _known(store: Store, connection: Connection, table: str, now: Position | None) -> Counts:
    since, counts = store.counted.get(table, (None, {}))
    if now is None or since is None or now.era != since.era:
        counts = _counted(connection, table)
    elif now.changed(table, since):
        counts = _counted_again(connection, table, since, counts)
    if now is not None:
        store.counted[table] = (now, counts)
    return counts


def _counted_again(connection: Connection, table: str, since: Position, counts: Counts) -> Counts:
    target, place = TABLES[table], _place(table)
    if table not in STAMPED:
        return _counted(connection, table)
    since_then = _apart(select(target.c.source, place.label("place")).where(target.c.stamp > since.latest))
    written = select(since_then.c.source, since_then.c.place).distinct().limit(MOST + 1)
    touched = [(row[0], row[1]) for row in connection.execute(written)]
    if len(touched) > MOST:
        return _counted(connection, table)
    there = target.c.gone_at.is_(None), tuple_(target.c.source, place).in_(touched)
    return counts | dict.fromkeys(touched, 0) | _counts(connection, table, *there)


def _counted(connection: Connection, table: str) -> Counts:
    """All rows, less those that are gone: an index has the first, and the second are few."""
    gone = _counts(connection, table, TABLES[table].c.gone_at.is_not(None), apart=True)
    return {place: rows - gone.get(place, 0) for place, rows in _counts(connection, table).items()}


def _counts(connection: Connection, table: str, *conditions: Any, apart: bool = False) -> Counts:
    target, place = TABLES[table], _place(table)
    rows: Any = select(target.c.source, *([] if place is None else [place.label("place")])).where(*conditions)
    group = list((_apart(rows) if apart else rows.subquery()).c)
    found = connection.execute(select(func.count(), *group).group_by(*group))
    return {(row[1], row[2] if len(row) > 2 else EVERYWHERE): row[0] for row in found}


def _apart(rows: Any) -> Any:
    """Rows that are chosen first: SQLite would walk all of the key's index only to have them in its order."""
    return rows.offset(0).subquery()


def _place(table: str) -> Any:
    columns = TABLES[table].c
    return columns.id if table in SCOPES else columns.get("repository_id", columns.get("project_id"))
