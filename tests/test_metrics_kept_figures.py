"""Figures that the end of a sync leaves behind: the same as from the rows, in every place, and quick to bring up."""

import shutil
from dataclasses import fields, replace
from datetime import timedelta
from functools import cache

import pandas as pd
import pytest
from app_server import ROOT
from conftest import NOW, REPOSITORY, in_every_store, pull, review
from kept_rows import gone, written

from data import backup, config, counts, kept_facts, kept_figures, record
from data.config import Config
from data.generations import Overtaken
from data.stamps import everything_changed
from data.store import Store
from metrics import kept_figures as keeping
from metrics.answers import answers
from metrics.catalogue import CATALOGUE, INDICATORS
from metrics.end_of_sync import keep_all
from metrics.evaluate import evaluate, observations, result, series
from metrics.evidence import OfRows
from metrics.fingerprints import fingerprints
from metrics.kept_figures import place_of
from metrics.kept_weeks import TOTALS, Calendar, OfWeeks
from metrics.ledger import Ledger
from metrics.loading import load
from metrics.model import Grain, Summary
from metrics.observations import COLUMNS
from metrics.periods import last_complete_weeks, periods
from metrics.said import Said
from metrics.targets import target_in

WEEKS = Calendar.at(NOW, "UTC", "monday")
WAIT = INDICATORS["time_to_first_review"]


@pytest.fixture(scope="module")
def loaded(demonstration_file, tmp_path_factory):
    """The demonstration organisation, as its sync left it."""
    copy = shutil.copy(demonstration_file, tmp_path_factory.mktemp("figures") / "metrics.db")
    settings = config.read(str(ROOT / "connectors" / "demo" / "configuration.toml"))
    return load(Store.open(f"sqlite:///{copy}"), settings)


def scopes():
    """Ranges that screens ask for, and some that nobody foresaw."""
    month, odd = (last_complete_weeks(NOW, weeks) for weeks in (TOTALS[0], 30))
    before = replace(month, start=month.start - timedelta(weeks=4), end=month.start)
    return [before, odd, replace(month, end=WEEKS.running_ends), replace(odd, grain=Grain.MONTH)]


@pytest.mark.parametrize("one", CATALOGUE, ids=lambda one: one.id)
def test_what_is_kept_is_what_the_rows_say_to_the_last_digit_and_opens_to_the_same_rows(loaded, one):
    figures, ledger = loaded.figures, Ledger(observations(one, loaded.facts))
    assert figures.has(one)
    teams, repositories = (ledger.names(column).words[:1] for column in ("team", "repository"))
    places = [{}, *({"team": name} for name in teams), *({"repository": name} for name in repositories)]
    for place in places:
        for scope in (replace(scope, **place) for scope in scopes()):
            mine = result(one, figures.evidence(one, scope), scope, loaded.coverage)
            assert_equal(mine, evaluate(one, ledger, scope, loaded.coverage))


def assert_equal(mine, theirs):
    told = [field.name for field in fields(mine) if field.compare]
    assert {name: getattr(mine, name) for name in told} == {name: getattr(theirs, name) for name in told}
    assert mine.observations.reset_index(drop=True).equals(theirs.observations.reset_index(drop=True))
    assert mine.behind == len(mine.observations)


@pytest.mark.parametrize("place", [{"team": "nobody"}, {"repository": "acme/none"}])
def test_a_place_without_rows_is_as_empty_as_it_is_without_what_was_kept(loaded, place):
    for one in (INDICATORS[name] for name in ("throughput", "time_to_first_review", "open_pull_requests")):
        for scope in (replace(scope, **place) for scope in scopes()):
            mine = result(one, loaded.figures.evidence(one, scope), scope, loaded.coverage)
            assert_equal(mine, evaluate(one, observations(one, loaded.facts), scope, loaded.coverage))


def test_a_screen_reads_the_places_that_it_shows_and_no_row_until_one_is_listed(loaded, monkeypatch):
    monkeypatch.setattr(kept_figures, "rows", lambda *given: pytest.fail("rows were read"))
    scope = replace(last_complete_weeks(NOW, 26), team="checkout")
    found = result(WAIT, loaded.figures.evidence(WAIT, scope), scope, loaded.coverage)
    assert found.total.value and found.behind and len(found.history) > 50
    monkeypatch.undo()
    assert len(found.observations) == found.behind


@pytest.fixture
def read(monkeypatch):
    """How many pieces of rows were read each time. Rows are kept by the year here, of three years."""
    pieces, original = [], kept_figures.rows

    def noted(*given):
        pieces.append(len(original(*given)))
        return original(*given)

    monkeypatch.setattr(kept_figures, "rows", noted)
    return pieces


def test_only_the_months_that_are_listed_are_read(loaded, read):
    scope = last_complete_weeks(NOW, 4)
    assert len(loaded.figures.evidence(WAIT, scope).listed(scope))
    loaded.figures.ledger(WAIT)
    assert read[0] == 1 and read[1] > 1


def test_of_months_that_are_not_judged_no_earlier_ones_are_read(loaded, read):
    scope = replace(last_complete_weeks(NOW, 13), grain=Grain.MONTH)
    points = series(WAIT, loaded.figures.evidence(WAIT, scope), scope, loaded.coverage)
    assert set(read) == {1}
    judged = result(WAIT, loaded.figures.evidence(WAIT, scope), scope, loaded.coverage)
    assert points == tuple(replace(point, signal=None) for point in judged.series) and max(read) > 1


@pytest.mark.parametrize("lifted", [{"bots": True}, {"project": "PAY"}, {"team": "checkout", "repository": "acme/x"}])
def test_what_no_place_stands_for_is_reckoned_from_the_rows(loaded, lifted):
    assert loaded.figures.evidence(WAIT, replace(last_complete_weeks(NOW, 4), **lifted)) is None


def test_what_no_place_stands_for_is_answered_from_the_rows_that_were_kept(loaded, monkeypatch):
    scope = replace(last_complete_weeks(NOW, 4), bots=True)
    aim = target_in(scope, WAIT, loaded.settings)
    theirs = evaluate(WAIT, observations(WAIT, loaded.facts), scope, loaded.coverage, aim)
    monkeypatch.setattr("metrics.loading.observations", lambda *of: pytest.fail("reckoned again"))
    assert_equal(answers(loaded, Said())(WAIT, scope), theirs)


def test_a_week_that_is_over_since_is_reckoned_from_the_rows(loaded):
    later = NOW + timedelta(days=7)
    scope = last_complete_weeks(later, 4)
    mine = result(WAIT, loaded.figures.evidence(WAIT, scope), scope, loaded.coverage)
    theirs = evaluate(WAIT, observations(WAIT, loaded.facts), scope, loaded.coverage)
    assert (mine.series, mine.total, mine.history) == (theirs.series, theirs.total, theirs.history)


@pytest.mark.parametrize("name", ["time_to_first_review", "open_pull_requests", "review_coverage"])
def test_an_earlier_clock_sees_no_later_week(loaded, name):
    one, scope = INDICATORS[name], last_complete_weeks(NOW - timedelta(days=10), 13)
    mine = result(one, loaded.figures.evidence(one, scope), scope, loaded.coverage)
    theirs = evaluate(one, observations(one, loaded.facts), scope, loaded.coverage)
    assert (mine.series, mine.total, mine.history) == (theirs.series, theirs.total, theirs.history)


def test_a_first_row_of_1971_is_kept_as_rows_and_not_as_thousands_of_weeks(kept_store):
    written(kept_store, pull_requests=[pull(40, "1971-01-04 09:00", merged_at=None)])
    keep_all(kept_store, Config(), NOW)
    now, one = load(kept_store, Config()), INDICATORS["open_pull_requests"]
    scope = last_complete_weeks(NOW, 4)
    evidence = now.figures.evidence(one, scope)
    assert isinstance(evidence, OfWeeks) and evidence.said["weeks"] == {}
    rows = OfRows.of(one, observations(one, now.facts), scope)
    assert evidence.figures(periods(scope), scope) == rows.figures(periods(scope), scope)


@in_every_store
def test_after_a_sync_only_the_places_whose_rows_changed_are_reckoned_again(kept_store, monkeypatch):
    other = REPOSITORY | {"id": "2", "name": "acme/other", "node_id": "R_2"}
    written(kept_store, repositories=[other], pull_requests=[pull(7, "2026-01-05 10:00") | {"repository_id": "2"}])
    keep_all(kept_store, Config(), NOW)
    reckoned, original = [], keeping.packed

    def noted(evidence, calendar):
        repositories = evidence.rows.words("repository")
        reckoned.append((evidence.indicator.id, *repositories))
        return original(evidence, calendar)

    monkeypatch.setattr(keeping, "packed", noted)
    keep_all(kept_store, Config(), NOW)
    assert reckoned == []
    written(kept_store, reviews=[review(15, "2026-01-15 12:00")])
    keep_all(kept_store, Config(), NOW)
    waits = [places for name, *places in reckoned if name == WAIT.id]
    assert ["acme/other"] not in waits and waits
    now = load(kept_store, Config())
    assert now.figures.has(WAIT)
    scope = last_complete_weeks(NOW, 52)
    assert result(WAIT, now.figures.evidence(WAIT, scope), scope, now.coverage).total.n == 11


@in_every_store
def test_figures_that_rows_have_overtaken_are_not_taken_and_the_others_are(kept_store):
    keep_all(kept_store, Config(), NOW)
    gone(kept_store, "reviews", id=review(5, "2026-01-05 12:00")["id"])
    now = load(kept_store, Config())
    assert not now.figures.has(WAIT) and now.figures.has(INDICATORS["deployment_frequency"])


@in_every_store
def test_while_a_sync_works_what_the_last_one_left_is_shown_as_of_its_own_time(kept_store):
    keep_all(kept_store, Config(), NOW)
    scope = last_complete_weeks(NOW, 52)
    written(kept_store, reviews=[review(16, "2026-01-16 12:00")])
    for held, n in ((True, 10), (False, 11)):
        now = load(kept_store, Config(), held=held)
        found = now.figures.evidence(WAIT, scope) or OfRows.of(WAIT, observations(WAIT, now.facts), scope)
        assert result(WAIT, found, scope, now.coverage).total.n == n
        assert len(now.facts["reviews"]) == n


@in_every_store
def test_who_began_to_keep_an_earlier_state_gives_way_to_who_keeps_a_later_one(kept_store, monkeypatch):
    """Two workers end their syncs at once: the figures of the later one stay."""
    original, raced = keeping.fingerprints, []

    def race(ledger):
        if not raced:
            raced.append(True)
            written(kept_store, reviews=[review(17, "2026-01-17 12:00")])
            keep_all(kept_store, Config(), NOW)
        return original(ledger)

    monkeypatch.setattr(keeping, "fingerprints", race)
    with pytest.raises(Overtaken):
        keep_all(kept_store, Config(), NOW)
    now, scope = load(kept_store, Config()), last_complete_weeks(NOW, 52)
    assert result(WAIT, now.figures.evidence(WAIT, scope), scope, now.coverage).total.n == 11


def test_another_week_another_configuration_and_forgotten_people_leave_no_figure_of_before(kept_store):
    keep_all(kept_store, Config(), NOW)
    assert load(kept_store, Config(calendar={"timezone": "Europe/Berlin"})).figures is None
    keep_all(kept_store, Config(), NOW + timedelta(days=7))
    assert load(kept_store, Config()).figures.calendar.until == WEEKS.until + timedelta(days=7)
    with kept_store.writing() as connection:
        everything_changed(connection)
    assert load(kept_store, Config()).figures is None
    assert kept_figures.digests(kept_store, WAIT.id) == ({}, {}) and kept_figures.look(kept_store).kept == ""


def test_figures_of_another_configuration_that_broke_off_half_way_leave_those_of_before_whole(kept_store, monkeypatch):
    keep_all(kept_store, Config(), NOW)
    replaced, original = [], keeping._keep_one

    def break_off(*given, **named):
        if replaced:
            raise KeyboardInterrupt
        replaced.append(original(*given, **named))

    monkeypatch.setattr(keeping, "_keep_one", break_off)
    with pytest.raises(KeyboardInterrupt):
        keep_all(kept_store, Config(bots={"names": ["ada"]}), NOW)
    assert load(kept_store, Config()).figures.has(WAIT)
    assert load(kept_store, Config(bots={"names": ["ada"]})).figures is None
    monkeypatch.undo()
    keep_all(kept_store, Config(), NOW)
    assert load(kept_store, Config()).figures.has(WAIT)


def test_rows_of_a_year_of_which_none_is_left_are_kept_no_longer_when_all_is_reckoned_anew(kept_store):
    opened = INDICATORS["opened_pull_requests"]
    written(kept_store, pull_requests=[pull(50, "2024-03-01 09:00")])
    keep_all(kept_store, Config(), NOW)
    assert len(load(kept_store, Config()).figures.ledger(opened).moments) == 21
    gone(kept_store, "pull_requests", id="50")
    keep_all(kept_store, Config(), NOW + timedelta(days=7))
    assert len(load(kept_store, Config()).figures.ledger(opened).moments) == 20


def test_no_backup_holds_them(kept_store, tmp_path):
    keep_all(kept_store, Config(), NOW)
    backup.backup(kept_store, tmp_path / "copy.db")
    copy = Store.open(f"sqlite:///{tmp_path / 'copy.db'}")
    assert kept_figures.digests(copy, WAIT.id) == ({}, {})


def test_a_process_that_starts_counts_no_row_that_was_counted_before(kept_store, monkeypatch):
    def known():
        run = record.start_run(kept_store, NOW)
        with kept_store.writing() as connection:
            facts = {"complete": True, "high_water": NOW, "synced_at": NOW, "oldest": None, "scope_id": "1"}
            record.save_state(kept_store, connection, "github", ["pull_requests", "reviews"], REPOSITORY["name"], facts)
        record.finish_run(kept_store, run, NOW, "complete")

    known()
    keep_all(kept_store, Config(), NOW)
    fresh = Store(kept_store.engine)
    monkeypatch.setattr(counts, "_counted", lambda *given: pytest.fail("rows were counted"))
    assert {line.stream: line.rows for line in record.status(fresh)} == {"pull_requests": 20, "reviews": 10}
    monkeypatch.undo()
    written(kept_store, reviews=[review(18, "2026-01-18 12:00")])
    assert {line.stream: line.rows for line in record.status(Store(kept_store.engine))}["reviews"] == 11


@cache
def ledger_of(*rows):
    at = pd.Timestamp("2026-01-05", tz="UTC")
    usual = {"at": at, "until": pd.Timestamp("2026-01-06", tz="UTC"), "value": 1.0, "weight": 1.0} | dict.fromkeys(
        ("key", "url", "team", "repository", "project", "excluded", "part")
    )
    return Ledger(pd.DataFrame([usual | dict(row) for row in rows], columns=list(COLUMNS)).astype(COLUMNS))


@pytest.mark.parametrize(
    "change", [("value", 2.0), ("key", "b"), ("excluded", "bot"), ("team", "ops"), ("part", "new")]
)
def test_a_fingerprint_tells_any_change_of_a_row_and_no_change_of_order(change):
    one, other = (("key", "a"), ("team", "dev")), (("key", "c"), ("team", "qa"))
    changed = (*((name, value) for name, value in one if name != change[0]), change)
    assert fingerprints(ledger_of(one, other)).sum() == fingerprints(ledger_of(other, one)).sum()
    assert fingerprints(ledger_of(one, other)).sum() != fingerprints(ledger_of(changed, other)).sum()


def test_a_place_has_one_name():
    assert len({place_of(), place_of("a"), place_of(None, "a"), place_of("repository a")}) == 4


def test_every_kind_of_summary_is_among_the_indicators_that_are_compared_here():
    """Else a new kind could be kept otherwise than it is reckoned, and nothing would say so."""
    assert {one.summary for one in CATALOGUE} >= set(Summary) - {Summary.OPEN_LOWEST, Summary.OPEN_MEDIAN}


def test_labels_of_facts_and_figures_stand_side_by_side(kept_store):
    keep_all(kept_store, Config(), NOW)
    names = set(kept_facts.labels(kept_store))
    assert {"figures", "coverage", "identities", "pull_requests"} <= names
