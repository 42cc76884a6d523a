"""A store whose facts are kept, and the same rows read anew."""

from datetime import timedelta

import pandas as pd
from rows import NOW, REPOSITORY, pull, review

from data.schema import TABLES
from metrics.refreshing import OF_ONE_PULL_REQUEST

ORDER = ["key", "at", "reviewer", "state"]


def written(store, **tables):
    with store.writing() as connection:
        for table in (name for name in TABLES if name in tables):
            store.upsert(connection, table, tables[table])


def gone(store, table, **where):
    with store.writing() as connection:
        store.mark_gone(connection, table, where, NOW + timedelta(days=1))


def assert_same(kept, full):
    for name in OF_ONE_PULL_REQUEST:
        one, other = (ordered(loaded.facts[name], loaded.facts["pull_requests"]) for loaded in (kept, full))
        pd.testing.assert_frame_equal(one, other)


def ordered(facts, pulls):
    """Rows by what they are of; a position is as good as the key that it stands for."""
    if "item" in facts:
        facts = facts.assign(item=pulls["key"].reindex(facts["item"]).array)
    elif len(facts) < len(pulls):
        assert (pulls["key"].reindex(facts.index) == facts["key"]).all()
    return facts.sort_values([name for name in ORDER if name in facts], ignore_index=True)


def with_twenty_pull_requests(store):
    """The store with pull requests 1 to 20 of January 2026, of which 1 to 10 have a review."""
    written(
        store,
        repositories=[REPOSITORY],
        pull_requests=[pull(n, f"2026-01-{n:02d} 09:00") for n in range(1, 21)],
        reviews=[review(n, f"2026-01-{n:02d} 12:00") for n in range(1, 11)],
    )
    return store
