"""The mix of work in three ways, worked out by hand. All days are of January 2026."""

import pytest
from conftest import REPOSITORY, at, pull, row
from issue_rows import facts_of, issue, together

from metrics.organisation import Organisation
from metrics.work_shares import FACTS, work_shares

MIX = Organisation(work_mix={"new": {"types": frozenset({"story"})}, "bug": {"types": frozenset({"bug"})}})
START, END = at("2026-01-05 00:00"), at("2026-01-19 00:00")


def booked(number, hours):
    when = at("2026-01-07 00:00")
    return row("worklogs", source="jira", issue_id=number, id=f"w{number}", seconds=3600 * hours, started_at=when)


def shares(*made, **tables):
    project = row("projects", source="jira", id="1", key="PAY")
    known = together(*made, repositories=[REPOSITORY], projects=[project], **tables)
    found = work_shares(facts_of(known, MIX, *FACTS), START, END)
    return found, found.set_index("part")


def four_issues():
    """Two stories in progress for a day each, a bug for six, and a task of no class for none."""
    return (
        issue("PAY-1", "02", ("In Progress", "06"), ("Done", "07")),
        issue("PAY-2", "02", ("In Progress", "06"), ("Done", "07")),
        issue("PAY-3", "02", ("In Progress", "06"), ("Done", "12"), type="Bug"),
        issue("PAY-4", "02", ("Done", "08"), type="Task"),
        issue("PAY-5", "02", ("In Progress", "06"), ("Done", "20")),  # after the range
    )


def test_three_ways_of_counting_give_a_band():
    pulls = [
        pull(n, "2026-01-06 08:00", merged_at="2026-01-07 08:00", mentions=named)
        for n, named in ((1, ["PAY-1"]), (2, ["PAY-3"]), (3, ["PAY-3"]), (4, []), (5, ["PAY-9"]))
    ]
    found, by_part = shares(*four_issues(), pull_requests=pulls)
    # Issues: 2 stories, 1 bug, 1 task of 4. Pull requests: 1, 2 and 2 (naming none that is known) of 5.
    # Time in work: 2 days of stories and 6 of the bug, of 8.
    assert by_part.loc["new", ["issues", "pull_requests", "time"]].tolist() == pytest.approx([50, 20, 25])
    assert by_part.loc["bug", ["issues", "pull_requests", "time"]].tolist() == pytest.approx([25, 40, 75])
    assert by_part.loc["unclassified", ["issues", "pull_requests", "time"]].tolist() == pytest.approx([25, 40, 0])
    assert by_part.loc["new", ["low", "high"]].tolist() == pytest.approx([20, 50])
    assert found.attrs == {"n": {"issues": 4, "pull_requests": 5}, "time_is": "in work"}


def test_hours_that_are_booked_on_most_issues_are_the_time():
    found, by_part = shares(*four_issues(), worklogs=[booked("1", 2), booked("2", 4), booked("3", 6)])
    # Three of four have hours: 75 %. Six hours for stories, six for the bug.
    assert by_part["time"].to_dict() == pytest.approx({"new": 50, "bug": 50, "unclassified": 0})
    assert found.attrs["time_is"] == "booked" and by_part["pull_requests"].isna().all()


def test_without_finished_work_there_is_no_mix():
    assert shares()[0].empty
