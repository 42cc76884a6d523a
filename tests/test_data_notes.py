"""Notes are only ever added: an edit replaces, the history stays."""

from dataclasses import replace
from datetime import UTC, datetime

import pytest
from conftest import in_every_store

from data import notes
from data.notes import Kind, Note, NoteError
from data.store import Store

NOW = datetime(2026, 10, 5, 8, tzinfo=UTC)
MOVED = Note(Kind.ANNOTATION, "two teams became one", "Ada", NOW, begins=datetime(2026, 9, 1, tzinfo=UTC), team="pay")


@pytest.fixture
def both(store_url):
    store = Store.open(store_url)
    yield store
    store.engine.dispose()


def test_a_note_comes_back_as_it_was_written(both):
    hostile = replace(MOVED, text="<script>alert('\u202e')</script>\n'; drop table notes", details={"why": ["a", 1]})
    kept = notes.add(both, hostile)
    assert kept.id == 1
    assert notes.standing(both) == (kept,)
    assert kept == replace(hostile, id=1)


@in_every_store
def test_an_edit_replaces_and_the_history_stays(both):
    first = notes.add(both, MOVED)
    second = notes.add(both, replace(MOVED, text="three teams became one", replaces=first.id))
    assert [note.text for note in notes.standing(both)] == ["three teams became one"]
    notes.take_back(both, second, "Ben", NOW)
    assert notes.standing(both) == ()
    assert [note.kind for note in notes.history(both)] == [Kind.ANNOTATION, Kind.ANNOTATION, Kind.TAKEN_BACK]


@in_every_store
def test_the_version_grows_with_every_note(both):
    assert notes.version(both) == 0
    kept = notes.add(both, MOVED)
    notes.take_back(both, kept, "Ben", NOW)
    assert notes.version(both) == 2


@pytest.mark.parametrize(
    ("change", "words"),
    [
        ({"text": "  "}, "words and a name"),
        ({"author": ""}, "words and a name"),
        ({"text": "x" * 2001}, "2001 characters"),
        ({"ends": datetime(2026, 8, 1, tzinfo=UTC)}, "ends 2026-08-01, before it begins 2026-09-01"),
    ],
)
def test_a_note_that_says_too_little_is_refused_in_words(both, change, words):
    with pytest.raises(NoteError, match=words):
        notes.add(both, replace(MOVED, **change))
    assert notes.history(both) == []
