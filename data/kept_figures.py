"""Figures as they were reckoned after a sync, place by place, and the rows behind them in pieces of a month."""

import json
from collections.abc import Collection, Iterable, Mapping
from dataclasses import dataclass
from dataclasses import replace as replaced
from typing import Any

from sqlalchemy import Connection, func, select

from data import kept_facts as shelf
from data.generations import holds, put, reading
from data.kept_facts import Label
from data.schema import generations, kept_facts, kept_figures, kept_rows, notices, sync_runs
from data.stamps import Position, position
from data.store import Store

NAME, COVERAGE = "figures", "coverage"
DUE = "figures are due"
AT_ONCE = 500


@dataclass(frozen=True)
class Head:
    """What all kept figures have in common: what they were made with, and the store up to a position.

    `generation` holds them, and all that was built with them. `said` are the calendar, the end of the last week that
    was over, and by indicator what its rows say as a whole; `coverage` is what was synced, packed.
    """

    label: Label
    said: Mapping[str, Any]
    coverage: bytes
    generation: int

    @property
    def position(self) -> Position:
        """How far the store had come."""
        return self.label.position


@dataclass(frozen=True)
class Piece:
    """The rows of a month: when the first was observed and the last one ended, as microseconds since 1970."""

    begins: int
    ends: int
    digest: str
    content: bytes


def head(store: Store) -> Head | None:
    """What the kept figures have in common; None where none are kept."""
    return state(store).head


@dataclass(frozen=True)
class State:
    """A store at one moment: how far it had come, the generation of what is built, and its figures, if any."""

    position: Position | None
    generation: int
    head: Head | None


def state(store: Store) -> State:
    """See how things stand, all of it at once."""
    with reading(store) as (connection, number):
        return State(position(connection), number, _head(connection, number))


def _head(connection: Connection, number: int) -> Head | None:
    labels = shelf.labels_of(connection, number)
    found = [shelf.content_of(connection, labels[name], number) for name in (NAME, COVERAGE) if name in labels]
    if len(found) < 2 or found[0] is None or found[1] is None:
        return None
    return Head(labels[NAME], json.loads(found[0]), found[1], number)


def keep_head(store: Store, made: Head) -> None:
    """Complete a generation: its figures are of this position."""
    its = replaced(made.label, name=COVERAGE)
    shelf.keep(store, made.generation, {made.label: json.dumps(made.said).encode(), its: made.coverage})


def expect(store: Store, due: bool) -> None:
    """Say that figures will be kept soon, or that none are on their way; readers wait with what they have."""
    with store.writing() as connection:
        store.set_notice(connection, DUE, "yes" if due else None)


@dataclass(frozen=True)
class Look:
    """A store at one moment: the version of its data and of its kept figures (empty: none), whether a sync is under
    way, and whether figures are about to be kept.
    """

    version: str
    kept: str
    is_syncing: bool
    are_due: bool


def look(store: Store) -> Look:
    """See how things stand, in one statement: all dashboards ask it all the time."""
    number = select(func.max(generations.c.number)).where(generations.c.is_whole).scalar_subquery()
    its = (kept_facts.c.name == NAME, kept_facts.c.piece == 0, kept_facts.c.since <= number)
    kept = select(func.max(kept_facts.c.since)).where(*its).scalar_subquery().label("kept")
    due = select(notices.c.value).where(notices.c.key == DUE).scalar_subquery().label("due")
    newest = select(sync_runs.c.id, sync_runs.c.revision, sync_runs.c.finished_at, kept, due)
    with store.reading() as connection:
        row = connection.execute(newest.order_by(sync_runs.c.id.desc()).limit(1)).first()
    if row is None:
        return Look("0.0", "", False, False)
    return Look(f"{row.id}.{row.revision}", str(row.kept or ""), row.finished_at is None, row.due is not None)


def digests(store: Store, indicator: str, at: int | None = None) -> tuple[dict[str, str], dict[int, str]]:
    """What the figures of each place, and each piece of the rows, were made from in a generation, or the current one.

    In one that is being built they are what was put into it, and what it has from the one before.
    """
    places, pieces = (kept_figures, kept_figures.c.place), (kept_rows, kept_rows.c.piece)
    with reading(store, at) as (connection, number):
        found = []
        for table, name in (places, pieces):
            chosen = select(name, table.c.digest).where(table.c.indicator == indicator, holds(table, number))
            found.append({row[0]: row[1] for row in connection.execute(chosen)})
    return found[0], found[1]


def figures(store: Store, places: Iterable[str], indicators: Collection[str], at: int) -> dict[tuple[str, str], bytes]:
    """The figures of some indicators in some places in a generation, by place and indicator."""
    wanted, found = list(places), {}
    columns = [kept_figures.c[name] for name in ("place", "indicator", "content")]
    with reading(store, at) as (connection, number):
        its = (kept_figures.c.indicator.in_(indicators), holds(kept_figures, number))
        for start in range(0, len(wanted), AT_ONCE):
            some = kept_figures.c.place.in_(wanted[start : start + AT_ONCE])
            for row in connection.execute(select(*columns).where(some, *its)):
                found[row.place, row.indicator] = row.content
    return found


def rows(store: Store, indicator: str, begins: int, ends: int, at: int) -> list[bytes]:
    """The pieces that hold rows of a time in a generation: observed by its end, and not over before it begins."""
    mine = (kept_rows.c.indicator == indicator, kept_rows.c.begins <= ends, kept_rows.c.ends >= begins)
    with reading(store, at) as (connection, number):
        chosen = select(kept_rows.c.content).where(*mine, holds(kept_rows, number)).order_by(kept_rows.c.piece)
        return list(connection.execute(chosen).scalars())


def replace(
    store: Store,
    number: int,
    indicator: str,
    places: Mapping[str, tuple[str, bytes] | None],
    pieces: Mapping[int, Piece | None],
) -> None:
    """Put figures of places (with their digest) and pieces of rows into a generation; None: no more.

    Raises Overtaken when somebody else has begun a later one.
    """
    its = {"indicator": indicator}
    figures = [its | {"place": place, "digest": one[0], "content": one[1]} for place, one in places.items() if one]
    listed = [its | {"piece": piece} | vars(one) for piece, one in pieces.items() if one]
    with store.writing() as connection:
        put(connection, number, kept_figures, {"indicator": [indicator], "place": list(places)}, figures)
        put(connection, number, kept_rows, {"indicator": [indicator], "piece": list(pieces)}, listed)
