"""What GitHub's answers say about repositories, pull requests and issues, as rows. Pure: dict in, rows out."""

import re
from collections.abc import Iterable, Iterator, Mapping
from datetime import UTC, datetime
from typing import Any

from connectors.issue_keys import KEY
from data.store import Row

Node = Mapping[str, Any]

EVENT_KINDS = {
    "ReadyForReviewEvent": "ready",
    "ConvertToDraftEvent": "draft",
    "ReviewRequestedEvent": "review_requested",
    "ReviewRequestRemovedEvent": "review_request_removed",
    "ReviewDismissedEvent": "review_dismissed",
    "HeadRefForcePushedEvent": "force_push",
    "ClosedEvent": "closed",
    "ReopenedEvent": "reopened",
    "AutoMergeEnabledEvent": "auto_merge",
    "AddedToMergeQueueEvent": "merge_queue",
}
NUMBER = re.compile(r"(?:[\w.-]+/[\w.-]+)?#\d+\b")
REVERTS = re.compile(
    r"^Reverts +(?:(?:https?://[^/\s]+/)?(?P<of>[\w.-]+/[\w.-]+)/pull/|(?P<place>[\w.-]+/[\w.-]+)?#)(?P<number>\d{1,9})\b(?!')",
    re.MULTILINE,
)


def moment(text: str | None) -> datetime | None:
    """The time in UTC; None for none."""
    return datetime.fromisoformat(text).astimezone(UTC) if text else None


def account(name: str, node: Node | None) -> Row:
    """The three columns that say who: login, account id, kind. All None for a deleted account."""
    if not node:
        return {name: None, f"{name}_id": None, f"{name}_kind": None}
    return {name: node["login"], f"{name}_id": _text(node.get("databaseId")), f"{name}_kind": node["__typename"]}


def nodes(connection: Node | None) -> list[Node]:
    """The rows of a connection that these credentials may see."""
    return [node for node in (connection or {}).get("nodes") or () if node]


def names(connection: Node | None, field: str = "name") -> list[str]:
    """One field of every row of a connection, in order."""
    return [node[field] for node in nodes(connection)]


def repository(node: Node) -> Row:
    """The row of a repository."""
    return {
        "id": _text(node["databaseId"]),
        "name": node["nameWithOwner"],
        "url": node["url"],
        "node_id": node["id"],
        "default_branch": (node.get("defaultBranchRef") or {}).get("name"),
        "is_archived": node["isArchived"],
        "is_fork": node["isFork"],
        "is_private": node["isPrivate"],
        "created_at": moment(node["createdAt"]),
        "pushed_at": moment(node.get("pushedAt")),
    }


# Pull requests -------------------------------------------------------------------------------------------


def pull_request(node: Node, repository_id: str, repository: str) -> Row:
    """The row of a pull request; `is_complete` is not decided here."""
    title, body = node["title"], node.get("body") or ""
    return {
        "repository_id": repository_id,
        "id": node["fullDatabaseId"],
        "node_id": node["id"],
        "url": node["url"],
        "title": title,
        "state": node["state"].lower(),
        "number": node["number"],
        "additions": node["additions"],
        "deletions": node["deletions"],
        "changed_files": node["changedFiles"],
        "is_draft": node["isDraft"],
        "is_from_fork": node["isCrossRepository"],
        "is_complete": False,
        **account("author", node.get("author")),
        **account("merged_by", node.get("mergedBy")),
        "base_branch": node["baseRefName"],
        "head_branch": node["headRefName"],
        "head_commit": node["headRefOid"],
        "merge_commit": (node.get("mergeCommit") or {}).get("oid"),
        "review_decision": (node.get("reviewDecision") or "").lower() or None,
        "created_at": moment(node["createdAt"]),
        "updated_at": moment(node["updatedAt"]),
        "closed_at": moment(node.get("closedAt")),
        "merged_at": moment(node.get("mergedAt")),
        "mentions": mentions(title, node["headRefName"], body),
        "reverts": reverted(body, repository),
        **pull_request_lists(node),
    }


def pull_request_lists(node: Node) -> Row:
    """The columns that hold lists: labels, assignees, linked issues."""
    linked = [f"{i['repository']['nameWithOwner']}#{i['number']}" for i in nodes(node.get("closingIssuesReferences"))]
    return {"labels": names(node.get("labels")), "assignees": assignees(node), "linked_issues": linked}


def assignees(node: Node) -> list[str]:
    """Who is assigned: as listed, or else as the events of the timeline leave it."""
    if node.get("assignees"):
        return names(node["assignees"], "login")
    assigned: dict[str, None] = {}
    for event in nodes(node.get("timelineItems")):
        login = (event.get("assignee") or {}).get("login", "")
        if event["__typename"] == "AssignedEvent" and login:
            assigned[login] = None
        elif event["__typename"] == "UnassignedEvent":
            assigned.pop(login, None)
    return list(assigned)


def mentions(title: str, branch: str, body: str) -> list[str]:
    """The issue keys and numbers that a pull request names, each once, in order of the alphabet."""
    text = f"{title}\n{body}"
    found = {*KEY.findall(text), *KEY.findall(branch.upper()), *NUMBER.findall(text), *NUMBER.findall(branch)}
    return sorted(found)


def reverted(body: str, repository: str) -> int | None:
    """The number of the pull request of the same repository that this one's description says to revert."""
    said = REVERTS.search(body)
    if said is None or (said["of"] or said["place"] or repository).lower() != repository.lower():
        return None
    return int(said["number"])


def reviews(found: Iterable[Node], parent: Row) -> Iterator[tuple[str, Row]]:
    """Rows of `reviews`."""
    for node in found:
        yield (
            "reviews",
            {
                **parent,
                "id": node["fullDatabaseId"],
                **account("reviewer", node.get("author")),
                "state": node["state"].lower(),
                "commit_id": (node.get("commit") or {}).get("oid"),
                "url": node["url"],
                "submitted_at": moment(node.get("submittedAt")),
            },
        )


def review_comments(found: Iterable[Node], parent: Row) -> Iterator[tuple[str, Row]]:
    """Rows of `review_comments`."""
    for node in found:
        yield (
            "review_comments",
            {
                **parent,
                "id": node["fullDatabaseId"],
                **account("author", node.get("author")),
                "review_id": (node.get("pullRequestReview") or {}).get("fullDatabaseId"),
                "path": node["path"],
                "created_at": moment(node["createdAt"]),
            },
        )


def timeline(found: Iterable[Node], parent: Row) -> Iterator[tuple[str, Row]]:
    """Rows of `commits`, `comments` and `pull_request_events`, which come in one list."""
    for node in found:
        kind = node["__typename"]
        if kind == "PullRequestCommit":
            yield "commits", {**parent, **_commit(node["commit"])}
        elif kind == "IssueComment":
            yield "comments", {**parent, **_comment(node)}
        elif kind in EVENT_KINDS:
            yield "pull_request_events", {**parent, **_event(node)}


def _commit(node: Node) -> Row:
    author = node.get("author") or {}
    return {
        "id": node["oid"],
        **account("author", author.get("user")),
        "author_name": author.get("name"),
        "author_email": author.get("email"),
        "headline": node["messageHeadline"],
        "authored_at": moment(node["authoredDate"]),
        "committed_at": moment(node["committedDate"]),
    }


def _comment(node: Node) -> Row:
    return {
        "id": node["fullDatabaseId"],
        **account("author", node.get("author")),
        "created_at": moment(node["createdAt"]),
    }


def _event(node: Node) -> Row:
    subject, kind = _subject(node)
    return {
        "id": node["id"],
        "kind": EVENT_KINDS[node["__typename"]],
        "subject": subject,
        "subject_kind": kind,
        **account("actor", node.get("actor")),
        "at": moment(node["createdAt"]),
    }


def _subject(node: Node) -> tuple[str | None, str | None]:
    if reviewer := node.get("requestedReviewer"):
        return reviewer.get("login") or reviewer.get("combinedSlug"), reviewer["__typename"]
    if node["__typename"] == "ReviewDismissedEvent":
        # a dismissed review has lost its state: what it was is told here only
        return (node.get("review") or {}).get("fullDatabaseId"), (node.get("previousReviewState") or "").lower() or None
    return None, None


def _text(value: Any) -> str | None:
    return None if value is None else str(value)
