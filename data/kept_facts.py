"""Facts as they were built after a sync, each in pieces: who reads them need not build them again."""

from dataclasses import dataclass

from sqlalchemy import delete, insert, select

from data.schema import kept_facts
from data.stamps import Position, alone
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


def labels(store: Store) -> dict[str, Label]:
    """What is kept, by name."""
    with store.reading() as connection:
        return {row.name: Label(**row._mapping) for row in connection.execute(select(*LABELS).distinct())}


def content(store: Store, label: Label) -> bytes | None:
    """What is kept under a label; None when something newer has taken its place."""
    its = [column == getattr(label, column.name) for column in LABELS]
    pieces = select(kept_facts.c.content).where(*its).order_by(kept_facts.c.piece)
    with store.reading() as connection:
        found = connection.execute(pieces).scalars().all()
    return b"".join(found) if found else None


def keep(store: Store, kept: dict[Label, bytes]) -> None:
    """Put each in the place of what was kept under its name: all of them or none."""
    with store.writing() as connection:
        alone(connection, kept_facts.name)
        connection.execute(delete(kept_facts).where(kept_facts.c.name.in_([label.name for label in kept])))
        for label, whole in kept.items():
            for piece, start in enumerate(range(0, max(len(whole), 1), PIECE)):
                row = vars(label) | {"piece": piece, "content": whole[start : start + PIECE]}
                connection.execute(insert(kept_facts).values(**row))
