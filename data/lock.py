"""One sync at a time on a file, one request at a time with a token; freed by the system when its holder dies."""

import hashlib
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from datetime import datetime
from pathlib import Path

from sqlalchemy import text
from sqlalchemy.exc import DBAPIError

from data.engine import in_words
from data.errors import PlumblineError
from data.store import Store

LONGEST_REQUEST = 120  # seconds


class AlreadyRunningError(PlumblineError):
    """Another sync holds the store."""

    exit_code = 1


@contextmanager
def whole_store(store: Store, now: datetime) -> Iterator[None]:
    """Hold a SQLite store for one sync. Raises AlreadyRunningError; a server's store is never held whole."""
    file = store.engine.url.database
    if store.is_shared or not file or file == ":memory:":
        yield
        return
    from filelock import FileLock, Timeout  # only a sync needs them, and they take long to import

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
def one_request(store: Store, secret: str) -> Iterator[None]:
    """Wait for the turn of whoever sends with a secret: on a server, one request of all workers at a time.

    Nothing about the secret is stored. A holder that hangs loses its turn after two minutes.
    """
    if not store.is_shared:
        yield
        return
    number = int.from_bytes(hashlib.sha256(f"plumbline request\0{secret}".encode()).digest()[:8], signed=True)
    with in_words(store.engine.url), store.engine.connect() as connection:
        connection.execute(text(f"SET LOCAL idle_in_transaction_session_timeout = '{LONGEST_REQUEST}s'"))
        connection.execute(text("SELECT pg_advisory_xact_lock(:n)"), {"n": number})
        try:
            yield
        finally:
            with suppress(DBAPIError):  # the turn was taken away, but the answer came
                connection.rollback()
