"""What a sync leaves in short of every watched chart: the same as the charts say, and no more than still holds."""

import shutil
from dataclasses import replace
from datetime import timedelta

import pandas as pd
import pytest
import streamlit as st
from app_server import ROOT
from conftest import NOW, REPOSITORY
from sqlalchemy import delete
from streamlit.testing.v1 import AppTest

from data import config
from data.schema import kept_facts
from data.store import Store
from metrics import end_of_sync
from metrics.attention import Chart
from metrics.catalogue import INDICATORS
from metrics.coverage import no_coverage
from metrics.end_of_sync import keep_all
from metrics.evaluate import result
from metrics.headlines import (
    NAME,
    Headline,
    Headlines,
    headline,
    noted,
    packed,
    still_true,
    synced,
    unpacked,
    watched,
    within,
)
from metrics.kept_figures import place_of
from metrics.loading import load
from metrics.marks import Mark, MarkKind
from metrics.periods import as_of_midnight, last_complete_weeks, periods
from metrics.said import said
from metrics.scorecard import IndicatorState
from metrics.targets import target_in
from pages.ui import results

MONTH = as_of_midnight(last_complete_weeks(NOW, 4))
WEEK = periods(MONTH)[-1].start
NOTHING_SAID = Headline(False, False, IndicatorState("pr_size", "flow"))
NOBODY: Headlines = Headlines(WEEK, "abc", (), {})
HOLIDAY = Mark(MarkKind.HOLIDAY, "offsite", WEEK, WEEK, indicator="pr_cycle_time", team="checkout", id=7)


@pytest.fixture
def settings():
    return config.read(str(ROOT / "connectors" / "demo" / "configuration.toml"))


@pytest.fixture
def store(demonstration_file, tmp_path):
    return Store.open(f"sqlite:///{shutil.copy(demonstration_file, tmp_path / 'metrics.db')}")


def test_they_say_of_every_chart_what_the_chart_says(store, settings):
    loaded = load(store, settings)
    kept, marks = loaded.headlines, said(store, settings, loaded.organisation).marks
    services = loaded.figures.words(INDICATORS["deployment_frequency"], "repository")
    places = watched(settings.teams, services)
    assert set(kept.charts) == {place_of(*place) for place in places}
    for place, names in places.items():
        for one in (INDICATORS[name] for name in names):
            scope = within(MONTH, place)
            evidence, aim = loaded.figures.evidence(one, scope), target_in(scope, one, settings)
            chart = Chart(result(one, evidence, scope, loaded.coverage, aim, marks))
            assert kept.charts[place_of(*place)][one.id] == headline(chart, WEEK)
    said_of_all = [one for its in kept.charts.values() for one in its.values()]
    assert any(one.stands_out for one in said_of_all) and any(not one.is_judged for one in said_of_all)


def test_they_are_kept_as_they_are():
    made = replace(NOBODY, notes=(HOLIDAY,))
    assert unpacked(packed(made)) == made


@pytest.mark.parametrize("changed", [{"week": WEEK + timedelta(weeks=1)}, {"configuration": "another"}])
def test_of_another_week_or_configuration_none_holds(changed):
    holds = still_true(NOBODY, **{"week": WEEK, "configuration": "abc", "marks": ()} | changed)
    assert not holds("pr_cycle_time", ("checkout", None))
    assert still_true(NOBODY, WEEK, "abc", ())("pr_cycle_time", ("checkout", None))


@pytest.mark.parametrize(("before", "now"), [((), (HOLIDAY,)), ((HOLIDAY,), ())])
def test_a_note_that_came_or_went_concerns_its_own_charts_and_no_others(before, now):
    holds = still_true(replace(NOBODY, notes=before), WEEK, "abc", now)
    assert not holds("pr_cycle_time", ("checkout", None))
    assert holds("pr_cycle_time", ("search", None)) and holds("throughput", ("checkout", None))


def test_what_the_configuration_says_and_what_judges_nothing_is_not_kept_with_them():
    public, word = replace(HOLIDAY, id=0), replace(HOLIDAY, kind=MarkKind.ANNOTATION)
    assert noted([HOLIDAY, public, word]) == (HOLIDAY,)


def test_figures_of_another_sync_are_not_taken_with_headlines_of_before(store, settings, monkeypatch):
    later = NOW + timedelta(days=7)
    with monkeypatch.context() as broken:
        broken.setattr(end_of_sync, "keep_headlines", lambda *of: None)
        with store.writing() as connection:
            store.upsert(connection, "repositories", [REPOSITORY])
        keep_all(store, settings, later)
    assert load(store, settings).figures and load(store, settings).headlines is None
    keep_all(store, settings, later)
    assert load(store, settings).headlines.week == WEEK + timedelta(weeks=1)


def test_after_a_sync_only_charts_of_touched_rows_are_judged_again_and_all_say_what_they_would_anew(
    store, settings, monkeypatch
):
    judged, usual = [], end_of_sync.headline
    monkeypatch.setattr(end_of_sync, "headline", lambda chart, week: judged.append(chart) or usual(chart, week))
    some = store.load("pull_requests").iloc[-1:]
    one = some.astype(object).where(some.notna(), None).to_dict("records")[0]
    with store.writing() as connection:
        store.upsert(connection, "pull_requests", [one | {"additions": 5_000, "seen_at": NOW}])
    keep_all(store, settings, NOW)
    touched, quickly = len(judged), load(store, settings).headlines
    names = store.load("repositories").set_index("id")["name"]
    assert {chart.result.scope.repository for chart in judged} <= {None, names[one["repository_id"]]}
    assert "pr_size" in {chart.result.indicator.id for chart in judged}
    with store.writing() as connection:
        connection.execute(delete(kept_facts).where(kept_facts.c.name == NAME))
    keep_all(store, settings, NOW)
    assert len(judged) - touched > 3 * touched
    assert load(store, settings).headlines == quickly


@pytest.mark.parametrize(
    ("days", "complete", "holds"),
    [
        (1, True, True),  # the week was over when the stream was read, and is over still
        (-9, True, False),  # of a part of the week nothing had been read
        (1, None, False),  # a first sync brings older rows at every moment
    ],
)
def test_what_was_synced_decides_whether_a_chart_of_the_same_rows_says_the_same(days, complete, holds):
    def known(until, is_complete):
        line = {"stream": "pull_requests", "scope": "acme/app", "complete": is_complete, "oldest": None}
        rows = pd.DataFrame([line | {"synced_at": until}]).astype(no_coverage().dtypes.to_dict())
        return synced(rows, MONTH.end)

    charts, of = {"": {"pr_size": NOTHING_SAID}}, {"": {"pr_size": "7"}}
    before = replace(NOBODY, charts=charts, synced=known(MONTH.end + timedelta(days=days), complete), made_of=of)
    later = replace(NOBODY, synced=known(MONTH.end + timedelta(days=3), complete), made_of=of)
    assert before.same(later, "") == (charts[""] if holds else {})
    assert before.same(replace(later, made_of={"": {"pr_size": "8"}}), "") == {}


def drawn(monkeypatch):
    """What a new process says of signals in the weekly review, and the charts that it reckoned for it."""
    st.cache_resource.clear()
    reckoned, usual = [], results.reckoned
    with monkeypatch.context() as watched_page:
        watched_page.setattr(results, "reckoned", lambda *of: reckoned.append(of[1:]) or usual(*of))
        app = AppTest.from_file(str(ROOT / "pages" / "shell.py"), default_timeout=120).run()
    assert not app.exception
    return [one.value for one in app.caption if "expected by chance" in one.value], reckoned


def test_the_weekly_review_reckons_the_charts_that_it_shows_and_not_those_that_it_counts(
    shown_demonstration, demonstration_file, settings, monkeypatch
):
    said_quickly, few = drawn(monkeypatch)
    kept = Store.open(f"sqlite:///{demonstration_file}")
    everything = sum(map(len, load(kept, settings).headlines.charts.values()))
    with kept.writing() as connection:
        connection.execute(delete(kept_facts).where(kept_facts.c.name == NAME))
    said_slowly, all_of_them = drawn(monkeypatch)
    assert said_quickly == said_slowly != []
    assert len(few) < everything <= len(all_of_them)
