"""Sprints, promised and kept, worked out by hand. The sprint is from the 5th to the 16th of January 2026."""

import pytest
from issue_rows import change, facts_of, issue, observed, reasons_of, result, sprint, together, values_of

from metrics.sprints import by_sprint

FORTNIGHT = sprint("7", "05", "16")


def put_in(when, before=None, after="7"):
    return change("sprint", when, (before, after))


def take_out(when, before="7", after=None):
    return change("sprint", when, (before, after))


def done(when):
    return ("Done", when)


def figures(*made, sprints=(FORTNIGHT,)):
    rows = by_sprint(facts_of(together(*made, sprints=list(sprints)))["sprint_items"]).set_index("key")
    return rows[["committed", "open", "kept", "added", "removed", "completed", "not_completed"]].astype(int)


def a_sprint():
    """Four at the start: one kept, one not, one done before, one taken out and done elsewhere. Two added later."""
    return [
        issue("PAY-1", "01", done("10"), changes=[put_in("03")], sprints=["7"]),
        issue("PAY-2", "01", done("20"), changes=[put_in("03")], sprints=["7"]),
        issue("PAY-3", "01", done("04"), changes=[put_in("03")], sprints=["7"]),
        issue("PAY-4", "01", done("12"), changes=[put_in("03"), take_out("08")]),
        issue("PAY-5", "01", done("11"), changes=[put_in("06")], sprints=["7"]),
        issue("PAY-6", "01", changes=[put_in("06"), take_out("09")]),
    ]


def test_a_sprints_figures_are_rebuilt_from_the_histories():
    assert figures(*a_sprint()).loc["7"].to_dict() == {
        "committed": 4,  # 1, 2, 3, 4
        "open": 3,  # without 3, which was done before
        "kept": 2,  # 1, and 4 outside the sprint
        "added": 2,  # 5, 6
        "removed": 2,  # 4, 6
        "completed": 3,  # 1, 3, 5
        "not_completed": 1,  # 2
    }


def test_say_do_is_a_row_per_sprint_with_its_own_percentage():
    # 2 of 3 = 66.7 %.
    rows = observed("sprint_say_do", *a_sprint(), sprints=[FORTNIGHT])
    assert values_of(rows) == {"7": 66.666667}
    assert rows["at"].tolist() == [FORTNIGHT["complete_at"]]
    assert rows["project"].tolist() == ["PAY"]


def test_scope_change_is_what_came_and_went_in_percent_of_what_was_there():
    # (2 + 2) of 4 = 100 %.
    assert values_of(observed("sprint_scope_change", *a_sprint(), sprints=[FORTNIGHT])) == {"7": 100.0}


def test_sprints_are_pooled_by_what_was_committed():
    # 2 of 3, and 0 of 1 in the other: 2 of 4 = 50 %, and not the mean of 66.7 and 0.
    other = issue("PAY-9", "01", changes=[put_in("03", after="8")], sprints=["8"])
    answer = result("sprint_say_do", *a_sprint(), other, sprints=[FORTNIGHT, sprint("8", "05", "17")])
    assert answer.total.value == pytest.approx(50)
    assert (answer.total.n, answer.total.reason) == (2, "too_few")


def test_sub_tasks_and_running_sprints_are_left_out():
    sub_task = issue("PAY-1", "01", changes=[put_in("03")], sprints=["7"], is_subtask=True, type="Sub-task")
    assert figures(sub_task).empty
    plain = issue("PAY-2", "01", changes=[put_in("03")], sprints=["7"])
    assert figures(plain, sprints=[sprint("7", "05", None)]).empty
    assert figures(plain, sprints=[sprint("7", "05", "16", state="future", complete_at=None)]).empty


def test_a_sprint_to_which_nothing_was_committed_is_listed_without_a_figure():
    added = issue("PAY-1", "01", done("10"), changes=[put_in("06")], sprints=["7"])
    for indicator in ("sprint_say_do", "sprint_scope_change"):
        rows = observed(indicator, added, sprints=[FORTNIGHT])
        assert reasons_of(rows) == {"7": "nothing was committed"}
        assert rows["value"].isna().all()


def test_an_issue_put_in_at_the_very_start_is_committed_and_one_at_the_very_end_is_added():
    made = [
        issue("PAY-1", "01", changes=[put_in("05")], sprints=["7"]),
        issue("PAY-2", "01", changes=[put_in("16")], sprints=["7"]),
        issue("PAY-3", "01", changes=[put_in("17")], sprints=["7"]),
    ]
    assert figures(*made).loc["7", ["committed", "added"]].tolist() == [1, 1]


def test_an_issue_created_in_the_sprint_has_no_change_and_is_in_it_from_its_creation():
    made = [issue("PAY-1", "01", sprints=["7"]), issue("PAY-2", "08", sprints=["7"])]
    assert figures(*made).loc["7", ["committed", "added"]].tolist() == [1, 1]


def test_an_issue_taken_out_before_the_start_was_never_in_the_sprint():
    assert figures(issue("PAY-1", "01", changes=[put_in("02"), take_out("04")])).empty


def test_an_issue_carried_over_stays_in_the_sprint_it_was_carried_from():
    # carried into sprint 8 after the 16th: Jira lists both.
    carried = issue(
        "PAY-1", "01", done("20"), changes=[put_in("03"), put_in("16 09:00", "7", "7, 8")], sprints=["7", "8"]
    )
    found = figures(carried, sprints=[FORTNIGHT, sprint("8", "17", "30")])
    assert found["committed"].tolist() == [1, 1]
    assert found["kept"].tolist() == [0, 1]


def test_a_sprint_shared_by_two_boards_is_counted_once_with_the_issues_of_both_projects():
    made = [
        issue("PAY-1", "01", done("10"), changes=[put_in("03")], sprints=["7"]),
        issue("PAY-2", "01", done("10"), changes=[put_in("03")], sprints=["7"]),
        issue("OPS-3", "01", changes=[put_in("03")], sprints=["7"]),
    ]
    rows = observed("sprint_say_do", *made, sprints=[sprint("7", "05", "16", projects=["PAY", "OPS"])])
    assert values_of(rows) == {"7": 66.666667}
    assert rows["project"].tolist() == ["PAY"]  # the project of most of its issues


def test_a_sprint_counts_until_it_was_completed_and_not_until_it_was_to_end():
    late = sprint("7", "05", "16", end_at=FORTNIGHT["start_at"])
    assert (
        figures(issue("PAY-1", "01", done("15"), changes=[put_in("03")], sprints=["7"]), sprints=[late]).loc[
            "7", "kept"
        ]
        == 1
    )


def test_points_are_those_of_the_start_and_of_the_end():
    estimated = issue(
        "PAY-1", "01", changes=[put_in("03"), change("points", "08", words=("3", "5"))], sprints=["7"], points=5.0
    )
    rows = facts_of(together(estimated, sprints=[FORTNIGHT]))["sprint_items"]
    assert rows[["points_at_start", "points_at_end"]].to_numpy().tolist() == [[3.0, 5.0]]
