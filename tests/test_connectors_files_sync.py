"""Files travel the same road as every other source: stored whole, taken back when a line goes, refused in words."""

import os
from datetime import UTC, datetime
from pathlib import Path

import pytest

from connectors.files import CONNECTOR, File, check
from connectors.files.kinds import KINDS
from connectors.sync import sync
from data import record
from data.config import Config
from data.schema import TABLES

SAMPLES = Path(__file__).parent.parent / "docs" / "samples"
INCIDENTS = "id,title,started_at\n1,Down,2026-10-01T08:00Z\n2,Slow,2026-10-02T08:00Z\n"


def run(store, *files):
    return sync(store, [(CONNECTOR, file) for file in files], lambda: datetime.now(UTC), lambda until: None)


def file(kind, path):
    return File(kind, path, f"files:{path.name}")


@pytest.mark.parametrize("kind", KINDS)
def test_a_sample_arrives_in_its_table(kind, store):
    if kind not in TABLES:
        pytest.skip(f"the store has no table {kind} yet")
    path = SAMPLES / f"{kind}.csv"
    assert run(store, file(kind, path)) == []
    assert store.count(kind) == len(path.read_text().splitlines()) - 1


def test_a_line_that_is_taken_out_is_gone_and_another_file_is_left_alone(store, tmp_path):
    ours, theirs = tmp_path / "ours.csv", tmp_path / "theirs.csv"
    ours.write_text(INCIDENTS)
    theirs.write_text(INCIDENTS)
    assert run(store, file("incidents", ours), file("incidents", theirs)) == []
    assert store.count("incidents") == 4
    ours.write_text(INCIDENTS.replace("2,Slow,2026-10-02T08:00Z\n", ""))
    assert run(store, file("incidents", ours), file("incidents", theirs)) == []
    assert sorted(store.load("incidents")["source"]) == ["files:ours.csv", "files:theirs.csv", "files:theirs.csv"]


def test_a_wrong_line_refuses_the_whole_file_and_keeps_what_was_stored(store, tmp_path):
    path = tmp_path / "incidents.csv"
    path.write_text(INCIDENTS)
    run(store, file("incidents", path))
    path.write_text(INCIDENTS + "3,Late,2026-10-03T08:00Z\n4,Late,soon\n")
    (failure,) = run(store, file("incidents", path))
    assert "incidents.csv: line 5, column started_at: 'soon'; expected a time with its zone" in failure.error
    assert sorted(store.load("incidents")["id"]) == ["1", "2"]
    path.write_text(INCIDENTS + "3,Late,2026-10-03T08:00Z\n")
    assert run(store, file("incidents", path)) == []
    assert store.count("incidents") == 3


def test_a_file_speaks_up_to_when_it_was_last_written(store, tmp_path):
    path = tmp_path / "incidents.csv"
    path.write_text(INCIDENTS)
    written = datetime(2026, 10, 31, 18, tzinfo=UTC)
    os.utime(path, (written.timestamp(), written.timestamp()))
    run(store, file("incidents", path))
    (line,) = [line for line in record.status(store) if line.stream == "incidents"]
    assert (line.synced_at, line.complete) == (written, True)


@pytest.mark.parametrize(
    ("content", "words"),
    [(None, "cannot be read (No such file or directory)"), (b"id,title\n1,\xff", "line 2 is not UTF-8")],
)
def test_a_file_that_cannot_be_read_is_named(store, tmp_path, content, words):
    path = tmp_path / "incidents.csv"
    if content:
        path.write_bytes(content)
    (failure,) = run(store, file("incidents", path))
    assert words in failure.error
    (finding,) = check(file("incidents", path), Config())
    assert not finding.ok
    assert words in finding.text


def test_a_byte_order_mark_is_no_part_of_the_first_column(store, tmp_path):
    path = tmp_path / "incidents.csv"
    path.write_bytes(b"\xef\xbb\xbf" + INCIDENTS.encode())
    assert run(store, file("incidents", path)) == []
    (finding,) = check(file("incidents", path), Config())
    assert (finding.ok, finding.text) == (True, "2 lines of incidents")
