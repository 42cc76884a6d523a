"""The cache of the screens: which version of the data they show, and that what it holds slows no later run."""

import gc

import pytest
from conftest import NOW, REPOSITORY, in_every_store, pull
from kept_rows import written

from data import kept_figures, record
from data.config import Config
from data.store import Store
from metrics.end_of_sync import keep_all
from pages.ui import results


def test_what_a_long_run_made_is_set_aside_from_the_collector_and_a_short_run_costs_nothing():
    held = [object() for _ in range(1000)], {"kept": []}
    gc.unfreeze()
    results.settle(0.5)
    assert gc.get_freeze_count() == 0
    results.settle(2.0)
    try:
        assert gc.get_freeze_count() > 1000 and held
        assert not any(one is held for one in gc.get_objects())
    finally:
        gc.unfreeze()


@pytest.fixture
def kept(store_url, few_figures):
    """A store whose last sync has left its figures."""
    store = Store.open(store_url)
    run = record.start_run(store, NOW)
    written(store, repositories=[REPOSITORY], pull_requests=[pull(1, "2026-01-01 09:00")])
    record.finish_run(store, run, NOW, "complete")
    keep_all(store, Config(), NOW)
    yield store
    store.engine.dispose()


@in_every_store
def test_while_a_sync_writes_screens_stay_with_what_the_one_before_left_and_move_when_its_figures_are_there(kept):
    shown, fresh = results.Drawn(), results.Drawn()
    before = shown.follow(kept)
    kept_figures.expect(kept, True)
    run = record.start_run(kept, NOW)
    written(kept, pull_requests=[pull(2, "2026-01-02 09:00")])
    with kept.writing() as connection:
        record.rows_arrived(connection, run)
    assert shown.follow(kept) == before
    assert fresh.follow(kept).endswith(results.HELD)  # a process that starts meanwhile shows the same figures
    record.finish_run(kept, run, NOW, "complete")
    assert shown.follow(kept) == before  # its figures are on their way
    keep_all(kept, Config(), NOW)
    kept_figures.expect(kept, False)
    after = shown.follow(kept)
    assert after != before and fresh.follow(kept) == after


def test_where_the_figures_of_a_sync_never_come_screens_stay_with_those_of_the_one_before(kept):
    shown = results.Drawn()
    before = shown.follow(kept)
    kept_figures.expect(kept, True)
    record.finish_run(kept, record.start_run(kept, NOW), NOW, "complete")
    written(kept, pull_requests=[pull(3, "2026-01-03 09:00")])
    assert shown.follow(kept) == before and results.Drawn().follow(kept).endswith(results.HELD)
    kept_figures.expect(kept, False)  # a sync that leaves none on purpose
    assert shown.follow(kept) != before


def test_figures_of_one_sync_that_come_while_the_next_one_writes_are_moved_to(kept):
    shown = results.Drawn()
    before = shown.follow(kept)
    kept_figures.expect(kept, True)
    record.start_run(kept, NOW)
    keep_all(kept, Config(), NOW)
    after = shown.follow(kept)
    assert after != before and after.endswith(results.HELD) and shown.follow(kept) == after


def test_where_no_sync_has_left_figures_screens_follow_the_one_that_writes(any_url):
    store, shown = Store.open(any_url), results.Drawn()
    before = shown.follow(store)
    run = record.start_run(store, NOW)
    shown.since = 0.0
    with store.writing() as connection:
        record.rows_arrived(connection, run)
    assert shown.follow(store) != before
    store.engine.dispose()
