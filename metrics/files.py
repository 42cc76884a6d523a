"""The history of the code as facts: a row per file that is there, and a row per file that a commit changed."""

import re

import numpy as np
import pandas as pd

from metrics.commit_order import in_order
from metrics.model import Frame
from metrics.organisation import BOT, UNASSIGNED, Organisation, account_class
from metrics.renames import todays_path

PLACE = ["source", "repository_id"]
FILE = [*PLACE, "path"]
BULK = 100  # files; a commit of more is a move, an import or a tool's work
TEST = (
    r"(?i)(?:^|/)(?:tests?|specs?|__tests__|testing|e2e)/|(?:^|/)(?:test_[^/]*|conftest\.py)$"
    r"|[_.-](?:tests?|spec)\.[a-z]+$|(?-i:(?:Tests?|Spec|IT)\.(?:java|kt|scala|cs|groovy|swift)$)"
)
GENERATED = (
    r"(?i)\.min\.(?:js|css)$|\.pb\.go$|_pb2(?:_grpc)?\.pyi?$|\.g\.dart$|\.designer\.cs$|(?:^|/)(?:dist|build|generated)/"
    r"|(?:^|/)migrations/[^/]*\d{3,}"
)
VENDORED = r"(?i)(?:^|/)(?:vendor|vendored|node_modules|third[_-]?party|bower_components)/"
NO_REPLY = r"^(?:\d+\+)?([^@]+)@users\.noreply\.github\.com$"


def files(files: Frame, repositories: Frame, organisation: Organisation) -> Frame:
    """One row per source file at the head of the default branch.

    Columns: key (owner/name:path), repository, path, component (its first folder), team (that owns it), language,
    lines, complexity (cyclomatic, null where unknown), indentation, indentation_sd; is_test, left_out (generated,
    vendored or null), seen_at.
    """
    rows = files[files["language"].notna()].reset_index(drop=True).rename(columns={"id": "path"})
    rows["repository"] = repository_names(rows, repositories)
    rows["key"] = rows["repository"] + ":" + rows["path"]
    rows["component"] = component(rows["path"])
    rows["team"] = owning_team(rows, organisation)
    rows["is_test"] = rows["path"].str.contains(TEST)
    generated = rows["is_generated"].fillna(False).astype(bool) | rows["path"].str.contains(GENERATED)
    vendored = rows["is_vendored"].fillna(False).astype(bool) | rows["path"].str.contains(VENDORED)
    rows["left_out"] = pd.Series(np.select([vendored, generated], ["vendored", "generated"], ""), index=rows.index)
    rows["left_out"] = rows["left_out"].astype("str").replace("", None)
    return rows


def repository_names(rows: Frame, repositories: Frame) -> pd.Series:
    """What people call each row's repository; git knows no other id than that."""
    names = repositories.drop_duplicates(["source", "id"]).set_index(["source", "id"])["name"]
    found = names.reindex(pd.MultiIndex.from_frame(rows[PLACE])).to_numpy()
    by_letters = repositories.assign(word=repositories["name"].str.lower()).drop_duplicates("word").set_index("word")
    written = rows["repository_id"].str.lower().map(by_letters["name"]).astype("str")  # by a host, in its letters
    named = pd.Series(found, index=rows.index, dtype="str").fillna(written)
    return named.fillna(rows["repository_id"]).astype("str")


def component(path: pd.Series) -> pd.Series:
    """The first folder of each path; "." for what lies at the top."""
    return path.str.extract(r"^([^/]+)/", expand=False).fillna(".").astype("str")


def owning_team(rows: Frame, organisation: Organisation) -> pd.Series:
    """The team that owns each file: by the longest path pattern that matches, else by its repository."""
    team = rows["repository"].map(organisation.owners.get("repository", {})).astype("str").fillna(UNASSIGNED)
    patterns = organisation.owners.get("path", {})
    for pattern in sorted(patterns, key=len):
        repository, _, glob = pattern.rpartition(":")
        here = rows["path"].str.fullmatch(as_expression(glob)) & ((rows["repository"] == repository) | (not repository))
        team = team.mask(here, patterns[pattern])
    return team.astype("str")


def as_expression(glob: str) -> str:
    """A path pattern as a regular expression: * stays within a folder, ** does not; a folder means all in it."""
    parts = {"**/": "(?:.*/)?", "**": ".*", "*": "[^/]*", "?": "[^/]"}
    text = "".join(parts.get(part, re.escape(part)) for part in re.split(r"(\*\*/|\*\*|\*|\?)", glob.strip("/")))
    return f"{text}(?:/.*)?"


# Changes -------------------------------------------------------------------------------------------------


def file_changes(
    git_commits: Frame,
    file_changes: Frame,
    commits: Frame,
    pull_request_facts: Frame,
    repositories: Frame,
    file_facts: Frame,
    organisation: Organisation,
) -> Frame:
    """One row per file that a commit changed, in the order of history.

    Columns: key, repository, team, component and path (what the file is called today), commit_id, at (the commit's
    time, by the order of history where its date cannot be true), additions, deletions, headline, mentions, author (a
    person, else an address) and co_authors, is_first (the file's first change), is_code, is_test, left_out (bot,
    reformat, bulk, generated, vendored or null), seen_at; change and url: the pull request that brought it, else the
    commit itself; pull_request (key, or null).
    """
    ordered, parents = in_order(git_commits)
    rows = _joined(ordered, file_changes)
    rows["path"] = todays_path(rows, parents)
    rows["repository"] = repository_names(rows, repositories)
    rows["key"] = rows["repository"] + ":" + rows["path"]
    rows["component"] = component(rows["path"])
    rows["team"] = owning_team(rows, organisation)
    rows["is_first"] = ~rows.duplicated(FILE)
    rows["is_test"] = rows["path"].str.contains(TEST)
    rows["is_code"] = _is_code(rows, file_facts)
    rows["left_out"] = _left_out(rows, file_facts, organisation)
    rows["author"] = person(rows["author_email"], organisation)
    rows["co_authors"] = _co_authors(rows, organisation)
    return rows.drop(columns="place").assign(**_changes(rows, commits, pull_request_facts))


def _joined(git_commits: Frame, file_changes: Frame) -> Frame:
    about = git_commits.rename(columns={"id": "commit_id"})
    about = about.drop(columns=["additions", "deletions", "gone_at", "committed_at", "parent_ids"])
    changed = file_changes.rename(columns={"id": "path"}).drop(columns=["seen_at", "gone_at"])
    rows = changed.merge(about, on=[*PLACE, "commit_id"], how="inner")
    return rows.sort_values([*PLACE, "position", "path"], kind="stable").reset_index(drop=True)


def _is_code(rows: Frame, files: Frame) -> pd.Series:
    """Whether each changed file is source code: its extension is one of those of the files that are there."""
    known = set(_extension(files["path"]).dropna())
    return _extension(rows["path"]).isin(known)


def _extension(path: pd.Series) -> pd.Series:
    return path.str.extract(r"\.([A-Za-z0-9]+)$", expand=False).str.lower()


def _left_out(rows: Frame, files: Frame, organisation: Organisation) -> pd.Series:
    kind = pd.Series(None, index=rows.index, dtype="str")
    automatic = account_class(rows["author_name"], kind, organisation) != "person"
    marked = files.set_index(FILE)["left_out"].reindex(pd.MultiIndex.from_frame(rows[FILE])).to_numpy()
    reasons = {
        BOT: automatic,
        "reformat": rows["is_reformat"].fillna(False).astype(bool),
        "bulk": (rows["changed_files"] > BULK).fillna(False).astype(bool),
        "vendored": rows["path"].str.contains(VENDORED),
        "generated": rows["path"].str.contains(GENERATED),
    }
    found = np.select(list(reasons.values()), list(reasons), default="")
    return pd.Series(found, index=rows.index, dtype="str").replace("", None).fillna(pd.Series(marked, rows.index))


def person(email: pd.Series, organisation: Organisation) -> pd.Series:
    """Who is behind each address: the configured person, else the account of a no-reply address, else itself."""
    known = organisation.people
    login = email.str.extract(NO_REPLY, expand=False)
    by_login = login.map(known.get("github", {})).astype("str").fillna(login)
    return email.map(known.get("email", {})).astype("str").fillna(by_login).fillna(email).astype("str")


def _co_authors(rows: Frame, organisation: Organisation) -> pd.Series:
    """The people behind each row's co-authors."""
    several = rows.loc[rows["co_authors"].str.len() > 0, "co_authors"]
    each = several.explode()
    named = person(each.astype("str"), organisation).groupby(level=0).agg(list)
    return rows["co_authors"].where(~rows.index.isin(several.index), named)


def _changes(rows: Frame, commits: Frame, pull_requests: Frame) -> dict[str, pd.Series]:
    """The pull request of each row's commit: by its merge commit, else as one of its own commits."""
    merged = pull_requests[pull_requests["merged_at"].notna()]
    keys = merged.set_index([*PLACE, "id"])[["key", "url", "repository"]]
    own = commits.join(keys, on=[*PLACE, "pull_request_id"], how="inner")[["repository", "id", "key", "url"]]
    by_merge = merged[["repository", "merge_commit", "key", "url"]].rename(columns={"merge_commit": "id"})
    known = pd.concat([by_merge[by_merge["id"].notna()], own], ignore_index=True).drop_duplicates(["repository", "id"])
    place = pd.MultiIndex.from_arrays([rows["repository"], rows["commit_id"]])
    found = known.set_index(["repository", "id"])[["key", "url"]].reindex(place).set_axis(rows.index)
    itself = rows["repository"] + "@" + rows["commit_id"].str.slice(0, 12)
    return {"pull_request": found["key"], "change": found["key"].fillna(itself), "url": found["url"]}
