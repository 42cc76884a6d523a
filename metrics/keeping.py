"""What a sync leaves as it was: tables and facts that nobody wrote to are kept, and only the rest is read and built."""

import inspect
from collections.abc import Collection
from dataclasses import dataclass

import pandas as pd

from data.moments import possible
from data.schema import STAMPED, TABLES
from data.stamps import Position
from data.store import Store
from metrics.facts import FACTS, build, tables_of
from metrics.model import Facts, Frame
from metrics.organisation import Organisation
from metrics.refreshing import OF_ONE_PULL_REQUEST, places_of, refreshed
from metrics.shelf import LOOKED_UP, Shelf

COPY = ("stamp", "seen_at")
NESTED = ("gone_at", *COPY)
UNREAD = {  # columns of the large tables that no fact looks at: half of what reading them would take
    "repositories": ("node_id", "is_fork", "is_private", "pushed_at"),
    "pull_requests": ("node_id", "review_decision", "assignees", *COPY),
    "reviews": ("repository_id", "id", "url", *NESTED),
    "review_comments": ("repository_id", "id", "path", *NESTED),
    "comments": ("repository_id", "id", "author_id", *NESTED),
    "commits": (
        *("author", "author_id", "author_kind", "author_name", "author_email", "headline"),
        *NESTED,
    ),
    "pull_request_events": ("repository_id", "id", "subject_kind", "actor", "actor_id", "actor_kind", *NESTED),
}
LET_GO = tuple(name for name in STAMPED if name != "pull_requests")  # whose columns are in the facts anyway


def askers(table: str) -> int:
    """How many of the facts of one pull request are built from a table itself."""
    return sum(table in inspect.signature(FACTS[name].build).parameters for name in OF_ONE_PULL_REQUEST)


class Tables(dict[str, Frame]):
    """The tables of a store, each read when it is first asked for; `touched` keeps to some pull requests' rows.

    Rows with a moment that cannot be are left out of all of them.

    What belongs to pull requests is by far the most: it is let go once their facts have asked for it, and read again
    for whoever asks after them.
    """

    def __init__(self, store: Store, touched: Frame | None = None) -> None:
        super().__init__()
        self.store, self.touched = store, touched
        self.wanted = {name: askers(name) for name in LET_GO}

    def __getitem__(self, name: str) -> Frame:
        rows = super().__getitem__(name)
        if name in self.wanted:
            self.wanted[name] -= 1
            if self.wanted[name] <= 0:
                self.pop(name, None)  # somebody else may have asked at the same time
        return rows

    def __missing__(self, name: str) -> Frame:
        columns = [column.name for column in TABLES[name].c if column.name not in UNREAD.get(name, ("stamp",))]
        if self.touched is not None and name in STAMPED:
            found = self.store.load_of(name, self.touched, columns)
        else:
            found = self.store.load(name, columns)
        self[name] = rows = possible(name, found)
        return rows


@dataclass(frozen=True)
class Basis:
    """What facts were built from: the tables, read when they were asked for, as the store was at a position.

    `made_with` tells the code, the configuration and the repositories from all others.
    """

    tables: Tables
    organisation: Organisation
    position: Position | None
    made_with: str


def left_on(shelf: Shelf) -> tuple[Facts, Basis] | None:
    """The facts of pull requests that an earlier sync left behind, and what they were built from."""
    labels = [shelf.labels[name] for name in OF_ONE_PULL_REQUEST if name in shelf.labels]
    if len(labels) < len(OF_ONE_PULL_REQUEST) or len({label.latest for label in labels}) > 1:
        return None
    facts = {name: shelf.old(name) for name in OF_ONE_PULL_REQUEST}
    found = {name: rows for name, rows in facts.items() if rows is not None}
    basis = Basis(Tables(shelf.store), Organisation(), labels[0].position, shelf.made_with)
    return (found, basis) if len(found) == len(labels) else None


def kept(facts: Facts, before: Basis, now: Basis, fresh: Collection[str] = ()) -> dict[str, Frame]:
    """The facts that still hold, and those of pull requests brought up to date; unchanged tables go over to `now`.

    Those that have changed and are on the shelf, `fresh`, are left to be taken from there.
    """
    since, position, tables = before.position, now.position, now.tables
    if since is None or position is None or since.era != position.era or before.made_with != now.made_with:
        return {}
    changed = {name for name in TABLES if position.changed(name, since)} - set(LOOKED_UP)
    tables.update({name: rows for name, rows in before.tables.items() if name not in changed})
    facts = dict(facts)  # others may be building more meanwhile
    stale = {name for name in facts if changed & set(FACTS[name].reads)}
    known = {name: rows for name, rows in facts.items() if name not in stale}
    built = [name for name in OF_ONE_PULL_REQUEST if name in stale]
    if not built or changed & set(tables_of(tuple(built))) - set(STAMPED) or set(built) <= set(fresh):
        return known
    return known | _brought_up_to_date(facts, built, since, now)


def _brought_up_to_date(facts: Facts, built: list[str], since: Position, now: Basis) -> dict[str, Frame]:
    touched = touched_since(now.tables.store, since)
    own = Tables(now.tables.store, touched)
    own.update({name: rows for name, rows in now.tables.items() if name not in STAMPED})
    fresh = build(own, now.organisation)
    places = places_of(facts["pull_requests"], fresh["pull_requests"], touched)
    return {} if places is None else refreshed(facts, fresh, built, places)


def touched_since(store: Store, since: Position) -> Frame:
    """The keys (source, repository_id, id) of the pull requests of which something was written since."""
    keys = [store.parents_since(name, since) for name in STAMPED]
    named = [one.set_axis(["source", "repository_id", "id"], axis="columns") for one in keys]
    return pd.concat(named, ignore_index=True).drop_duplicates(ignore_index=True)
