"""What pages, refreshes and syncs ask of PostgreSQL between full loads: no plan reads a big table from end to end."""

import os
import subprocess
import sys
import time
from contextlib import contextmanager
from pathlib import Path

import pytest
import streamlit as st
from conftest import NOW, database, pull, review, row
from query_plans import nodes
from sqlalchemy import Engine, event, text
from streamlit.testing.v1 import AppTest

from connectors.github.session import Session
from data import record
from data.config import Config
from data.schema import STAMPED
from data.store import Store
from metrics.loading import load
from pages.ui import results

pytestmark = pytest.mark.postgres
ROOT = Path(__file__).parent.parent
PULLS, A_REPOSITORY = 20_000, 500
BIG = {*STAMPED, "issues", "issue_changes"}
PAGES = sorted({file.name for file in (ROOT / "pages").glob("*.py")} - {"__init__.py", "shell.py"})
FILL = (
    "INSERT INTO repositories (source, id, name, seen_at)"
    " SELECT 'github', n::text, 'acme/' || n, 0 FROM generate_series(0, {last}) n",
    "INSERT INTO pull_requests (source, repository_id, id, number, node_id, state, author, author_id, author_kind,"
    " is_draft, is_complete, created_at, updated_at, closed_at, merged_at, additions, deletions, seen_at, stamp)"
    " SELECT 'github', (n / {a})::text, n::text, n, 'N' || n, 'merged', 'ana', 'u-ana', 'User', false, true,"
    " {now} - n * {step}, {now} - n * {step}, {now} - n * {step}, {now} - n * {step}, 5, 5, 0, 1"
    " FROM generate_series(0, {pulls} - 1) n",
    "INSERT INTO issues (source, project_id, id, project, key, created_at, updated_at, seen_at)"
    " SELECT 'jira', (n / {a})::text, n::text, 'P' || n / {a}, 'P' || n / {a} || '-' || n, {now} - n * {step}, {now}, 0"
    " FROM generate_series(0, {pulls} - 1) n",
    "INSERT INTO issue_changes (source, project_id, issue_id, id, field, at, seen_at)"
    " SELECT 'jira', (n / {a})::text, n::text, k::text, 'status', {now} - n * {step}, 0"
    " FROM generate_series(0, {pulls} - 1) n, generate_series(1, 2) k",
    *(
        f"INSERT INTO {table} (source, repository_id, pull_request_id, id, seen_at, stamp)"
        " SELECT 'github', (n / {a})::text, n::text, n || '-' || k, 0, 1"
        " FROM generate_series(0, {pulls} - 1) n, generate_series(1, 2) k"
        for table in ("reviews", "review_comments", "comments", "commits", "pull_request_events")
    ),
    "INSERT INTO stamps (name, latest, era) VALUES ('', 1, 'here')",
    "INSERT INTO stamps (name, latest) SELECT unnest(array[{stamped}]), 1",
    "INSERT INTO sync_state (source, stream, scope, scope_id, complete, cursor, synced_at)"
    " SELECT 'github', t, 'acme/' || n, n::text, true, null, {now}"
    " FROM generate_series(0, {last}) n, unnest(array['pull_requests', 'reviews', 'commits']) t",
    "INSERT INTO sync_runs (started_at, finished_at, outcome, revision) VALUES ({now}, {now}, 'complete', 1)",
    "ANALYZE",
)


@pytest.fixture(scope="module")
def filled(postgresql):
    """A store in which a repository is a fortieth of each table."""
    values = {"now": int(NOW.timestamp() * 1e6), "pulls": PULLS, "a": A_REPOSITORY, "last": PULLS // A_REPOSITORY - 1}
    values |= {"step": "3600000000::bigint", "stamped": str([*sorted(BIG)]).strip("[]")}
    with database(postgresql) as address:
        store = Store.open(address)
        with store.writing() as connection:
            for statement in FILL:
                connection.execute(text(statement.format(**values)))
        yield store
        store.engine.dispose()


@contextmanager
def plans_of(store):
    """The big tables that are read from end to end meanwhile, with the statement.

    Every statement of this process is explained; the server's own count of such reads knows of others', and of COPY.
    """
    asked, scanned, before = {}, [], scans(store)

    def keep(connection, cursor, statement, parameters, context, many):
        if statement.lstrip().startswith(("SELECT", "UPDATE")):
            asked[statement, repr(parameters)] = parameters[0] if many else parameters

    event.listen(Engine, "before_cursor_execute", keep)
    yield scanned
    event.remove(Engine, "before_cursor_execute", keep)
    after = scans(store)
    with store.reading() as connection:
        for (statement, _), parameters in asked.items():
            plan = connection.exec_driver_sql(f"EXPLAIN (FORMAT JSON) {statement}", parameters).scalar_one()
            read = {node["Relation Name"] for node in nodes(plan) if is_from_end_to_end(node)}
            scanned.extend((table, statement) for table in sorted(read & BIG))
    explained = {table for table, _ in scanned}
    scanned.extend((table, "COPY") for table in sorted(BIG - explained) if after[table] > before[table])
    assert asked


def is_from_end_to_end(step):
    """Whether a step reads a table, or one of its indexes, without looking anything up."""
    kind = step["Node Type"]
    return kind == "Seq Scan" or (kind in ("Index Scan", "Index Only Scan") and "Index Cond" not in step)


def scans(store):
    """Once nobody else is connected: a connection that ends has reported all that it did."""
    for one in (store, results.open_store(address_of(store))):
        one.engine.dispose()
    others = text(
        "SELECT count(*) FROM pg_stat_activity WHERE datname = 'plans' AND backend_type = 'client backend'"
        " AND pid != pg_backend_pid()"
    )
    counted = text("SELECT relname, seq_scan FROM pg_stat_user_tables WHERE relname = ANY (:big)")
    while True:
        with store.reading() as connection:
            if not connection.execute(others).scalar_one():
                return dict(connection.execute(counted, {"big": list(BIG)}).all())
        time.sleep(0.05)


def address_of(store):
    return store.engine.url.render_as_string(hide_password=False)


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
        filled.load("commits", author="somebody")
        filled.count("comments")
    assert sorted(table for table, _ in scanned) == ["comments", "commits", "reviews"]


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
    record.status(filled)  # rows are counted once
    with plans_of(filled) as scanned:
        record.walks(filled)
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


# What a page asks ------------------------------------------------------------------------------------------


@pytest.fixture(scope="module")
def company(filled, tmp_path_factory):
    """The store as a sync leaves it that has touched one of a hundred pull requests after a reader was there."""
    with pytest.MonkeyPatch.context() as patch:
        patch.setenv("PLUMBLINE_STORE", address_of(filled))
        patch.setenv("PLUMBLINE_NOW", NOW.isoformat())
        patch.delenv("PLUMBLINE_CONFIG", raising=False)
        patch.setattr("data.config.DEFAULT_FILE", tmp_path_factory.mktemp("none") / "none.toml")
        keep()
        for page in PAGES:
            opened(page)
        run = record.start_run(filled, NOW)
        touch(filled, *range(0, PULLS, 100))
        record.finish_run(filled, run, NOW, "complete")
        keep()
        yield filled
        st.cache_resource.clear()


def keep():
    """What a sync does at its end."""
    subprocess.run([sys.executable, "-m", "metrics", "keep"], cwd=ROOT, env=os.environ, check=True)


def opened(page):
    app = AppTest.from_file(str(ROOT / "pages" / "shell.py"), default_timeout=600).switch_page(page)
    app.query_params["indicator"] = "pr_cycle_time"
    app.run()
    assert not app.exception, app.exception
    return app


def test_after_a_sync_no_page_reads_a_big_table_from_end_to_end(company):
    with plans_of(company) as scanned:
        for page in PAGES:
            opened(page)
    assert scanned == []


def test_a_process_that_starts_after_a_sync_reads_no_big_table_from_end_to_end(company):
    results.open_store(address_of(company)).engine.dispose()
    st.cache_resource.clear()
    with plans_of(company) as scanned:
        for page in PAGES:
            opened(page)
    assert scanned == []
