"""Jira's answers become rows: recorded answers, answers reckoned by hand."""

import json
from datetime import UTC, date, datetime
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from connectors.jira import parse, people, planning, values
from connectors.jira.fields import recognise
from data.schema import TABLES

PAYLOADS = Path(__file__).parent / "payloads" / "jira"
SITE = "https://acme.example"


def payload(name):
    return json.loads((PAYLOADS / f"{name}.json").read_text())


FIELDS = recognise(payload("fields"))


def test_an_issue_of_cloud_is_a_row_in_the_fields_words():
    row = parse.issue(payload("cloud_issue"), FIELDS, SITE, {})
    assert row["created_at"] == datetime(2026, 1, 5, 9, tzinfo=UTC)  # 12:00 at UTC+3
    assert row["updated_at"] == datetime(2026, 1, 9, 8, 30, 0, 250000, tzinfo=UTC)
    assert (row["project_id"], row["id"], row["key"]) == ("10000", "10012", "PAY-12")
    assert row["url"] == "https://acme.example/browse/PAY-12"
    assert (row["status_id"], row["status_category"], row["due_on"]) == ("3", "active", date(2026, 2, 1))
    assert (row["points"], row["is_flagged"], row["severity"]) == (5.0, True, "Major")
    assert (row["author_id"], row["assignee_id"], row["assignee_kind"]) == ("a-ana", "a-bot", "Bot")
    assert (row["labels"], row["fix_versions"], row["sprints"]) == (["billing", "urgent"], ["501"], ["42"])
    assert (row["parent_id"], row["epic_id"]) == (
        "10001",
        "10001",
    )  # a parent one level up is the epic, whatever its name


def test_an_issue_of_data_center_names_people_by_key_and_its_epic_by_link():
    row = parse.issue(payload("server_issue"), FIELDS, SITE, {"PAY-1": "10001"})
    assert row["created_at"] == datetime(2026, 1, 5, 9, tzinfo=UTC)  # 04:00 at UTC-5
    assert (row["author"], row["author_id"], row["author_kind"]) == ("ana", "JIRAUSER1", "User")
    assert (row["assignee"], row["assignee_id"], row["assignee_kind"]) == (None, None, None)
    assert (row["parent_id"], row["epic_id"], row["is_subtask"]) == ("10002", "10001", True)
    assert row["status_category"] is None  # a status in no category is unknown, not new
    assert row["points"] is None


def test_an_epic_that_nobody_may_see_stays_a_key():
    assert parse.issue(payload("server_issue"), FIELDS, SITE, {})["epic_id"] == "PAY-1"


def test_an_issue_born_done_is_done_without_any_change():
    said = payload("cloud_issue")
    said["fields"] |= {
        "status": {"id": "6", "name": "Closed", "statusCategory": {"key": "done"}},
        "resolution": {"id": "1", "name": "Fixed"},
        "resolutiondate": said["fields"]["created"],
    }
    row = parse.issue(said, FIELDS, SITE, {})
    assert (row["status_category"], row["resolution"]) == ("done", "Fixed")
    assert row["resolved_at"] == row["created_at"]
    assert parse.changes(said, [], FIELDS) == []


def test_a_packed_sprint_with_commas_in_its_name_is_unpacked():
    (row,) = planning.sprints(payload("server_issue"), FIELDS)
    assert row == {
        "id": "42",
        "name": "Q1, part one",
        "state": "closed",
        "board_id": "7",
        "goal": "Pay, refund",
        "start_at": datetime(2026, 1, 5, 8, tzinfo=UTC),
        "end_at": datetime(2026, 1, 19, 8, tzinfo=UTC),
        "complete_at": None,
    }


def test_changes_are_in_order_of_time_then_history_then_item_and_only_of_kept_fields():
    rows = parse.changes(payload("cloud_issue"), payload("histories"), FIELDS)
    # 99 and 300 carry the same time; 301 is in seconds: 11:46:40; 302 is midnight UTC
    assert [(row["id"], row["field"]) for row in rows] == [
        ("99.0", "sprint"),
        ("300.1", "status"),
        ("300.2", "assignee"),
        ("301.0", "points"),
        ("302.2", "parent"),
        ("302.3", "flagged"),
    ]
    assert [row["position"] for row in rows] == [0, 1, 2, 3, 4, 5]
    assert (rows[0]["from_id"], rows[0]["to_id"], rows[0]["actor_id"]) == (None, "41,42", None)
    assert rows[0]["at"] == datetime(2026, 1, 6, 9, tzinfo=UTC)
    assert rows[3]["at"] == datetime(2026, 1, 6, 11, 46, 40, tzinfo=UTC)
    assert rows[4]["at"] == datetime(2026, 1, 7, tzinfo=UTC)
    assert (rows[3]["to_id"], rows[3]["to_text"]) == (None, "5")


def test_a_move_names_the_project_that_an_issue_came_from():
    assert parse.came_from(payload("histories")) == {"10900"}


def test_a_link_says_what_this_issue_is_to_the_other_and_since_when():
    rows = list(parse.links(payload("cloud_issue"), payload("histories")))
    assert [(row["kind"], row["other_key"]) for row in rows] == [("is blocked by", "CORE-7"), ("blocks", "PAY-13")]
    assert [row["since"] for row in rows] == [datetime(2026, 1, 6, 11, 46, 40, tzinfo=UTC), None]


def test_worklogs_keep_seconds_and_author():
    said = payload("cloud_issue")
    (row,) = parse.worklogs(said, said["fields"]["worklog"]["worklogs"])
    assert (row["seconds"], row["author_id"]) == (5400, "a-ana")


def test_everybody_named_becomes_an_account():
    rows = {row["id"]: row for row in people.accounts(payload("cloud_issue"), payload("histories"), [])}
    assert set(rows) == {"a-ana", "a-ben", "a-bot"}
    assert rows["a-bot"]["kind"] == "Bot"


def test_points_come_from_the_boards_field_then_the_schema_then_a_number_of_that_name():
    assert FIELDS.holding["points"] == ("customfield_2", "customfield_3")  # 7 is no number
    assert recognise(payload("fields"), ["customfield_8"]).holding["points"][0] == "customfield_8"


@pytest.mark.parametrize("table", ["issues", "issue_changes", "issue_links", "worklogs", "accounts", "sprints"])
def test_every_row_has_only_columns_of_its_table(table):
    said, past = payload("cloud_issue"), payload("histories")
    rows = {
        "issues": [parse.issue(said, FIELDS, SITE, {})],
        "issue_changes": parse.changes(said, past, FIELDS),
        "issue_links": list(parse.links(said, past)),
        "worklogs": list(parse.worklogs(said, said["fields"]["worklog"]["worklogs"])),
        "accounts": list(people.accounts(said, past, [])),
        "sprints": planning.sprints(said, FIELDS),
    }[table]
    assert rows
    assert all(set(row) <= set(TABLES[table].c.keys()) for row in rows)


@given(st.datetimes(datetime(2001, 9, 10), datetime(2100, 1, 1), timezones=st.just(UTC)))
def test_a_moment_is_the_same_in_text_in_milliseconds_and_in_any_zone(moment):
    moment = moment.replace(microsecond=moment.microsecond // 1000 * 1000)
    milliseconds = round(moment.timestamp() * 1000)
    assert values.moment(milliseconds) == moment
    assert values.moment(moment.isoformat()) == moment
    assert values.moment(moment.strftime("%Y-%m-%dT%H:%M:%S.%f")[:-3] + "+0000") == moment


@given(st.lists(st.permutations(range(4)), min_size=1, max_size=1))
def test_the_order_in_which_histories_arrive_does_not_matter(orders):
    histories = payload("histories")
    shuffled = [histories[index] for index in orders[0]]
    said = payload("cloud_issue")
    assert parse.changes(said, shuffled, FIELDS) == parse.changes(said, histories, FIELDS)
