"""Where time went, what was blocked and what was expected, worked out by hand."""

import pandas as pd
import pytest
from conftest import at, row
from issue_rows import (
    JANUARY,
    NOW,
    STAGES,
    change,
    day,
    facts_of,
    issue,
    observed,
    reasons_of,
    result,
    together,
    values_of,
)

from metrics.expectations import expectations, quarter
from metrics.model import Scope
from metrics.organisation import Organisation

MAPPED = Organisation(stages=STAGES)


def two():
    """PAY-1: 2 d active, 1 d ready, 1 d review. PAY-2: 5 d active, 1 d blocked. Four and six days in all."""
    return [
        issue("PAY-1", "05", ("In Progress", "06"), ("Ready", "08"), ("In Review", "09"), ("Done", "10")),
        issue("PAY-2", "05", ("In Progress", "06"), ("Blocked", "07"), ("In Progress", "08"), ("Done", "12")),
    ]


def test_stage_times_add_up_to_the_cycle():
    times = facts_of(together(*two()), MAPPED)["stage_times"]
    sums = times.groupby("key")["took"].sum()
    assert sums.to_dict() == {"PAY-1": pd.Timedelta(days=4), "PAY-2": pd.Timedelta(days=6)}
    blocked = times[(times["key"] == "PAY-2") & (times["stage"] == "active")]
    assert blocked["took"].tolist() == [pd.Timedelta(days=5)]  # entered twice, one sum


def test_the_stages_share_the_pooled_time_and_the_value_is_that_of_waiting():
    # of 10 days: active 7, review 1, queue 1, blocked 1; waiting 2 of 10 = 20 %.
    answer = result("stage_time_share", *two(), organisation=MAPPED)
    shares = {part.name: round(part.total.value, 6) for part in answer.parts}
    assert shares == {"active": 70.0, "blocked": 10.0, "queue": 10.0, "review": 10.0}
    assert answer.total.value == pytest.approx(20)
    assert answer.total.n == 2


def test_flow_efficiency_is_pooled_over_issues():
    # 3 of 4 days and 5 of 6: 8 of 10 = 80 %.
    rows = observed("flow_efficiency", *two(), organisation=MAPPED)
    assert values_of(rows) == {"PAY-1": 75.0, "PAY-2": 83.333333}
    assert result("flow_efficiency", *two(), organisation=MAPPED).total.value == pytest.approx(80)


def test_flow_efficiency_of_work_that_only_waited_is_zero():
    # in progress and at once blocked until done: none of the 3 days was work.
    waited = issue("PAY-1", "05", ("In Progress", "06"), ("Blocked", "06"), ("Done", "09"))
    assert values_of(observed("flow_efficiency", waited, organisation=MAPPED)) == {"PAY-1": 0.0}


def test_flow_efficiency_is_not_known_where_no_stage_is_a_queue():
    total = result("flow_efficiency", *two()).total
    assert (total.value, total.reason) == (None, "unmapped")


def test_the_worked_example_of_three_items():
    # days at work, waiting and in review: (2, 10, 1), (1, 22, 2), (4, 6, 1): work is 11 of 49 days = 22.4 %.
    made = [
        issue("PAY-1", "01", ("In Progress", "02"), ("Ready", "04"), ("In Review", "14"), ("Done", "15")),
        issue("PAY-2", "01", ("In Progress", "02"), ("Ready", "03"), ("In Review", "25"), ("Done", "27")),
        issue("PAY-3", "01", ("In Progress", "02"), ("Ready", "06"), ("In Review", "12"), ("Done", "13")),
    ]
    assert result("flow_efficiency", *made, organisation=MAPPED).total.value == pytest.approx(100 * 11 / 49)
    assert result("stage_time_share", *made, organisation=MAPPED).total.value == pytest.approx(100 * 38 / 49)


# Blocked -------------------------------------------------------------------------------------------------


def test_times_blocked_at_once_count_once_and_only_between_start_and_finish():
    # flagged 4th–9th, of which 6th–9th is after the start; in Blocked 8th–10th; together 6th–10th: 4 d.
    flags = [change("flagged", "04", words=(None, "Impediment")), change("flagged", "09", words=("Impediment", None))]
    moves = ("In Progress", "06"), ("Blocked", "08"), ("In Progress", "10"), ("Done", "12")
    made = [
        issue("PAY-1", "03", *moves, changes=flags),
        issue("PAY-2", "03", ("In Progress", "06"), ("Done", "12")),
    ]
    assert values_of(observed("blocked_time", *made, organisation=MAPPED)) == {"PAY-1": 4.0}
    assert values_of(observed("blocked_share", *made, organisation=MAPPED)) == {"PAY-1": 1.0, "PAY-2": 0.0}


def test_a_link_blocks_from_its_making_until_the_other_issue_is_done():
    # blocked from the 7th until PAY-2 is done on the 9th: 2 d. The other way round the link blocks nothing.
    made = issue("PAY-1", "03", ("In Progress", "06"), ("Done", "12")), issue("PAY-2", "03", ("Done", "09"))
    links = [
        row("issue_links", source="jira", issue_id="1", id="1", kind="is blocked by", other_id="2", since=day("07")),
        row("issue_links", source="jira", issue_id="2", id="1", kind="blocks", other_id="1", since=day("07")),
    ]
    assert values_of(observed("blocked_time", *made, issue_links=links)) == {"PAY-1": 2.0}


def test_where_nothing_says_what_is_blocked_it_is_not_known():
    total = result("blocked_time", issue("PAY-1", "05", ("In Progress", "06"), ("Done", "09"))).total
    assert (total.value, total.reason) == (None, "unmapped")


# Expectations --------------------------------------------------------------------------------------------


def quarter_of_cycles(lengths, first=1):
    """Issues finished in the last quarter of 2025 with these cycle times in days."""
    made = []
    for number, length in enumerate(lengths, first):
        one = issue(f"PAY-{number}", "05", ("In Progress", "06"), ("Done", "07"))
        begin = pd.Timestamp(at("2025-11-01 00:00"))
        one["issues"][0]["created_at"] = begin
        one["issue_changes"][0]["at"] = begin
        one["issue_changes"][1]["at"] = begin + pd.Timedelta(days=length)
        made.append(one)
    return made


def test_the_expectation_is_the_85th_percentile_of_the_quarter_before():
    # 1 … 20 days: position 0.85 · 19 = 16.15 → 17.15 d.
    known = expectations(facts_of(together(*quarter_of_cycles(range(1, 21))))["issues"])
    assert known.index.tolist() == [("unassigned", 2026 * 4)]
    assert known.tolist() == pytest.approx([17.15])
    assert quarter(pd.Series([pd.Timestamp(at("2026-01-01 00:00"))])).tolist() == [2026 * 4]


def test_attainment_compares_with_the_expectation_that_stood_before():
    now = [
        issue("PAY-31", "01", ("In Progress", "02"), ("Done", "19")),  # 17 d
        issue("PAY-32", "01", ("In Progress", "02"), ("Done", "20")),  # 18 d
    ]
    rows = observed("sle_attainment", *quarter_of_cycles(range(1, 21)), *now)
    assert values_of(rows) == {"PAY-31": 1.0, "PAY-32": 0.0}
    assert set(reasons_of(rows).values()) == {"no expectation yet"}


def test_fewer_than_twenty_issues_give_no_expectation():
    now = issue("PAY-31", "01", ("In Progress", "02"), ("Done", "19"))
    assert values_of(observed("sle_attainment", *quarter_of_cycles(range(1, 20)), now)) == {}


def test_the_share_of_open_work_over_its_expectation():
    # expected 17.15 d. At the end of the 24th PAY-31 is 22 d old, PAY-32 10 d: one of two.
    made = [
        *quarter_of_cycles(range(1, 21)),
        issue("PAY-31", "01", ("In Progress", "03")),
        issue("PAY-32", "01", ("In Progress", "15")),
    ]
    scope = Scope(at("2026-01-19 00:00"), at("2026-01-25 00:00"), NOW)
    answer = result("wip_over_sle", *made, scope=scope)
    assert (answer.total.value, answer.total.n) == (50.0, 2)
    assert values_of(answer.observations) == {"PAY-31": 1.0, "PAY-32": 0.0}
    assert [point.n for point in result("wip_over_sle", *made, scope=JANUARY).series] == [1, 2, 2, 2]
