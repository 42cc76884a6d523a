"""Notes and the configuration beside the numbers: from what somebody wrote to what a chart and an objective show."""

from dataclasses import replace
from datetime import UTC, date, datetime, timedelta
from pathlib import Path

import pytest
from conftest import NOW, at

from data import notes, record
from data.config import Config, parse
from data.errors import ConfigError
from data.notes import Kind, Note, NoteError
from metrics.catalogue import INDICATORS
from metrics.configured import organisation
from metrics.loading import coverage
from metrics.marks import MarkKind
from metrics.model import Objective, Scope
from metrics.said import said
from metrics.scorecard import Gate, Status
from metrics.targets import gates_of, target_in, target_of

REVIEW = INDICATORS["time_to_first_review"]
TARGETS = {
    "targets": {
        "time_to_first_review": [
            {"value": 8, "source": "agreed again", "from": date(2026, 6, 1)},
            {"value": 12, "source": "agreed", "from": date(2026, 1, 1)},
        ]
    }
}
OVERRIDE = Note(
    Kind.OVERRIDE,
    "the deadline was moved with the customer",
    "Ada",
    NOW,
    ends=NOW + timedelta(days=35),
    objective="project_success",
    details={"status": "steady"},
)


def settings(**tables):
    return parse(tables, "config.toml")


def beside(store, config=None):
    config = config or Config()
    return said(store, config, organisation(config))


def test_a_note_is_a_mark_with_its_time_and_place(store):
    note = Note(Kind.ANNOTATION, "moved", "Ada", NOW, begins=at("2026-09-01 00:00"), team="pay", indicator="pr_size")
    kept = notes.add(store, note)
    (mark,) = beside(store).marks
    assert (mark.kind, mark.text, mark.author, mark.id) == (MarkKind.ANNOTATION, "moved", "Ada", kept.id)
    assert (mark.begins, mark.ends, mark.team, mark.indicator) == (at("2026-09-01 00:00"), None, "pay", "pr_size")


def test_a_note_without_a_time_is_of_the_moment_at_which_it_was_written(store):
    notes.add(store, Note(Kind.DECISION, "hire a tester", "Ada", NOW))
    assert beside(store).marks[0].begins == NOW


def test_remarks_are_for_reports_and_what_was_taken_back_is_for_nobody(store):
    notes.add(store, Note(Kind.REMARK, "for the board", "Ada", NOW))
    notes.take_back(store, notes.add(store, Note(Kind.HOLIDAY, "strike", "Ada", NOW)), "Ada", NOW)
    assert beside(store).marks == ()


def test_a_shift_is_confirmed_for_an_indicator_at_a_time(store):
    with pytest.raises(NoteError, match="name the indicator"):
        notes.add(store, Note(Kind.REBASE, "it stays", "Ada", NOW, begins=NOW))


# Overrides -------------------------------------------------------------------------------------------------


def test_an_override_names_its_objective_who_and_until_when(store):
    notes.add(store, OVERRIDE)
    (override,) = beside(store).overrides
    assert (override.objective, override.status, override.name) == (Objective.PROJECT_SUCCESS, Status.STEADY, "Ada")
    assert (override.made, override.expires) == (date(2026, 11, 21), date(2026, 12, 26))
    assert override.holds(date(2026, 12, 26)) and not override.holds(date(2026, 12, 27))


@pytest.mark.parametrize(
    ("change", "words"),
    [
        ({"ends": NOW + timedelta(days=35, seconds=1)}, "35 days at most after 2026-11-21"),
        ({"ends": None}, "until when"),
        ({"objective": None}, "name the objective"),
        ({"details": {}}, "one of at_risk, watch, steady"),
        ({"details": {"status": "great"}}, "one of at_risk, watch, steady"),
        ({"text": " "}, "words and a name"),
    ],
)
def test_an_override_that_says_too_little_or_lasts_too_long_is_refused_in_words(store, change, words):
    with pytest.raises(NoteError, match=words):
        notes.add(store, replace(OVERRIDE, **change))


def test_notes_and_the_scorecard_know_the_same_states():
    assert set(notes.STATUSES) == set(Status)


# Targets ---------------------------------------------------------------------------------------------------


def test_a_change_of_target_is_a_mark_in_local_days(store):
    config = settings(calendar={"timezone": "Europe/Berlin"}, **TARGETS)
    first, second = beside(store, config).marks
    assert first.begins == datetime(2025, 12, 31, 23, tzinfo=UTC)
    assert (second.begins, second.text) == (datetime(2026, 5, 31, 22, tzinfo=UTC), "target 8 h (agreed again)")
    assert {first.kind, second.kind} == {MarkKind.TARGET} and second.indicator == REVIEW.id


def test_the_target_in_force_is_the_latest_that_has_begun():
    config = settings(**TARGETS)
    held = {day: target_of(REVIEW, config, date.fromisoformat(day)) for day in ("2026-05-31", "2026-06-01")}
    assert [target.value for target in held.values()] == [12, 8]
    assert target_of(REVIEW, config).value == 8
    assert target_of(REVIEW, config, date(2025, 12, 31)) == REVIEW.target


@pytest.mark.parametrize(("start", "end", "value"), [("2026-04-01", "2026-06-01", 12), ("2026-05-01", "2026-06-02", 8)])
def test_a_range_is_held_against_the_target_at_its_end(start, end, value):
    scope = Scope(at(f"{start} 00:00"), at(f"{end} 00:00"), NOW)
    assert target_in(scope, REVIEW, settings(**TARGETS)).value == value


@pytest.mark.parametrize(
    ("tables", "words"),
    [
        ({"targets": {"time_to_first_reviw": {"value": 8, "source": "x"}}}, "did you mean 'time_to_first_review'"),
        ({"targets": {"zzzz": {"value": 8, "source": "x"}}}, "targets.zzzz: there is no such indicator; `python -m"),
        ({"gates": {"review_coverag": 90}}, "gates.review_coverag: .* did you mean 'review_coverage'"),
        ({"gates": {"pr_sizes": 90}}, "did you mean 'pr_size'"),
        ({"gates": {"throughput": 90}}, "gates.throughput: it never decides how an objective stands"),
    ],
)
def test_a_target_of_no_indicator_is_refused_with_the_nearest_name(tables, words):
    with pytest.raises(ConfigError, match=rf"config\.toml: .*{words}"):
        parse(tables, Path("config.toml"))


def test_gates_are_off_by_default_and_go_by_the_better_side():
    assert gates_of(Config()) == ()
    config = settings(gates={"review_coverage": 90, "change_fail_rate": 20})
    assert gates_of(config) == (Gate("review_coverage", at_least=90), Gate("change_fail_rate", at_most=20))


# The first sync --------------------------------------------------------------------------------------------


def test_a_walk_on_its_way_back_is_told_from_one_that_was_to_stop(store):
    def walked(scope, complete, cursor):
        facts = {"scope_id": scope, "complete": complete, "cursor": cursor, "synced_at": NOW}
        with store.writing() as connection:
            record.save_state(store, connection, "github", ["pull_requests", "reviews"], scope, facts)

    walked("acme/done", True, None)
    walked("acme/filling", False, {"page": 3})
    walked("acme/since", False, None)
    walked("acme/again", True, {"page": 3})
    frame = coverage(record.status(store)).set_index(["scope", "stream"])["complete"]
    for stream in ("pull_requests", "reviews"):  # the second has no cursor of its own
        told = {name: bool(frame[f"acme/{name}", stream]) for name in ("done", "since", "again")}
        assert told == {"done": True, "since": False, "again": True}
        assert frame.isna()["acme/filling", stream]
