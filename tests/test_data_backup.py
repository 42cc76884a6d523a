"""A backup is one moment of a store, whatever is written meanwhile; restoring it is all or nothing."""

import sqlite3
import stat
import threading
from contextlib import contextmanager
from datetime import UTC, date, datetime

import pytest
from alembic import command
from conftest import NOW, REPOSITORY, event, pull, review, row
from sqlalchemy import select

from data import backup, migrate, notes, record
from data.__main__ import main
from data.errors import StoreError
from data.notes import Kind, Note
from data.schema import metadata
from data.store import Store
from data.verify import verify

STATE = {"scope_id": "1", "complete": True, "synced_at": NOW, "cursor": {"after": "x"}, "expected": 2}


@contextmanager
def opened(url):
    store = Store.open(url)
    yield store
    store.engine.dispose()


def write(store, **tables):
    with store.writing() as connection:
        for table, one in ((table, one) for table, rows in tables.items() for one in rows):
            store.upsert(connection, table, [one])


def filled(store):
    """A little of everything that databases keep in ways of their own: days, flags, times, lists, numbers."""
    run = record.start_run(store, NOW)
    write(
        store,
        repositories=[REPOSITORY],
        pull_requests=[
            pull(1, "2026-01-05 08:00", labels=["b", "\u202e"], title="'; --\n☃", is_draft=True),
            pull(2, "2026-01-06 08:00", created_at=datetime(1, 1, 1, tzinfo=UTC)),
        ],
        reviews=[review(1, "2026-01-05 10:00")],
        pull_request_events=[event(1, "draft", "2026-01-05 09:00")],
        capacity=[row("capacity", id="1", team="pay", start_on=date(2026, 1, 1), person_days=0.1)],
    )
    notes.add(store, Note(Kind.ANNOTATION, "moved", "Ada", NOW, details={"a": [1, None]}))
    with store.writing() as connection:
        record.save_state(store, connection, "github", ["pull_requests"], "acme/app", STATE)
    record.finish_run(store, run, NOW, "complete")
    return store


def everything(store, without=()):
    with store.reading() as connection:
        tables = [table for table in metadata.sorted_tables if table.name not in without]
        return {table.name: sorted(map(repr, connection.execute(select(table)))) for table in tables}


@pytest.fixture(params=["sqlite", pytest.param("postgresql", marks=pytest.mark.postgres)])
def other_url(request, tmp_path):
    if request.param == "sqlite":
        return f"sqlite:///{tmp_path / 'other.db'}"
    return request.getfixturevalue("server_url")


def test_every_row_comes_back_into_either_database(tmp_path, other_url):
    file = tmp_path / "backup.db"
    with opened(f"sqlite:///{tmp_path / 'metrics.db'}") as store, opened(other_url) as other:
        before = everything(filled(store))
        assert backup.backup(store, file) == sum(len(rows) for rows in before.values())
        backup.restore(other, file, NOW)
        after = everything(other)
    restored = after.pop("sync_runs")
    assert before.pop("sync_runs") == restored[:1]
    assert len(restored) == 2, "that the rows were put back is on record"
    assert before.pop("stamps") != after.pop("stamps"), "readers are told that anything may have changed"
    assert before == after


@pytest.mark.postgres
def test_a_server_is_backed_up_into_the_same_kind_of_file_and_goes_on_numbering(tmp_path, server_url):
    file = tmp_path / "backup.db"
    with opened(server_url) as server, opened(f"sqlite:///{tmp_path / 'metrics.db'}") as store:
        before = everything(filled(server), without=["sync_runs", "stamps"])
        backup.backup(server, file)
        backup.restore(store, file, NOW)
        assert everything(store, without=["sync_runs", "stamps"]) == before
        backup.restore(server, file, NOW)
        assert everything(server, without=["sync_runs", "stamps"]) == before
        assert notes.add(server, Note(Kind.ANNOTATION, "again", "Ada", NOW)).id == 2
        assert record.start_run(server, NOW) == 3


def test_a_backup_is_of_one_moment_while_rows_are_written(tmp_path, any_url):
    """A writer adds a pull request and its review in one transaction, again and again: both or neither are in it."""
    file, stop = tmp_path / "backup.db", threading.Event()
    with opened(any_url) as store:
        filled(store)

        def writer():
            number = 100
            while not stop.is_set():
                number += 1
                write(
                    store,
                    pull_requests=[pull(number, "2026-01-07 08:00")],
                    reviews=[review(number, "2026-01-08 08:00")],
                )

        thread = threading.Thread(target=writer)
        thread.start()
        try:
            for turn in range(5):
                copy = tmp_path / f"{turn}.db"
                backup.backup(store, copy)
                with opened(f"sqlite:///{copy}") as taken:
                    pulls = set(taken.load("pull_requests")["number"]) - {2}
                    reviewed = taken.load("reviews")["pull_request_id"]
                    assert len(reviewed) == len(pulls)
                    assert all(finding.ok for finding in verify(taken) if "belong" in finding.check)
        finally:
            stop.set()
            thread.join()
    assert not file.exists()


def test_readers_see_the_old_rows_until_all_new_ones_are_there_and_then_look_again(tmp_path, any_url):
    file = tmp_path / "backup.db"
    with opened(any_url) as store, opened(any_url) as reader:
        filled(store)
        backup.backup(store, file)
        write(store, pull_requests=[pull(3, "2026-01-07 08:00")])
        seen = reader.version()
        with reader.reading() as connection:
            numbers = select(metadata.tables["pull_requests"].c.number)
            assert len(connection.execute(numbers).all()) == 3
        backup.restore(store, file, NOW)
        assert reader.count("pull_requests") == 2
        assert reader.version() != seen


def test_only_its_owner_may_read_a_backup_and_none_is_ever_overwritten(tmp_path, store):
    file = tmp_path / "backup.db"
    backup.backup(filled(store), file)
    assert stat.S_IMODE(file.stat().st_mode) == 0o600
    content = file.read_bytes()
    with pytest.raises(StoreError, match="is there already"):
        backup.backup(store, file)
    assert file.read_bytes() == content
    assert [one.name for one in tmp_path.glob(".*unfinished*")] == []


def test_a_damaged_backup_is_refused_and_the_store_stays_as_it_was(tmp_path, store):
    file = tmp_path / "backup.db"
    backup.backup(filled(store), file)
    content = bytearray(file.read_bytes())
    content[len(content) // 3 : len(content) // 2] = b"\xff" * (len(content) // 2 - len(content) // 3)
    file.write_bytes(content)
    before = everything(store)
    with pytest.raises(StoreError, match=r"damaged|not a store"):
        backup.restore(store, file, NOW)
    assert everything(store) == before


def test_an_empty_backup_and_a_missing_one_are_refused_in_words(tmp_path, store):
    filled(store)
    with opened(f"sqlite:///{tmp_path / 'nothing.db'}"):
        pass
    with pytest.raises(StoreError, match="holds no synced row"):
        backup.restore(store, tmp_path / "nothing.db", NOW)
    with pytest.raises(StoreError, match="no such file"):
        backup.restore(store, tmp_path / "nowhere.db", NOW)
    assert store.count("pull_requests") == 2


def test_a_backup_of_an_older_version_is_restored_and_stays_as_it_is(tmp_path, store):
    file = tmp_path / "backup.db"
    backup.backup(filled(store), file)
    with opened(f"sqlite:///{file}") as old, old.writing() as connection:
        settings = migrate.configuration()
        settings.attributes["connection"] = connection
        command.downgrade(settings, "0003")
    old_bytes = file.read_bytes()
    backup.restore(store, file, NOW)
    assert (store.count("pull_requests"), notes.standing(store)) == (2, ())
    assert file.read_bytes() == old_bytes


def test_the_commands_say_what_they_did(tmp_path, monkeypatch, capsys):
    monkeypatch.setenv("PLUMBLINE_STORE", f"sqlite:///{tmp_path / 'metrics.db'}")
    with opened(f"sqlite:///{tmp_path / 'metrics.db'}") as store:
        filled(store)
    file = str(tmp_path / "backup.db")
    assert main(["backup", file]) == 0
    assert main(["restore", file]) == 0
    assert main(["backup", file]) == 2
    said = capsys.readouterr()
    assert "rows are back" in said.out
    assert said.err.count("\n") == 1


def broken(store, statement):
    with sqlite3.connect(store.engine.url.database) as connection:
        connection.execute(statement)


def wrong(store):
    return {finding.check: finding.examples for finding in verify(store) if not finding.ok}


def test_verify_finds_nothing_wrong_in_a_whole_store(store):
    assert wrong(filled(store)) == {}


def test_verify_names_what_is_missing_or_contradicts_itself(store, monkeypatch, capsys):
    """Of two pull requests that the source announced one was deleted; the other is no longer the draft of its events."""
    filled(store)
    broken(store, "delete from pull_requests where number = 2")
    broken(store, "update pull_requests set is_draft = 0, is_complete = 1, merged_at = created_at - 1")
    broken(store, "update reviews set pull_request_id = 'lost'")
    found = wrong(store)
    assert found["rows against the sources' own totals"] == ("github acme/app pull_requests: 1 of 2",)
    assert len(found["reviews belong to pull_requests"]) == 1
    assert len(found["pull requests end after they begin"]) == 1
    assert "its history leads to" in found["a pull request is a draft, or is not, as its events leave it"][0]
    monkeypatch.setenv("PLUMBLINE_STORE", str(store.engine.url))
    assert main(["verify"]) == 1
    assert "wrong" in capsys.readouterr().out


def test_verify_notices_an_issue_that_is_not_where_its_history_led(store):
    write(
        store,
        projects=[row("projects", id="10", key="PAY")],
        issues=[row("issues", project_id="10", id="1", key="PAY-1", status_id="3", updated_at=NOW)],
        issue_changes=[
            row("issue_changes", project_id="10", issue_id="1", id="1", field="status", to_id="2", at=NOW, position=0),
            row("issue_changes", project_id="10", issue_id="1", id="2", field="status", to_id="4", at=NOW, position=1),
        ],
    )
    assert wrong(store) == {
        "an issue is where its last change of status led": ("PAY-1: says 3, its history leads to 4",)
    }


@pytest.mark.postgres
def test_verify_reads_a_server_the_same_way(server_url):
    with opened(server_url) as store:
        assert wrong(filled(store)) == {}
