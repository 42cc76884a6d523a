"""Which weeks are no weeks of work, and what forecasts make of them; worked out by hand."""

from dataclasses import replace
from datetime import date, timedelta

from conftest import NOW, REPOSITORY, at, frame_of
from issue_rows import facts_of, together
from plan_rows import MONDAY, TEAMS, forecast_rows, portfolio

from data import notes, record
from data.config import Config
from data.notes import Kind, Note
from metrics.calendar_weeks import monday
from metrics.loading import load
from metrics.open_epics import FACTS, Plans
from metrics.organisation import Organisation
from metrics.told import teams_told
from metrics.weeks_off import noted_holidays, weeks_off
from metrics.working_hours import Calendar


def noted(begins, ends=None, number=1, **values):
    usual = {
        "id": number,
        "kind": "holiday",
        "text": "works outing",
        "author": "Ada",
        "noted_at": at("2026-08-01 09:00"),
    }
    return usual | {"begins": at(f"{begins} 00:00"), "ends": at(f"{ends} 00:00") if ends else None} | values


def weeks_of(*made):
    rows = noted_holidays(frame_of("notes", list(made)), Organisation())
    mondays = [str(monday(int(week))) for week in rows["week"]]
    return list(zip(mondays, rows["team"].astype(object).where(rows["team"].notna(), None), strict=True))


def test_a_note_takes_out_every_week_that_it_touches_from_monday_to_friday():
    # The 4th of September 2026 is a Friday, the 5th a Saturday, the 7th a Monday.
    assert weeks_of(noted("2026-09-04")) == [("2026-08-31", None)]
    assert weeks_of(noted("2026-09-05", "2026-09-07")) == []
    assert weeks_of(noted("2026-09-05", "2026-09-08")) == [("2026-09-07", None)]
    assert weeks_of(noted("2026-09-04", "2026-09-15", team="payments")) == [
        ("2026-08-31", "payments"),
        ("2026-09-07", "payments"),
        ("2026-09-14", "payments"),
    ]


def test_only_holidays_that_stand_and_are_of_whole_teams_count():
    assert weeks_of(noted("2026-09-01", kind="annotation")) == []
    assert weeks_of(noted("2026-09-01"), noted("2026-09-01", number=2, kind="taken_back", replaces=1)) == []
    assert weeks_of(noted("2026-09-01"), noted("2026-09-08", number=2, replaces=1)) == [("2026-09-07", None)]
    for narrow in ("indicator", "repository", "project"):
        assert weeks_of(noted("2026-09-01", **{narrow: "one"})) == []


def test_a_holiday_was_known_from_when_it_was_noted():
    calendar = Calendar(holidays=frozenset({date(2026, 9, 7), date(2026, 9, 8)}))
    organisation = Organisation(calendars={"payments": calendar})
    said = noted_holidays(frame_of("notes", [noted("2026-09-14", noted_at=at("2026-09-22 09:00"))]), organisation)
    first = int(said["week"].iloc[0]) - 2
    off = weeks_off("payments", first, first + 4, organisation, said)
    assert off.known()[:4] == ("", "public holidays", "works outing", "")
    assert off.known_when(first + 3, "UTC")[:4] == ("", "public holidays", "", "")  # Monday the 21st
    assert off.known_when(first + 4, "UTC")[:4] == ("", "public holidays", "works outing", "")
    assert weeks_off("checkout", first, first + 4, organisation, said.assign(team="payments")).known()[2] == ""


def with_notes(*made):
    return [*portfolio(), {"notes": list(made)}]


def test_a_noted_week_ahead_puts_the_dates_off():
    # Three items of each epic a week: 9 in three weeks of work, 12 in four; the second week from MONDAY is none.
    assert forecast_rows(with_notes(noted("2026-11-25")))["p85"].to_dict() == {"PAY-1": 4, "PAY-2": 5}
    others = with_notes(noted("2026-11-25", team="checkout"))
    assert forecast_rows(others)["p85"].to_dict() == {"PAY-1": 3, "PAY-2": 4}
    assert forecast_rows(with_notes(noted("2026-11-25", noted_at=NOW)))["p85"].to_dict() == {"PAY-1": 4, "PAY-2": 5}


def test_a_noted_week_with_nothing_done_is_left_out_and_says_why():
    outing = MONDAY - timedelta(weeks=3)
    made = [one for one in portfolio() if not done_in(one, outing)]
    plans = Plans(facts_of(together(*made, {"notes": [noted("2026-10-28")]}), TEAMS, *FACTS), TEAMS)
    past = plans.portfolios["payments"].capacity.history
    assert past.finished == (6.0,) * 9 and past.left_out == ((7, "works outing"),)
    without = Plans(facts_of(together(*made), TEAMS, *FACTS), TEAMS).portfolios["payments"].capacity.history
    assert 0.0 in without.finished and without.left_out == ()


def done_in(made, week):
    moves = [change["at"] for change in made["issue_changes"] if change["to_text"] == "Done"]
    return any(week <= moment < week + timedelta(weeks=1) for moment in moves)


def test_a_team_promises_nothing_for_a_noted_week():
    facts = facts_of(together(*with_notes(noted("2026-11-25"))), TEAMS, *FACTS)
    (one,) = teams_told(facts, TEAMS, NOW, date(2026, 11, 21))
    assert one.items == 18  # six a week in three of the four weeks


def test_a_noted_holiday_is_there_at_once_and_no_other_note_builds_anything_anew(store):
    with store.writing() as connection:
        store.upsert(connection, "repositories", [REPOSITORY])
    record.finish_run(store, record.start_run(store, NOW), NOW, "complete")
    before, version = load(store, Config()), store.version()
    assert before.facts["noted_holidays"].empty
    outing = Note(Kind.HOLIDAY, "works outing", "Ada", NOW, begins=at("2026-11-25 00:00"))
    notes.add(store, replace(outing, kind=Kind.ANNOTATION))
    assert store.version() == version
    assert "noted_holidays" in dict(load(store, Config(), before).facts)
    kept = notes.add(store, outing)
    assert store.version() != version
    after = load(store, Config(), before)
    assert after.facts["noted_holidays"]["text"].tolist() == ["works outing"]
    notes.take_back(store, kept, "Ada", NOW)
    assert load(store, Config(), after).facts["noted_holidays"].empty
