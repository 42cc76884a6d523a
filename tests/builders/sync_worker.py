"""One of several workers on a server: syncs twelve small repositories and prints every page that it fetched.

Run as `python sync_worker.py NAME SECONDS_A_PAGE`, with the store in PLUMBLINE_STORE.
"""

import os
import sys
import time
from datetime import UTC, datetime, timedelta
from pathlib import Path

sys.path.insert(0, str(Path(__file__).parents[2]))

from connectors.base import Connector, Page, Scope, Stream
from connectors.sync import sync
from data import leases
from data.lock import one_request
from data.store import Store

NOW = datetime(2026, 11, 21, 12, tzinfo=UTC)
REPOSITORIES = tuple(f"acme/{number:02}" for number in range(12))
PAGES, ROWS = 6, 5  # a page is three weeks, so that the last ones lie behind the first turn
LEASE = timedelta(seconds=5)


class Session:
    """What GitHub would be: one request at a time for all workers."""

    def __init__(self, entry, meter, store):
        self.name, self.seconds, self.meter, self.store = *entry.who, meter, store

    def scopes(self):
        return [Scope("", name) for name in REPOSITORIES]

    def ask(self, scope, what):
        with one_request(self.store, "the same token"):
            print("asks", scope.name, what, time.time(), flush=True)
            time.sleep(self.seconds)
            print("has", scope.name, what, time.time(), flush=True)
        self.meter.spent(requests=1, points=1)


class Entry:
    """A source of the configuration."""

    name = "toy"

    def __init__(self, *who):
        self.who = who


def repositories(session, scope, state):
    session.ask(scope, "name")
    known = Scope(scope.name, scope.name)
    yield Page(NOW, {"repositories": [{"id": scope.name, "name": scope.name}]}, high_water=NOW, scope=known)


def pull_requests(session, scope, state):
    first = state.cursor["page"] if state.cursor else PAGES if state.complete else 0
    for page in range(first, PAGES):
        session.ask(scope, f"page{page}")
        at = NOW - timedelta(weeks=3 * (page + 1))
        numbers = range(page * ROWS, page * ROWS + ROWS)
        rows = [{"id": str(n), "repository_id": scope.id, "number": n, "updated_at": at} for n in numbers]
        more = {"page": page + 1} if page + 1 < PAGES else None
        yield Page(NOW, {"pull_requests": rows}, cursor=more, high_water=NOW, oldest=at, expected=PAGES * ROWS)


CONNECTOR = Connector(
    "toy",
    "Toy",
    settings=lambda config: (),
    connect=Session,
    streams=(Stream("repositories", repositories), Stream("pull_requests", pull_requests)),
    check=lambda entry, config: iter(()),
)

if __name__ == "__main__":
    leases.LEASE = LEASE
    store = Store.open(os.environ["PLUMBLINE_STORE"])
    source = (CONNECTOR, Entry(sys.argv[1], float(sys.argv[2])))
    print("begins", flush=True)
    sys.exit(1 if sync(store, [source], lambda: NOW, lambda until: None) else 0)
