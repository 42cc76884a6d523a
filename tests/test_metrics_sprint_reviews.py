"""Completed sprints as a whole, on one that is worked out by hand. All days are of January 2026."""

import pytest
from issue_rows import change, day, facts_of, issue, sprint, together


def joined(when, sprint_id):
    return change("sprint", when, (None, sprint_id))


def reviews(*made, **tables):
    return facts_of(together(*made, **tables), None, "sprint_reviews")["sprint_reviews"]


def test_a_sprint_is_what_was_promised_and_what_became_of_it():
    rows = reviews(
        issue("PAY-1", "02", ("In Progress", "06"), ("Done", "09"), sprints=["7"], changes=[joined("03", "7")]),
        issue("PAY-2", "02", sprints=["7"], changes=[joined("03", "7")]),
        issue("PAY-3", "02", ("In Progress", "08"), ("Done", "12"), sprints=["7"], changes=[joined("08", "7")]),
        sprints=[sprint("7", "05", "19", goal="Refunds in a day")],
    )
    # Two at the start, one of them done at the end; a third was added and done; the second is carried over.
    one = rows.iloc[0]
    assert [one[name] for name in ("committed", "kept", "added", "completed", "not_completed")] == [2, 1, 1, 2, 1]
    assert one["say_do"] == pytest.approx(50) and one["oddities"] == "" and one["name"] == "Sprint 7"


def test_what_is_odd_about_a_sprint_is_said():
    rows = reviews(
        issue("PAY-1", "02", sprints=["7"], changes=[joined("08", "7")]),
        sprints=[sprint("7", "05", "19", end_at=day("16"), goal=" ")],
    )
    # Planned to the 16th and closed on the 19th; nothing was in it at its start, one came later.
    assert rows.iloc[0]["oddities"] == "no goal, closed late, more added than committed, nothing committed"
    assert str(rows.iloc[0]["say_do"]) == "nan"


def test_scope_that_is_added_within_a_day_of_the_start_was_not_planned():
    rows = reviews(
        issue("PAY-1", "02", sprints=["7"], changes=[joined("03", "7")]),
        issue("PAY-2", "02", sprints=["7"], changes=[joined("05 20:00", "7")]),  # the sprint began at midnight
        issue("PAY-3", "02", sprints=["7"], changes=[joined("06 08:00", "7")]),
        sprints=[sprint("7", "05", "19", goal="Refunds in a day")],
    )
    one = rows.iloc[0]
    assert (one["added"], one["added_at_once"]) == (2, 1)
    assert one["oddities"] == "scope added within a day of its start, more added than committed"
    assert one["changed"] == pytest.approx(200)  # one at the start, two more
