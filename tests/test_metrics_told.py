"""What was told is kept and counts before anything rebuilt; worked out by hand."""

from dataclasses import replace
from datetime import UTC, date, datetime, timedelta

import pandas as pd
from conftest import NOW, frame_of
from issue_rows import facts_of, together
from plan_rows import MONDAY, TEAMS, plans_of, portfolio

from data import forecasts
from data.store import Store
from metrics.open_epics import FACTS, VERSIONS, Plans, open_epics
from metrics.organisation import Organisation
from metrics.telling import is_told, tell
from metrics.told import Told, as_told, came_true, plans_told, teams_told, told_forecasts

TODAY = date(2026, 11, 21)
FIRST = Told(TODAY, "epic", "PAY-1", NOW, probability=0.9, p85=date(2026, 12, 6), details={"team": "payments"})


def test_the_first_forecast_of_a_day_is_kept_and_never_overwritten(store_url):
    store = Store.open(store_url)
    forecasts.keep(store, [FIRST.row])
    forecasts.keep(store, [replace(FIRST, probability=0.1).row, replace(FIRST, made_on=date(2026, 11, 22)).row])
    kept = store.load("forecasts").sort_values("made_on")
    assert kept["probability"].tolist() == [0.9, 0.9] and kept["made_on"].tolist() == ["2026-11-21", "2026-11-22"]
    assert kept["p85"].tolist() == [pd.Timestamp("2026-12-06")] * 2
    assert kept["details"].iloc[0] == {"team": "payments"}
    forecasts.keep(store, [])


def told_rows(*told: Told) -> pd.DataFrame:
    return told_forecasts(frame_of("forecasts", [one.row for one in told]), Organisation())


def plan(epic, started, done, cancelled=False):
    return {
        "epic": epic,
        "key": f"PAY-{epic}",
        "started_at": pd.Timestamp(started, tz="UTC"),
        "done_at": pd.Timestamp(done, tz="UTC"),
        "is_cancelled": cancelled,
    }


def test_a_told_date_held_when_the_epic_was_done_by_the_end_of_its_day():
    def said(scope, day, promised):
        return Told(day, "epic", scope, datetime(day.year, day.month, day.day, 9, tzinfo=UTC), p85=promised)

    told = told_rows(
        said("PAY-1", date(2026, 8, 31), date(2026, 9, 20)),  # before it was begun
        said("PAY-1", date(2026, 9, 7), date(2026, 10, 4)),  # the first of those that count: done on that day
        said("PAY-1", date(2026, 9, 8), date(2026, 9, 13)),
        said("PAY-2", date(2026, 9, 7), date(2026, 10, 4)),  # done the day after
        said("PAY-3", date(2026, 9, 7), date(2026, 12, 6)),  # not over yet
        said("PAY-4", date(2026, 9, 7), date(2026, 10, 4)),  # cancelled
        said("PAY-5", date(2026, 9, 7), date(2026, 10, 4)),  # open to this day
    )
    plans = pd.DataFrame(
        [
            plan(1, "2026-09-01", "2026-10-04 23:00"),
            plan(2, "2026-09-01", "2026-10-05 01:00"),
            plan(3, "2026-09-01", None),
            plan(4, "2026-09-01", None, cancelled=True),
            plan(5, "2026-09-01", None),
        ]
    )
    held = came_true(told, plans, "epic", pd.Timestamp(MONDAY))
    assert held.to_dict() == {1: True, 2: False, 5: False}
    assert came_true(told, plans, "version", pd.Timestamp(MONDAY)).empty


def test_what_a_team_was_told_replaces_what_was_rebuilt():
    rows = pd.DataFrame(
        {
            "key": ["payments 2026-10-19", "payments 2026-09-21"],
            "promised": [20.0, 20.0],
            "actual": [24.0, 24.0],
            "needed": [0.4, 0.4],
        }
    )
    told = told_rows(
        Told(date(2026, 10, 21), "team", "payments", NOW, items=25),  # the Wednesday of that week: 24 are too few
        Told(date(2026, 10, 22), "team", "payments", NOW, items=10),  # later in the week
        Told(date(2026, 10, 21), "team", "checkout", NOW, items=1),
    )
    shown = as_told(rows, told)
    assert shown["promised"].tolist() == [25, 20] and shown["needed"].tolist() == [1, 0.4]
    assert shown["is_told"].tolist() == [True, False]


def test_the_table_is_told_as_it_is_shown():
    plans = plans_of(portfolio())
    told = {one.scope: one for one in plans_told("epic", open_epics(plans), NOW, TODAY)}
    one = told["PAY-2"]
    assert (one.kind, one.items, one.probability, one.p85) == ("epic", 12, 0, date(2026, 12, 13))
    assert one.due == datetime(2026, 12, 7, tzinfo=UTC) and one.details["team"] == "payments"


def test_what_a_day_was_told_need_not_be_reckoned_again(store):
    facts = facts_of(together(*portfolio()), TEAMS, *FACTS, *VERSIONS.facts)
    plans, versions = Plans(facts, TEAMS), Plans(facts, TEAMS, VERSIONS)
    assert not is_told(store, plans, TODAY)
    assert tell(store, plans, NOW, TODAY) == 3  # two epics and their team
    assert is_told(store, plans, TODAY) and not is_told(store, plans, TODAY + timedelta(days=1))
    assert is_told(store, versions, TODAY)  # there are none: nothing is to be told of them


def test_a_team_is_told_what_it_will_have_finished_in_four_weeks():
    # Six a week, always: 24 in the four weeks from Monday the 16th of November.
    (one,) = teams_told(plans_of(portfolio()).facts, TEAMS, NOW, TODAY)
    assert (one.scope, one.items, one.due) == ("payments", 24, datetime(2026, 12, 14, tzinfo=UTC))


def test_the_record_says_how_many_are_as_they_were_told():
    made = portfolio(weeks_of_work=12)
    for one, day in ((made[0], 2), (made[1], 4)):  # both epics are done in the last complete week
        one["issues"][0] |= {"status": "Done", "status_id": "4"}
        moved = one["issue_changes"][0] | {"id": "9.0", "position": 9, "from_id": "2", "to_id": "4"}
        one["issue_changes"].append(moved | {"at": MONDAY - timedelta(days=day), "to_text": "Done"})
    told = replace(FIRST, made_on=date(2026, 10, 1), made_at=NOW - timedelta(weeks=7), p85=date(2026, 11, 15))
    tables = together(*made)
    tables["forecasts"] = [told.row]
    plans = Plans(facts_of(tables, TEAMS, *FACTS), TEAMS)
    record = plans.records[0]
    assert record.told == 1 and record.basis.startswith("1 of them as they were told")
