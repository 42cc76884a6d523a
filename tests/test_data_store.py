"""The store, on SQLite and on a real PostgreSQL server."""

import sqlite3
import subprocess
import sys
import threading
from datetime import UTC, datetime, timedelta

import numpy as np
import pandas as pd
import pytest
from alembic import command
from alembic.autogenerate import compare_metadata
from alembic.migration import MigrationContext
from conftest import NOW, REPOSITORY, pull, review, row
from hypothesis import given
from hypothesis import strategies as some
from sqlalchemy import text

from data import copying, migrate, record, writing
from data.engine import explain, hidden
from data.errors import StoreError
from data.persons import Pseudonyms
from data.schema import TABLES, metadata
from data.store import Store


@pytest.fixture
def both(any_url):
    store = Store.open(any_url)
    yield store
    store.engine.dispose()


def write(store, **tables):
    with store.writing() as connection:
        for table in (name for name in TABLES if name in tables):
            store.upsert(connection, table, tables[table])


def test_the_migrations_make_exactly_the_tables_of_the_schema(both):
    with both.engine.connect() as connection:
        assert compare_metadata(MigrationContext.configure(connection), metadata) == []


def test_the_migrations_can_be_taken_back_and_applied_again(both):
    write(both, repositories=[REPOSITORY])
    for turn in ("base", "head"):
        with both.engine.connect().execution_options(immediate=True) as connection, connection.begin():
            settings = migrate.configuration()
            settings.attributes["connection"] = connection
            (command.downgrade if turn == "base" else command.upgrade)(settings, turn)
    with both.engine.connect() as connection:
        assert compare_metadata(MigrationContext.configure(connection), metadata) == []
    assert both.is_empty()


def test_a_row_comes_back_as_it_was_written(both):
    early, late = datetime(1, 1, 1, tzinfo=UTC), datetime(9999, 12, 31, 23, 59, 59, 999999, tzinfo=UTC)
    hostile = "'; DROP TABLE reviews; -- \u202e\N{SNOWMAN}\n"
    one = pull(1, "2026-01-05 08:00", labels=["b", "a"], title=hostile) | {"created_at": early, "updated_at": late}
    write(both, repositories=[REPOSITORY], pull_requests=[one])
    back = both.load("pull_requests").iloc[0]
    assert (back["created_at"], back["updated_at"]) == (early, late)
    assert (back["labels"], back["title"], back["number"], back["is_draft"]) == (["b", "a"], hostile, 1, False)


def test_an_empty_table_has_the_dtypes_of_a_full_one(both):
    empty = both.load("pull_requests").dtypes
    write(both, repositories=[REPOSITORY], pull_requests=[pull(1, "2026-01-05 08:00")])
    assert both.load("pull_requests").dtypes.to_dict() == empty.to_dict()
    assert str(empty["created_at"]) == "datetime64[us, UTC]"


def test_a_time_without_a_zone_is_refused(both):
    naive = pull(1, "2026-01-05 08:00") | {"created_at": datetime(2026, 1, 5)}
    with pytest.raises(Exception, match="without a time zone"):
        write(both, repositories=[REPOSITORY], pull_requests=[naive])
    assert both.count("repositories") == 0  # nothing half-written


def test_an_older_copy_never_overwrites_a_newer_one(both):
    write(both, repositories=[REPOSITORY])
    for title, updated, seen in (("new", 2, 2), ("old", 1, 3), ("older copy", 2, 1), ("newest", 2, 4)):
        times = {"updated_at": NOW + timedelta(hours=updated), "seen_at": NOW + timedelta(hours=seen)}
        write(both, pull_requests=[pull(1, "2026-01-05 08:00", title=title) | times])
        expected = "newest" if title == "newest" else "new"
        assert both.load("pull_requests")["title"].tolist() == [expected]


def test_duplicates_on_one_page_are_one_row(both):
    rows = [pull(1, "2026-01-05 08:00", title=t, updated_at="2026-01-06 08:00") for t in ("a", "b")]
    write(both, repositories=[REPOSITORY], pull_requests=rows)
    assert both.load("pull_requests")["title"].tolist() == ["b"]


def test_what_is_gone_upstream_is_marked_and_comes_back_when_seen_again(both):
    write(both, repositories=[REPOSITORY], pull_requests=[pull(1, "2026-01-05 08:00")])
    old, new = review(1, "2026-01-05 09:00"), review(1, "2026-01-05 10:00") | {"seen_at": NOW + timedelta(hours=1)}
    write(both, reviews=[old, new])
    with both.writing() as connection:
        both.mark_gone(connection, "reviews", {"source": "github", "pull_request_id": ["1"]}, NOW + timedelta(hours=1))
    assert both.load("reviews")["id"].tolist() == [new["id"]]
    assert len(both.load("reviews", gone=True)) == 2
    write(both, reviews=[old | {"seen_at": NOW + timedelta(hours=2)}])
    assert both.count("reviews") == 2


def test_a_page_is_stored_whole_or_not_at_all(both):
    orphan = review(2, "2026-01-05 09:00")
    with pytest.raises(StoreError):
        write(both, repositories=[REPOSITORY], pull_requests=[pull(1, "2026-01-05 08:00")], reviews=[orphan])
    assert both.count("repositories") == both.count("pull_requests") == 0


def test_an_unknown_or_a_missing_column_is_named(both):
    with pytest.raises(ValueError, match="accounts has no column shoe_size"):
        write(both, accounts=[row("accounts", id="1") | {"shoe_size": 44}])
    with pytest.raises(ValueError, match="a row of accounts lacks id"):
        write(both, accounts=[row("accounts", login="ana")])


def test_readers_see_the_last_whole_state_while_a_writer_writes(both):
    write(both, repositories=[REPOSITORY])
    with both.writing() as connection:
        both.upsert(connection, "repositories", [REPOSITORY | {"id": "2", "name": "acme/other"}])
        seen = []
        reader = threading.Thread(target=lambda: seen.append(both.count("repositories")))
        reader.start()
        reader.join(timeout=20)
        assert seen == [1]
    assert both.count("repositories") == 2


def test_the_version_changes_when_rows_arrive(both):
    assert both.version() == "0.0"
    run = record.start_run(both, NOW)
    with both.writing() as connection:
        record.rows_arrived(connection, run)
    arrived = both.version()
    record.finish_run(both, run, NOW, "complete")
    assert len({"0.0", arrived, both.version()}) == 3


def test_a_renamed_scope_keeps_its_record(both):
    facts = {"scope_id": "1", "complete": True, "cursor": None, "requests": 3}
    with both.writing() as connection:
        record.save_state(both, connection, "github", ["pull_requests", "reviews"], "acme/old", facts)
        record.rename_scope(connection, "github", "1", "acme/new")
    lines = [(line.stream, line.scope, line.complete, line.requests) for line in record.status(both)]
    assert lines == [("pull_requests", "acme/new", True, 3), ("reviews", "acme/new", True, 0)]


def test_opening_at_once_migrates_once(unmade_url):
    codes = []
    program = [sys.executable, "-c", f"from data.store import Store; Store.open({unmade_url!r})"]
    opening = [
        threading.Thread(target=lambda: codes.append(subprocess.run(program, check=False).returncode)) for _ in range(3)
    ]
    for thread in opening:
        thread.start()
    for thread in opening:
        thread.join()
    assert codes == [0, 0, 0]


def test_a_store_of_a_newer_version_is_refused(both):
    with both.engine.connect() as connection, connection.begin():
        connection.execute(text("UPDATE alembic_version SET version_num = '9999'"))
    with pytest.raises(StoreError, match=r"newer version .* '9999'"):
        Store.open(both.engine.url.render_as_string(hide_password=False))


# Bad input ------------------------------------------------------------------------------------------------


@pytest.mark.parametrize("content", [b"hello, I am a text file", b"SQLite format 3\x00" + b"\x00" * 90, b"\xff" * 5000])
def test_a_file_that_is_no_store_is_named(tmp_path, content):
    file = tmp_path / "metrics.db"
    file.write_bytes(content)
    with pytest.raises(StoreError, match=r"metrics\.db .*(not a store|damaged)"):
        Store.open(f"sqlite:///{file}").load("issues")
    assert file.read_bytes() == content


@pytest.mark.parametrize(
    ("url", "words"),
    [
        ("nonsense", "not the URL of a store"),
        ("mysql://user:hunter2@host/db", "no store of the kind 'mysql'"),
        ("sqlite:////no/such/folder/metrics.db", "does not exist; create it"),
        ("postgresql://user:hunter2@127.0.0.1:1/db", "cannot be reached"),
    ],
)
def test_a_url_that_cannot_be_opened_says_what_to_do_and_no_password(url, words):
    with pytest.raises(StoreError, match=words) as caught:
        Store.open(url)
    assert "hunter2" not in str(caught.value) and "\n" not in str(caught.value)


def test_a_full_disk_leaves_the_last_whole_state(tmp_path):
    store = Store.open(f"sqlite:///{tmp_path / 'metrics.db'}")
    write(store, repositories=[REPOSITORY])
    with store.engine.connect() as connection:
        pages = connection.exec_driver_sql("PRAGMA page_count").scalar_one()
    many = [pull(n, "2026-01-05 08:00", title="x" * 500) for n in range(2000)]
    with pytest.raises(StoreError, match=r"disk is full.*nothing was half-written"), store.writing() as connection:
        connection.exec_driver_sql(f"PRAGMA max_page_count={pages}")
        store.upsert(connection, "pull_requests", many)
    assert Store.open(f"sqlite:///{tmp_path / 'metrics.db'}").count("pull_requests") == 0


def test_complaints_become_one_line():
    assert "cannot be written" in explain("attempt to write a readonly database", "sqlite:///x.db")
    assert "disk is full" in explain("could not extend file: No space left on device", "sqlite:///x.db")
    assert explain("something odd\nwith details", "sqlite:///x.db").count("\n") == 0
    assert hidden("postgresql://ana:s3cret@host/db") == "postgresql://ana:***@host/db"


def test_a_damaged_store_is_reported_when_it_is_read(tmp_path):
    file = tmp_path / "metrics.db"
    store = Store.open(f"sqlite:///{file}")
    write(store, repositories=[REPOSITORY], pull_requests=[pull(n, "2026-01-05 08:00") for n in range(500)])
    store.engine.dispose()
    with sqlite3.connect(file) as connection:
        connection.execute("PRAGMA wal_checkpoint(TRUNCATE)")
    content = bytearray(file.read_bytes())
    content[4096 * 40 : 4096 * 60] = b"\x5a" * (4096 * 20)
    file.write_bytes(content)
    with pytest.raises(StoreError, match="damaged"):
        for table in TABLES:
            Store.open(f"sqlite:///{file}").load(table)


# Whole tables are written out by the database, some rows come through the driver ----------------------------

WORDS = some.none() | some.sampled_from(["", "NULL", "'", "''", "\\N", "%Q", "1"]) | some.text(max_size=9)
HOSTILE = some.none() | some.text(alphabet="',\"\n\r\\\t\x01\x1f\u2028\ud800\x00aé☃𐄀", max_size=9) | WORDS
MOMENTS = some.none() | some.datetimes(timezones=some.just(UTC))
NUMBERS = some.none() | some.integers(-(2**31), 2**31)
FLAGS, DAYS, MEASURES = some.none() | some.booleans(), some.none() | some.dates(), some.none() | some.floats()
LISTS = some.none() | some.lists(some.text(max_size=5), max_size=3)
ISSUES = some.fixed_dictionaries(
    {
        **dict.fromkeys(("title", "status", "severity"), HOSTILE),
        **dict.fromkeys(("created_at", "resolved_at"), MOMENTS),
        "due_on": DAYS,
        "points": MEASURES,
        "is_flagged": FLAGS,
        "labels": LISTS,
    }
)


@pytest.fixture(params=["sqlite", pytest.param("postgresql", marks=pytest.mark.postgres)], scope="module")
def store_of_any(request, tmp_path_factory):
    if request.param == "sqlite":
        url = f"sqlite:///{tmp_path_factory.mktemp('store') / 'metrics.db'}"
    else:
        url = request.getfixturevalue("postgresql")
    store = Store.open(url)
    yield store
    store.engine.dispose()


@given(rows=some.lists(ISSUES, max_size=12), sizes=some.sampled_from([(1, 1), (3, 50), (5000, 16_000_000)]))
def test_a_table_read_as_a_whole_is_what_the_driver_gives_cell_by_cell(store_of_any, rows, sizes):
    issues = [row("issues", id=str(number)) | one for number, one in enumerate(rows)]
    store_of_any.clear()
    write(store_of_any, issues=issues)
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(copying, "AT_ONCE", sizes[0])
        patch.setattr(copying, "PIECE", sizes[1])
        whole = store_of_any.load("issues")
    cells = store_of_any.load("issues", source="github")
    pd.testing.assert_frame_equal(whole, cells, check_exact=True)


def test_tables_of_one_column_and_of_none_but_unknown_values_keep_their_rows(both):
    write(both, issues=[row("issues", id=str(number)) for number in range(3)])
    assert both.load("issues", ["title"])["title"].isna().tolist() == [True] * 3
    assert both.load("issues", ["points"])["points"].isna().tolist() == [True] * 3
    assert both.load("pull_requests", ["labels"]).empty


def test_a_read_that_breaks_off_leaves_no_transaction_open(both, monkeypatch):
    write(both, issues=[row("issues", id=str(number)) for number in range(3)])
    monkeypatch.setattr(copying, "AT_ONCE", 1)
    monkeypatch.setattr(copying, "_pieces", broken_off)
    for _ in range(12):  # more than there are connections
        with pytest.raises(KeyboardInterrupt):
            both.load("issues")
    write(both, issues=[row("issues", id="9")])
    assert both.count("issues") == 4


def broken_off(lines):
    yield next(iter(lines))
    raise KeyboardInterrupt


def test_a_store_that_may_only_be_read_is_read(tmp_path):
    file = tmp_path / "metrics.db"
    store = Store.open(f"sqlite:///{file}")
    write(store, repositories=[REPOSITORY])
    store.engine.dispose()
    with sqlite3.connect(file) as connection:
        connection.execute("PRAGMA journal_mode=DELETE")
    connection.close()
    before = file.read_bytes()
    read_only = Store.open(f"sqlite:///file:{file}?mode=ro&uri=true")
    assert read_only.load("repositories")["name"].tolist() == ["acme/app"]
    with pytest.raises(StoreError, match="cannot be written"):
        write(read_only, repositories=[REPOSITORY | {"name": "acme/other"}])
    assert file.read_bytes() == before


def test_what_a_column_cannot_hold_is_said_to_be_damage(store):
    write(store, repositories=[REPOSITORY])
    with store.engine.connect() as connection, connection.begin():
        connection.execute(text("UPDATE repositories SET created_at = 'yesterday'"))
    with pytest.raises(StoreError, match="is damaged"):
        store.load("repositories")


# Many rows at once -------------------------------------------------------------------------------------------

HOURS = some.integers(0, 3)
COPIES = some.fixed_dictionaries({"id": some.sampled_from("abc"), "title": HOSTILE, "updated": HOURS, "seen": HOURS})


def copies(batch):
    """Issues, each copy with its own times."""
    times = [{name: NOW + timedelta(hours=one[name[:-3]]) for name in ("updated_at", "seen_at")} for one in batch]
    return [
        row("issues", id=one["id"], title=one["title"], labels=["x"], is_flagged=True, due_on=NOW.date()) | at
        for one, at in zip(batch, times, strict=True)
    ]


@given(
    batches=some.lists(some.lists(COPIES, min_size=1, max_size=6), min_size=1, max_size=3), in_columns=some.booleans()
)
def test_many_rows_at_once_end_as_few_do(store_of_any, batches, in_columns):
    kept = []
    for least in (1, 1000):
        store_of_any.clear()
        with pytest.MonkeyPatch.context() as patch:
            patch.setattr(writing, "COPIED_FROM", least)
            for rows in map(copies, batches):
                with store_of_any.writing() as connection:
                    if in_columns and least == 1:
                        store_of_any.upsert_columns(connection, "issues", {n: [r[n] for r in rows] for n in rows[0]})
                    else:
                        store_of_any.upsert(connection, "issues", rows)
                    store_of_any.mark_gone(connection, "issues", {"id": "a"}, NOW + timedelta(hours=2))
        kept.append(store_of_any.load("issues", gone=True).sort_values("id", ignore_index=True))
    pd.testing.assert_frame_equal(*kept)


def test_arrays_are_written_as_rows_are(both):
    moments = np.array(["2026-01-05T08:00:00.000001", "NaT"], dtype="datetime64[us]")
    ids, seen = np.array(["1", "2"], dtype=object), np.array([moments[0]] * 2)
    columns = {"source": ["github"] * 2, "project_id": ["1"] * 2, "id": ids, "created_at": moments, "seen_at": seen}
    more = {"points": np.array([1.5, np.nan]), "is_flagged": np.array([True, False]), "due_on": moments.astype("M8[D]")}
    with both.writing() as connection:
        both.upsert_columns(connection, "issues", columns | more | {"labels": np.array([["a"], None], dtype=object)})
    back = both.load("issues").sort_values("id")
    assert back["created_at"].tolist() == [pd.Timestamp(moments[0], tz="UTC"), pd.NaT]
    assert (back["points"].tolist()[0], back["points"].isna().tolist()) == (1.5, [False, True])
    assert (back["is_flagged"].tolist(), back["labels"].tolist()) == ([True, False], [["a"], None])
    assert back["due_on"].tolist() == [pd.Timestamp("2026-01-05"), pd.NaT]
    with pytest.raises(ValueError, match="seen_at: is missing"), both.writing() as connection:
        both.upsert_columns(connection, "issues", columns | {"seen_at": moments})


def test_people_are_hidden_in_columns_as_in_rows(both):
    rows = [review(1, "2026-01-05 09:00"), review(1, "2026-01-05 10:00", who="bot", reviewer_kind="Bot")]
    write(both, repositories=[REPOSITORY], pull_requests=[pull(1, "2026-01-05 08:00")])
    both.pseudonyms = Pseudonyms("a key of no fewer than thirty-two characters")
    write(both, reviews=rows)
    masked = both.load("reviews")
    with both.writing() as connection:
        both.upsert_columns(connection, "reviews", {name: [one[name] for one in rows] for name in rows[0]})
    pd.testing.assert_frame_equal(both.load("reviews"), masked)
    assert "ben" not in masked["reviewer"].tolist() and "bot" in masked["reviewer"].tolist()


def test_a_large_page_that_breaks_a_rule_leaves_nothing(both):
    orphans = [review(2, f"2026-01-05 09:{number // 60:02d}", who=str(number)) for number in range(1200)]
    with pytest.raises(StoreError):
        write(both, repositories=[REPOSITORY], reviews=orphans)
    assert both.count("repositories") == both.count("reviews") == 0
