"""Stages of work, and what statuses come to be when they are renamed, removed or named by nobody."""

import pandas as pd
from conftest import row
from issue_rows import STAGES, change, facts_of, issue, issues_of, observed, together, values_of

from metrics.organisation import Organisation
from metrics.stages import unmapped_statuses

MAPPED = Organisation(stages=STAGES)
BOARD = row(
    "boards",
    source="jira",
    id="b",
    project="PAY",
    columns=[
        {"name": "Doing", "statuses": ["2"]},
        {"name": "Code review", "statuses": ["3"]},
        {"name": "Blocked / on hold", "statuses": ["5"]},
        {"name": "In review (done)", "statuses": ["4"]},
    ],
)


def stages(*made, organisation=None, **tables):
    return facts_of(together(*made, **tables), organisation)["status_times"]["stage"].tolist()


def test_without_configuration_the_stage_is_the_status_category():
    moved = issue("PAY-1", "05", ("In Progress", "06"), ("Ready", "07"), ("Done", "09"))
    assert stages(moved) == ["queue", "active", "active", "done"]


def test_a_board_column_names_review_and_blocked_and_changes_neither_start_nor_finish():
    moved = issue("PAY-1", "05", ("Blocked", "06"), ("In Review", "07"), ("Done", "09"))
    assert stages(moved, boards=[BOARD]) == ["queue", "blocked", "review", "done"]
    assert issues_of(moved, boards=[BOARD])["cycle"].tolist() == [pd.Timedelta(days=3)]  # from the 6th on, as without


def test_the_configuration_comes_before_board_and_category():
    # Ready and Blocked are no start there: started on the 8th, done on the 9th.
    moved = issue("PAY-1", "05", ("Ready", "06"), ("Blocked", "07"), ("In Progress", "08"), ("Done", "09"))
    assert stages(moved, organisation=MAPPED, boards=[BOARD]) == ["queue", "queue", "blocked", "active", "done"]
    assert values_of(observed("issue_cycle_time", moved, organisation=MAPPED)) == {"PAY-1": 1.0}
    assert values_of(observed("issue_cycle_time", moved)) == {"PAY-1": 3.0}


def test_work_may_start_in_review():
    moved = issue("PAY-1", "05", ("In Review", "07"), ("Done", "09"))
    assert values_of(observed("issue_cycle_time", moved, organisation=MAPPED)) == {"PAY-1": 2.0}


def test_a_project_has_stages_of_its_own():
    own = Organisation(stages=STAGES | {"OPS": STAGES["default"] | {"ready": "active"}})
    moves = ("Ready", "06"), ("In Progress", "08"), ("Done", "09")
    made = issue("PAY-1", "05", *moves), issue("OPS-2", "05", *moves)
    assert values_of(observed("issue_cycle_time", *made, organisation=own)) == {"OPS-2": 3.0, "PAY-1": 1.0}


def test_a_status_is_followed_by_its_id_through_a_change_of_name():
    # the history says "Coding" for the status that is called "In Progress" today.
    renamed = issue("PAY-1", "05", ("In Progress", "06"), ("Done", "09"))
    for one in renamed["issue_changes"]:
        for side in ("from_text", "to_text"):
            one[side] = "Coding" if one[side] == "In Progress" else one[side]
    assert values_of(observed("issue_cycle_time", renamed)) == {"PAY-1": 3.0}
    assert values_of(observed("issue_cycle_time", renamed, organisation=MAPPED)) == {"PAY-1": 3.0}


def test_a_status_that_is_no_longer_listed_is_neither_in_progress_nor_done():
    # "Old" from the 6th, In Progress from the 8th: 1 d. The other ends in "Old": it left done, so it is not finished.
    made = [
        issue("PAY-1", "05", ("Old", "06"), ("In Progress", "08"), ("Done", "09")),
        issue("PAY-2", "05", ("In Progress", "06"), ("Done", "07"), ("Old", "10")),
    ]
    assert values_of(observed("issue_cycle_time", *made)) == {"PAY-1": 1.0}
    assert issues_of(*made)["reopens"].tolist() == [0, 1]
    listed = unmapped_statuses(facts_of(together(*made))["status_times"])
    assert listed[["status", "now"]].to_dict("records") == [{"status": "Old", "now": 1}]


def test_a_status_that_is_no_longer_listed_can_be_named_in_the_configuration():
    old = Organisation(stages={"default": {"old": "active"}})
    moved = issue("PAY-1", "05", ("Old", "06"), ("In Progress", "08"), ("Done", "09"))
    assert values_of(observed("issue_cycle_time", moved, organisation=old)) == {"PAY-1": 3.0}


def test_statuses_in_use_that_the_configuration_does_not_name_are_listed_unless_they_are_to_do():
    partly = Organisation(stages={"default": {"done": "done"}})
    made = issue("PAY-1", "05", ("In Progress", "06")), issue("PAY-2", "05", ("In Review", "06"), ("Done", "09"))
    listed = unmapped_statuses(facts_of(together(*made), partly)["status_times"])
    assert listed.to_dict("records") == [
        {
            "project": "PAY",
            "status_id": "2",
            "status": "In Progress",
            "category": "active",
            "stage": "active",
            "now": 1,
        },
        {"project": "PAY", "status_id": "3", "status": "In Review", "category": "active", "stage": "active", "now": 0},
    ]
    assert unmapped_statuses(facts_of(together(*made))["status_times"]).empty


def test_a_moved_issue_keeps_its_history_and_counts_in_its_new_project():
    moved = issue("OPS-7", "05", ("In Progress", "06"), ("Done", "09"), changes=[change("project", "08", ("1", "2"))])
    facts = issues_of(moved)
    assert facts["project"].tolist() == ["OPS"]
    assert facts["cycle"].tolist() == [pd.Timedelta(days=3)]


def test_two_changes_at_one_moment_hold_in_their_order():
    # In Progress and Done in the same second: started and done at once, which is no duration.
    at_once = issue("PAY-1", "05", ("In Progress", "06"), ("Done", "06"))
    facts = issues_of(at_once)
    assert facts["status"].tolist() == ["Done"]
    assert facts["cycle"].isna().all()
    assert facts["done_at"].notna().all()


def test_the_changes_of_an_issue_that_is_gone_are_passed_over():
    gone = issue("PAY-1", "05", ("In Progress", "06"), ("Done", "09")) | {"issues": []}
    assert issues_of(gone, issue("PAY-2", "05")).index.tolist() == ["PAY-2"]
    assert observed("throughput", gone, issue("PAY-2", "05")).empty


def test_ids_of_two_sites_do_not_mix():
    other = issue("ADS-1", "05", ("In Progress", "06"), ("Done", "16"), source="jira@other")
    for one in other["issue_changes"]:
        one["source"] = "jira@other"
    listed = [row("statuses", source="jira@other", id=n, name=n, category=c) for n, c in (("2", "new"), ("4", "done"))]
    tables = together(issue("PAY-1", "05", ("In Progress", "06"), ("Done", "09")), other)
    tables["statuses"] += listed
    rows = observed("issue_cycle_time", tables)
    assert values_of(rows) == {"PAY-1": 3.0}  # in the other site, "2" is to do
