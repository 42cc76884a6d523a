"""Indicators of plans, each on a few epics worked out by hand. All days are of January 2026."""

import pandas as pd
import pytest
from conftest import row
from issue_rows import change, day, facts_of, issue, observed, reasons_of, together, values_of
from plan_rows import booked, epic, item

from metrics.organisation import Organisation

CANCELLED = Organisation(cancelled={"default": frozenset({"won't do"})})
TEAMS = Organisation(owners={"project": {"PAY": "payments", "CHK": "checkout"}})
DAY = pd.Timedelta(days=1)


def due_change(when, before, after):
    return change("due_date", when, (before, after), (before, after))


# Dates ---------------------------------------------------------------------------------------------------


def test_an_epic_is_on_time_by_the_date_that_was_promised_when_it_was_begun():
    rows = observed(
        "epic_on_time_rate",
        epic("PAY-1", "05", "20 23:00", due=20),  # on the day itself
        epic("PAY-2", "05", "20", due=25, changes=[due_change("10", "2026-01-15", "2026-01-25")]),  # late by the first
        epic("PAY-3", "05", "20", due=25, changes=[due_change("10", None, "2026-01-25")]),  # promised too late
        epic("PAY-4", "05", "20", due=25, resolution="Won't Do"),
        epic("PAY-5", "05", due=25),  # open
        organisation=CANCELLED,
    )
    assert values_of(rows) == {"PAY-1": 1, "PAY-2": 0}
    assert reasons_of(rows) == {"PAY-3": "no date at its start", "PAY-4": "cancelled"}


def test_due_date_slip_is_how_far_the_date_has_moved_since_the_start():
    moved = [due_change("03", "2026-01-12", "2026-01-15"), due_change("10", "2026-01-15", "2026-01-25")]
    rows = observed("due_date_slip", epic("PAY-1", "05", "20", due=25, changes=moved))
    # Promised at the start on the 5th: the 15th. Ten days more from the 10th on, until it was done.
    assert list(zip(rows["at"], rows["until"], rows["value"], strict=True)) == [
        (day("05"), day("10"), 0),
        (day("10"), day("20"), 10),
    ]


def test_a_date_that_is_pulled_in_slips_below_zero_and_no_date_is_left_out():
    rows = observed(
        "due_date_slip",
        epic("PAY-1", "05", due=13, changes=[due_change("10", "2026-01-15", "2026-01-13")]),
        epic("PAY-2", "05", changes=[due_change("10", "2026-01-15", None)]),
        epic("PAY-3", "05"),
    )
    assert rows.loc[rows["key"] == "PAY-1", "value"].tolist() == [0, -2]
    assert reasons_of(rows) == {"PAY-2": "no due date", "PAY-3": "no date at its start"}


# Scope ---------------------------------------------------------------------------------------------------


def five_items():
    return [item(f"PAY-{n}", "1", "03") for n in range(11, 16)]


def test_scope_growth_counts_what_came_and_what_went_since_the_start():
    rows = observed(
        "epic_scope_growth",
        epic("PAY-1", "05", "28"),
        *five_items(),  # 5 at the start
        item("PAY-21", "1", "10"),  # two more: 40 %
        item("PAY-22", "1", "10"),
        issue("PAY-23", "03", changes=[change("epic", "12", (None, "1"))], epic_id="1"),  # moved in: 60 %
        item("PAY-24", None, "03", changes=[change("epic", "15", ("1", None))]),  # was the sixth; moved out
        item("PAY-25", "1", "03", ("Done", "20"), resolution="Won't Do"),  # the seventh; cancelled
        organisation=CANCELLED,
    )
    # At the start 5 + PAY-24 + PAY-25 = 7. Then 9, 10, 9 and 8: 2/7, 3/7, 2/7 and 1/7 more.
    assert rows["value"].round(6).tolist() == [round(100 * n / 7, 6) for n in (0, 2, 3, 2, 1)]
    assert rows["at"].tolist() == [day(when) for when in ("05", "10", "12", "15", "20")]
    assert rows["until"].iloc[-1] == day("28")


def test_a_small_epic_has_no_growth():
    rows = observed("epic_scope_growth", epic("PAY-1", "05"), *five_items()[:4])
    assert set(rows["excluded"]) == {"fewer than 5 items at its start"}


def test_sub_tasks_are_no_items():
    facts = facts_of(together(epic("PAY-1", "05"), item("PAY-2", "1", "03", is_subtask=True)), None, "epic_items")
    assert facts["epic_items"].empty


# Epics in parallel ---------------------------------------------------------------------------------------


def test_an_epic_is_worked_on_while_an_item_is_in_progress_and_something_has_moved_within_a_fortnight():
    rows = observed(
        "epics_in_progress",
        epic("PAY-1", "05", due=25),
        item("PAY-11", "1", "03", ("In Progress", "06"), ("Done", "28")),  # nothing else until the 20th
        epic("PAY-2", "05"),
        item("PAY-21", "2", "03", ("In Progress", "06"), ("In Review", "12"), ("Done", "22")),
        item("PAY-22", "2", "03", ("In Progress", "24"), ("Done", "27")),
        epic("PAY-3", "05"),  # without items
    )
    spans = list(zip(rows["key"], rows["at"], rows["until"], strict=True))
    assert spans == [
        ("PAY-1", day("06"), day("20")),
        ("PAY-2", day("06"), day("22")),
        ("PAY-2", day("24"), day("27")),
    ]


# Earned value --------------------------------------------------------------------------------------------


def test_schedule_performance_compares_what_is_done_with_the_time_that_has_passed():
    rows = observed(
        "epic_spi",
        epic("PAY-1", "05", "28", due=24),  # planned: the 5th to the end of the 24th, 20 days
        item("PAY-11", "1", "03", ("In Progress", "06"), ("Done", "08")),
        item("PAY-12", "1", "03", ("In Progress", "06"), ("Done", "18")),
        item("PAY-13", "1", "03", ("In Progress", "06"), ("Done", "25")),
        item("PAY-14", "1", "03"),
    )
    # By Monday the 12th only one week has passed. By the 19th: 2 of 4 done, 14 of 20 days gone. By the 26th: 3 of 4,
    # all of the time gone. On the 28th it is done.
    counted = rows[rows["excluded"].isna() & rows["value"].notna()]
    assert counted["value"].tolist() == pytest.approx([0.5 / 0.7, 0.75])
    assert (counted["until"].iloc[-1] - day("28")).total_seconds() == pytest.approx(0, abs=1)


def cost_rows(*more):
    done = ("In Progress", "06"), ("Done", "16")
    return observed(
        "epic_cpi",
        epic("PAY-1", "05", "31"),
        item("PAY-11", "1", "03", *done),
        item("PAY-12", "1", "03", *done),
        item("PAY-13", "1", "03", ("In Progress", "06")),
        epic("PAY-2", "05", "31"),
        item("PAY-21", "2", "03", *done),
        item("PAY-22", "2", "03", *done),
        worklogs=[booked("11", 3), booked("13", 2), booked("21", 4), booked("22", 8), *more],
    )


def test_cost_performance_compares_with_the_hours_that_an_item_usually_takes():
    rows = cost_rows(booked("12", 5))
    last = rows[(rows["key"] == "PAY-1") & (rows["at"] > day("18")) & (rows["at"] < day("19"))]
    # The other epic took (4 + 8) / 2 = 6 hours an item. Two done: 12 hours earned; 3 + 5 + 2 = 10 booked.
    assert last["value"].tolist() == [pytest.approx(1.2)]


def test_hours_booked_on_few_items_say_nothing_of_cost():
    rows = cost_rows()
    last = rows[(rows["key"] == "PAY-1") & (rows["at"] > day("18"))]  # one of two done items has hours: 50 %
    assert set(last["excluded"]) == {"hours booked on fewer than 70 % of its items"}


def test_without_any_hours_cost_is_not_known():
    rows = observed("epic_cpi", epic("PAY-1", "05"), *five_items())
    assert rows.empty and rows.attrs["without"] == "no_source"


# Waiting for another team --------------------------------------------------------------------------------


def blocked(number, other, since):
    return row(
        "issue_links",
        source="jira",
        issue_id=number,
        id=f"{number}-{other}",
        kind="is blocked by",
        other_id=other,
        since=day(since),
    )


def test_waiting_for_another_team_lasts_from_the_link_to_the_others_finish():
    rows = observed(
        "cross_team_wait",
        issue("PAY-1", "02", ("In Progress", "06"), ("Done", "20")),
        issue("CHK-2", "02", ("In Progress", "05"), ("Done", "12")),
        issue("CHK-3", "02", ("In Progress", "05"), ("Done", "15")),
        issue("PAY-4", "02", ("In Progress", "05"), ("Done", "19")),
        issue("PAY-5", "02", ("In Progress", "10"), ("Done", "14")),  # its own team's issue blocks it
        issue_links=[
            blocked("1", "2", "08"),
            blocked("1", "3", "11"),
            blocked("1", "4", "06"),
            blocked("5", "4", "10"),
        ],
        organisation=TEAMS,
    )
    # From the 8th to the 12th for one, from the 11th to the 15th for the other: seven days, the day in common once.
    assert values_of(rows) == {"PAY-1": 7}


# What was known of the dates -----------------------------------------------------------------------------


def test_an_epic_begins_with_its_first_item_and_belongs_to_the_team_of_most_items():
    facts = facts_of(
        together(
            epic("PAY-1", "08", due=25),
            item("CHK-11", "1", "03", ("In Progress", "06")),
            item("CHK-12", "1", "03"),
            item("PAY-13", "1", "03"),
        ),
        TEAMS,
        "epics",
    )["epics"].set_index("key")
    assert facts.loc["PAY-1", "started_at"] == day("06")
    assert facts.loc["PAY-1", "team"] == "checkout"
    assert facts.loc["PAY-1", "due_at"] == day("26") and facts.loc["PAY-1", "first_due_at"] == day("26")


def test_without_epics_nothing_is_known_of_them_and_none_are_in_progress_is_not_said():
    rows = observed("epics_in_progress", issue("PAY-1", "02", ("In Progress", "06")))
    assert rows.empty and rows.attrs["without"] == "no_data"
