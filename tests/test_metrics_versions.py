"""Versions as plans, on a few issues worked out by hand. All days are of January 2026."""

from datetime import date, datetime, timedelta

import pandas as pd
from conftest import NOW
from issue_rows import change, day, facts_of, issue, together
from plan_rows import MONDAY, TEAMS, story, version

from metrics.open_epics import VERSIONS, Plans, open_epics


def meant_for(when, before, after):
    return change("fix_version", when, (before, after))


def held(*made, versions):
    facts = facts_of(together(*made, versions=versions), TEAMS, "version_items", "versions")
    rows = facts["version_items"].assign(key=facts["issues"]["key"].reindex(facts["version_items"]["item"]).array)
    return rows, facts["versions"].set_index("key")


def spans(rows):
    return [(key, epic, start, None if pd.isna(end) else end) for key, epic, start, end in rows.to_numpy().tolist()]


def test_what_a_version_held_is_rebuilt_from_the_history_of_each_issue():
    rows, _ = held(
        issue("PAY-1", "02", fix_versions=["8"]),  # since it was written
        issue("PAY-2", "02", fix_versions=["9"], changes=[meant_for("05", None, "8"), meant_for("12", "8", "9")]),
        issue("PAY-3", "02", changes=[meant_for("07", "8", None)]),  # since it was written, until the 7th
        issue("PAY-4", "02", fix_versions=["8", "9"], changes=[meant_for("06", None, "9")]),  # for two at once
        versions=[version("8", "1.0"), version("9", "1.1")],
    )
    assert spans(rows[["key", "epic", "start", "end"]].sort_values(["key", "start", "epic"])) == [
        ("PAY-1", 0, day("02"), None),
        ("PAY-2", 0, day("05"), day("12")),
        ("PAY-2", 1, day("12"), None),
        ("PAY-3", 0, day("02"), day("07")),
        ("PAY-4", 0, day("02"), None),
        ("PAY-4", 1, day("06"), None),
    ]


def test_an_issue_that_leaves_a_version_and_comes_back_was_in_it_twice():
    rows, _ = held(
        issue(
            "PAY-1",
            "02",
            fix_versions=["8"],
            changes=[meant_for("05", None, "8"), meant_for("07", "8", None), meant_for("09", None, "8")],
        ),
        versions=[version("8", "1.0")],
    )
    assert list(zip(rows["start"], rows["end"].isna(), strict=True)) == [(day("05"), False), (day("09"), True)]


def test_a_version_begins_with_its_first_item_and_is_done_when_its_day_of_release_is_over():
    _, versions = held(
        issue("PAY-1", "03", ("In Progress", "06"), ("Done", "09"), fix_versions=["8"]),
        issue("PAY-2", "04", ("In Progress", "08"), fix_versions=["9"]),
        versions=[
            version("8", "1.0", date(2026, 1, 12), is_released=True),
            version("9", "1.1", date(2026, 1, 30), start_on=date(2026, 1, 1)),
            version("7", "0.9", is_archived=True),
        ],
    )
    first, second, third = (versions.loc[f"PAY {name}"] for name in ("1.0", "1.1", "0.9"))
    assert (first["started_at"], first["done_at"]) == (day("06"), day("13"))
    assert (second["created_at"], second["due_at"]) == (day("02"), day("31")) and pd.isna(second["done_at"])
    assert second["url"] == "https://example.invalid/projects/PAY/versions/9" and second["team"] == "payments"
    assert third["is_cancelled"] and not first["is_cancelled"]


def test_a_version_is_forecast_from_what_its_team_finished_for_versions():
    # Ten weeks with three issues each, all of version 1.0, released; 7 issues are open in version 1.1: at three a week
    # they take 3 weeks, until Sunday the 6th of December. It is due on the 29th of November, two weeks away.
    made, number = [], 100
    for back in range(1, 11):
        done = MONDAY - timedelta(weeks=back) + timedelta(days=3)
        made += [story(number := number + 1, None, done, fix_versions=["8"]) for _ in range(3)]
    made += [story(number := number + 1, None, fix_versions=["9"]) for _ in range(7)]
    listed = [
        version("8", "1.0", (MONDAY - timedelta(days=3)).date(), is_released=True),
        version("9", "1.1", date(2026, 11, 29)),
    ]
    tables = together(*made, versions=listed)
    rows = open_epics(Plans(facts_of(tables, TEAMS, *VERSIONS.facts), TEAMS, VERSIONS)).set_index("key")
    assert rows.index.tolist() == ["PAY 1.1"]
    assert rows.loc["PAY 1.1", ["remaining", "probability"]].tolist() == [7, 0]
    assert rows.loc["PAY 1.1", "p85_on"].date() == date(2026, 12, 6)


def test_without_versions_there_is_an_empty_table():
    tables = together(story(1, None, datetime(2026, 1, 9, tzinfo=NOW.tzinfo)))
    assert open_epics(Plans(facts_of(tables, TEAMS, *VERSIONS.facts), TEAMS, VERSIONS)).empty
