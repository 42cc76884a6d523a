"""One team's flow on a few issues worked out by hand. All days are of January 2026; weeks begin on the 5th."""

from datetime import date, timedelta

import numpy as np
import pytest
from conftest import at, row
from hypothesis import given
from hypothesis import strategies as st
from issue_rows import STAGES, day, facts_of, issue, issues_of, together

from metrics.cumulative_flow import cumulative_flow, steadiness, stretches, weekly
from metrics.flow_rows import FlowRows
from metrics.organisation import Organisation
from metrics.stage_windows import finished, in_progress, stage_table
from metrics.team_flow import TeamFlow
from metrics.team_forecast import team_forecast

MAPPED = Organisation(stages=STAGES, owners={"project": {"PAY": "pay", "OPS": "ops"}})
NAMES = ("issues", "status_times", "stage_times", "work_in_progress", "status_changes")
MONDAY, NEXT = at("2026-01-05 00:00"), at("2026-01-12 00:00")


def facts(*made, **tables):
    return facts_of(together(*made, **tables), MAPPED, *NAMES)


def done_one():
    """Two days active (6th to 8th), three in review (8th to 11th)."""
    return issue("PAY-1", "05", ("In Progress", "06"), ("In Review", "08"), ("Done", "11"))


def open_one():
    """In progress since the 7th, in review since the 9th."""
    return issue("PAY-2", "05", ("In Progress", "07"), ("In Review", "09"))


def test_the_table_of_stages_holds_what_was_finished_in_the_window():
    known = facts(done_one(), open_one(), issue("OPS-3", "05", ("In Progress", "06"), ("Done", "07")))
    table = stage_table(known["stage_times"], "pay", MONDAY, NEXT)
    assert table.to_dict("index") == {"PAY-1": {"active": 2.0, "review": 3.0}}
    assert stage_table(known["stage_times"], "pay", NEXT, NEXT + timedelta(weeks=1)).empty
    assert len(stage_table(known["stage_times"], None, MONDAY, NEXT)) == 2


def test_what_is_in_progress_has_its_age_and_the_time_in_its_stage():
    # On the 12th: five days since the 7th, three in review.
    known = facts(done_one(), open_one())
    (row,) = in_progress(known["issues"], known["status_times"], "pay", NEXT).to_dict("records")
    assert (row["key"], row["age"], row["age_in_stage"], row["blocked"]) == ("PAY-2", 5.0, 3.0, False)


def test_the_time_in_a_stage_adds_up_over_visits():
    # Review 8th to 9th and since the 10th: 1 + 2 days on the 12th.
    back = issue("PAY-1", "05", ("In Progress", "06"), ("In Review", "08"), ("In Progress", "09"), ("In Review", "10"))
    known = facts(back)
    assert in_progress(known["issues"], known["status_times"], None, NEXT)["age_in_stage"].tolist() == [3.0]


def test_what_is_blocked_says_since_when_and_why():
    waits = {"kind": "is blocked by", "other_id": "9", "other_key": "OPS-9", "since": day("09")}
    held = issue("PAY-1", "05", ("In Progress", "06"), ("Blocked", "08"), is_flagged=True)
    other = issue("OPS-9", "05", ("In Progress", "06"))
    link = row("issue_links", source="jira", issue_id="1", id="l", **waits)
    rows = issues_of(held, other, issue_links=[link], organisation=MAPPED)
    # Flagged since it was made on the 5th: no change says otherwise.
    assert rows.loc["PAY-1", "blocked_why"] == "flagged, status Blocked, waits for OPS-9"
    assert rows.loc["PAY-1", "blocked_since"] == day("05")
    assert rows["blocked_since"].notna().tolist() == [True, False]


def test_a_link_to_something_done_blocks_no_more():
    waits = {"kind": "is blocked by", "other_id": "9", "other_key": "OPS-9", "since": day("07")}
    held, other = issue("PAY-1", "05", ("In Progress", "06")), issue("OPS-9", "05", ("Done", "08"))
    link = row("issue_links", source="jira", issue_id="1", id="l", **waits)
    assert issues_of(held, other, issue_links=[link], organisation=MAPPED)["blocked_since"].isna().all()


def test_cumulative_flow_counts_each_stage_at_the_end_of_each_day():
    # Ends of the 5th … 11th. PAY-1: active 6–7, review 8–10, done 11 (at 00:00). PAY-2: active 7–8, review from the 9th.
    known = facts(done_one(), open_one())
    flow = cumulative_flow(stretches(known["issues"], known["status_times"], "pay"), MONDAY, NEXT)
    assert flow.stages["active"].tolist() == [0, 1, 2, 1, 0, 0, 0]
    assert flow.stages["review"].tolist() == [0, 0, 0, 1, 2, 2, 1]
    assert flow.done.tolist() == [0, 0, 0, 0, 0, 0, 1]
    assert flow.work.tolist() == [0, 1, 2, 2, 2, 2, 1]


def test_arrivals_and_departures_are_counted_by_week_and_stage():
    known = facts(done_one(), open_one())
    rows = stretches(known["issues"], known["status_times"], "pay")
    found = weekly(rows, known["work_in_progress"], "pay", (MONDAY,), NEXT)
    assert (found.started.tolist(), found.finished.tolist(), found.exceeded) == ([2], [1], (1, 1))
    review = found.balances["review"]  # two came, one left, one is there
    assert (review.arrivals, review.departures, review.waiting) == (2, 1, 1)


def test_littles_law_is_held_against_the_days_of_the_flow():
    # Mean work (0+1+2+2+2+2+1)/7 = 10/7; one done in 7 days: 10 days expected, 5 observed.
    known = facts(done_one(), open_one())
    flow = cumulative_flow(stretches(known["issues"], known["status_times"], "pay"), MONDAY, NEXT)
    check = steadiness(flow, finished(known["issues"], "pay", MONDAY, NEXT))
    assert (check.expected, check.observed, check.steady) == (pytest.approx(10), 5.0, False)
    assert steadiness(flow, finished(known["issues"], "ops", MONDAY, NEXT)) is None


@given(st.lists(st.tuples(st.integers(1, 20), st.integers(1, 9)), min_size=1, max_size=8))
def test_what_came_less_what_went_is_what_is_there(spans):
    made = [
        issue(f"PAY-{n}", "01", ("In Progress", f"{start:02}"), ("Done", f"{start + length:02}"))
        for n, (start, length) in enumerate(spans, start=1)
    ]
    known = facts(*made)
    rows = stretches(known["issues"], known["status_times"], None)
    first = at("2026-01-01 00:00")
    flow = cumulative_flow(rows, first, first + timedelta(days=21))
    weeks = tuple(first + timedelta(weeks=n) for n in range(3))
    found = weekly(rows, known["work_in_progress"], None, weeks, first + timedelta(weeks=3))
    # An issue that starts or ends exactly at midnight of a week's end belongs to the week after.
    assert flow.work[6::7].tolist() == np.cumsum(found.started - found.finished).tolist()


def team(n=12, review=3, **values):
    """Issues finished on the 11th after two days active and some in review, and one that is open."""
    made = [
        issue(f"PAY-{k}", "05", ("In Progress", "06"), ("In Review", "08"), ("Done", f"{8 + review:02}"))
        for k in range(1, n + 1)
    ]
    return TeamFlow(FlowRows.of(facts(*made, issue("PAY-99", "05", ("In Review", "07")))), "pay", NEXT, NEXT, **values)


def test_the_sentence_names_the_longest_wait_with_its_share_and_what_is_late():
    # Review 3 of 5 days; PAY-99 is there too, but twelve past ones are too few to say whether it is late.
    words = team().words
    assert words.startswith(
        "Most time apart from active work is in review: 60 % of the time of 12 finished issues (95 % interval 60 % to"
    )
    assert "too few issues in the one before" in words
    assert "1 are open there, too few past ones to say which are late" in words
    assert words.endswith("more was started than finished in 1 of 4 weeks.")


def test_twenty_past_ones_say_what_is_late():
    # All twenty took three days in review; PAY-99 is there for five.
    flow = team(20)
    assert "1 of 1 open there are older than 85 % of past ones were" in flow.words
    assert flow.bands.loc["review"].tolist() == [3.0, 3.0, 20.0]
    assert flow.open_issues["key"].tolist() == ["PAY-99"] and flow.open_issues["at_risk"].all()


def test_few_issues_or_no_tracker_give_a_reason_instead():
    assert team(3).words == (
        "Where work waits is not measured: 3 issues were finished in the last 13 weeks, 10 are needed."
    )
    nothing = TeamFlow(FlowRows.of(facts()), "pay", NEXT, NEXT)
    assert nothing.words == "Where work waits is not measured: no issue tracker is synced."
    assert nothing.open_issues.empty and nothing.survival is None and nothing.change is None


def test_open_issues_count_as_not_finished_yet():
    # Twelve done after five days, one open after five: at five days 12 of 13 have ended.
    survival = team().survival
    assert survival.times == (5.0,) and survival.surviving[0] == pytest.approx(1 / 13)


def test_a_team_that_always_finishes_three_a_week_will_again():
    # Eight weeks of three: by the Sunday of the second coming week six, and seven take three weeks.
    made = [
        issue(f"PAY-{3 * week + n}", "01", ("In Progress", "02"), ("Done", "03"), **{"seen_at": at("2026-03-02 00:00")})
        for week in range(8)
        for n in range(3)
    ]
    known = facts(*made)
    shifts = np.repeat(np.arange(8), 3) * np.timedelta64(7, "D")
    issues = known["issues"].assign(done_at=known["issues"]["done_at"] + shifts + np.timedelta64(2, "D"))
    answer = team_forecast(
        issues, "pay", MAPPED, at("2026-03-02 09:00")
    )  # Monday; 5 January to 1 March are eight weeks
    assert set(answer.by(date(2026, 3, 15)).values()) == {6.0}
    assert set(answer.of(7).values()) == {date(2026, 3, 22)}
    assert answer.by(date(2026, 3, 3)) is None  # no week is over by then


def test_a_short_history_gives_no_forecast_but_a_reason():
    answer = team_forecast(facts(done_one())["issues"], "pay", MAPPED, at("2026-01-14 09:00"))
    assert answer.refusal.startswith("too short a history: 1 complete weeks")
    assert answer.by(date(2026, 3, 1)) is None and set(answer.of(5).values()) == {None}
