"""What epics cost, worked out by hand. All days are of January 2026; the copy is of November."""

from datetime import date

import pandas as pd
import pytest
from conftest import row
from issue_rows import facts_of, together
from plan_rows import booked, epic, item

from metrics.organisation import Organisation
from metrics.plan_costs import BOOKED, SHARED, CostTotal, totals

OWNERS = {"project": {"PAY": "payments"}}


def costs(*made, rate=None, **tables):
    organisation = Organisation(owners=OWNERS, hourly_costs={"payments": rate} if rate else {})
    return facts_of(together(*made, **tables), organisation, "epic_costs")["epic_costs"].set_index("key")


def two_epics():
    done = ("In Progress", "06"), ("Done", "16")
    return (
        epic("PAY-1", "05"),
        item("PAY-11", "1", "03", *done),
        item("PAY-12", "1", "03", *done),
        item("PAY-13", "1", "03", ("In Progress", "06")),
        epic("PAY-2", "05"),
        item("PAY-21", "2", "03", *done),
        item("PAY-22", "2", "03", *done),
    )


def test_hours_booked_give_the_cost_and_what_it_comes_to_in_the_end():
    hours = [booked("11", 3), booked("12", 5), booked("13", 2), booked("21", 4), booked("22", 8)]
    rows = costs(*two_epics(), worklogs=hours, rate=80.0)
    # The other epic took (4 + 8) / 2 = 6 hours an item: 2 x 6 = 12 earned for 3 + 5 + 2 = 10 booked. All of its three
    # items at 6 hours are 18; at that pace 18 / 1.2 = 15 hours. An hour costs 80.
    one = rows.loc["PAY-1"]
    assert one[["hours", "cpi", "hours_in_the_end"]].tolist() == pytest.approx([10, 1.2, 15])
    assert one[["cost", "cost_in_the_end"]].tolist() == pytest.approx([800, 1200]) and one["basis"] == BOOKED


def test_without_the_cost_of_an_hour_only_hours_are_told():
    hours = [booked("11", 3), booked("12", 5), booked("21", 4), booked("22", 8)]
    assert costs(*two_epics(), worklogs=hours)["cost"].isna().all()


def test_what_the_team_cost_is_shared_among_the_items_that_it_finished():
    spans = [
        row(
            "costs",
            source="files",
            id=f"{first}",
            team="payments",
            start_on=date(2026, 1, first),
            end_on=date(2026, 1, last),
            amount=amount,
            currency="EUR",
        )
        for first, last, amount in ((1, 10, 9000.0), (11, 31, 4000.0))
    ]
    early = item("PAY-23", "2", "03", ("In Progress", "06"), ("Done", "10 20:00"))
    rows = costs(*two_epics(), early, costs=spans)
    # The first ten days: 9,000 for one item, of the second epic. Then 4,000 for four: 1,000 each.
    # The first epic: 2,000 for two items, 3,000 for its three in the end; the team's five items cost 2,600 each.
    one, two = rows.loc["PAY-1"], rows.loc["PAY-2"]
    assert one[["cost", "cost_in_the_end", "cpi"]].tolist() == pytest.approx([2000, 3000, 2.6])
    assert two[["cost", "cpi"]].tolist() == pytest.approx([11_000, 2600 / (11_000 / 3)])
    assert set(rows["basis"]) == {SHARED}


def test_b10_a_project_of_175_000_that_has_earned_35_000_for_65_000_costs_325_000_in_the_end():
    # AgileEVM: 4 of 20 items done after a quarter of the time; an item is planned at 87.5 hours of 100: 8,750.
    # PV 43,750, EV 35,000, AC 650 hours = 65,000: SPI 0.2 / 0.25 = 0.80, CPI 35 / 65 = 0.538, EAC 175 / 0.538 = 325.
    done = ("In Progress", "06"), ("Done", "16")
    made = [epic("PAY-1", "05"), epic("PAY-2", "05"), item("PAY-90", "2", "03", *done)]
    made += [item(f"PAY-{n}", "1", "03", *(done if n < 14 else ())) for n in range(10, 30)]
    hours = [booked("90", 87.5), *(booked(str(n), 162.5) for n in range(10, 14))]
    rows = costs(*made, worklogs=hours, rate=100.0)
    assert rows.loc["PAY-1", ["cost", "cpi", "cost_in_the_end"]].tolist() == pytest.approx([65_000, 35 / 65, 325_000])


def test_totals_are_summed_by_currency_and_weighed_by_cost():
    rows = pd.DataFrame(
        {
            "currency": ["EUR", "EUR", "", "EUR"],
            "cost": [2000.0, 6000.0, 500.0, float("nan")],
            "cost_in_the_end": [3000.0, 9000.0, 800.0, float("nan")],
            "cpi": [1.2, 0.8, 1.0, 0.9],
        }
    )
    # 2,400 + 4,800 earned for 8,000: 0.9.
    assert totals(rows) == (CostTotal("", 1, 500, 800, 1.0), CostTotal("EUR", 2, 8000, 12_000, pytest.approx(0.9)))
    assert totals(rows.iloc[3:]) == ()
    assert [one.words for one in totals(rows)] == [
        "1 open epic has cost 500 so far and comes to 800 in the end, at a cost performance of 1.00.",
        "2 open epics have cost 8,000 EUR so far and come to 12,000 EUR in the end, at a cost performance of 0.90.",
    ]


def test_costs_of_a_team_in_two_currencies_are_not_added_up():
    spans = [
        row(
            "costs",
            source="files",
            id=currency,
            team="payments",
            start_on=date(2026, 1, 1),
            end_on=date(2026, 1, 31),
            amount=4000.0,
            currency=currency,
        )
        for currency in ("EUR", "USD")
    ]
    assert costs(*two_epics(), costs=spans).empty
    assert set(costs(*two_epics(), costs=spans[:1])["currency"]) == {"EUR"}


def test_nothing_is_told_of_cost_where_nothing_is_known():
    assert costs(*two_epics()).empty
