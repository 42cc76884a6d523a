"""What databases cannot hold is made harmless in the same way for both; what no reader could bear is refused."""

from datetime import UTC, date, datetime

import pytest
from conftest import REPOSITORY, pull, row
from hypothesis import given
from hypothesis import strategies as some

from data.cells import numbers, texts
from data.store import Store


@pytest.fixture
def both(any_url):
    store = Store.open(any_url)
    yield store
    store.engine.dispose()


def write(store, table, *rows):
    with store.writing() as connection:
        for one in rows:
            store.upsert(connection, table, [one])


def test_halves_of_letters_and_nul_become_one_sign_everywhere(both):
    write(both, "repositories", REPOSITORY)
    write(both, "pull_requests", pull(1, "2026-01-05 08:00", title="a\x00b\ud800c", labels=["x\udfffy"]))
    back = both.load("pull_requests").iloc[0]
    assert (back["title"], back["labels"]) == ("a\ufffdb\ufffdc", ["x\ufffdy"])


def test_a_number_that_no_column_holds_is_unknown_and_never_another_number(both):
    write(both, "repositories", REPOSITORY)
    write(both, "pull_requests", pull(1, "2026-01-05 08:00", additions=2**31, deletions=2**31 - 1))
    back = both.load("pull_requests").iloc[0]
    assert back["deletions"] == 2**31 - 1
    assert both.load("pull_requests")["additions"].isna().all()


def test_what_is_no_number_is_unknown(both):
    for number, given_points in enumerate((float("nan"), float("inf"), 1.5)):
        write(both, "issues", row("issues", id=str(number), project_id="1", points=given_points))
    assert both.load("issues").sort_values("id")["points"].isna().tolist() == [True, True, False]


@pytest.mark.parametrize(
    ("change", "words"),
    [
        ({"additions": "12"}, "additions: expected int, not '12'"),
        ({"additions": True}, "additions: expected int, not True"),
        ({"title": {"a": 1}}, "title: expected str, not {'a': 1}"),
        ({"is_draft": "no"}, "is_draft: expected bool, not 'no'"),
        ({"created_at": "2026-01-01"}, "created_at: expected datetime"),
        ({"created_at": datetime(2026, 1, 1)}, "without a time zone"),
    ],
)
def test_a_value_of_another_type_is_refused_and_nothing_of_its_page_is_kept(store, change, words):
    write(store, "repositories", REPOSITORY)
    wrong = pull(2, "2026-01-05 08:00") | change
    with pytest.raises(ValueError, match=words), store.writing() as connection:
        store.upsert(connection, "pull_requests", [pull(1, "2026-01-05 08:00")])
        store.upsert(connection, "pull_requests", [wrong])
    assert store.count("pull_requests") == 0


def test_the_first_and_the_last_day_of_the_calendar_come_back(both):
    for number, day in enumerate((date(1, 1, 1), date(9999, 12, 31))):
        write(
            both,
            "issues",
            row("issues", id=str(number), project_id="1", due_on=day, created_at=datetime(1, 1, 1, tzinfo=UTC)),
        )
    days = both.load("issues").sort_values("id")["due_on"].astype(str).tolist()
    assert days == ["0001-01-01", "9999-12-31"]


@given(some.lists(some.none() | some.text()))
def test_texts_lose_nothing_but_what_cannot_be_stored(values):
    kept = texts(values)
    assert [value is None for value in kept] == [value is None for value in values]
    for before, after in zip(values, kept, strict=True):
        if before is not None:
            after.encode()
            assert "\x00" not in after
            assert len(after) == len(before)


@given(some.lists(some.none() | some.integers()))
def test_numbers_stay_or_are_unknown(values):
    for before, after in zip(values, numbers(values), strict=True):
        assert after == before or (after is None and abs(before) >= 2**31)
