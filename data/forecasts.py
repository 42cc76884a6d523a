"""The log of forecasts: what was told on a day, as it was told; the first of a day stays, and nothing changes it."""

from collections.abc import Sequence
from typing import Any

from sqlalchemy import Insert
from sqlalchemy.dialects import postgresql, sqlite

from data.schema import forecasts
from data.store import Row, Store


def keep(store: Store, told: Sequence[Row]) -> None:
    """Add forecasts to the log; of each day, kind and scope the first that was kept stays. Raises StoreError."""
    if told:
        with store.writing() as connection:
            connection.execute(_unless_kept(store), list(told))


def _unless_kept(store: Store) -> Insert:
    build: Any = postgresql.insert if store.is_shared else sqlite.insert
    statement: Insert = build(forecasts).on_conflict_do_nothing()
    return statement
