"""Engines for SQLite and PostgreSQL, and the database's complaints in words."""

import os
import re
import sqlite3
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from importlib import import_module
from pathlib import Path
from typing import Any

from sqlalchemy import URL, Connection, Engine, Table, create_engine, event, make_url
from sqlalchemy.exc import ArgumentError, DBAPIError, NoSuchModuleError

from data import addresses
from data.errors import StoreError
from data.redaction import redacted, remember_address

PRAGMAS = (
    "journal_mode=WAL",
    "synchronous=NORMAL",
    "busy_timeout=15000",
    "foreign_keys=ON",
    "cache_size=-64000",
    "temp_store=MEMORY",
)
OWNER_ONLY = 0o600
HOW_TO_NAME_ONE = "use sqlite:///data/metrics.db or postgresql+psycopg://user@host/name"


def connect(url: str) -> Engine:
    """An engine for the URL. Raises StoreError for one that names no SQLite or PostgreSQL database."""
    address = address_of(url)
    if address.get_backend_name() == "sqlite":
        return _sqlite(address)
    return create_engine(address.set(drivername="postgresql+psycopg"), pool_pre_ping=True)


def address_of(url: str) -> URL:
    """What a URL says. Raises StoreError for one that names no SQLite or PostgreSQL database."""
    try:
        address = make_url(addresses.encoded(remember_address(url)))
    except (ArgumentError, ValueError):
        raise StoreError(f"not the URL of a store: {addresses.beginning(url)!r}; {HOW_TO_NAME_ONE}") from None
    if address.get_backend_name() == "sqlite" and (address.host or address.username or address.password):
        raise StoreError(f"the URL of a file names no server and no user; {HOW_TO_NAME_ONE}")
    if address.get_backend_name() not in {"sqlite", "postgresql"}:
        raise StoreError(f"no store of the kind {address.drivername!r}; {HOW_TO_NAME_ONE}")
    return address


def _sqlite(address: URL) -> Engine:
    if address.database and address.database != ":memory:" and not address.database.startswith("file:"):
        folder = Path(address.database).parent
        if not folder.is_dir():
            raise StoreError(f"the store's folder {str(folder)!r} does not exist; create it, or change [store] url")
        _make_private(Path(address.database))
    engine = create_engine(address)
    event.listen(engine, "connect", _prepare)
    event.listen(engine, "begin", _begin)
    return engine


def _make_private(file: Path) -> None:
    """Make the file of a new store readable by its owner alone; SQLite gives the files beside it the same rights."""
    try:
        os.close(os.open(file, os.O_CREAT | os.O_EXCL | os.O_RDWR, OWNER_ONLY))
    except OSError:
        return  # it is there, with the rights that somebody gave it; or it cannot be made, as opening it will say


def _prepare(connection: Any, _: Any) -> None:
    connection.isolation_level = None  # we say BEGIN ourselves, so that a migration is one transaction
    for pragma in PRAGMAS:
        try:
            connection.execute(f"PRAGMA {pragma}")
        except sqlite3.OperationalError as error:  # a read-only disk cannot switch to WAL, but can be read
            if "readonly" not in str(error):
                raise


def _begin(connection: Connection) -> None:
    immediate = connection.get_execution_options().get("immediate", False)
    connection.exec_driver_sql("BEGIN IMMEDIATE" if immediate else "BEGIN")


def insert_into(table: Table, dialect: str) -> Any:
    """An INSERT that can say what becomes of a row that is there already; only the dialect in use is imported."""
    return import_module(f"sqlalchemy.dialects.{dialect}").insert(table)


@contextmanager
def bare_cursor(connection: Connection) -> Iterator[Any]:
    """A cursor of the driver itself, for what SQLAlchemy has no words for; complaints come as from SQLAlchemy."""
    driver: Any = connection.connection
    complaint = connection.dialect.loaded_dbapi.Error
    try:
        with driver.cursor() as cursor:
            yield cursor
    except complaint as error:
        raise DBAPIError(None, None, error) from error


def _misfits() -> tuple[type[Exception], ...]:
    """What Arrow raises for a value that a column cannot hold; nothing where it was not imported."""
    return (sys.modules["pyarrow"].ArrowInvalid,) if "pyarrow" in sys.modules else ()


@contextmanager
def in_words(url: str | URL) -> Iterator[None]:
    """Turn what the database complains of into a StoreError that says what to do."""
    try:
        yield
    except NoSuchModuleError:
        raise StoreError(f"no store of the kind {hidden(str(url))!r}; {HOW_TO_NAME_ONE}") from None
    except _misfits() as error:  # what came is not what a column holds
        raise StoreError(explain("malformed", url)) from error
    except DBAPIError as error:
        if isinstance(error.orig, ValueError):
            raise
        raise StoreError(explain(str(error.orig), url)) from error


SAYINGS = (
    (
        "not a database|malformed|file is encrypted",
        "is not a store, or is damaged; restore it, or move it away and sync again",
    ),
    ("unable to open database", "cannot be opened; check that the path and its rights are right"),
    ("readonly|read-only|permission denied", "cannot be written; make the file and its folder writable"),
    (
        "disk is full|no space left|could not extend",
        "has no room: the disk is full; free some space, nothing was half-written",
    ),
    ("database is locked|lock timeout", "is locked by another program; close it or try again"),
    ("deadlock", "is being changed by another program at the same time; try again"),
    (
        "no such (table|column)|(relation|column) .* does not exist|cached plan",
        "has the tables of another version of Plumbline; start this one again, or wait until the other has done",
    ),
    ("password authentication|no password", "refuses the user or password; check [store] url or PLUMBLINE_STORE"),
    ("does not exist", "does not exist; create the database, or change [store] url"),
    (
        "refused|could not connect|connection failed|could not translate|timeout expired",
        "cannot be reached; check that the server runs and the address is right",
    ),
)


def explain(complaint: str, url: str | URL) -> str:
    """The database's complaint as one line: which store, what is wrong, what to do."""
    for pattern, meaning in SAYINGS:
        if re.search(pattern, complaint, re.IGNORECASE):
            return f"the store {hidden(str(url))} {meaning}"
    return f"the store {hidden(str(url))} fails: {complaint.splitlines()[0] if complaint else 'no reason given'}"


def hidden(url: str) -> str:
    """The URL without its password, wherever it stands."""
    return redacted(url)
