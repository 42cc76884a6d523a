"""Who syncs what on a server: repositories and projects are leased one at a time, through the database alone.

A worker claims one, walks it, gives it back and claims the next; while it works it renews the lease. The lease of a
worker that died runs out, and another goes on where the last stored page ended. What a page brings is stored in the
transaction that renews the lease, so a worker that was taken for dead can store nothing any more. Moments are the
server's, because the clocks of hosts differ.
"""

import os
import socket
import time
from collections.abc import Generator, Sequence
from contextlib import suppress
from dataclasses import dataclass
from datetime import datetime, timedelta
from threading import Event, Thread
from typing import Any
from uuid import uuid4

from sqlalchemy import BigInteger, Connection, and_, case, cast, func, or_, select, type_coerce, update

from data.columns import MICROSECOND, UtcDateTime
from data.engine import insert_into
from data.errors import PlumblineError, StoreError
from data.schema import leases
from data.store import Store

LEASE = timedelta(seconds=60)
LOOK_AGAIN = 1.0  # seconds
MICROSECONDS: Any = cast(func.extract("epoch", func.clock_timestamp()) * 1_000_000, BigInteger)
NOW: Any = type_coerce(MICROSECONDS, UtcDateTime)


class LostLeaseError(PlumblineError):
    """Another worker has taken over: what was being walked is no longer this one's."""


@dataclass(frozen=True)
class Turn:
    """What a worker walks next: some scopes, first to their last weeks, in the last turn to the end."""

    scopes: tuple[str, ...]
    is_first: bool
    is_last: bool


class Alone:
    """The one worker of a store that is not shared: everything is its own, in one turn."""

    def __init__(self, scopes: Sequence[str]) -> None:
        self.scopes = tuple(scopes)

    def turns(self) -> Generator[Turn]:
        """One."""
        yield Turn(self.scopes, is_first=True, is_last=True)

    def keep(self, connection: Connection) -> None:
        """Nobody else could have it."""

    def walked(self, is_done: bool) -> None:
        """Nobody has to know."""


class Worker:
    """One of the workers that share the scopes of a source."""

    def __init__(self, store: Store, source: str, scopes: Sequence[str]) -> None:
        self.store, self.source, self.scopes = store, source, tuple(scopes)
        self.name = f"{socket.gethostname()}:{os.getpid()}:{uuid4().hex[:8]}"
        self.held: str | None = None
        self.begun: datetime | None = None
        self.is_done = False
        self.ended = Event()

    def turns(self) -> Generator[Turn]:
        """What to walk, one scope at a time, until nothing is left that no living worker has."""
        if self.scopes:
            self._list()
        heart = Thread(target=self._beat, daemon=True)
        heart.start()
        try:
            while turn := self._next():
                yield turn
        finally:
            self.ended.set()
            heart.join()
            with suppress(StoreError), self.store.writing() as connection:
                self._give_back(connection)

    def keep(self, connection: Connection) -> None:
        """Renew the lease within a transaction that writes. Raises LostLeaseError when another worker has it."""
        renewed = update(leases).where(*self._mine()).values(until=_after(LEASE))
        if not connection.execute(renewed).rowcount:
            raise LostLeaseError(f"{self.source} {self.held}: another worker has taken over")

    def walked(self, is_done: bool) -> None:
        """Note that the turn is over, and whether there is more to walk in this sync."""
        self.is_done = is_done

    # Claims ------------------------------------------------------------------------------------------

    def _next(self) -> Turn | None:
        """The next scope; waits for as long as the leases of others last, in case one of them has died."""
        patience: datetime | None = None
        while True:
            with self.store.writing() as connection:
                self._give_back(connection)
                turn, now, until = self._claim(connection), *self._others(connection)
            if turn or until is None:
                return turn
            patience = patience or until
            if now > patience + timedelta(seconds=LOOK_AGAIN):  # it was renewed: somebody lives and works on it
                return None
            time.sleep(LOOK_AGAIN)

    def _claim(self, connection: Connection) -> Turn | None:
        """Take the free scope that was walked least in the sync that is under way."""
        self.begun = self._beginning(connection)
        turn = case((leases.c.begun >= self.begun, leases.c.turn), else_=0)
        free = or_(leases.c.until.is_(None), leases.c.until < NOW)
        chosen = (
            select(leases.c.scope, turn.label("turn"))
            .where(*self._listed(), free, self._undone())
            .order_by(turn, leases.c.scope)
            .limit(1)
            .with_for_update(skip_locked=True)
        )
        found = connection.execute(chosen).first()
        if found is None:
            return None
        self.held = found.scope
        values = {"holder": self.name, "until": _after(LEASE), "begun": self.begun, "turn": found.turn}
        connection.execute(update(leases).where(*self._place()).values(values))
        return Turn((found.scope,), is_first=found.turn == 0, is_last=found.turn > 0)

    def _beginning(self, connection: Connection) -> datetime:
        """When the sync began that living workers take part in; now, where there is none."""
        alive = select(func.min(leases.c.begun)).where(leases.c.source == self.source, leases.c.until >= NOW)
        theirs = connection.execute(alive).scalar()
        now: datetime = self.begun or connection.execute(select(NOW)).scalar_one()
        return min(theirs, now) if theirs else now

    def _others(self, connection: Connection) -> tuple[datetime, datetime | None]:
        """The time, and until when others have what is not done; None where nobody has anything."""
        latest = select(func.max(leases.c.until)).where(*self._listed(), self._undone(), leases.c.holder.is_not(None))
        return connection.execute(select(NOW)).scalar_one(), connection.execute(latest).scalar()

    def _give_back(self, connection: Connection) -> None:
        if self.held is None:
            return
        done = {"done_at": NOW} if self.is_done else {}
        values = {"holder": None, "until": None, "turn": leases.c.turn + 1, **done}
        connection.execute(update(leases).where(*self._mine()).values(values))
        self.held, self.is_done = None, False

    def _list(self) -> None:
        rows = [{"source": self.source, "scope": scope, "turn": 0} for scope in sorted(self.scopes)]
        with self.store.writing() as connection:
            connection.execute(insert_into(leases, "postgresql").on_conflict_do_nothing(), rows)

    def _listed(self) -> tuple[Any, ...]:
        return leases.c.source == self.source, leases.c.scope.in_(self.scopes)

    def _undone(self) -> Any:
        return or_(leases.c.done_at.is_(None), leases.c.done_at < self.begun)

    def _place(self) -> tuple[Any, ...]:
        return leases.c.source == self.source, leases.c.scope == self.held

    def _mine(self) -> tuple[Any, ...]:
        return (*self._place(), leases.c.holder == self.name)

    # Heartbeat ---------------------------------------------------------------------------------------

    def _beat(self) -> None:
        """Renew the lease while the worker waits for an answer or for quota."""
        mine = and_(leases.c.source == self.source, leases.c.holder == self.name)
        while not self.ended.wait(LEASE.total_seconds() / 4):
            with suppress(StoreError), self.store.writing() as connection:
                connection.execute(update(leases).where(mine).values(until=_after(LEASE)))


def shared(store: Store, source: str, scopes: Sequence[str]) -> Alone | Worker:
    """How the scopes of a source are shared out: on a server among all workers, else there is one."""
    return Worker(store, source, scopes) if store.is_shared else Alone(scopes)


def _after(length: timedelta) -> Any:
    return type_coerce(MICROSECONDS + length // MICROSECOND, UtcDateTime)
