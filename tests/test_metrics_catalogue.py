"""What holds for every indicator: a new member is tested before its author writes a test."""

from collections import Counter
from dataclasses import replace
from datetime import timedelta
from math import isfinite
from pathlib import Path

import pandas as pd
import pytest
from conftest import NOW
from hypothesis import given, settings
from hypothesis import strategies as st

from data.schema import TABLES
from data.store import Store
from metrics import docs
from metrics.catalogue import CATALOGUE, INDICATORS
from metrics.coverage import no_coverage
from metrics.evaluate import evaluate, observations
from metrics.facts import FACTS, build, tables_of
from metrics.ledger import Ledger
from metrics.model import Better, Grain, Indicator, Reason, Summary
from metrics.objectives import OBJECTIVES
from metrics.observations import COLUMNS
from metrics.organisation import Organisation
from metrics.periods import last_complete_weeks
from metrics.summaries import OPEN

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
def demonstration(demonstration_file):
    """The facts of the demonstration organisation, with its own configuration."""
    from data import config
    from metrics.loading import load

    settings = config.read(Path(__file__).parent.parent / "connectors" / "demo" / "configuration.toml")
    return load(Store.open(f"sqlite:///{demonstration_file}"), settings)


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


@pytest.fixture(scope="module")
def everything(demonstration):
    """All observations of the demonstration, once an indicator."""
    kept = {}

    def of(indicator):
        if indicator.id not in kept:
            kept[indicator.id] = Ledger(observations(indicator, demonstration.facts))
        return kept[indicator.id]

    return of


@pytest.fixture(scope="module")
def shuffled(demonstration):
    """The same facts from tables whose rows are in another order."""
    tables = demonstration.facts.tables
    read = {name for fact in FACTS.values() for name in fact.reads}
    others = {name: tables[name].sample(frac=1, random_state=7).reset_index(drop=True) for name in read}
    return build(others, demonstration.organisation)


weeks_back = st.integers(1, 40)
teams = st.sampled_from([None, "payments", "platform", "nobody"])
grains = st.sampled_from([Grain.WEEK, Grain.MONTH, Grain.QUARTER])


def chosen(back, length, grain=Grain.WEEK, team=None):
    whole = last_complete_weeks(NOW, back)
    end = min(whole.start + timedelta(weeks=length), whole.end)
    return replace(whole, end=end, grain=grain, team=team)


@every_indicator
@settings(max_examples=4)
@given(weeks_back, weeks_back, grains, teams)
def test_periods_sum_to_the_range(indicator, everything, demonstration, back, length, grain, team):
    result = evaluate(indicator, everything(indicator), chosen(back, length, grain, team), demonstration.coverage)
    if indicator.summary not in OPEN | {Summary.WINDOW} and not indicator.parts:
        assert abs(sum(point.n for point in result.series) - result.total.n) <= len(result.series) * (
            indicator.summary is Summary.SHARE
        )
    if indicator.summary in {Summary.COUNT, Summary.SUM, Summary.NET}:
        assert sum(point.value or 0 for point in result.series) == pytest.approx(result.total.value or 0)
    for points in zip(*(part.series for part in result.parts), strict=True):
        values = [point.value for point in points if point.value is not None]
        assert not values or sum(values) == pytest.approx(100), "parts make the whole"


@every_indicator
@settings(max_examples=4)
@given(weeks_back, weeks_back, teams)
def test_filters_only_remove_rows(indicator, everything, demonstration, back, length, team):
    def rows(of):
        listed = evaluate(indicator, everything(indicator), chosen(back, length, team=of), demonstration.coverage)
        return Counter(zip(listed.observations["key"], listed.observations["at"], strict=True))

    assert rows(team) <= rows(None)


@every_indicator
def test_the_order_of_rows_is_irrelevant(indicator, demonstration, shuffled):
    columns = ["key", "at", "until", "value", "team", "repository", "project", "excluded", "weight", "part"]
    one, other = (
        frame[columns].sort_values(["key", "at", "until", "part", "value"], kind="stable", ignore_index=True)
        for frame in (observations(indicator, demonstration.facts), observations(indicator, shuffled))
    )
    pd.testing.assert_frame_equal(one, other, check_like=True)
