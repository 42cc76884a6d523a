"""The strip under every title: when each source was synced, whether the week is complete, how much is there."""

from datetime import timedelta

import pytest
import streamlit as st
from conftest import NOW, REPOSITORY, at

from data import record
from data.record import Walk
from data.store import Store
from metrics.model import Scope
from pages.ui import freshness as freshness_of_pages
from pages.ui import results
from pages.ui.freshness import freshness, in_words

CLOCK = at("2026-11-17 12:00")  # a Tuesday; week 46 ended on Monday at midnight
SCOPE = Scope(at("2026-05-18 00:00"), at("2026-11-16 00:00"), CLOCK)


@pytest.fixture
def store(tmp_path):
    """A store with one sync that has ended."""
    store = Store.open(f"sqlite:///{tmp_path / 'metrics.db'}")
    with store.writing() as connection:
        store.upsert(connection, "repositories", [REPOSITORY])
    record.finish_run(store, record.start_run(store, NOW), NOW, "complete")
    return store


def line(source="github", stream="pull_requests", scope="acme/shop", hours_ago=2.0, complete=True, error=None):
    """A line of the status, synced so many hours ago."""
    synced = None if hours_ago is None else CLOCK - timedelta(hours=hours_ago)
    return Walk(source, stream, scope, complete, synced, synced, None, error, 0, 0, None, None, None)


def said(*lines: Walk) -> str:
    return in_words(freshness(lines), SCOPE, CLOCK)


def test_sources_of_one_age_are_told_once():
    assert said(line(), line("jira", "issues", "SHOP")) == (
        "synced 2 h ago · week 46 complete · 1 of 1 repositories · 100 % of 2 streams complete"
    )


def test_sources_of_several_ages_are_told_by_name_each_by_its_oldest_stream():
    lines = line(hours_ago=2), line(scope="acme/api", hours_ago=5), line("jira", "issues", "SHOP", hours_ago=30)
    assert said(*lines).startswith("synced github 5 h ago, jira 30 h ago · week 46 complete · 2 of 2 repositories")


def test_what_rests_for_a_day_makes_nothing_old_and_a_tracker_alone_is_synced():
    issues, boards = line("jira", "issues", "SHOP"), line("jira", "boards", "SHOP", hours_ago=23)
    assert said(issues, boards).startswith("synced 2 h ago · week 46 complete")


def test_a_week_is_complete_when_every_source_is_synced_behind_it():
    assert "week 46 not complete" in said(line(), line("jira", "issues", "SHOP", hours_ago=37))


def test_a_share_is_rounded_down_and_what_failed_is_counted():
    lines = [line(), *(line(stream=f"table {i}") for i in range(198))]
    lines += [line(complete=False, error="a server that hangs")]
    assert said(*lines).endswith("99 % of 200 streams complete · 1 with errors")  # 99.5 %


def test_a_week_that_ended_after_the_last_sync_is_not_complete():
    assert "week 46 not complete" in said(line(hours_ago=37))  # Sunday, 23:00
    assert "week 46 complete" in said(line(hours_ago=36))  # Monday, 00:00


def test_nothing_synced_is_said():
    assert said() == said(line(hours_ago=None)) == "not synced yet"


@pytest.mark.parametrize(("at_work", "redraws"), [(0, 1), (1, 1), (2, 0)])
def test_a_page_redraws_itself_after_a_sync_when_nobody_waits_for_a_turn(store, monkeypatch, at_work, redraws):
    shown, drawn = results.drawn(str(store.engine.url)), []
    monkeypatch.setattr(results, "open_store", lambda url: store)
    monkeypatch.setattr(st, "rerun", lambda: drawn.append("again"))
    for _ in range(at_work):
        results.turns().acquire()
    freshness_of_pages._look(str(store.engine.url), "another version", had_ended=True)
    for _ in range(at_work):
        results.turns().release()
    assert (len(drawn), results.is_quiet()) == (redraws, True)
    freshness_of_pages._look(str(store.engine.url), shown.version, had_ended=not shown.is_syncing)
    assert len(drawn) == redraws  # it is as it is shown
