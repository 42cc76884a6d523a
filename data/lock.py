"""One sync at a time on a file, a scope at a time on a server; freed by the system when its holder dies."""

import hashlib
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import datetime
from pathlib import Path

from filelock import FileLock, Timeout
from sqlalchemy import text

from data.errors import PlumblineError
from data.store import Store


class AlreadyRunningError(PlumblineError):
    """Another sync holds the store."""


@contextmanager
def whole_store(store: Store, now: datetime) -> Iterator[None]:
    """Hold a SQLite store for one sync. Raises AlreadyRunningError; a server's store is never held whole."""
    file = store.engine.url.database
    if store.is_shared or not file or file == ":memory:":
        yield
        return
    lock, note = FileLock(f"{file}.lock"), Path(f"{file}.lock.since")
    try:
        lock.acquire(timeout=0)
    except Timeout:
        since = note.read_text() if note.exists() else "a moment ago"
        raise AlreadyRunningError(f"a sync is already running since {since}; wait for it, or stop it") from None
    try:
        note.write_text(now.isoformat(timespec="seconds"))
        yield
    finally:
        note.unlink(missing_ok=True)
        lock.release()


@contextmanager
def one_scope(store: Store, source: str, scope: str) -> Iterator[bool]:
    """Hold one repository or project of a server's store; False when another sync has it."""
    if not store.is_shared:
        yield True
        return
    number = int.from_bytes(hashlib.sha256(f"{source}\0{scope}".encode()).digest()[:8], signed=True)
    with store.engine.connect() as connection:
        held = bool(connection.execute(text("SELECT pg_try_advisory_lock(:n)"), {"n": number}).scalar())
        connection.commit()
        try:
            yield held
        finally:
            if held:
                connection.execute(text("SELECT pg_advisory_unlock(:n)"), {"n": number})
                connection.commit()
