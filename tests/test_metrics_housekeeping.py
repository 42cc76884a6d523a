"""What looks like housekeeping is found, listed under a title, and nothing is listed that is usual."""

import pytest
from conftest import empty_frames, pull, review
from issue_rows import code, facts_of, issue, together

from metrics.facts import build
from metrics.housekeeping import listings, rubber_stamps, without_evidence
from metrics.organisation import Organisation

TITLES = [
    "Approved at once",
    "Closed in bulk",
    "Moved within a minute",
    "Finished without a trace in the code",
]


def test_a_large_change_approved_at_once_without_a_word_is_listed(facts):
    # 215 lines each; approved after one minute, and after three. The last is small.
    rows = rubber_stamps(
        facts(
            "review_depths",
            pull_requests=[
                pull(n, "2026-01-05 08:00", merged_at="2026-01-06 08:00", additions=added)
                for n, added in ((1, 210), (2, 210), (3, 10))
            ],
            reviews=[review(1, "2026-01-05 08:01"), review(2, "2026-01-05 08:03"), review(3, "2026-01-05 08:01")],
        )
    )
    assert rows["key"].tolist() == ["acme/app#1"]


def test_finished_issues_that_no_pull_request_names_are_listed_where_naming_is_usual():
    # PAY: 4 of 5 finished ones are named, so the fifth is unusual. PAY-6 is not finished, PAY-7 is a sub-task.
    made = [issue(f"PAY-{n}", "05", ("Done", "06")) for n in (1, 2, 3, 4, 5)] + [issue("PAY-6", "05")]
    made.append(issue("PAY-7", "05", ("Done", "06"), type="Sub-task", is_subtask=True))
    found = facts_of(together(*made, **code((1, ["PAY-1", "PAY-2"]), (2, ["PAY-3"]), (3, ["PAY-4"]))))
    assert without_evidence(found["issues"], found["linked_issues"])["key"].tolist() == ["PAY-5"]


def test_where_naming_issues_is_no_habit_none_is_listed():
    # Three of four are fewer than four of five.
    made = [issue(f"PAY-{n}", "05", ("Done", "06")) for n in (1, 2, 3, 4)]
    found = facts_of(together(*made, **code((1, ["PAY-1", "PAY-2", "PAY-3"]))))
    assert without_evidence(found["issues"], found["linked_issues"]).empty


def test_every_kind_is_there_with_its_meaning_even_when_nothing_is_listed():
    lists = listings(build(empty_frames(), Organisation()))
    assert [one.title for one in lists] == TITLES
    assert all(one.meaning.endswith(".") and one.rows.empty and "at" in one.rows for one in lists)


@pytest.mark.parametrize("name", ["actor", "author", "reviewer"])
def test_no_list_names_a_person(name):
    assert not any(name in one.rows for one in listings(build(empty_frames(), Organisation())))
