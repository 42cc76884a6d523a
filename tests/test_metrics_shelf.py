"""Facts that a sync leaves behind ready built: they are what would be built, and they go when they no longer hold."""

import shutil
from datetime import timedelta

import pandas as pd
import pytest
from app_server import ROOT
from conftest import NOW, REPOSITORY, in_every_store, pull, review
from kept_rows import assert_same, gone, written

from data import backup, config, kept_facts, persons
from data.config import Config
from data.generations import Overtaken
from data.settings import Team
from data.store import Store
from metrics import facts as fact_registry
from metrics import shelf
from metrics.end_of_sync import keep
from metrics.facts import FACTS, Fact, build
from metrics.loading import load
from metrics.refreshing import OF_ONE_PULL_REQUEST
from metrics.shelf import Shelf, is_kept, packed, unpacked


def shelf_of(loaded):
    return Shelf(loaded.basis.tables.store, loaded.basis.made_with, loaded.basis.position)


@pytest.fixture
def nothing_is_built(monkeypatch):
    """Whoever builds a fact fails."""

    def refuse(**given):
        raise AssertionError("a fact was built")

    return lambda: monkeypatch.setattr(
        fact_registry, "FACTS", FACTS | {name: Fact(name, refuse) for name in shelf.FACTS if is_kept(name)}
    )


def test_what_is_taken_from_the_shelf_is_what_would_be_built(demonstration_file, tmp_path):
    """Lists stay lists, times stay times, and rows keep the labels that other facts name them by."""
    copy = shutil.copy(demonstration_file, tmp_path / "metrics.db")
    settings = config.read(str(ROOT / "connectors" / "demo" / "configuration.toml"))
    loaded = load(Store.open(f"sqlite:///{copy}"), settings)
    built = build(loaded.basis.tables, loaded.organisation)
    assert shelf_of(loaded).fresh == {name for name in FACTS if is_kept(name)}
    for name in shelf_of(loaded).fresh:
        one, other = loaded.facts[name], built[name]
        pd.testing.assert_frame_equal(one, other)
        objects = [column for column in other if other[column].dtype == "object"]
        assert all(one[c].map(type).eq(other[c].map(type)).all() for c in objects), name
    assert keep(Store.open(f"sqlite:///{copy}"), settings) == []


def test_a_new_process_builds_nothing_that_is_kept(kept_store, nothing_is_built):
    keep(kept_store, Config())
    nothing_is_built()
    loaded = load(kept_store, Config())
    assert [len(loaded.facts[name]) for name in ("pull_requests", "reviews")] == [20, 10]


@in_every_store
def test_after_a_sync_only_what_it_touched_is_built_again_and_all_is_as_if_built_anew(kept_store, monkeypatch):
    keep(kept_store, Config())
    written(kept_store, pull_requests=[pull(3, "2026-01-03 09:00", author="grace"), pull(30, "2026-02-01 09:00")])
    gone(kept_store, "reviews", id=review(5, "2026-01-05 12:00")["id"])
    asked = []
    monkeypatch.setattr(Store, "load_of", _noted(Store.load_of, asked))
    again = keep(kept_store, Config())
    assert set(OF_ONE_PULL_REQUEST) <= set(again) and asked
    assert "dependencies" not in again  # nothing of it was written to
    kept, full = load(kept_store, Config()), load(kept_store, Config())
    full.facts.take = lambda name: None
    assert_same(kept, full)
    assert len(kept.facts["pull_requests"]) == 21 and len(kept.facts["reviews"]) == 9


def _noted(method, asked):
    def noted(self, table, *given, **named):
        asked.append(table)
        return method(self, table, *given, **named)

    return noted


def test_a_screen_that_is_open_takes_what_the_sync_has_built(kept_store, nothing_is_built):
    before = load(kept_store, Config())
    assert len(before.facts["pull_requests"]) == 20
    written(kept_store, pull_requests=[pull(30, "2026-02-01 09:00")])
    keep(kept_store, Config())
    nothing_is_built()
    assert len(load(kept_store, Config(), before).facts["pull_requests"]) == 21


def test_another_configuration_or_another_name_of_a_repository_takes_nothing(kept_store):
    keep(kept_store, Config())
    assert shelf_of(load(kept_store, Config())).fresh
    assert not shelf_of(load(kept_store, Config(teams={"core": Team(members=["ada"])}))).fresh
    written(kept_store, repositories=[REPOSITORY | {"seen_at": NOW + timedelta(days=1)}])
    assert shelf_of(load(kept_store, Config())).fresh  # looked at again, and found as it was
    written(kept_store, repositories=[REPOSITORY | {"name": "renamed", "seen_at": NOW + timedelta(days=2)}])
    assert not shelf_of(load(kept_store, Config())).fresh


def test_nothing_of_somebody_forgotten_stays_on_the_shelf_and_no_backup_holds_it(kept_store, tmp_path):
    keep(kept_store, Config())
    backup.backup(kept_store, tmp_path / "copy.db")
    assert kept_facts.labels(Store.open(f"sqlite:///{tmp_path / 'copy.db'}")) == {}
    with kept_store.writing() as connection:
        persons.forget(connection, ["ana"])
    assert kept_facts.labels(kept_store) == {}


@in_every_store
def test_what_is_replaced_while_somebody_reads_is_there_until_it_is_replaced_once_more(kept_store):
    keep(kept_store, Config())
    reader = load(kept_store, Config())
    assert shelf_of(reader).fresh and reader.facts["pull_requests"] is not None
    slow = load(kept_store, Config())
    for number in (30, 31):
        written(kept_store, pull_requests=[pull(number, "2026-02-01 09:00")])
        keep(kept_store, Config())
        if number == 30:
            assert len(slow.facts.take("pull_requests")) == 20
    with pytest.raises(Overtaken):
        slow.facts.take("reviews")


@in_every_store
def test_a_large_fact_is_kept_in_pieces(kept_store, monkeypatch):
    monkeypatch.setattr(kept_facts, "PIECE", 1000)
    keep(kept_store, Config())
    loaded = load(kept_store, Config())
    content = kept_facts.content(kept_store, shelf_of(loaded).labels["pull_requests"])
    assert len(content) > 1000
    pd.testing.assert_frame_equal(unpacked(content), loaded.facts["pull_requests"])


def test_an_empty_store_keeps_nothing_and_a_frame_without_rows_is_kept_whole(store_url):
    assert keep(Store.open(store_url), Config()) == []
    empty = pd.DataFrame({"at": pd.Series(dtype="datetime64[us, UTC]"), "n": pd.Series(dtype="Int64")})
    pd.testing.assert_frame_equal(unpacked(packed(empty)), empty)
