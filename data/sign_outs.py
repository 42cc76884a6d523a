"""Sign-ins that were ended before their time, so that a copy of their cookie opens nothing in any process."""

from datetime import datetime

from sqlalchemy import delete, insert, select

from data.schema import notices
from data.store import Store

PREFIX = "signed out "


def end(store: Store, key: str, until: datetime, now: datetime) -> None:
    """Store that a sign-in has ended, for as long as its cookie would hold; those past that time go."""
    mine = notices.c.key.startswith(PREFIX, autoescape=True)
    with store.writing() as connection:
        connection.execute(delete(notices).where(mine, notices.c.value < now.isoformat()))
        connection.execute(delete(notices).where(notices.c.key == PREFIX + key))
        connection.execute(insert(notices).values(key=PREFIX + key, value=until.isoformat()))


def ended(store: Store) -> frozenset[str]:
    """The keys of the sign-ins that were ended."""
    with store.reading() as connection:
        found = connection.execute(select(notices.c.key).where(notices.c.key.startswith(PREFIX, autoescape=True)))
        return frozenset(key.removeprefix(PREFIX) for key in found.scalars())
