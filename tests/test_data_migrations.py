"""Migrations both ways on stores that hold rows in every table, and while others read them."""

import subprocess
import sys
import threading
import time
from datetime import date, timedelta

import pytest
from alembic import command
from alembic.autogenerate import compare_metadata
from alembic.migration import MigrationContext
from alembic.script import ScriptDirectory
from conftest import NOW, REPOSITORY, event, pull, review
from sqlalchemy import BigInteger, Boolean, Date, Float, Integer, LargeBinary, MetaData, insert, select, text

from data import config, migrate
from data.columns import Json, UtcDateTime
from data.engine import connect
from data.errors import StoreError
from data.schema import TABLES, metadata
from data.store import Store
from data.version import is_newest, newest
from metrics import loading

REVISIONS = sorted(step.revision for step in ScriptDirectory.from_config(migrate.configuration()).walk_revisions())
HEAD, OLDER = REVISIONS[-1], REVISIONS[:-1]
VALUES = (  # of the n-th row, by the first type that fits; a word is a number, so that references hold and JSON is read
    (UtcDateTime, lambda n: NOW + timedelta(microseconds=n)),
    (Json, lambda n: [n, None, "☃"]),
    (Boolean, lambda n: n == 1),
    (LargeBinary, lambda n: bytes([n, 0, 255])),
    (BigInteger, lambda n: 2**40 + n),
    (Integer, lambda n: n),
    (Float, lambda n: n + 0.1),
    (Date, lambda n: date(2026, 1, n)),
)


@pytest.fixture
def engine(unmade_url):
    made = connect(unmade_url)
    yield made
    made.dispose()


def move(engine, revision):
    """Bring a store to a revision, up or down, as one step that is done whole or not at all."""
    with engine.connect().execution_options(immediate=True) as connection, connection.begin():
        settings = migrate.configuration()
        settings.attributes["connection"] = connection
        current = MigrationContext.configure(connection).get_current_revision() or ""
        (command.upgrade if revision > current and revision != "base" else command.downgrade)(settings, revision)


def value(column, n):
    return next((give(n) for kind, give in VALUES if isinstance(column.type, kind)), str(n))


def fill(engine, tables):
    """Three rows in each table, with a value in every column."""
    with engine.connect() as connection, connection.begin():
        for table in tables.sorted_tables:
            connection.execute(insert(table), [{c.name: value(c, n) for c in table.c} for n in (1, 2, 3)])


def there(engine):
    """The tables as the database has them now, without what Alembic notes for itself."""
    found = MetaData()
    found.reflect(engine)
    found.remove(found.tables["alembic_version"])
    return found


def there_at(engine, revision):
    """The tables of a version."""
    move(engine, revision)
    found = there(engine)
    move(engine, HEAD)
    return found


def rows(engine, tables):
    """Every row of the tables, by the names of its columns."""
    with engine.connect() as connection:
        return {
            table.name: sorted(
                (dict(row) for row in connection.execute(select(table)).mappings()), key=lambda row: repr(row)
            )
            for table in tables.sorted_tables
        }


def narrowed(rows, tables):
    """The rows as some tables hold them."""
    return {
        name: [{c.name: row[c.name] for c in table.c} for row in rows[name]] for name, table in tables.tables.items()
    }


@pytest.mark.parametrize("revision", OLDER)
def test_a_store_of_any_earlier_version_keeps_every_row_on_the_way_up_and_back(engine, revision):
    """The tables are those of that time, and so are the rows."""
    move(engine, revision)
    fill(engine, old := there(engine))
    before = rows(engine, old)
    assert all(len(known) == 3 for known in before.values())
    Store.open(engine.url.render_as_string(hide_password=False)).engine.dispose()
    with engine.connect() as connection:
        assert compare_metadata(MigrationContext.configure(connection), metadata) == []
    assert narrowed(rows(engine, there(engine)), old) == before
    store = Store(engine)
    assert all(len(store.load(name, gone=True)) == 3 for name in before)  # as a page reads them
    move(engine, revision)
    assert rows(engine, there(engine)) == before


@pytest.mark.parametrize("revision", ["base", *OLDER])
def test_a_full_store_that_is_taken_back_and_brought_up_again_keeps_what_that_version_knew(engine, revision):
    move(engine, HEAD)
    fill(engine, metadata)
    before = rows(engine, there(engine))
    assert set(before) == set(TABLES)
    kept = there_at(engine, revision)
    after = rows(engine, there(engine))
    assert narrowed(after, kept) == narrowed(before, kept)
    assert [name for name, known in after.items() if name not in kept.tables and known] == []


@pytest.mark.parametrize("revision", OLDER)
def test_a_migration_that_fails_half_way_changes_nothing(engine, revision):
    """Killed, a full disk: the whole way from that version is one transaction."""
    move(engine, revision)
    fill(engine, there(engine))
    before = rows(engine, there(engine))
    with pytest.raises(RuntimeError), engine.begin() as connection:
        settings = migrate.configuration()
        settings.attributes["connection"] = connection
        command.upgrade(settings, "head")
        raise RuntimeError("the power is gone")
    assert rows(engine, there(engine)) == before


# Readers -----------------------------------------------------------------------------------------------------

PULLS = [pull(n, "2026-01-05 08:00", merged_at="2026-01-06 08:00") for n in range(1, 41)]
REVIEWS = [review(n, "2026-01-05 10:00") for n in range(1, 41)]
EVENTS = [event(n, "draft", "2026-01-05 09:00") for n in range(1, 41)]


def looked(store):
    """What a dashboard shows of a store: the rows themselves, and what is reckoned from them."""
    facts = loading.load(store, config.Config()).facts["pull_requests"]
    return len(store.load("pull_requests")), len(facts), facts["review_wait"].sum()


def read_until(ended, look, seen):
    """Look again and again; keep each answer, each complaint, and anything else that was raised."""
    while not ended.is_set():
        try:
            seen.append(look())
        except StoreError as complaint:
            seen.append(str(complaint))
        except BaseException as other:
            seen.append(other)
            return


def test_a_dashboard_that_reads_during_migrations_gets_a_whole_answer_or_a_reason(any_url):
    """Down to every version and up again, by itself: the rows of pull requests were there from the first version on."""
    store, dashboard = Store.open(any_url), Store.open(any_url)
    with store.writing() as connection:
        for table, several in (("repositories", [REPOSITORY]), ("pull_requests", PULLS), ("reviews", REVIEWS)):
            store.upsert(connection, table, several)
        store.upsert(connection, "pull_request_events", EVENTS)
    whole, before = looked(dashboard), rows(store.engine, metadata)
    assert whole[:2] == (40, 40)
    seen, ended = [], threading.Event()
    reading = threading.Thread(target=read_until, args=(ended, lambda: looked(dashboard), seen))
    reading.start()
    try:
        for revision in reversed(OLDER):
            move(store.engine, revision)
            move(store.engine, HEAD)
    finally:
        ended.set()
        reading.join(timeout=60)
    assert [one for one in seen if not isinstance(one, str) and one != whole] == []
    for complaint in (one for one in seen if isinstance(one, str)):
        assert "\n" not in complaint and "version of Plumbline" in complaint, complaint
    assert whole in seen
    assert looked(dashboard) == whole
    oldest = there_at(store.engine, OLDER[0])
    assert narrowed(rows(store.engine, metadata), oldest) == narrowed(before, oldest)
    for one in (store, dashboard):
        one.engine.dispose()


def test_the_newest_version_is_the_one_that_migrations_lead_to(engine):
    assert newest() == HEAD and not is_newest(engine)
    move(engine, OLDER[-1])
    assert not is_newest(engine)
    move(engine, HEAD)
    assert is_newest(engine)


def test_a_store_with_the_newest_tables_is_opened_without_the_tool_that_changes_them(empty_file):
    program = f"import sys; from data.store import Store; Store.open('sqlite:///{empty_file}'); print(*sys.modules)"
    loaded = subprocess.run([sys.executable, "-c", program], capture_output=True, text=True, check=True).stdout.split()
    assert "sqlalchemy" in loaded and "alembic" not in loaded


@pytest.mark.postgres
@pytest.mark.parametrize("unmade_url", ["postgresql"], indirect=True)
def test_a_migration_outlasts_a_reader_with_which_it_waits_in_a_circle(unmade_url):
    """The reader holds one table and asks for another; the migration holds that one and asks for the first."""
    engine, opened = connect(unmade_url), []
    move(engine, "0005")
    migrating = threading.Thread(target=lambda: opened.append(Store.open(unmade_url)))
    with Store(engine).reading() as reader:
        reader.execute(text("SELECT count(*) FROM reviews"))
        migrating.start()
        wait_for_a_lock(engine)
        assert reader.execute(text("SELECT count(*) FROM comments")).scalar() == 0
    migrating.join(timeout=60)
    assert [store.count("pull_requests") for store in opened] == [0]
    opened[0].engine.dispose()
    engine.dispose()


def wait_for_a_lock(engine):
    """Return once somebody waits for a table."""
    while True:
        with engine.connect() as watch:
            if watch.execute(text("SELECT count(*) FROM pg_locks WHERE NOT granted")).scalar():
                return
        time.sleep(0.02)
