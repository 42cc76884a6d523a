"""What holds for every indicator: a new member is tested before its author writes a test."""

from datetime import timedelta
from math import isfinite
from pathlib import Path

import pytest
from conftest import NOW

from data.schema import TABLES
from data.store import Store
from metrics import docs
from metrics.catalogue import CATALOGUE, INDICATORS
from metrics.coverage import no_coverage
from metrics.evaluate import evaluate, observations
from metrics.facts import FACTS, build, tables_of
from metrics.model import Better, Indicator, Reason, Summary
from metrics.objectives import OBJECTIVES
from metrics.observations import COLUMNS
from metrics.organisation import Organisation
from metrics.periods import last_complete_weeks

TESTS = "\n".join(file.read_text() for file in Path(__file__).parent.glob("test_metrics_*.py"))
MAY_FALL = {
    "epic_scope_growth",
    "due_date_slip",
    "complexity_trend",
    "hotspot_cost",
}  # what is taken out or pulled in counts below zero
SPEEDS_BY_COUNT = {"deployment_frequency", "throughput", "merged_pull_requests"}
WAITS_WITHIN = {"blocked_time", "cross_team_wait"}  # no speed of finished work: parts of it, shown beside it
every_indicator = pytest.mark.parametrize("indicator", CATALOGUE, ids=lambda one: one.id)


@pytest.fixture(scope="module")
def empty_facts():
    store = Store.open("sqlite://")
    return build({name: store.load(name) for name in TABLES}, Organisation())


@every_indicator
def test_it_is_declared_in_full(indicator: Indicator):
    assert indicator.id == indicator.id.lower() and indicator.id.isidentifier()
    assert indicator.name and indicator.definition.endswith((".", "…")) and indicator.misuse
    assert indicator.objective in {purpose.objective for purpose in OBJECTIVES}
    assert set(indicator.facts) <= set(FACTS) and set(tables_of(indicator.facts)) <= set(TABLES)
    if indicator.target:
        assert indicator.target.source
        assert (indicator.target.value is None) == (indicator.better is Better.BAND)


@every_indicator
def test_an_empty_store_gives_no_rows_and_no_source(indicator: Indicator, empty_facts):
    seen = observations(indicator, empty_facts)
    assert seen.empty and set(COLUMNS) <= set(seen.columns)
    result = evaluate(indicator, seen, last_complete_weeks(NOW, 26), no_coverage())
    assert (result.total.value, result.limits) == (None, None)
    assert {point.reason for point in result.series} <= {Reason.NO_SOURCE, Reason.UNMAPPED}


@every_indicator
def test_it_has_a_hand_worked_test(indicator: Indicator):
    named = indicator.id in TESTS or indicator.formula.__name__ in TESTS
    assert named, f"no test names {indicator.id}"


def is_speed(one: Indicator) -> bool:
    finished = one.summary is Summary.MEDIAN and one.unit.is_duration and one.better is Better.LOWER
    return (finished and one.id not in WAITS_WITHIN) or one.id in SPEEDS_BY_COUNT


@every_indicator
def test_speed_is_never_without_what_it_must_not_cost(indicator: Indicator):
    assert bool(indicator.guards) == is_speed(indicator)
    guards = [INDICATORS[name] for name in indicator.guards]
    assert not any(is_speed(one) or one.unit.is_duration for one in guards), "a guard is of another kind"


def test_ids_and_names_are_used_once():
    assert len(INDICATORS) == len(CATALOGUE) == len({one.name for one in CATALOGUE})


def test_the_documentation_is_what_the_declarations_say():
    assert docs.FILE.read_text() == docs.page(), "stale: run `python -m metrics docs --write`"


# On the demonstration organisation ------------------------------------------------------------------------


@pytest.fixture(scope="module")
def demonstration(tmp_path_factory):
    """The demonstration organisation, loaded once, with its own configuration."""
    from connectors.demo import CONNECTOR, DemoSettings
    from connectors.sync import sync
    from data import config
    from metrics.loading import load

    store = Store.open(f"sqlite:///{tmp_path_factory.mktemp('demo') / 'metrics.db'}")
    assert sync(store, [(CONNECTOR, DemoSettings(name="demo", now=NOW))], lambda: NOW, lambda until: None) == []
    settings = config.read(Path(__file__).parent.parent / "connectors" / "demo" / "configuration.toml")
    return load(store, settings)


@every_indicator
def test_on_the_demonstration_it_is_finite_or_says_why_not(indicator: Indicator, demonstration):
    seen = observations(indicator, demonstration.facts)
    scope = last_complete_weeks(NOW, 26)
    result = evaluate(indicator, seen, scope, demonstration.coverage)
    for point in (*result.series, result.total):
        assert (point.value is None) == (point.n == 0 and point.reason is not None)
        assert point.value is None or isfinite(point.value)
        assert all(end is None or isfinite(end) for end in (point.p85, point.low, point.high))
        assert point.end - point.start <= timedelta(days=7) or point.period == "total"
    signed = indicator.better is Better.BAND or indicator.summary is Summary.NET or indicator.id in MAY_FALL
    assert signed or not seen["value"].dropna().lt(0).any()
