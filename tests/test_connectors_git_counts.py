"""The figures of a real history are those that git itself gives when it is asked by other commands."""

import re
import subprocess
from collections import Counter, defaultdict
from itertools import combinations
from pathlib import Path

import pytest
from conftest import NOW
from git_site import CLEAN, sync_git

from data.config import Config
from data.store import Store
from metrics.files import TEST
from metrics.loading import load
from metrics.tech_debt import test_touch_rate as touch_rate

ROOT = Path(__file__).parent.parent
pytestmark = pytest.mark.skipif(not (ROOT / ".git").exists(), reason="no checkout")


def asked(*arguments):
    command = ["git", "-c", "core.bigFileThreshold=2m", *arguments]  # what is larger is no text
    return subprocess.run(command, cwd=ROOT, env=CLEAN, capture_output=True, check=True).stdout.decode()


@pytest.fixture(scope="module")
def read(tmp_path_factory):
    """The facts of this project's own history, and its head."""
    store = Store.open(f"sqlite:///{tmp_path_factory.mktemp('counts') / 'metrics.db'}")
    failed, _ = sync_git(store, NOW, path=str(ROOT))
    assert failed == []
    return load(store, Config()).facts, store.load("git_branches").iloc[0]["commit_id"]


@pytest.fixture(scope="module")
def told(read):
    """What `git log --name-only` says: commit → the paths that it touched; without renames, in git's own words."""
    found, commit = defaultdict(list), ""
    for line in asked("log", "--no-merges", "--name-only", "--no-renames", "--format=%x01%H", read[1]).splitlines():
        if line.startswith("\1"):
            commit = line[1:]
        elif line:
            found[commit].append(line)
    return found


def renamed(head):
    """Paths that were part of a rename at any time."""
    lines = asked("log", "--diff-filter=R", "-M", "--name-status", "--format=", head).splitlines()
    return {path for line in lines if line for path in line.split("\t")[1:]}


def test_lines_and_commits_of_each_file_are_those_of_its_log(read):
    facts, head = read
    rows = facts["file_changes"]
    moved = renamed(head)
    files = [path for path in asked("ls-tree", "-r", "--name-only", head).splitlines() if path not in moved]
    ours = rows.groupby("path").agg(commits=("commit_id", "nunique"), added=("additions", "sum"))
    ours = ours.reindex(files, fill_value=0)  # what only a merge brought is in no commit of its own, nor in a log
    for path in files[:: max(1, len(files) // 25)]:
        said = asked("log", "--full-history", "--numstat", "--format=", head, "--", path).split("\n")
        counted = [line.split("\t")[0] for line in said if line]
        assert ours.loc[path, "commits"] == len(counted), path
        assert ours.loc[path, "added"] == sum(int(added) for added in counted if added != "-"), path


def test_authors_of_each_file_are_those_of_its_log(read):
    facts, head = read
    rows = facts["file_changes"]
    moved = renamed(head)
    for path in sorted(set(rows["path"]) - moved)[::20]:
        addresses = {
            line.lower()
            for line in asked("log", "--full-history", "--no-merges", "--format=%aE", head, "--", path).split()
        }
        assert {a.lower() for a in rows.loc[rows["path"] == path, "author_email"]} == addresses, path


def test_changes_with_tests_are_those_that_git_names(read, told):
    facts, _ = read
    rows = facts["code_changes"]
    seen = touch_rate(rows)
    counted = seen[seen["excluded"].isna()]
    python = {c: [p for p in paths if p.endswith(".py")] for c, paths in told.items()}

    def is_test(path):
        return re.search(TEST, path) is not None

    # a commit of this project belongs to no pull request, so that each is a change of its own
    whole = {c: paths for c, paths in python.items() if len(told[c]) <= 100}
    production = {c for c, paths in whole.items() if any(not is_test(p) for p in paths)}
    tested = {c for c in production if any(is_test(p) for p in whole[c])}
    keys = {key.rpartition("@")[2] for key in counted["key"]}
    assert {c[:12] for c in production} <= keys
    touching = {k.rpartition("@")[2] for k in counted.loc[counted["value"] == 1, "key"]}
    assert {c[:12] for c in tested} <= touching


def test_files_that_change_together_are_those_that_git_names(read, told):
    facts, head = read
    pairs = facts["couplings"]
    now = pairs[pairs["until"].isna()]
    moved = renamed(head)
    together = Counter(
        pair
        for paths in told.values()
        if len(paths) <= 30
        for pair in combinations(sorted(p for p in paths if p.endswith(".py") and p not in moved), 2)
        if pair[0].split("/")[0] != pair[1].split("/")[0]
    )
    found = {
        tuple(key.removeprefix("acme/app:").split(" ↔ ")): n for key, n in zip(now["key"], now["shared"], strict=True)
    }
    known = {pair: n for pair, n in found.items() if not set(pair) & moved}
    assert known == {pair: together[pair] for pair in known}
    there = set(asked("ls-tree", "-r", "--name-only", head).splitlines())
    assert {p for p, n in together.items() if n >= 10 and set(p) <= there} == set(known)


def test_reverts_are_those_that_git_finds_by_their_message(read):
    facts, head = read
    said = asked("log", "--format=%H", "-E", "--grep=^This reverts commit [0-9a-f]{40}", head).split()
    commits = facts.tables["git_commits"]
    assert set(commits.loc[commits["reverts"].notna(), "id"]) == set(said)
