"""Pull requests and issues: the lists that are read with them, and the tables they fill."""

from dataclasses import replace

from connectors.github import parse, parse_issues
from connectors.github.nested import THREAD_COMMENTS, THREADS, Kind
from connectors.github.queries import Connection

LABELS = Connection("labels", 20, "...Labels")
ASSIGNEES = Connection("assignees", 100, "...Assignees")
LINKED_ISSUES = Connection("closingIssuesReferences", 10, "...LinkedIssues")
# commits, comments and assignees come with the events in one list: each list costs a unit for every node of a page
PULL_REQUEST_TIMELINE = Connection(
    "timelineItems",
    100,
    "...PullRequestTimeline",
    "itemTypes: [PULL_REQUEST_COMMIT, ISSUE_COMMENT, READY_FOR_REVIEW_EVENT, CONVERT_TO_DRAFT_EVENT,"
    " REVIEW_REQUESTED_EVENT, REVIEW_REQUEST_REMOVED_EVENT, REVIEW_DISMISSED_EVENT, HEAD_REF_FORCE_PUSHED_EVENT,"
    " CLOSED_EVENT, REOPENED_EVENT, AUTO_MERGE_ENABLED_EVENT, ADDED_TO_MERGE_QUEUE_EVENT,"
    " ASSIGNED_EVENT, UNASSIGNED_EVENT]",
)
ISSUE_TIMELINE = Connection(
    "timelineItems",
    100,
    "...IssueTimeline",
    "itemTypes: [CLOSED_EVENT, REOPENED_EVENT, ASSIGNED_EVENT, UNASSIGNED_EVENT]",
)

PULL_REQUESTS = Kind(
    table="pull_requests",
    type="PullRequest",
    field="pullRequests",
    full_page=25,
    lists=(
        LABELS,
        LINKED_ISSUES,
        PULL_REQUEST_TIMELINE,
        Connection("reviews", 50, "...Reviews"),
        Connection(THREADS, 1, "totalCount"),
    ),
    all_lists=(replace(LABELS, first=100), replace(LINKED_ISSUES, first=100), ASSIGNEES),
    row=parse.pull_request,
    row_lists=parse.pull_request_lists,
    parent=("repository_id", "pull_request_id"),
    children={
        "reviews": parse.reviews,
        "timelineItems": parse.timeline,
        THREAD_COMMENTS: parse.review_comments,
    },
    tables=("reviews", "review_comments", "comments", "commits", "pull_request_events"),
    has_threads=True,
    has_flag=True,
)
ISSUES = Kind(
    table="issues",
    type="Issue",
    field="issues",
    full_page=74,
    lists=(LABELS, ISSUE_TIMELINE),
    all_lists=(replace(LABELS, first=100), ASSIGNEES),
    row=parse_issues.issue,
    row_lists=parse_issues.issue_lists,
    parent=("project_id", "issue_id"),
    children={"timelineItems": parse_issues.issue_timeline},
    tables=("issue_changes",),
)
