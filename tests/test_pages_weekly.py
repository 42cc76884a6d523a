"""Monday's review: its words, its agenda, and what people add to it."""

import re
import shutil

import pytest
from app_pages import opened, text
from conftest import NOW, REPOSITORY, pull, review
from judged_charts import BASE, chart, week_of

from data import notes, record
from data.notes import Kind
from data.store import Store
from metrics.attention import standouts
from pages.ui import signals


@pytest.fixture(scope="module")
def place(tmp_path_factory):
    """The folder of a configured store with a team of one repository and seven reviewed pull requests."""
    folder = tmp_path_factory.mktemp("weekly")
    (folder / "config.toml").write_text(
        '[[github]]\nrepositories = ["acme/app"]\n[teams.apps]\nname = "Apps"\nrepositories = ["acme/app"]\n'
    )
    kept = Store.open(f"sqlite:///{folder / 'metrics.db'}")
    days = range(2, 9)
    with kept.writing() as connection:
        kept.upsert(connection, "repositories", [REPOSITORY])
        kept.upsert(
            connection,
            "pull_requests",
            [pull(n, f"2026-11-0{n} 08:00", merged_at=f"2026-11-0{n} 20:00") for n in days],
        )
        kept.upsert(connection, "reviews", [review(n, f"2026-11-0{n} 12:00") for n in days])
        facts = {"scope_id": "1", "complete": True, "synced_at": NOW, "cursor": None, "requests": 3, "points": 4}
        tables = ["repositories", "pull_requests", "reviews", "review_comments", "pull_request_events"]
        record.save_state(kept, connection, "github", tables, "acme/app", facts)
    record.finish_run(kept, record.start_run(kept, NOW), NOW, "complete")
    kept.engine.dispose()
    return folder


def find(monkeypatch, folder):
    """The pages find the store of a folder; the store."""
    url = f"sqlite:///{folder / 'metrics.db'}"
    monkeypatch.setenv("PLUMBLINE_NOW", NOW.isoformat())
    monkeypatch.setenv("PLUMBLINE_STORE", url)
    monkeypatch.setenv("PLUMBLINE_CONFIG", str(folder / "config.toml"))
    return Store.open(url)


@pytest.fixture
def shown(place, monkeypatch):
    """That store, for who changes nothing in it."""
    return find(monkeypatch, place)


@pytest.fixture
def store(place, tmp_path, monkeypatch):
    """A copy of it that a test may change."""
    for file in place.iterdir():
        shutil.copy(file, tmp_path / file.name)
    return find(monkeypatch, tmp_path)


def press(app, label):
    """Press the button of that label."""
    (button,) = [one for one in app.button if one.label == label]
    return button.click().run()


# Words ---------------------------------------------------------------------------------------------------


def test_a_signal_is_told_by_the_rule_that_fired_against_its_usual_range():
    loud = chart([*BASE, 17])
    (found,) = standouts([loud], week_of(loud))
    assert signals.sentence(found, "Apps") == (
        "Work in progress for Apps: 17 in 2026-W22 — outside its usual range (above); usual weekly range 5 to 16. "
        "Since 25 May 2026. Annotation: none."
    )
    assert "Annotation: new release process (20 May)." in signals.sentence(
        found, "Apps", ["new release process (20 May)"]
    )
    assert signals.judgement_of(found) == "concern"


def test_the_footer_says_how_many_signals_chance_would_bring():
    # 0.03 of 40 charts
    assert signals.footer(2, 40) == "2 signals on 40 charts, about 1.2 expected by chance in a typical week."
    assert signals.footer(1, 1).startswith("1 signal on 1 chart, about 0.0 expected")
    assert "the 7 furthest from usual are shown, 3 more below" in signals.footer(10, 100, 3)
    assert "eight complete weeks" in signals.footer(0, 0)


# The screen ----------------------------------------------------------------------------------------------


def test_all_sections_are_there_and_say_what_is_not_known(shown):
    app = opened()
    assert not app.exception
    names = [one.value for one in app.subheader]
    assert names == [
        "Objectives",
        "Signals this week",
        "Delivery, service by service",
        "Plans that need a decision",
        "Where work waits",
        "Work mix against plan",
        "Watch list",
        "Flow and review in figures",
        "Decisions",
        "Annotations",
    ]
    body = text(app)
    assert len(re.findall("data-objective=", body)) == 5 and "not assessable" in body
    assert "No chart has a usual range yet" in body and "No open epics" in body


def test_the_agenda_goes_step_by_step_in_the_address(shown):
    app = opened()
    app = press(app, "Walk through it in 15 minutes")
    assert not app.exception and [one.value for one in app.subheader] == ["Objectives"]
    app = press(app, "Next")
    assert [one.value for one in app.subheader] == ["Signals this week"]
    assert app.query_params["agenda"] in ("2", ["2"])
    app = press(press(app, "Back"), "End the agenda")
    assert len(app.subheader) == 10


def test_an_address_opens_a_step_of_the_agenda(shown):
    app = opened(agenda="4")
    assert not app.exception and [one.value for one in app.subheader] == ["Plans that need a decision"]
    assert "minute 8 to 11" in text(app)
    assert len(opened(agenda="99").subheader) == 10


def test_an_annotation_is_added_edited_and_taken_back(store):
    app = opened()
    app.text_input("text-add").set_value("New release process")
    app.text_input("name-add").set_value("ana")
    app = press(app, "Keep")
    assert not app.exception and "21 November 2026**, the whole organisation: New release process (ana)" in text(app)
    (note,) = notes.standing(store)
    app.text_input(f"text-edit-{note.id}").set_value("Newer release process")
    app = press(app, "Keep the change")
    assert "Newer release process" in text(app) and len(notes.history(store)) == 2
    app = press(app, "Take it back")
    assert "ewer release process" not in text(app)
    assert notes.standing(store) == () and len(notes.history(store)) == 3  # nothing is ever lost


def test_an_annotation_without_a_name_is_refused_in_words(store):
    app = opened()
    app.text_input("text-add").set_value("New release process")
    app = press(app, "Keep")
    assert "words and a name are needed" in app.error[0].value and notes.standing(store) == ()


def test_decisions_are_noted_with_what_to_expect_three_a_week_at_most(store):
    app = opened()
    for n in range(3):
        app.text_input("decision-text").set_value(f"Smaller changes {n}")
        app.text_input("decision-owner").set_value("ben")
        app.selectbox("decision-indicator").set_value("pr_size")
        app = press(app, "Note the decision")
        assert not app.exception
    kept = [note for note in notes.standing(store) if note.kind is Kind.DECISION]
    assert [(note.author, note.indicator, note.details["side"]) for note in kept] == [("ben", "pr_size", "lower")] * 3
    body = text(app)
    assert "too early" in body and "the chart has no usual range yet" in body
    assert not [one for one in app.text_input if one.key == "decision-text"]


def test_an_override_stands_beside_the_computed_status(store):
    app = opened("objectives.py", objective="code_quality")
    app.selectbox("override-status").set_value("at_risk")
    app.text_input("override-reason").set_value("an audit is due")
    app.text_input("name-override").set_value("ana")
    app = press(app, "Keep")
    assert not app.exception
    said = "ana says at risk: an audit is due (until 18 December 2026)"
    assert said in text(app) and "Code quality: not assessable" in text(app)
    body = text(opened())
    assert body.count(said) == 2  # beside the objective, and among the overrides in force


def test_a_sync_that_runs_or_failed_is_said_on_the_review(store):
    with store.writing() as connection:
        facts = {"scope_id": "1", "complete": False, "synced_at": NOW, "cursor": "c", "requests": 3, "points": 4}
        record.save_state(store, connection, "github", ["pull_requests"], "acme/app", facts | {"error": "no access"})
    run = record.start_run(store, NOW)
    body = text(opened())
    assert "a sync is running" in body and "1 with errors" in body
    record.finish_run(store, run, NOW, "failed")
    assert "a sync is running" not in text(opened())


def test_a_team_sees_its_own_charts_only(shown):
    app = opened(team="apps")
    assert not app.exception and "Within teams" not in text(app)
    assert "Apps" in text(app)


def test_another_role_reads_notes_and_writes_none(shown, monkeypatch):
    from pages.ui import notes as screen

    monkeypatch.setattr(screen, "may_write", lambda: False)
    app = opened()
    assert not app.exception and "Leads may add annotations" in text(app)
    assert not [one for one in app.text_input if one.key == "text-add"]
