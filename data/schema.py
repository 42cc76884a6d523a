"""The tables, in the field's words: one vocabulary for every source.

A row is known by its `source` and the immutable id that the vendor gave it; names (of a repository, an
issue, an account) are attributes that may change. `seen_at` is the source's own time of the copy, `gone_at`
the time at which it was found missing upstream: a row is marked, never dropped.
"""

from sqlalchemy import BigInteger, Column, Index, Integer, LargeBinary, MetaData, Table, Text

from data.columns import (
    PERSON,
    actor,
    child_of,
    copied,
    dates,
    flags,
    generation,
    key,
    lists,
    measures,
    numbers,
    people,
    person,
    stamped,
    text,
    times,
)

metadata = MetaData(
    naming_convention={
        "ix": "ix_%(table_name)s_%(column_0_N_name)s",
        "fk": "fk_%(table_name)s_%(column_0_N_name)s",
        "pk": "pk_%(table_name)s",
    }
)

# Accounts and places -------------------------------------------------------------------------------------

accounts = Table(
    "accounts",
    metadata,
    *key("id"),
    *person("login", "name", "email", kind="kind"),
    *text("kind"),
    *flags("is_active"),
    *copied(),
)
accounts.c.id.info[PERSON] = "kind"
repositories = Table(
    "repositories",
    metadata,
    *key("id"),
    *text("name", "url", "node_id", "default_branch"),
    *flags("is_archived", "is_fork", "is_private"),
    *times("created_at", "pushed_at"),
    *copied(),
)
projects = Table("projects", metadata, *key("id"), *text("key", "name", "url"), *copied())

# Pull requests -------------------------------------------------------------------------------------------

pull_requests = Table(
    "pull_requests",
    metadata,
    *key("repository_id", "id"),
    *text("node_id", "url", "title", "state"),  # state: open, closed, merged
    *numbers("number", "additions", "deletions", "changed_files"),
    *flags("is_draft", "is_from_fork", "is_complete"),  # complete: every nested row counted and here
    *actor("author"),
    *actor("merged_by"),
    *text("base_branch", "head_branch", "head_commit", "merge_commit", "review_decision"),
    *times("created_at", "updated_at", "closed_at", "merged_at"),
    *people("assignees"),
    *lists("labels", "linked_issues", "mentions"),  # mentions: issue keys and #numbers in the text
    *numbers("reverts"),  # the number of the pull request that this one reverts
    *copied(),
    *stamped(),
    child_of("repositories", "repository_id"),
)
Index(None, pull_requests.c.source, pull_requests.c.repository_id, pull_requests.c.number)
Index(None, pull_requests.c.updated_at)

_nested = ("repository_id", "pull_request_id")

reviews = Table(
    "reviews",
    metadata,
    *key(*_nested, "id"),
    *actor("reviewer"),
    *text("state", "commit_id", "url"),  # state: approved, changes_requested, commented, dismissed, pending
    *times("submitted_at"),
    *copied(),
    *stamped(),
    child_of("pull_requests", *_nested),
)
review_comments = Table(
    "review_comments",
    metadata,
    *key(*_nested, "id"),
    *actor("author"),
    *text("review_id", "path"),
    *times("created_at"),
    *copied(),
    *stamped(),
    child_of("pull_requests", *_nested),
)
comments = Table(
    "comments",
    metadata,
    *key(*_nested, "id"),
    *actor("author"),
    *times("created_at"),
    *copied(),
    *stamped(),
    child_of("pull_requests", *_nested),
)
commits = Table(
    "commits",
    metadata,
    *key(*_nested, "id"),  # id: the commit's hash; a commit in two pull requests is listed with each
    *actor("author"),
    *person("author_name", "author_email"),
    *text("headline"),
    *times("authored_at", "committed_at"),
    *copied(),
    *stamped(),
    child_of("pull_requests", *_nested),
)
pull_request_events = Table(
    "pull_request_events",
    metadata,
    *key(*_nested, "id"),
    *text("kind", "subject_kind"),
    *person("subject", kind="subject_kind"),  # the reviewer or team asked, the author of the review dismissed
    *actor("actor"),
    *times("at"),
    *copied(),
    *stamped(),
    child_of("pull_requests", *_nested),
)

# Releases and deployments --------------------------------------------------------------------------------

releases = Table(
    "releases",
    metadata,
    *key("repository_id", "id"),
    *text("tag", "name", "url", "commit_id"),
    *flags("is_draft", "is_prerelease"),
    *times("created_at", "published_at"),
    *actor("author"),
    *copied(),
    child_of("repositories", "repository_id"),
)
tags = Table(
    "tags",
    metadata,
    *key("repository_id", "id"),  # id: the tag's name
    *text("commit_id"),
    *times("at"),
    *copied(),
    child_of("repositories", "repository_id"),
)
deployments = Table(
    "deployments",
    metadata,
    *key("repository_id", "id"),
    *text("environment", "ref", "commit_id", "state", "task", "url"),
    *times("created_at", "updated_at"),
    *actor("creator"),
    *copied(),
    child_of("repositories", "repository_id"),
)
deployment_statuses = Table(
    "deployment_statuses",
    metadata,
    *key("repository_id", "deployment_id", "id"),
    *text("state"),
    *times("at"),
    *copied(),
    child_of("deployments", "repository_id", "deployment_id"),
)
workflow_runs = Table(
    "workflow_runs",
    metadata,
    *key("repository_id", "id"),
    *text("workflow", "path", "name", "event", "branch", "commit_id", "status", "conclusion", "url"),
    *numbers("attempt"),
    *times("created_at", "started_at", "updated_at"),
    *copied(),
    child_of("repositories", "repository_id"),
)

# Issues --------------------------------------------------------------------------------------------------
# A project is a Jira project, or for the issues of a code host its repository: `project` holds its key or name.

issues = Table(
    "issues",
    metadata,
    *key("project_id", "id"),
    *text("project", "key", "url", "title", "type"),
    *flags("is_subtask"),
    *numbers("level"),  # of the type in the tracker's hierarchy: -1 sub-tasks, 0 work, 1 epics; null: it has none
    *text("status", "status_id", "status_category", "resolution", "priority"),  # category: new, active, done
    *times("created_at", "updated_at", "resolved_at", "closed_at"),
    *dates("due_on"),
    *measures("points"),
    *text("parent_id", "epic_id"),
    *actor("author"),
    *actor("assignee"),
    *flags("is_flagged"),
    *lists("labels", "components", "fix_versions", "sprints", "linked_pull_requests"),
    *text("found_in", "severity"),
    *copied(),
)
Index(None, issues.c.source, issues.c.key)
Index(None, issues.c.updated_at)

issue_changes = Table(
    "issue_changes",
    metadata,
    *key("project_id", "issue_id", "id"),  # id: the history's id and the item's place in it
    *numbers("position"),  # order among the changes of one issue that carry the same time
    *text("field"),
    *person("from_id", "to_id", "from_text", "to_text", kind="field"),
    *actor("actor"),
    *times("at"),
    *copied(),
    child_of("issues", "project_id", "issue_id"),
)
issue_links = Table(
    "issue_links",
    metadata,
    *key("project_id", "issue_id", "id"),
    *text("kind", "other_id", "other_key"),
    *times("since"),
    *copied(),
    child_of("issues", "project_id", "issue_id"),
)
worklogs = Table(
    "worklogs",
    metadata,
    *key("project_id", "issue_id", "id"),
    *actor("author"),
    *numbers("seconds"),
    *times("started_at", "updated_at"),
    *copied(),
    child_of("issues", "project_id", "issue_id"),
)
statuses = Table("statuses", metadata, *key("id"), *text("name", "category"), *copied())
boards = Table(
    "boards", metadata, *key("id"), *text("name", "kind", "project", "points_field"), *lists("columns"), *copied()
)
sprints = Table(
    "sprints",
    metadata,
    *key("id"),
    *text("name", "state", "board_id", "goal"),
    *times("start_at", "end_at", "complete_at"),
    *lists("projects"),
    *copied(),
)
versions = Table(
    "versions",
    metadata,
    *key("project_id", "id"),
    *text("project", "name"),
    *flags("is_released", "is_archived"),
    *dates("start_on", "release_on"),
    *copied(),
)

# What happened outside, from files -----------------------------------------------------------------------

incidents = Table(
    "incidents",
    metadata,
    *key("id"),
    *text("title", "service", "severity", "deployment_id", "url"),
    *times("started_at", "resolved_at"),
    *copied(),
)

# The history of the code, from git -----------------------------------------------------------------------
# git gives a repository no id of its own: `repository_id` is the name that the configuration gives it.

git_commits = Table(
    "git_commits",
    metadata,
    *key("repository_id", "id"),  # id: the commit's hash; only commits that the default branch contains
    *numbers("position", "parents"),  # position: a commit comes after its parents
    *text("parent_ids"),  # their hashes with spaces between, the branch's own line first
    *person("author_name", "author_email"),
    *text("headline", "reverts"),
    *times("authored_at", "committed_at"),
    *people("co_authors"),
    *lists("mentions"),  # co_authors: e-mail addresses; mentions: issue keys and #numbers in the message
    *numbers("changed_files", "additions", "deletions"),
    *flags("is_reformat"),  # listed in .git-blame-ignore-revs
    *copied(),
)
file_changes = Table(
    "file_changes",
    metadata,
    *key("repository_id", "commit_id", "id"),  # id: the file's path after the commit
    *text("old_path"),  # where it was renamed from
    *numbers("additions", "deletions"),  # null: binary, or not fetched
    *copied(),
    child_of("git_commits", "repository_id", "commit_id"),
)
git_branches = Table(
    "git_branches",
    metadata,
    *key("repository_id", "id"),
    *text("commit_id", "mailmap_id", "ignored_id"),  # the branch's head, and the blobs that say whose commits count
    *copied(),
)
files = Table(
    "files",
    metadata,
    *key("repository_id", "id"),  # id: the path; every file at the head of the default branch
    *text("blob_id", "language"),  # language: null for what is no source code, which is not measured
    *numbers("bytes", "lines", "functions", "complexity", "indentation"),  # complexity: cyclomatic, summed
    *measures("indentation_sd"),
    *flags("is_generated", "is_vendored"),
    *copied(),
)
file_snapshots = Table(
    "file_snapshots",
    metadata,
    *key("repository_id", "path", "id"),  # id: the month whose end it shows, such as 2026-10
    *text("blob_id"),
    *times("at"),
    *numbers("lines", "functions", "complexity", "indentation"),
    *measures("indentation_sd"),
    *copied(),
)
dependencies = Table(
    "dependencies",
    metadata,
    *key("repository_id", "manifest", "name", "id"),  # id: the commit that brought this version in
    *text("ecosystem", "requirement", "version"),  # version: null where the manifest leaves it open
    *times("since", "until"),  # until null: still in use
    *copied(),
)
package_releases = Table(
    "package_releases",
    metadata,
    *key("ecosystem", "package", "id"),  # id: the version
    *times("released_at"),
    *flags("is_prerelease", "is_yanked"),
    *copied(),
)

survey_results = Table(
    "survey_results",
    metadata,
    *key("id"),
    *text("survey", "team", "question"),
    *dates("closed_on"),
    *numbers("answers", "invited"),
    *measures("mean"),  # 0 to 100
    *copied(),
)
debt_ratios = Table(
    "debt_ratios", metadata, *key("id"), *text("repository"), *dates("measured_on"), *measures("ratio"), *copied()
)
capacity = Table(
    "capacity", metadata, *key("id"), *text("team"), *dates("start_on", "end_on"), *measures("person_days"), *copied()
)
costs = Table(
    "costs",
    metadata,
    *key("id"),
    *text("team", "currency"),
    *dates("start_on", "end_on"),
    *measures("amount"),
    *copied(),
)

# The record of syncs -------------------------------------------------------------------------------------

sync_runs = Table(
    "sync_runs",
    metadata,
    Column("id", Integer, primary_key=True),
    *times("started_at", "finished_at"),
    *text("outcome", "error"),
    *numbers("revision"),  # grows as rows arrive: what a page has drawn is known by (id, revision)
)
sync_state = Table(
    "sync_state",
    metadata,
    *key("stream", "scope"),
    *text("scope_id"),
    *flags("complete"),
    *lists("cursor"),
    *times("high_water", "oldest", "synced_at", "waiting_until"),
    *numbers("expected", "requests", "points", "points_left"),
    *text("error"),
)
leases = Table(
    "leases",
    metadata,
    *key("scope"),
    *text("holder"),  # the worker that syncs it now; null: nobody
    *times("until", "begun", "done_at"),  # by the server's clock; begun: the sync that its holder takes part in
    *numbers("turn"),  # of that sync: how often it was walked on
)
forgotten = Table(
    "forgotten",
    metadata,
    Column("word", Text, primary_key=True),  # a keyed digest of a login, an id, an address or a name
    *text("stands_for"),  # what is kept in its place
)
stamps = Table(
    "stamps",
    metadata,
    Column("name", Text, primary_key=True),  # a table, or "" for the store
    Column("latest", BigInteger),  # the number of the last transaction that wrote to it
    *text("era"),  # of the store: another one means that anything may have changed
)
generations = Table(
    "generations",  # of what is built from the rows above and from nothing else: no backup holds it
    metadata,
    Column("number", BigInteger, primary_key=True, autoincrement=False),
    *flags("is_whole"),  # else it is being built, and nobody reads it
)
kept_facts = Table(
    "kept_facts",
    metadata,
    Column("name", Text, primary_key=True),
    Column("piece", Integer, primary_key=True),
    *generation(),
    Column("made_with", Text, nullable=False),  # a digest of the code and the configuration
    Column("era", Text, nullable=False),
    Column("latest", BigInteger, nullable=False),  # how far the store had come
    Column("content", LargeBinary, nullable=False),
)
kept_figures = Table(
    "kept_figures",  # of an indicator in a place, week by week; as built as the facts are
    metadata,
    Column("place", Text, primary_key=True),
    Column("indicator", Text, primary_key=True),
    *generation(),
    *text("digest"),  # of the rows that they were reckoned from
    Column("content", LargeBinary, nullable=False),
)
kept_rows = Table(
    "kept_rows",  # behind these figures, in pieces of a month
    metadata,
    Column("indicator", Text, primary_key=True),
    Column("piece", Integer, primary_key=True),
    *generation(),
    Column("begins", BigInteger, nullable=False),  # when its first row was observed,
    Column("ends", BigInteger, nullable=False),  # and when its last one ended
    *text("digest"),
    Column("content", LargeBinary, nullable=False),
)
notices = Table(
    "notices",
    metadata,
    Column("key", Text, primary_key=True),  # a fact about the store itself, such as "demo"
    *text("value"),
)

# What people say, and what was told to them -----------------------------------------------------------------

notes = Table(
    "notes",
    metadata,
    Column("id", Integer, primary_key=True),
    *person("author"),
    *text("kind", "text", "objective", "indicator", "team", "repository", "project"),
    *times("begins", "ends", "noted_at"),
    *numbers("replaces"),  # the note that this one edits or takes back: rows are only ever added
    *lists("details"),
)
forecasts = Table(
    "forecasts",
    metadata,
    *(Column(name, Text, primary_key=True) for name in ("made_on", "kind", "scope")),  # made_on: an ISO day
    *times("made_at", "due"),
    *numbers("items"),
    *measures("probability"),
    *dates("p50", "p85"),
    *lists("details"),
)
sent_reports = Table(
    "sent_reports",
    metadata,
    Column("digest", Text, primary_key=True),
    *text("kind", "period"),  # monthly, "2026-10"
    *times("made_at", "as_of"),
    *lists("content"),
)

TABLES = metadata.tables
STAMPED = tuple(name for name, table in TABLES.items() if "stamp" in table.c)
COPIED = tuple(name for name, table in TABLES.items() if "seen_at" in table.c)
BUILT = (kept_facts, kept_figures, kept_rows)  # from all others
KEPT = (*BUILT, generations)
NUMBERED = (*COPIED, notes.name, forecasts.name)  # of each write of these it is known when it was
