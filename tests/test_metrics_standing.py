"""How the objectives stand on a store, from rows to the words of the scorecard."""

import json
from datetime import timedelta

import pytest
from conftest import NOW, REPOSITORY, pull, review

from data import notes, record
from data.notes import Kind, Note
from metrics.__main__ import main
from metrics.objectives import OBJECTIVES
from metrics.standing import DECIDING

WEEKS = 30


def day(week: int, hour: int):
    return NOW.replace(hour=0) - timedelta(weeks=week, days=2) + timedelta(hours=hour)


@pytest.fixture
def scored(fill, tmp_path, monkeypatch, capsys):
    """The scorecard of a store in which each of 30 weeks has eight pull requests, reviewed after `wait(week)` hours."""

    def of(wait):
        pulls, reviews = [], []
        for week in range(1, WEEKS + 1):
            for n in range(8):
                number = week * 10 + n
                opened = day(week, n)
                pulls.append(pull(number, opened, merged_at=opened + timedelta(hours=30)))
                reviews.append(review(number, opened + timedelta(hours=wait(week) + n / 10)))
        store = fill(repositories=[REPOSITORY], pull_requests=pulls, reviews=reviews)
        facts = {"scope_id": "1", "complete": True, "synced_at": NOW, "cursor": None}
        with store.writing() as connection:
            tables = ["repositories", "pull_requests", "reviews", "review_comments", "pull_request_events"]
            record.save_state(store, connection, "github", tables, "acme/app", facts)
        monkeypatch.setenv("PLUMBLINE_NOW", NOW.isoformat())
        monkeypatch.setenv("PLUMBLINE_STORE", store.engine.url.render_as_string())
        (tmp_path / "config.toml").write_text("")
        monkeypatch.setenv("PLUMBLINE_CONFIG", str(tmp_path / "config.toml"))
        assert main(["scorecard", "--format", "json"]) == 0
        return {one["objective"]: one for one in json.loads(capsys.readouterr().out)}

    return of


def state(card, indicator):
    return next(one for one in card["team_empowerment"]["indicators"] if one["id"] == indicator)


def test_every_objective_is_there_with_what_it_could_not_assess(scored):
    card = scored(lambda week: 4 + week % 3)
    assert list(card) == [purpose.objective.value for purpose in OBJECTIVES]
    assert set(card["team_empowerment"]) == {
        "objective",
        "name",
        "status",
        "trend",
        "coverage",
        "decided_by",
        "indicators",
    }
    assert card["strategic_alignment"]["status"] == "not_assessable"
    assert {one["reason"] for one in card["strategic_alignment"]["indicators"]} == {"no_source"}
    assert card["strategic_alignment"]["coverage"]["assessable"] == 0


def test_a_steady_wait_is_steady_and_a_shorter_one_an_improvement_by_a_rule(scored):
    # 4, 5 or 6 hours in turn; then half an hour in the last three weeks: outside the usual range on the good side
    steady = state(scored(lambda week: 4 + week % 3), "time_to_first_review")
    assert (steady["variation"], steady["reason"], steady["n"]) == ("steady", None, 32)
    quicker = state(scored(lambda week: 0.5 if week <= 3 else 4 + week % 3), "time_to_first_review")
    assert quicker["variation"] == "improving"


def test_a_longer_wait_is_a_concern_that_is_named(scored):
    card = scored(lambda week: 25 if week <= 3 else 4 + week % 3)
    assert state(card, "time_to_first_review")["variation"] == "concern"
    assert "time_to_first_review" in card["team_empowerment"]["decided_by"] or (
        card["team_empowerment"]["status"] == "not_assessable"
    )


def test_explanatory_figures_never_decide():
    assert not {"throughput", "wip", "net_flow", "stage_time_share", "debt_work_share"} & {one.id for one in DECIDING}
    assert len(DECIDING) == 20


def test_an_override_stands_beside_the_computed_status_in_words_only(scored, store, capsys):
    before = scored(lambda week: 4 + week % 3)
    note = Note(
        Kind.OVERRIDE,
        "two reviewers leave next week",
        "Ada",
        NOW,
        ends=NOW + timedelta(days=10),
        objective="team_empowerment",
        details={"status": "at_risk"},
    )
    notes.add(store, note)
    assert main(["scorecard", "--format", "json"]) == 0
    assert json.loads(capsys.readouterr().out) == list(before.values())
    assert main(["scorecard"]) == 0
    said = capsys.readouterr().out
    assert "Ada says at risk until 2026-12-01: two reviewers leave next week" in said
    assert "Team empowerment: STEADY" in said
    assert main(["scorecard", "--team", "payments"]) == 0
    assert "Ada" not in capsys.readouterr().out


def test_an_expired_override_is_no_longer_shown(scored, store, capsys, monkeypatch):
    scored(lambda week: 4 + week % 3)
    note = Note(
        Kind.OVERRIDE,
        "it is in hand",
        "Ada",
        NOW,
        ends=NOW + timedelta(days=10),
        objective="team_empowerment",
        details={"status": "steady"},
    )
    notes.add(store, note)
    for days, shown in ((10, True), (11, False)):
        monkeypatch.setenv("PLUMBLINE_NOW", (NOW + timedelta(days=days)).isoformat())
        assert main(["scorecard"]) == 0
        assert ("it is in hand" in capsys.readouterr().out) == shown


def test_a_configured_gate_puts_an_objective_at_risk(scored, tmp_path, capsys):
    scored(lambda week: 4 + week % 3)
    (tmp_path / "config.toml").write_text("[gates]\ntime_to_first_review = 2\n")
    assert main(["scorecard", "--format", "json"]) == 0
    card = {one["objective"]: one for one in json.loads(capsys.readouterr().out)}["team_empowerment"]
    assert (card["status"], card["decided_by"]) == ("at_risk", ["time_to_first_review"])


def test_the_table_of_a_figure_says_all_that_is_needed_to_read_it(scored, store, capsys):
    scored(lambda week: 20 if week > 10 else 4)
    notes.add(store, Note(Kind.ANNOTATION, "pairs review now", "Ada", NOW, begins=NOW - timedelta(weeks=10)))
    assert main(["show", "time_to_first_review"]) == 0
    said = capsys.readouterr().out
    assert "outside its usual range (low)" in said
    assert "the level seems to have moved for good from 2026-W37 on" in said
    assert "near it: pairs review now (2026-09-12)" in said
    assert "never without: Review coverage 100 %, n = 208" in said
