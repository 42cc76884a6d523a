from datetime import date

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from metrics.limits import limits
from metrics.scales import Kind
from metrics.scorecard import (
    Assurance,
    Gate,
    IndicatorState,
    Override,
    Status,
    Trend,
    Variation,
    accepted,
    assurance,
    indicator_state,
    objective_state,
    signals_by_chance,
    trend,
)
from metrics.signals import judge, signals

S, I, C = Variation.STEADY, Variation.IMPROVING, Variation.CONCERN  # noqa: E741
CALM = [10, 12, 9, 11] * 5


def state(variation=S, family="flow", assurance=None, id=None, **more):
    return IndicatorState(id or f"{family}_{variation}", family, variation, assurance, **more)


def missing(n=1, reason="no_source"):
    return [IndicatorState(f"missing_{i}", "flow", reason=reason) for i in range(n)]


@pytest.mark.parametrize(
    ("core", "status", "decided_by"),
    [
        ([state()] * 4, Status.STEADY, ()),
        ([state(C), state(), state(), state()], Status.WATCH, ("flow_concern",)),
        (
            [state(C, "review"), state(C, "quality"), state()],
            Status.AT_RISK,
            ("review_concern", "quality_concern"),
        ),
        ([state(C, assurance=Assurance.FAILS), state()], Status.AT_RISK, ("flow_concern",)),
        ([state(I), state()], Status.IMPROVING, ("flow_improving",)),
        ([state(I), state(C)], Status.WATCH, ("flow_concern",)),
        ([state(), *missing(3)], Status.NOT_ASSESSABLE, ("missing_0", "missing_1", "missing_2")),
        ([state(assurance=Assurance.FAILS, id="slow"), state()], Status.WATCH, ("slow",)),
        # Two of one family say the same thing twice.
        ([state(C, id="a"), state(C, id="b"), state()], Status.WATCH, ("a", "b")),
        # One indicator that improves and yet misses its target.
        ([state(I, assurance=Assurance.FAILS), state()], Status.WATCH, ("flow_improving",)),
        # Coverage of exactly a half is enough, below it is not; neither is a single indicator.
        ([state(), state(), *missing(2, "too_few")], Status.STEADY, ()),
        ([state(), state(C), *missing(3)], Status.NOT_ASSESSABLE, ("missing_0", "missing_1", "missing_2")),
        ([state(C)], Status.NOT_ASSESSABLE, ()),
        ([], Status.NOT_ASSESSABLE, ()),
    ],
)
def test_the_status_of_an_objective(core, status, decided_by):
    found = objective_state(core)
    assert (found.status, found.decided_by) == (status, decided_by)


def test_coverage_counts_what_could_be_assessed():
    found = objective_state([state(), state(), *missing(1)])
    assert (found.assessable, found.core, found.coverage) == (2, 3, "2 of 3 indicators")


def test_a_broken_gate_puts_an_objective_at_risk_and_is_named():
    core = [state(value=1, id="truck_factor"), state(I)]
    assert objective_state(core).status is Status.IMPROVING
    found = objective_state(core, [Gate("truck_factor", at_least=2)])
    assert (found.status, found.decided_by) == (Status.AT_RISK, ("truck_factor",))
    assert objective_state(core, [Gate("truck_factor", at_least=1)]).status is Status.IMPROVING


def test_a_gate_says_nothing_of_what_cannot_be_assessed():
    core = [state(), state(), IndicatorState("review_coverage", "review", value=50, n=2, reason="too_few")]
    assert objective_state(core, [Gate("review_coverage", at_least=90)]).status is Status.STEADY


@given(
    st.lists(st.sampled_from([state(), state(C), state(I), state(C, "review"), *missing()]), max_size=6), st.randoms()
)
def test_the_order_of_the_indicators_does_not_matter(core, random):
    mixed = list(core)
    random.shuffle(mixed)
    assert objective_state(core).status is objective_state(mixed).status
    assert set(objective_state(core).decided_by) == set(objective_state(mixed).decided_by)


@pytest.mark.parametrize(
    ("better", "target", "expected"),
    [
        ("higher", 21, Assurance.FAILS),
        ("higher", 9, Assurance.MEETS),
        ("higher", 20, Assurance.HIT_OR_MISS),
        ("lower", 21, Assurance.MEETS),
        ("lower", 9, Assurance.FAILS),
        ("lower", 10, Assurance.HIT_OR_MISS),
        ("lower", None, None),
    ],
)
def test_a_target_outside_the_usual_range_is_met_or_missed_consistently(better, target, expected):
    assert assurance(10, 20, accepted(better, target)) is expected


def test_a_band_is_met_when_the_usual_range_lies_within():
    band = accepted("band", None, 9, 21)
    assert assurance(10, 20, band) is Assurance.MEETS
    assert assurance(8, 20, band) is Assurance.HIT_OR_MISS
    assert assurance(22, 30, band) is Assurance.FAILS


def of(values, better="lower", **more):
    given = {"value": values[-1] if values else None, "n": 50, "judgement": judge(values, Kind.LEVEL)} | more
    return indicator_state("wait", "review", better=better, **given)


def test_a_signal_in_the_last_four_weeks_is_read_by_the_better_side():
    assert of(CALM).variation is S
    assert of([*CALM, 30]).variation is C
    assert of([*CALM, 30], "higher").variation is I
    assert of([*CALM, 30, 10, 11, 10]).variation is C
    assert of([*CALM, 30, 10, 11, 10, 11]).variation is S


def test_of_two_signals_the_later_one_holds():
    assert of([*CALM, 30, 10, -10]).variation is I


def test_a_move_within_its_band_is_no_concern():
    assert of([*CALM, 30], "band", target=(5, 40)).variation is S
    assert of([*CALM, 30], "band", target=(5, 20)).variation is C
    assert of([*CALM, 30], "band").variation is None


def test_the_target_is_held_against_the_usual_range_not_the_last_value():
    # 10.5 -+ 2.66 * 39 / 19 = 5.0 to 16.0
    assert of(CALM, target=accepted("lower", 17)).assurance is Assurance.MEETS
    assert of(CALM, target=accepted("lower", 11)).assurance is Assurance.HIT_OR_MISS
    assert of(CALM, target=accepted("lower", 4)).assurance is Assurance.FAILS


def test_what_cannot_be_assessed_says_why():
    assert of(CALM, reason="no_source").reason == "no_source"
    assert of([]).reason == "no_data"
    assert of(CALM[:7]).reason == "too_few"
    assert of(CALM, enough=False).reason == "too_few"
    assert of([0] * 30, judgement=judge(([1] + [0] * 12) * 10, Kind.COUNT)).reason == "too_few"
    assert of(CALM, enough=False).variation is None
    assert not of(CALM, enough=False).assessable


def test_a_constant_series_is_steady_and_held_against_its_target():
    found = of([100] * 20, "higher", target=accepted("higher", 100))
    assert (found.variation, found.assurance) == (S, Assurance.MEETS)


def test_a_point_in_time_is_only_held_against_its_target():
    met = of([], "higher", value=3, judgement=None, target=accepted("higher", 2))
    assert (met.variation, met.assurance, met.assessable) == (None, Assurance.MEETS, True)
    assert of([], "higher", value=1, judgement=None, target=accepted("higher", 2)).assurance is Assurance.FAILS
    assert of([], "higher", value=1, judgement=None).reason == "no_target"


def test_an_override_stands_beside_the_computed_status_until_it_expires():
    computed = objective_state([state(), state()])
    word = Override(Status.WATCH, "Ana", "two people leave in May", date(2026, 4, 1), date(2026, 5, 6))
    assert computed.beside(word, date(2026, 5, 6)).override == word
    assert computed.beside(word, date(2026, 5, 6)).status is Status.STEADY
    assert computed.beside(word, date(2026, 5, 7)).override is None


@pytest.mark.parametrize(
    ("name", "reason", "expires", "complaint"),
    [
        ("", "because", date(2026, 4, 10), "a name and a reason"),
        ("Ana", "  ", date(2026, 4, 10), "a name and a reason"),
        ("Ana", "because", date(2026, 5, 7), "within 35 days"),
        ("Ana", "because", date(2026, 3, 31), "within 35 days"),
    ],
)
def test_an_override_needs_a_name_a_reason_and_an_early_end(name, reason, expires, complaint):
    with pytest.raises(ValueError, match=complaint):
        Override(Status.WATCH, name, reason, date(2026, 4, 1), expires)


@pytest.mark.parametrize(
    ("now", "before", "expected"),
    [
        (Status.WATCH, Status.STEADY, Trend.WORSE),
        (Status.WATCH, Status.AT_RISK, Trend.BETTER),
        (Status.STEADY, Status.IMPROVING, Trend.SAME),
        (Status.STEADY, Status.NOT_ASSESSABLE, None),
    ],
)
def test_the_trend_compares_with_four_weeks_ago(now, before, expected):
    assert trend(now, before) is expected


def test_the_number_of_signals_by_chance_is_told():
    assert signals_by_chance(30) == "about 0.9 of 30 charts would signal by chance in a typical week"


def test_noise_in_five_charts_rarely_puts_an_objective_at_risk():
    random = np.random.default_rng(8)

    def noise(family):
        row = random.normal(size=30)
        highs = [s for s in signals(row, limits(row[:20])) if s.index > 25 and s.side == "high"]
        return state(C if highs else S, family)

    found = [objective_state([noise(f) for f in ("a", "b", "c", "d", "e")]).status for _ in range(800)]
    assert found.count(Status.AT_RISK) / len(found) < 0.04
    assert 0.15 < found.count(Status.WATCH) / len(found) < 0.28
