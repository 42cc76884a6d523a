"""Facts as they were built after a sync, each in pieces: who reads them need not build them again."""

from dataclasses import dataclass

from sqlalchemy import Connection, insert, select

from data.generations import holds, put, reading
from data.schema import kept_facts
from data.stamps import Position
from data.store import Store

PIECE = 8 * 2**20  # bytes: no engine, driver or backup has trouble with a value of this size


@dataclass(frozen=True)
class Label:
    """What a kept fact was built from: `made_with` (code and configuration), and the store up to a position."""

    name: str
    made_with: str
    era: str
    latest: int

    @property
    def position(self) -> Position:
        """How far the store had come."""
        return Position(self.era, self.latest)


LABELS = [kept_facts.c[name] for name in ("name", "made_with", "era", "latest")]


def labels(store: Store, at: int | None = None) -> dict[str, Label]:
    """What there is of a generation, by name; of the current one without a number."""
    with reading(store, at) as (connection, number):
        return labels_of(connection, number)


def labels_of(connection: Connection, number: int) -> dict[str, Label]:
    """The same within a transaction."""
    found = select(*LABELS).where(holds(kept_facts, number)).distinct()
    return {row.name: Label(**row._mapping) for row in connection.execute(found)}


def content(store: Store, label: Label, at: int | None = None) -> bytes | None:
    """What a generation has under a label; None when it has something else, or nothing, under that name."""
    with reading(store, at) as (connection, number):
        return content_of(connection, label, number)


def content_of(connection: Connection, label: Label, number: int) -> bytes | None:
    """The same within a transaction."""
    its = [column == getattr(label, column.name) for column in LABELS]
    pieces = select(kept_facts.c.content).where(*its, holds(kept_facts, number)).order_by(kept_facts.c.piece)
    found = connection.execute(pieces).scalars().all()
    return b"".join(found) if found else None


def keep(store: Store, number: int, kept: dict[Label, bytes]) -> None:
    """Put each into a generation, in the place of what had its name before: all of them or none. Raises Overtaken."""
    names = [label.name for label in kept]
    with store.writing() as connection:
        put(connection, number, kept_facts, {"name": names}, ())
        for label, whole in kept.items():  # one piece at a time: all of them would take their size twice
            for piece, start in enumerate(range(0, max(len(whole), 1), PIECE)):
                row = vars(label) | {"since": number, "piece": piece, "content": whole[start : start + PIECE]}
                connection.execute(insert(kept_facts).values(**row))
