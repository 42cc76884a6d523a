"""The log of forecasts: what was told on a day, as it was told; the first of a day stays, and nothing changes it."""

from collections.abc import Sequence

from sqlalchemy import Connection, Insert, select

from data.engine import insert_into
from data.schema import forecasts
from data.stamps import stamp
from data.store import Row, Store

KEY = tuple(column.name for column in forecasts.primary_key)


def keep(store: Store, told: Sequence[Row]) -> int:
    """Add forecasts to the log; of each day, kind and scope the first that was kept stays. Raises StoreError.

    Returns how many were added.
    """
    if not told:
        return 0
    with store.writing() as connection:
        new = _new(connection, told)
        if new:
            connection.execute(_unless_kept(store), new)
            stamp(connection, forecasts.name)
    return len(new)


def told_on(store: Store, day: str) -> set[tuple[str, str]]:
    """What was told on a day: kinds and scopes."""
    chosen = select(forecasts.c.kind, forecasts.c.scope).where(forecasts.c.made_on == day)
    with store.reading() as connection:
        return {(row.kind, row.scope) for row in connection.execute(chosen)}


def _new(connection: Connection, told: Sequence[Row]) -> list[Row]:
    """Those of days, kinds and scopes of which none is kept."""
    days = {row["made_on"] for row in told}
    columns = [forecasts.c[name] for name in KEY]
    kept = {tuple(row) for row in connection.execute(select(*columns).where(forecasts.c.made_on.in_(days)))}
    return [row for row in told if tuple(row[name] for name in KEY) not in kept]


def _unless_kept(store: Store) -> Insert:
    statement: Insert = insert_into(forecasts, store.engine.dialect.name).on_conflict_do_nothing()
    return statement
