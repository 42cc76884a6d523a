"""What pages, refreshes and syncs ask of PostgreSQL between full loads: no plan reads a big table from end to end."""

import json
from contextlib import contextmanager

import pytest
from conftest import NOW, pull, review, row
from sqlalchemy import create_engine, event, make_url, text

from connectors.github.session import Session
from data import record
from data.config import Config
from data.store import Store
from metrics.loading import load

pytestmark = pytest.mark.postgres
PULLS, A_REPOSITORY = 20_000, 500
BIG = {"pull_requests", "reviews", "review_comments", "comments", "commits", "pull_request_events", "issues"}
FILL = (
    "INSERT INTO repositories (source, id, name, seen_at)"
    " SELECT 'github', n::text, 'acme/' || n, 0 FROM generate_series(0, {last}) n",
    "INSERT INTO pull_requests (source, repository_id, id, number, node_id, state, author, author_id, author_kind,"
    " is_draft, is_complete, created_at, updated_at, additions, deletions, seen_at, stamp)"
    " SELECT 'github', (n / {a})::text, n::text, n, 'N' || n, 'open', 'ana', 'u-ana', 'User', false, true,"
    " {now} - n * 60000000::bigint, {now} - n * 60000000::bigint, 5, 5, 0, 1 FROM generate_series(0, {pulls} - 1) n",
    "INSERT INTO issues (source, project_id, id, project, key, updated_at, seen_at)"
    " SELECT 'jira', (n / {a})::text, n::text, 'P' || n / {a}, 'P' || n / {a} || '-' || n, {now}, 0"
    " FROM generate_series(0, {pulls} - 1) n",
    *(
        f"INSERT INTO {table} (source, repository_id, pull_request_id, id, seen_at, stamp)"
        " SELECT 'github', (n / {a})::text, n::text, n || '-' || k, 0, 1"
        " FROM generate_series(0, {pulls} - 1) n, generate_series(1, 2) k"
        for table in ("reviews", "review_comments", "comments", "commits", "pull_request_events")
    ),
    "INSERT INTO stamps (name, latest, era) VALUES ('', 1, 'here')",
    "INSERT INTO sync_state (source, stream, scope, scope_id, complete, cursor, synced_at)"
    " SELECT 'github', t, 'acme/' || n, n::text, true, null, {now}"
    " FROM generate_series(0, {last}) n, unnest(array['pull_requests', 'reviews', 'commits']) t",
    "ANALYZE",
)


@pytest.fixture(scope="module")
def filled(postgresql):
    """A store in which a repository is a fortieth of each table."""
    admin = create_engine(postgresql, isolation_level="AUTOCOMMIT")
    with admin.connect() as connection:
        connection.execute(text("CREATE DATABASE plans"))
    admin.dispose()
    address = make_url(postgresql).set(database="plans").render_as_string(hide_password=False)
    store = Store.open(address)
    values = {"now": int(NOW.timestamp() * 1e6), "pulls": PULLS, "a": A_REPOSITORY, "last": PULLS // A_REPOSITORY - 1}
    with store.writing() as connection:
        for statement in FILL:
            connection.execute(text(statement.format(**values)))
    yield store
    store.engine.dispose()


@contextmanager
def plans_of(store):
    """The tables that statements run meanwhile read from end to end, with the statement."""
    asked, scanned = [], []

    def keep(connection, cursor, statement, parameters, context, many):
        if statement.lstrip().startswith(("SELECT", "UPDATE")):
            asked.append((statement, parameters[0] if many else parameters))

    event.listen(store.engine, "before_cursor_execute", keep)
    yield scanned
    event.remove(store.engine, "before_cursor_execute", keep)
    with store.reading() as connection:
        for statement, parameters in asked:
            plan = connection.exec_driver_sql(f"EXPLAIN (FORMAT JSON) {statement}", parameters).scalar_one()
            read = {node["Relation Name"] for node in nodes(plan) if node["Node Type"] == "Seq Scan"}
            scanned.extend((table, statement) for table in read & BIG)
    assert asked


def nodes(plan):
    steps = [one["Plan"] for one in (json.loads(plan) if isinstance(plan, str) else plan)]
    while steps:
        step = steps.pop()
        steps.extend(step.get("Plans", ()))
        yield step


def touch(store, *numbers):
    """A sync changes some pull requests and brings each a review."""
    places = [{"repository_id": str(n // A_REPOSITORY), "source": "github"} for n in numbers]
    with store.writing() as connection:
        pulls = [pull(n, "2026-11-20T10:00", **place) for n, place in zip(numbers, places, strict=True)]
        store.upsert(connection, "pull_requests", pulls)
        reviews = [review(n, "2026-11-20T11:00", **place) for n, place in zip(numbers, places, strict=True)]
        store.upsert(connection, "reviews", reviews)


def test_a_plan_that_reads_a_whole_table_is_noticed(filled):
    with plans_of(filled) as scanned:
        filled.load("reviews")
    assert [table for table, _ in scanned] == ["reviews"]


def test_a_refresh_reads_what_was_touched(filled):
    before = load(filled, Config())
    assert len(before.facts["pull_requests"]) == PULLS
    touch(filled, 7, 12_345)
    with plans_of(filled) as scanned:
        after = load(filled, Config(), before)
        assert len(after.facts["pull_requests"]) == PULLS
    assert scanned == []


def test_what_a_page_looks_at_when_nothing_is_new(filled):
    load(filled, Config())
    with plans_of(filled) as scanned:
        status = record.status(filled)
        record.latest_run(filled)
        filled.version()
        filled.position()
        filled.is_empty()
    assert scanned == [] and {line.rows for line in status if line.stream == "commits"} == {2 * A_REPOSITORY}


def test_rows_are_counted_again_only_where_something_was_written(filled):
    lines = {line.scope: line.rows for line in record.status(filled) if line.stream == "reviews"}
    touch(filled, 3, 600)  # of the first and the second repository
    with plans_of(filled) as scanned:
        again = {line.scope: line.rows for line in record.status(filled) if line.stream == "reviews"}
    assert scanned == []
    assert {scope: again[scope] - lines[scope] for scope in again if again[scope] != lines[scope]} == {
        "acme/0": 1,
        "acme/1": 1,
    }


def test_what_a_sync_of_a_repository_looks_up(filled):
    session = Session.__new__(Session)
    session.store, session.settings = filled, type("Named", (), {"name": "github"})
    scope = type("Place", (), {"id": "3"})
    with plans_of(filled) as scanned:
        assert session.newest_stored("pull_requests", scope) is not None
        assert len(session.stored_ids("pull_requests", scope)) == A_REPOSITORY
        session.incomplete(scope)
        session.count("pull_requests", scope)
        filled.load("issues", ["key", "id"], source="jira", key=["P3-1501", "P3-1502"])
        with filled.writing() as connection:
            where = {"source": "github", "repository_id": "3", "pull_request_id": ["1501", "1502"]}
            filled.mark_gone(connection, "reviews", where, row("reviews", seen_at="1969-01-01")["seen_at"])
    assert scanned == []
