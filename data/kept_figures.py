"""Figures as they were reckoned after a sync, place by place, and the rows behind them in pieces of a month."""

import json
from collections.abc import Collection, Iterable, Mapping
from dataclasses import dataclass
from dataclasses import replace as replaced
from typing import Any

from sqlalchemy import delete, insert, select

from data import kept_facts as shelf
from data.errors import StoreError
from data.kept_facts import Label
from data.schema import kept_facts, kept_figures, kept_rows, notices, sync_runs
from data.stamps import Position, alone
from data.store import Store

NAME, COVERAGE = "figures", "coverage"
DUE = "figures are due"
KEEPER = "keeps the figures"  # the notice that names who does
AT_ONCE = 500


class Overtaken(StoreError):
    """Somebody else keeps figures of a later position of the store."""


@dataclass(frozen=True)
class Head:
    """What all kept figures have in common: what they were made with, and the store up to a position.

    `said` are the calendar, the end of the last week that was over, and by indicator what its rows say as a whole;
    `coverage` is what was synced, packed.
    """

    label: Label
    said: Mapping[str, Any]
    coverage: bytes

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
    labels = shelf.labels(store)
    found = [shelf.content(store, labels[name]) for name in (NAME, COVERAGE) if name in labels]
    if len(found) < 2 or found[0] is None or found[1] is None:
        return None
    return Head(labels[NAME], json.loads(found[0]), found[1])


def keep_head(store: Store, made: Head) -> None:
    """From now on the figures are of this position."""
    its = replaced(made.label, name=COVERAGE)
    shelf.keep(store, {made.label: json.dumps(made.said).encode(), its: made.coverage})


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
    its = (kept_facts.c.name == NAME, kept_facts.c.piece == 0)
    made_with, latest = (
        select(kept_facts.c[name]).where(*its).scalar_subquery().label(name) for name in ("made_with", "latest")
    )
    due = select(notices.c.value).where(notices.c.key == DUE).scalar_subquery().label("due")
    newest = select(sync_runs.c.id, sync_runs.c.revision, sync_runs.c.finished_at, made_with, latest, due)
    with store.reading() as connection:
        row = connection.execute(newest.order_by(sync_runs.c.id.desc()).limit(1)).first()
    if row is None:
        return Look("0.0", "", False, False)
    kept = f"{row.made_with[:8]}.{row.latest}" if row.made_with else ""
    return Look(f"{row.id}.{row.revision}", kept, row.finished_at is None, row.due is not None)


def claim(store: Store, keeper: str, anew: bool = False) -> None:
    """From now on this keeper's figures are kept, and nobody's who began before.

    `anew`: they are of another code or configuration, so nobody takes what is kept until all of it is replaced.
    """
    with store.writing() as connection:
        alone(connection, kept_figures.name)
        if anew:
            connection.execute(delete(kept_facts).where(kept_facts.c.name.in_([NAME, COVERAGE])))
        store.set_notice(connection, KEEPER, keeper)


def digests(store: Store, indicator: str) -> tuple[dict[str, str], dict[int, str]]:
    """What the figures of each place, and each piece of the rows, were made from."""
    places = select(kept_figures.c.place, kept_figures.c.digest).where(kept_figures.c.indicator == indicator)
    pieces = select(kept_rows.c.piece, kept_rows.c.digest).where(kept_rows.c.indicator == indicator)
    with store.reading() as connection:
        found = [{row[0]: row[1] for row in connection.execute(statement)} for statement in (places, pieces)]
    return found[0], found[1]


def figures(store: Store, places: Iterable[str], indicators: Collection[str]) -> dict[tuple[str, str], bytes]:
    """The figures of some indicators in some places, by place and indicator."""
    wanted, found = list(places), {}
    with store.reading() as connection:
        for start in range(0, len(wanted), AT_ONCE):
            some = kept_figures.c.place.in_(wanted[start : start + AT_ONCE])
            chosen = select(kept_figures.c.place, kept_figures.c.indicator, kept_figures.c.content).where(some)
            for row in connection.execute(chosen.where(kept_figures.c.indicator.in_(indicators))):
                found[row.place, row.indicator] = row.content
    return found


def rows(store: Store, indicator: str, begins: int, ends: int) -> list[bytes]:
    """The pieces that hold rows of a time, both ends included: observed by its end, and not over before it begins."""
    mine = (kept_rows.c.indicator == indicator, kept_rows.c.begins <= ends, kept_rows.c.ends >= begins)
    with store.reading() as connection:
        chosen = select(kept_rows.c.content).where(*mine).order_by(kept_rows.c.piece)
        return list(connection.execute(chosen).scalars())


def replace(
    store: Store,
    keeper: str,
    indicator: str,
    places: Mapping[str, tuple[str, bytes] | None],
    pieces: Mapping[int, Piece | None],
) -> None:
    """Put the figures of places (with their digest) and pieces of rows in the place of former ones; None: no more.

    Raises Overtaken when somebody else has claimed to keep them since.
    """
    with store.writing() as connection:
        alone(connection, kept_figures.name)
        if connection.execute(select(notices.c.value).where(notices.c.key == KEEPER)).scalar() != keeper:
            raise Overtaken("figures of a later sync are being kept")
        for table, column, changed in ((kept_figures, "place", places), (kept_rows, "piece", pieces)):
            names = list(changed)
            for start in range(0, len(names), AT_ONCE):
                some = table.c[column].in_(names[start : start + AT_ONCE])
                connection.execute(delete(table).where(table.c.indicator == indicator, some))
        figures = [
            {"place": place, "indicator": indicator, "digest": one[0], "content": one[1]}
            for place, one in places.items()
            if one
        ]
        listed = [{"indicator": indicator, "piece": number} | vars(one) for number, one in pieces.items() if one]
        for table, new in ((kept_figures, figures), (kept_rows, listed)):
            if new:
                connection.execute(insert(table), new)
