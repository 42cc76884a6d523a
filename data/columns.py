"""The kinds of column that the tables are made of."""

import json
from datetime import UTC, datetime, timedelta
from typing import Any

from sqlalchemy import BigInteger, Boolean, Column, Date, Float, ForeignKeyConstraint, Integer, Text, TypeDecorator
from sqlalchemy.engine import Dialect

EPOCH = datetime(1970, 1, 1, tzinfo=UTC)
MICROSECOND = timedelta(microseconds=1)

ENCODE = json.JSONEncoder(ensure_ascii=False, sort_keys=True, separators=(",", ":")).encode

Columns = list[Column[Any]]


class UtcDateTime(TypeDecorator[datetime]):
    """An aware moment, kept as microseconds since 1970 in UTC. A naive datetime is refused."""

    impl = BigInteger
    cache_ok = True

    def process_bind_param(self, value: datetime | None, dialect: Dialect | None = None) -> int | None:
        """Return the microseconds since 1970. Raises ValueError for a datetime without a time zone."""
        if value is None:
            return None
        if value.tzinfo is None:
            raise ValueError(f"a time without a time zone: {value!r}; give it one (UTC)")
        return (value - EPOCH) // MICROSECOND

    def process_result_value(self, value: int | None, dialect: Dialect) -> datetime | None:
        """Return the moment in UTC."""
        return None if value is None else EPOCH + value * MICROSECOND


class Json(TypeDecorator[Any]):
    """A list or an object of words and numbers, kept as JSON text with sorted keys."""

    impl = Text
    cache_ok = True

    def process_bind_param(self, value: Any, dialect: Dialect | None = None) -> str | None:
        """Return the JSON text."""
        if value is None:
            return None
        return "[]" if value == [] else ENCODE(value)

    def process_result_value(self, value: str | None, dialect: Dialect) -> Any:
        """Return what the JSON text says."""
        return None if value is None else json.loads(value)


PERSON = "person"  # marks a column that tells who somebody is


def key(*names: str) -> Columns:
    """The primary key: the source and the vendor's immutable ids."""
    return [Column(name, Text, primary_key=True) for name in ("source", *names)]


def text(*names: str) -> Columns:
    """Words."""
    return [Column(name, Text) for name in names]


def times(*names: str) -> Columns:
    """Moments."""
    return [Column(name, UtcDateTime) for name in names]


def dates(*names: str) -> Columns:
    """Days without a time."""
    return [Column(name, Date) for name in names]


def numbers(*names: str) -> Columns:
    """Whole numbers."""
    return [Column(name, Integer) for name in names]


def measures(*names: str) -> Columns:
    """Numbers with a fraction."""
    return [Column(name, Float) for name in names]


def flags(*names: str) -> Columns:
    """Yes or no."""
    return [Column(name, Boolean) for name in names]


def lists(*names: str) -> Columns:
    """Lists and objects, as JSON."""
    return [Column(name, Json) for name in names]


def actor(name: str) -> Columns:
    """Who did it, as the source says: login or name, immutable account id, kind (User, Bot …); all null = deleted."""
    return [*person(name, f"{name}_id", kind=f"{name}_kind"), Column(f"{name}_kind", Text)]


def person(*names: str, kind: str = "") -> Columns:
    """Words that tell who somebody is; `kind`: the column that says of what kind the account is."""
    return [Column(name, Text, info={PERSON: kind}) for name in names]


def people(*names: str) -> Columns:
    """Lists of words that tell who somebody is, as JSON."""
    return [Column(name, Json, info={PERSON: ""}) for name in names]


def copied() -> Columns:
    """The source's own time of this copy, and when the row was found missing upstream (null: it is there)."""
    return [Column("seen_at", UtcDateTime, nullable=False), Column("gone_at", UtcDateTime)]


def stamped() -> Columns:
    """The number of the transaction that wrote the row last: readers find what changed since (see stamps.py)."""
    return [Column("stamp", BigInteger, index=True)]


def generation() -> Columns:
    """The generation from which on a row holds, part of its key, and the one from which on it does no more."""
    return [Column("since", BigInteger, primary_key=True, autoincrement=False), Column("until", BigInteger)]


def child_of(parent: str, *names: str) -> ForeignKeyConstraint:
    """A reference to the parent by its source and `names`; the last name stands for the parent's own id."""
    return ForeignKeyConstraint(
        ["source", *names], [f"{parent}.source", *(f"{parent}.{name}" for name in names[:-1]), f"{parent}.id"]
    )
