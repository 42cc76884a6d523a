"""Whether a store is whole: the file, the references between rows, the sources' own totals, facts derived anew.

What is derived anew is what a source says twice: a state, and the history that leads to it. Where both differ, one of
them was not stored.
"""

from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any

from sqlalchemy import Column, ColumnElement, Connection, Select, Table, and_, exists, func, not_, select, text

from data.record import status
from data.schema import (
    TABLES,
    issue_changes,
    issues,
    metadata,
    pull_request_events,
    pull_requests,
)
from data.store import Store

SAMPLE, SHOWN = 2000, 5


@dataclass(frozen=True)
class Finding:
    """What one check found: how many rows it looked at, how many are wrong, and some of them by name."""

    check: str
    looked_at: int
    wrong: int = 0
    examples: tuple[str, ...] = ()

    @property
    def ok(self) -> bool:
        """Whether nothing is wrong."""
        return self.wrong == 0


@dataclass(frozen=True)
class History:
    """A state that the last row of a history leads to: `said` by the parent, `led` by the newest child of `of`."""

    check: str
    name: Column[Any]
    said: ColumnElement[Any]
    at: Column[Any]
    led: ColumnElement[Any]
    of: ColumnElement[bool]
    where: ColumnElement[bool]


_event = pull_request_events.c
HISTORIES = (
    History(
        "an issue is where its last change of status led",
        issues.c.key,
        issues.c.status_id,
        issue_changes.c.at,
        issue_changes.c.to_id,
        issue_changes.c.field == "status",
        issues.c.source != "",
    ),
    History(
        "a pull request is a draft, or is not, as its events leave it",
        pull_requests.c.url,
        pull_requests.c.is_draft,
        _event.at,
        _event.kind == "draft",
        _event.kind.in_(["draft", "ready"]),
        pull_requests.c.is_complete.is_(True),
    ),
    History(
        "a pull request without a merge is open, or is not, as its events leave it",
        pull_requests.c.url,
        pull_requests.c.state == "open",
        _event.at,
        _event.kind == "reopened",
        _event.kind.in_(["closed", "reopened"]),
        and_(pull_requests.c.is_complete.is_(True), pull_requests.c.merged_at.is_(None)),
    ),
)


def verify(store: Store) -> Iterator[Finding]:
    """Every check, in order; changes nothing."""
    yield _totals(store)
    with store.reading() as connection:
        if connection.dialect.name == "sqlite":
            yield _file(connection)
        for table in metadata.sorted_tables:
            yield from (_orphans(connection, table, one) for one in table.foreign_key_constraints)
        yield _order_of_times(connection)
        yield from (_derived(connection, history) for history in HISTORIES)


def _totals(store: Store) -> Finding:
    """Rows against the number that the source itself gave, where a stream was read to its end."""
    known = [line for line in status(store) if line.complete and line.expected is not None and line.stream in TABLES]
    short = [line for line in known if line.rows < (line.expected or 0)]
    said = tuple(f"{one.source} {one.scope} {one.stream}: {one.rows} of {one.expected}" for one in short[:SHOWN])
    return Finding("rows against the sources' own totals", len(known), len(short), said)


def _file(connection: Connection) -> Finding:
    said = [str(row[0]) for row in connection.execute(text(f"PRAGMA integrity_check({SHOWN})"))]
    wrong = [line for line in said if line != "ok"]
    return Finding("the database's own check of its file", 1, len(wrong), tuple(wrong))


def _orphans(connection: Connection, table: Table, reference: Any) -> Finding:
    """Rows whose parent is not there."""
    parent = reference.referred_table
    here = and_(*(element.parent == element.column for element in reference.elements))
    lost = select(table.c.id).where(not_(exists().where(here).correlate(table)))
    return _counted(connection, f"{table.name} belong to {parent.name}", lost, table)


def _order_of_times(connection: Connection) -> Finding:
    ends = pull_requests.c.merged_at, pull_requests.c.closed_at
    early = (ends[0] < pull_requests.c.created_at) | (ends[1] < pull_requests.c.created_at)
    lost = select(pull_requests.c.url).where(early)
    return _counted(connection, "pull requests end after they begin", lost, pull_requests)


def _counted(connection: Connection, check: str, wrong: Select[Any], table: Table) -> Finding:
    total = connection.execute(select(func.count()).select_from(table)).scalar_one()
    count = connection.execute(select(func.count()).select_from(wrong.subquery())).scalar_one() if total else 0
    names = connection.execute(wrong.limit(SHOWN)).scalars().all() if count else []
    return Finding(check, total, count, tuple(str(name) for name in names))


def _derived(connection: Connection, history: History) -> Finding:
    """Compare what the newest rows say with where their histories lead."""
    found = connection.execute(_both(history)).all()
    wrong = [f"{row.name}: says {row.said}, its history leads to {row.led}" for row in found if row.said != row.led]
    return Finding(history.check, len(found), len(wrong), tuple(wrong[:SHOWN]))


def _both(history: History) -> Select[Any]:
    parent, child = history.name.table, history.at.table
    (reference,) = child.foreign_key_constraints
    own = [element.parent for element in reference.elements]
    order = [history.at.desc(), *(child.c[name].desc() for name in ("position", "id") if name in child.c)]
    place = func.row_number().over(partition_by=own, order_by=order)
    ranked = select(*own, history.led.label("led"), place.label("place")).where(history.of, child.c.gone_at.is_(None))
    last = ranked.subquery()
    mine = and_(*(last.c[element.parent.name] == element.column for element in reference.elements), last.c.place == 1)
    columns = history.name.label("name"), history.said.label("said"), last.c.led
    there = select(*columns).select_from(parent.join(last, mine)).where(parent.c.gone_at.is_(None), history.where)
    return there.order_by(parent.c.updated_at.desc(), parent.c.id).limit(SAMPLE)
