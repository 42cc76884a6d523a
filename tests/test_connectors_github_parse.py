"""What recorded answers of GitHub become, row by row."""

import json
from collections import Counter
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from connectors.github import parse, parse_issues, parse_releases
from data.schema import TABLES

PAYLOADS = Path(__file__).parent / "payloads" / "github"
PARENT = {"repository_id": "1", "pull_request_id": "2"}


def recorded(name: str) -> Any:
    return json.loads((PAYLOADS / f"{name}.json").read_text())


def at(text: str) -> datetime:
    return datetime.fromisoformat(text).replace(tzinfo=UTC)


def fits(table: str, row: dict[str, Any]) -> bool:
    return set(row) <= set(TABLES[table].c.keys())


def test_a_repository_is_known_by_its_number() -> None:
    row = parse.repository(recorded("repository")["repository"])
    assert (row["id"], row["name"], row["default_branch"]) == ("272700405", "acme/app", "master")
    assert row["created_at"] == at("2020-06-16 12:20:07")
    assert fits("repositories", row)


def test_a_merged_pull_request_keeps_its_times_sizes_and_people() -> None:
    row = parse.pull_request(recorded("pull_request_161"), "1", "acme/app")
    assert (row["id"], row["number"], row["state"]) == ("545013297", 161, "merged")
    assert (row["additions"], row["deletions"], row["changed_files"]) == (17, 27, 3)
    assert (row["author"], row["author_id"], row["author_kind"]) == ("cem", "102", "User")
    assert row["merged_at"] == row["closed_at"] == at("2021-01-11 08:06:40")
    assert row["is_complete"] is False  # the walk decides, when every list has come
    assert fits("pull_requests", row)


def test_who_is_assigned_follows_from_the_timeline() -> None:
    node = recorded("pull_request_161")
    assigned = [e for e in node["timelineItems"]["nodes"] if e["__typename"] == "AssignedEvent"]
    assert parse.assignees(node) == [e["assignee"]["login"] for e in assigned]
    node["timelineItems"]["nodes"].append({**assigned[0], "__typename": "UnassignedEvent"})
    assert parse.assignees(node) == []


def test_listed_assignees_count_more_than_the_timeline() -> None:
    listed = {"assignees": {"nodes": [{"login": "zoe"}]}, **recorded("pull_request_161")}
    assert parse.assignees(listed) == ["zoe"]


def test_one_timeline_holds_commits_comments_and_events() -> None:
    node = recorded("pull_request_37")
    rows = list(parse.timeline(parse.nodes(node["timelineItems"]), PARENT))
    kinds = Counter(item["__typename"] for item in node["timelineItems"]["nodes"])
    tables = Counter(table for table, _ in rows)
    assert tables["commits"] == kinds["PullRequestCommit"]
    assert tables["comments"] == kinds["IssueComment"]
    events = Counter(row["kind"] for table, row in rows if table == "pull_request_events")
    assert events == {kind: kinds[name] for name, kind in parse.EVENT_KINDS.items() if kinds[name]}
    assert {"review_requested", "review_request_removed", "review_dismissed", "force_push"} <= set(events)
    assert all(fits(table, row) and row["pull_request_id"] == "2" for table, row in rows)


def test_a_dismissed_review_keeps_the_state_it_had_in_its_event() -> None:
    rows = parse.timeline(parse.nodes(recorded("pull_request_37")["timelineItems"]), PARENT)
    [dismissed] = [row for _, row in rows if row.get("kind") == "review_dismissed"]
    reviews = {row["id"]: row for _, row in parse.reviews(parse.nodes(recorded("pull_request_37")["reviews"]), PARENT)}
    assert reviews[dismissed["subject"]]["state"] == "dismissed"
    assert dismissed["subject_kind"] in {"approved", "changes_requested"}


def test_a_requested_reviewer_is_a_person_or_a_team() -> None:
    event = {"__typename": "ReviewRequestedEvent", "id": "E1", "createdAt": "2026-01-05T10:00:00Z", "actor": None}
    asked: list[dict[str, Any] | None] = [
        {"__typename": "User", "login": "ana"},
        {"__typename": "Team", "combinedSlug": "acme/core"},
        None,  # a team or an account that is no longer there
    ]
    rows = [row for _, row in parse.timeline([{**event, "requestedReviewer": who} for who in asked], PARENT)]
    assert [(row["subject"], row["subject_kind"]) for row in rows] == [
        ("ana", "User"),
        ("acme/core", "Team"),
        (None, None),
    ]


def test_a_deleted_account_is_nobody() -> None:
    rows = [row for _, row in parse.reviews(parse.nodes(recorded("pull_request_37")["reviews"]), PARENT)]
    nobody = [row for row in rows if row["reviewer"] is None]
    assert len(nobody) == 1
    assert (nobody[0]["reviewer_id"], nobody[0]["reviewer_kind"]) == (None, None)


def test_a_pending_review_has_no_time() -> None:
    node = {"fullDatabaseId": "9", "state": "PENDING", "submittedAt": None, "url": "u", "author": None, "commit": None}
    [(_, row)] = parse.reviews([node], PARENT)
    assert (row["state"], row["submitted_at"], row["commit_id"]) == ("pending", None, None)


def test_two_accounts_with_one_login_differ_in_their_numbers() -> None:
    one, other = ({"login": "Copilot", "__typename": kind, "databaseId": n} for kind, n in (("Bot", 1), ("User", 2)))
    assert parse.account("author", one) != parse.account("author", other)


def test_review_comments_know_their_review_and_their_thread_is_flat() -> None:
    threads = recorded("review_threads_161")["reviewThreads"]
    found = [c for thread in threads["nodes"] for c in thread["comments"]["nodes"]]
    rows = [row for _, row in parse.review_comments(found, PARENT)]
    assert len(threads["nodes"]) == threads["totalCount"] == 5
    assert len(rows) == len({row["id"] for row in rows}) == sum(t["comments"]["totalCount"] for t in threads["nodes"])
    assert all(row["review_id"] and fits("review_comments", row) for row in rows)


def test_an_issue_that_was_closed_and_reopened_is_open_and_remembers() -> None:
    [node] = [issue for issue in recorded("issues") if issue["number"] == 53]
    row = parse_issues.issue(node, "1", "acme/app")
    assert (row["key"], row["status"], row["status_category"]) == ("acme/app#53", "open", "new")
    assert row["resolution"] is None
    parent = {"project_id": "1", "issue_id": row["id"]}
    changes = [row for _, row in parse_issues.issue_timeline(parse.nodes(node["timelineItems"]), parent)]
    assert [(c["field"], c["from_text"], c["to_text"]) for c in changes] == [
        ("status", "open", "closed"),
        ("status", "closed", "open"),
    ]
    assert fits("issues", row) and all(fits("issue_changes", change) for change in changes)


def test_a_closed_issue_says_how_it_was_resolved() -> None:
    node = {**recorded("issues")[0], "state": "CLOSED", "stateReason": "NOT_PLANNED", "issueType": {"name": "Bug"}}
    row = parse_issues.issue(node, "1", "acme/app")
    assert (row["status_category"], row["resolution"], row["type"]) == ("done", "Not planned", "Bug")


def test_an_issue_has_the_first_of_its_assignees() -> None:
    event = {"__typename": "AssignedEvent", "id": "E", "createdAt": "2026-01-05T10:00:00Z"}
    people = [{"__typename": "User", "login": login, "databaseId": n} for n, login in enumerate(("ana", "ben"))]
    timeline = {"nodes": [{**event, "assignee": person} for person in people]}
    row = parse_issues.issue({**recorded("issues")[0], "timelineItems": timeline}, "1", "acme/app")
    assert (row["assignee"], row["assignee_id"]) == ("ana", "0")


def test_mentions_are_keys_and_numbers_each_once() -> None:
    found = parse.mentions("PAY-7: wider (#12)", "feature/core-8-wider", "Fixes #12 and acme/docs#3, not A-1 or x9-4.")
    assert found == ["#12", "CORE-8", "PAY-7", "acme/docs#3"]


@pytest.mark.parametrize(
    ("body", "number"),
    [
        ("Reverts acme/app#12", 12),
        ("It broke.\nReverts #12", 12),
        ("Reverts ACME/app#12", 12),
        ("Reverts #12.\r\nIt broke.", 12),
        ("Reverts https://github.com/acme/app/pull/12", 12),
        ("Reverts https://github.com/acme/other/pull/12", None),
        ("Reverts acme/other#12", None),
        ("> Reverts #12", None),  # somebody else's words
        ("It reverts #12", None),
        ("Reverts #12's colours", None),
        ("Reverts #99999999999999999999", None),
        ("", None),
    ],
)
def test_a_revert_names_what_it_reverts_whatever_its_title_is(body: str, number: int | None) -> None:
    assert parse.reverted(body, "acme/app") == number


@given(st.text(), st.text(), st.text())
def test_mentions_of_any_text_are_sorted_and_distinct(title: str, branch: str, body: str) -> None:
    found = parse.mentions(title, branch, body)
    assert found == sorted(set(found))


def test_times_with_an_offset_become_utc() -> None:
    assert parse.moment("2026-01-05T12:00:00+02:00") == at("2026-01-05 10:00:00")
    assert parse.moment(None) is None


# Releases, tags, deployments and runs: made by hand in the shape that GitHub documents.


def test_a_tag_has_the_taggers_time_or_that_of_its_commit() -> None:
    commit = {"oid": "c1", "committedDate": "2026-01-05T10:00:00Z"}
    light = parse_releases.tag({"name": "v1", "target": commit}, "1")
    annotated = parse_releases.tag(
        {"name": "v2", "target": {"oid": "t1", "tagger": {"date": "2026-01-06T10:00:00Z"}, "target": commit}}, "1"
    )
    assert (light["commit_id"], light["at"]) == ("c1", at("2026-01-05 10:00:00"))
    assert (annotated["commit_id"], annotated["at"]) == ("c1", at("2026-01-06 10:00:00"))
    assert fits("tags", light)


def test_a_deployment_and_its_statuses_keep_their_states_in_lower_case() -> None:
    node = {
        "id": "DE_1",
        "environment": "production",
        "state": "INACTIVE",
        "task": "deploy",
        "commitOid": "c1",
        "createdAt": "2026-01-05T10:00:00Z",
        "updatedAt": "2026-01-05T10:05:00Z",
        "ref": None,
        "latestStatus": {"environmentUrl": None},
        "creator": {"__typename": "Bot", "login": "github-actions", "databaseId": 5},
    }
    row = parse_releases.deployment(node, "1")
    assert (row["state"], row["ref"], row["creator_kind"]) == ("inactive", None, "Bot")
    status = {"id": "DES_1", "state": "SUCCESS", "createdAt": "2026-01-05T10:04:00Z"}
    assert parse_releases.deployment_status(status, "1", "DE_1")["state"] == "success"
    assert fits("deployments", row)


def test_a_workflow_run_knows_its_attempt() -> None:
    run = {
        "id": 30433642,
        "name": "Deploy",
        "display_title": "Wider",
        "path": ".github/workflows/deploy.yml",
        "head_branch": "main",
        "head_sha": "c1",
        "event": "push",
        "status": "completed",
        "conclusion": "success",
        "run_attempt": 2,
        "html_url": "https://github.com/acme/app/actions/runs/30433642",
        "created_at": "2026-01-05T10:00:00Z",
        "run_started_at": "2026-01-05T11:00:00Z",
        "updated_at": "2026-01-05T11:10:00Z",
    }
    row = parse_releases.workflow_run(run, "1")
    assert (row["id"], row["workflow"], row["attempt"]) == ("30433642", "Deploy", 2)
    assert row["started_at"] == at("2026-01-05 11:00:00")
    assert fits("workflow_runs", row)
