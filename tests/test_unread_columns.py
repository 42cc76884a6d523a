"""Nothing is stored in vain: every column of the tables, and every field of a history, is read, or says why not."""

import ast
from pathlib import Path

import pytest

from connectors.jira.fields import HISTORY, IN_HISTORY
from data.schema import COPIED, TABLES
from metrics.epic_membership import TOLD_AS
from metrics.keeping import UNREAD

ROOT = Path(__file__).parent.parent
READERS = ("metrics", "pages", "reports")
COPY = {"source", "seen_at", "gone_at", "stamp"}  # of every row, for the store itself
BLOB = "git measures a file again only when its content is another"
BY_NAME = "accounts of GitHub are joined and shown by their logins, and this act by its time only"
PARENT = "a key of the store: an issue's rows are found by its own id, which no two issues of a source share"
SIZE = "a detail of the measurement; figures use lines and complexity"
WHY_NOT = {
    "accounts.is_active": "who has left is said by the dates in [teams]",
    "boards.points_field": "the Jira connector reads points from the field that boards estimate by",
    "sprints.board_id": "the Jira connector settles by it which sprints of a board are gone",
    "capacity.person_days": "forecasts take capacity from what was finished, not from what was planned",
    "comments.author_id": BY_NAME,
    "commits.author": "as commits.author_email",
    "commits.author_email": "loaded by itself, to join accounts: see loading.known_identities",
    "commits.author_id": "as commits.author",
    "commits.author_kind": "as commits.author",
    "commits.author_name": "as commits.author_email",
    "commits.headline": "the commits of the default branch say the same in git_commits",
    "dependencies.requirement": "what a manifest asks for; age is counted from the version in use",
    "deployments.creator_id": "nobody is shown beside a deployment",
    "deployments.creator_kind": "nobody is shown beside a deployment",
    "deployments.ref": "a deployment is matched by its commit",
    "deployments.task": "a deployment is known by its environment",
    "file_snapshots.blob_id": BLOB,
    "file_snapshots.functions": SIZE,
    "file_snapshots.indentation_sd": SIZE,
    "files.blob_id": BLOB,
    "files.bytes": SIZE,
    "files.functions": SIZE,
    "files.indentation_sd": SIZE,
    "git_branches.ignored_id": "git reads the history again when the list of ignored commits is another",
    "git_branches.mailmap_id": "git reads the history again when the mailmap is another",
    "incidents.severity": "every incident counts alike",
    "issue_changes.project_id": PARENT,
    "issue_changes.actor_id": "who changed many issues at once is shown by name",
    "issue_changes.actor_kind": "as issue_changes.actor_id",
    "issue_links.project_id": PARENT,
    "issues.assignee_kind": "whose an issue is, is said by its account's membership",
    "issues.linked_pull_requests": "pull requests name their issues themselves",
    "issues.priority": "work is ordered by its age and class",
    "issues.project_id": PARENT,
    "issues.severity": "every defect counts alike",
    "issues.status_category": "categories come from the list of statuses, which holds for the history too",
    "pull_request_events.actor": BY_NAME,
    "pull_request_events.actor_id": BY_NAME,
    "pull_request_events.actor_kind": BY_NAME,
    "pull_request_events.subject_kind": "tells teams from people when names are hidden",
    "pull_requests.assignees": "authors and reviewers act; whom a pull request is assigned to does not",
    "pull_requests.is_from_fork": "where a branch lives changes no figure",
    "pull_requests.merged_by_id": "who merged is compared with the author by login",
    "pull_requests.merged_by_kind": "as pull_requests.merged_by_id",
    "pull_requests.node_id": "the GitHub connector asks for the rest of a pull request by it",
    "pull_requests.review_decision": "reviews say it themselves, and when",
    "repositories.is_fork": "a repository that is configured counts, whatever it came from",
    "repositories.is_private": "as repositories.is_fork",
    "repositories.node_id": "the GitHub connector asks by it",
    "repositories.pushed_at": "how fresh a repository is, is said by its walks",
    "review_comments.path": "comments are counted for each review, not for each file",
    "reviews.url": "a review is shown with its pull request's address",
    "survey_results.invited": "the number of answers alone decides whether a mean is shown",
    "versions.project_id": PARENT,
    "worklogs.project_id": PARENT,
}
FIELDS = {
    "priority": "work is ordered by its age and class",
    "resolution": "an issue that was resolved again counts as it is now",
    "type": "an issue counts as what it is now, in its whole past",
}


def _words(file: Path) -> set[str]:
    """The names that a file speaks of: attributes, arguments, and words in its text that is no documentation."""
    tree = ast.parse(file.read_text())
    told = {id(node.value) for node in ast.walk(tree) if isinstance(node, ast.Expr)}
    found: set[str] = set()
    for node in ast.walk(tree):
        if isinstance(node, ast.Constant) and isinstance(node.value, str) and id(node) not in told:
            found.update(node.value.replace(",", " ").split())
        elif isinstance(node, ast.Attribute):
            found.add(node.attr)
        elif isinstance(node, ast.keyword) and node.arg:
            found.add(node.arg)
    return found


@pytest.fixture(scope="module")
def spoken():
    files = [file for room in READERS for file in (ROOT / room).rglob("*.py") if file.name != "keeping.py"]
    return set().union(*map(_words, files))


def _unread(spoken: set[str]) -> set[str]:
    """The columns that no reader names, and those that the facts of pull requests are read without; keys are read."""
    every = {(table, column.name, column.primary_key) for table in COPIED for column in TABLES[table].c}
    return {
        f"{table}.{name}"
        for table, name, is_key in every
        if name not in COPY and (name not in spoken or (name in UNREAD.get(table, ()) and not is_key))
    }


def test_every_stored_column_is_read_or_says_why_not(spoken):
    assert _unread(spoken) - WHY_NOT.keys() == set()


def test_a_column_that_nobody_reads_is_found(spoken):
    assert "issues.level" not in _unread(spoken)
    assert "issues.level" in _unread(spoken - {"level"})
    assert "reviews.submitted_at" in _unread(spoken - {"submitted_at"})


def test_every_reason_is_of_a_column_that_is_there():
    there = {f"{table}.{column.name}" for table in COPIED for column in TABLES[table].c}
    assert WHY_NOT.keys() - there == set()
    assert all(len(reason.split()) > 1 for reason in WHY_NOT.values())


def _fields_read() -> set[str]:
    """The fields of histories that the metrics ask for."""
    calls = [
        node
        for file in (ROOT / "metrics").rglob("*.py")
        for node in ast.walk(ast.parse(file.read_text()))
        if isinstance(node, ast.Call) and getattr(node.func, "id", "") == "changes_of"
    ]
    return {one.value for call in calls for one in call.args if isinstance(one, ast.Constant)} | set(TOLD_AS)


def test_every_field_of_a_history_that_is_stored_is_read_or_says_why_not():
    assert (set(HISTORY.values()) | IN_HISTORY) - _fields_read() == FIELDS.keys()
