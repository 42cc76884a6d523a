"""The record of syncs: how far each stream has come in each scope, and what went wrong."""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from sqlalchemy import Connection, func, insert, select, update

from data.counts import EVERYWHERE, Counts, rows_of
from data.schema import sync_runs, sync_state
from data.store import Store

UNKNOWN_SCOPE = "*"


@dataclass(frozen=True)
class Walk:
    """How far a table of one source has come in one scope."""

    source: str
    stream: str
    scope: str
    complete: bool
    synced_at: datetime | None
    oldest: datetime | None
    cursor: Any
    error: str | None
    requests: int
    points: int
    points_left: int | None
    expected: int | None
    waiting_until: datetime | None


@dataclass(frozen=True)
class StreamStatus(Walk):
    """One line of `connectors status`: the same with the number of rows that are there."""

    rows: int


def start_run(store: Store, now: datetime) -> int:
    """Note that a sync begins; its number."""
    with store.writing() as connection:
        begun = insert(sync_runs).values(started_at=now, outcome="running", revision=0).returning(sync_runs.c.id)
        number: int = connection.execute(begun).scalar_one()
    return number


def latest_number(connection: Connection) -> int:
    """The number of the newest sync; 0 before the first."""
    number: int = connection.execute(select(func.coalesce(func.max(sync_runs.c.id), 0))).scalar_one()
    return number


def note_restored(connection: Connection, number: int, now: datetime) -> None:
    """Note that all rows were put back, so that readers look again."""
    values = {"id": number, "started_at": now, "finished_at": now, "outcome": "restored", "revision": 0}
    connection.execute(insert(sync_runs).values(values))


def finish_run(store: Store, run: int, now: datetime, outcome: str, error: str | None = None) -> None:
    """Note how a sync ended: complete, failed or stopped."""
    values = {"finished_at": now, "outcome": outcome, "error": error}
    with store.writing() as connection:
        connection.execute(update(sync_runs).where(sync_runs.c.id == run).values(values))
        rows_arrived(connection, run)


def latest_run(store: Store) -> dict[str, Any] | None:
    """The newest sync: id, started_at, finished_at, outcome, error."""
    with store.reading() as connection:
        row = connection.execute(select(sync_runs).order_by(sync_runs.c.id.desc()).limit(1)).first()
    return dict(row._mapping) if row else None


def rows_arrived(connection: Connection, run: int) -> None:
    """Let readers know that there is something new to see; they look at the newest sync, which may be another's."""
    connection.execute(update(sync_runs).where(sync_runs.c.id >= run).values(revision=sync_runs.c.revision + 1))


def state_of(store: Store, source: str, stream: str, scope: str) -> dict[str, Any] | None:
    """How far a stream has come in a scope; None when it was never tried."""
    mine = (sync_state.c.source == source, sync_state.c.stream == stream, sync_state.c.scope == scope)
    with store.reading() as connection:
        row = connection.execute(select(sync_state).where(*mine)).first()
    return dict(row._mapping) if row else None


def save_state(
    store: Store, connection: Connection, source: str, tables: Iterable[str], scope: str, facts: dict[str, Any]
) -> None:
    """Write how far a walk has come: `facts` for its main table, the same without cost and cursor for the others."""
    own = {"cursor": None, "requests": 0, "points": 0, "points_left": None, "expected": None}
    for index, table in enumerate(tables):
        row = {"source": source, "stream": table, "scope": scope} | facts
        if index:
            row |= {name: value for name, value in own.items() if name in row}
        store.upsert(connection, "sync_state", [row])


def rename_scope(connection: Connection, source: str, scope_id: str, name: str) -> None:
    """Carry the record of a renamed repository or project over to its new name."""
    renamed = (sync_state.c.source == source, sync_state.c.scope_id == scope_id, sync_state.c.scope != name)
    taken = select(sync_state.c.stream).where(sync_state.c.source == source, sync_state.c.scope == name)
    connection.execute(sync_state.delete().where(*renamed, sync_state.c.stream.in_(taken)))
    connection.execute(update(sync_state).where(*renamed).values(scope=name))


def forget(connection: Connection, source: str, scope: str) -> None:
    """Drop the record of a scope: what it stood for is answered otherwise."""
    connection.execute(sync_state.delete().where(sync_state.c.source == source, sync_state.c.scope == scope))


def walks(store: Store) -> list[Walk]:
    """Every stream of every scope; its rows are not counted, which takes longer the more were written."""
    with store.reading() as connection:
        return [_walk(state) for state in _states(connection)]


def status(store: Store) -> list[StreamStatus]:
    """Every stream of every scope, with the number of rows that are there."""
    with store.reading() as connection:
        states = _states(connection)
        counts = rows_of(store, connection, {state["stream"] for state in states})
    return [StreamStatus(**vars(_walk(state)), rows=_rows(state, counts.get(state["stream"], {}))) for state in states]


def _states(connection: Connection) -> list[Any]:
    order = (sync_state.c.source, sync_state.c.scope, sync_state.c.stream)
    return [row._mapping for row in connection.execute(select(sync_state).order_by(*order))]


def _rows(state: Any, counts: Counts) -> int:
    return counts.get((state["source"], state["scope_id"]), counts.get((state["source"], EVERYWHERE), 0))


def _walk(state: Any) -> Walk:
    names = [n for n in Walk.__annotations__ if n not in {"complete", "requests", "points"}]
    return Walk(
        complete=bool(state["complete"]),
        requests=state["requests"] or 0,
        points=state["points"] or 0,
        **{name: state[name] for name in names},
    )
