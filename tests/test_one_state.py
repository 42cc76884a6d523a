"""Who reads sees one state of the store, whole: a card and the rows behind it, also while the end of a sync works."""

import subprocess
import sys
from dataclasses import replace
from pathlib import Path

import pytest
from conftest import NOW, REPOSITORY, pull, review
from sqlalchemy import func, select

from data import generations, kept_facts, kept_figures, record
from data.config import Config
from data.generations import Overtaken
from data.schema import BUILT
from data.stamps import everything_changed
from data.store import Store
from metrics import end_of_sync
from metrics import kept_figures as figures_of
from metrics.catalogue import INDICATORS
from metrics.end_of_sync import keep_all
from metrics.evaluate import result
from metrics.loading import load
from metrics.periods import last_complete_weeks

ROOT = Path(__file__).parents[1]
SIZE = INDICATORS["pr_size"]
SCOPE = last_complete_weeks(NOW, 4)  # 2026-10-19 to 2026-11-16
SEVEN = [pull(n, f"2026-11-0{n} 08:00", merged_at=f"2026-11-0{n} 20:00") for n in range(2, 9)]
EIGHTH = [pull(20, "2026-11-10 08:00", merged_at="2026-11-10 20:00", additions=900)]
REVIEWS = [review(n, f"2026-11-0{n} 10:00") for n in range(2, 9)]


class Killed(BaseException):
    """The process is gone: nothing that follows is done, no clause tidies up."""


def written(store, **tables):
    with store.writing() as connection:
        for table, rows in tables.items():
            store.upsert(connection, table, rows)


@pytest.fixture
def store(any_url, few_figures):
    """Seven merged pull requests with a review each, synced whole, their figures there."""
    made = Store.open(any_url)
    written(made, repositories=[REPOSITORY], pull_requests=SEVEN, reviews=REVIEWS)
    with made.writing() as connection:
        facts = {"scope_id": "1", "complete": True, "synced_at": NOW, "cursor": None}
        tables = ["repositories", "pull_requests", "reviews"]
        record.save_state(made, connection, "github", tables, "acme/app", facts)
    keep_all(made, Config(), NOW)
    yield made
    made.engine.dispose()


def card_of(loaded, one=SIZE):
    return result(one, loaded.figures.evidence(one, SCOPE), SCOPE, loaded.coverage)


def assert_whole(loaded, n):
    """Cards, rows, facts and what lies beside them are of one state: of n pull requests."""
    for one in (SIZE, INDICATORS["pr_cycle_time"], INDICATORS["opened_pull_requests"]):
        card = card_of(loaded, one)
        assert card.total.n == card.behind == len(card.observations) == n, one.id
    assert len(loaded.facts["pull_requests"]) == len(loaded.first_reviews(SCOPE.start, NOW)) + n - 7 == n
    assert loaded.headlines is not None


def killed_at(patch, place, times=1):
    """The end of a sync dies when it comes to a place for the n-th time."""
    module, name = place
    original, calls = getattr(module, name), []

    def die(*given, **named):
        calls.append(name)
        if len(calls) == times:
            raise Killed
        return original(*given, **named)

    patch.setattr(module, name, die)


MOMENTS = {
    "between two facts": ((kept_facts, "keep"), 2),
    "between two indicators": ((figures_of, "_keep_one"), 3),
    "before the headlines": ((end_of_sync, "keep_headlines"), 1),
    "before the head": ((kept_figures, "keep_head"), 1),
    "before all of it is current": ((generations, "_finish"), 1),
}


def test_an_end_of_a_sync_that_is_killed_leaves_the_state_before_whole(store, monkeypatch):
    card = card_of(load(store, Config(), held=True))
    written(store, pull_requests=EIGHTH)
    for place, times in MOMENTS.values():
        with monkeypatch.context() as patch:
            killed_at(patch, place, times)
            with pytest.raises(Killed):
                keep_all(store, Config(), NOW)
        assert_whole(load(store, Config(), held=True), 7)
    assert len(card.observations) == card.total.n == 7
    keep_all(store, Config(), NOW)  # makes nothing of what was left lying
    assert_whole(load(store, Config(), held=True), 8)


def test_a_reader_who_begins_while_the_end_of_a_sync_works_sees_the_state_before(store, monkeypatch):
    """After every third write, and after the last one that nobody sees yet, a new reader finds seven everywhere."""
    seen, writes = [], []

    def looked(of, place):
        def call(*given, **named):
            of(*given, **named)
            writes.append(place)
            if len(writes) % 3 == 0 or place == "keep_head":
                found = card_of(load(store, Config(), held=True))
                seen.append((place, found.total.n, len(found.observations)))

        return call

    written(store, pull_requests=EIGHTH)
    for module, name in ((kept_facts, "keep"), (kept_figures, "replace"), (kept_figures, "keep_head")):
        monkeypatch.setattr(module, name, looked(getattr(module, name), name))
    keep_all(store, Config(), NOW)
    assert {one[1:] for one in seen} == {(7, 7)} and {one[0] for one in seen} == {"keep", "replace", "keep_head"}
    assert_whole(load(store, Config(), held=True), 8)


def test_a_second_process_opens_the_rows_of_the_card_that_it_read_and_then_sees_the_new_state(store, any_url):
    command = [sys.executable, str(ROOT / "tests" / "generation_reader.py"), any_url]
    environment = {"PYTHONPATH": str(ROOT), "PATH": "/usr/bin:/bin"}
    with subprocess.Popen(
        command, stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True, cwd=ROOT, env=environment
    ) as reader:
        assert reader.stdout.readline() == "7\n"
        written(store, pull_requests=EIGHTH)
        keep_all(store, Config(), NOW)
        told, _ = reader.communicate("\n\n", timeout=120)
    assert told.split() == ["7", "8", "8"]  # its rows; the card of the new state, and its rows


def test_a_state_is_there_until_it_was_replaced_twice_and_then_says_so_instead_of_mixing(store):
    card = card_of(load(store, Config(), held=True))
    for number in (21, 22):
        written(store, pull_requests=[EIGHTH[0] | {"id": str(number), "number": number}])
        keep_all(store, Config(), NOW)
        if number == 21:
            assert len(card.observations) == 7
            card = replace(card)  # what it found is not remembered
    late = load(store, Config(), held=True)
    assert card_of(late).total.n == 9
    with pytest.raises(Overtaken):
        len(card.observations)


def test_what_no_reader_can_ask_for_any_more_is_deleted(store):
    """Three more states, each with one pull request more: rows of two of them are there, whatever came before."""
    for number in (21, 22, 23):
        written(store, pull_requests=[EIGHTH[0] | {"id": str(number), "number": number}])
        keep_all(store, Config(), NOW)
    with store.reading() as connection:
        numbers = connection.execute(select(generations.generations.c.number)).scalars().all()
        for table in BUILT:
            ended = select(func.count()).select_from(table).where(table.c.until <= min(numbers))
            assert connection.execute(ended).scalar() == 0, table.name
        many = select(func.count()).where(kept_figures.kept_rows.c.indicator == SIZE.id)
        assert len(numbers) == 2 and connection.execute(many).scalar() == 2


def test_who_is_forgotten_while_figures_are_being_built_is_not_in_them(store, monkeypatch):
    original = figures_of._keep_one

    def forget(*given, **named):
        with store.writing() as connection:
            everything_changed(connection)
        monkeypatch.setattr(figures_of, "_keep_one", original)
        return original(*given, **named)

    monkeypatch.setattr(figures_of, "_keep_one", forget)
    written(store, pull_requests=EIGHTH)
    with pytest.raises(Overtaken):
        keep_all(store, Config(), NOW)
    assert load(store, Config(), held=True).figures is None


def test_a_command_reads_one_state_whatever_is_written_meanwhile(store):
    with store.one_state():
        loaded = load(store, Config())
        written(Store(store.engine), pull_requests=EIGHTH)
        keep_all(Store(store.engine), Config(), NOW)
        written(Store(store.engine), pull_requests=[EIGHTH[0] | {"id": "21", "number": 21}])
        keep_all(Store(store.engine), Config(), NOW)
        assert_whole(loaded, 7)
        assert len(store.load("pull_requests")) == 7
    assert len(store.load("pull_requests")) == 9
