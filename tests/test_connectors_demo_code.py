"""The demonstration's code is real: git repositories that it writes itself, read as any other repository."""

import subprocess
from datetime import UTC, datetime

import pandas as pd
import pytest
from git_site import CLEAN

from connectors.demo import CONNECTOR, DemoSettings, remove_code
from connectors.demo.generate import generate
from connectors.demo.git_history import folder_of, with_code
from connectors.demo.organisation import organisation
from connectors.sync import sync
from data import record
from data.store import Store

NOW = datetime(2026, 3, 18, 9, 30, tzinfo=UTC)
PLACE = ["repository_id", "commit_id"]


@pytest.fixture(scope="module")
def place(tmp_path_factory):
    return tmp_path_factory.mktemp("demo")


@pytest.fixture(scope="module")
def store(place):
    opened = Store.open(f"sqlite:///{place / 'metrics.db'}")
    assert sync(opened, [(CONNECTOR, DemoSettings("demo", NOW))], lambda: NOW, lambda until: None) == []
    return opened


def names():
    return {one: organisation().repositories[one] for one in with_code(organisation())}


def asked(place, one, *arguments):
    folder = folder_of(place / "clones" / "demo", one)
    done = subprocess.run(["git", *arguments], cwd=folder, env=CLEAN, capture_output=True, check=True)
    return done.stdout.decode()


def test_the_repositories_are_whole_and_hold_what_the_store_holds(place, store):
    commits, changes = store.load("git_commits"), store.load("file_changes")
    assert set(commits["repository_id"]) == set(names().values())
    for one, name in names().items():
        assert asked(place, one, "fsck", "--strict", "--connectivity-only") == ""
        mine = commits[commits["repository_id"] == name]
        assert set(mine["id"]) == set(asked(place, one, "rev-list", "main").split())
        lines = asked(place, one, "log", "--numstat", "-M", "--format=", "main").splitlines()
        counted = [line.split("\t") for line in lines if line]
        of_it = changes[changes["repository_id"] == name]
        assert len(of_it) == len(counted) > 3 * len(mine) / 2
        assert of_it["additions"].sum() == sum(int(added) for added, *_ in counted)
        assert of_it["deletions"].sum() == sum(int(removed) for _, removed, _ in counted)


def test_a_merged_pull_request_is_one_commit_with_its_hash_its_author_its_time_and_its_lines(store):
    repositories = store.load("repositories").set_index("id")["name"]
    pulls = store.load("pull_requests")
    pulls["repository_id"] = pulls["repository_id"].map(repositories)
    merged = pulls[pulls["merged_at"].notna() & pulls["repository_id"].isin(names().values())]
    commits = store.load("git_commits").rename(columns={"id": "merge_commit"})
    both = merged.merge(commits, on=["repository_id", "merge_commit"], suffixes=("", "_of_commit"))
    assert len(both) == len(merged) > 1500
    assert (both["merged_at"] == both["committed_at"]).all()
    for column in ("additions", "deletions", "changed_files"):
        assert (both[column] == both[f"{column}_of_commit"]).all(), column
    by_people = both[both["author_kind"] == "User"]
    assert (by_people["author_email"].str.split("@").str[0] == by_people["author"]).mean() > 0.9
    assert both["headline"].equals(both["title"] + " (#" + both["number"].astype("str") + ")")


def test_a_reverted_pull_request_is_reverted_by_the_hash_of_its_commit(store):
    commits = store.load("git_commits")
    reverts = commits[commits["reverts"].notna()]
    assert len(reverts) > 10 and reverts["headline"].str.startswith('Revert "').all()
    old = commits.set_index("id")["headline"].reindex(reverts["reverts"])
    assert old.notna().all()
    assert (
        reverts["committed_at"].to_numpy() > commits.set_index("id")["committed_at"].reindex(reverts["reverts"])
    ).all()


def test_what_real_repositories_have_is_there(place, store):
    commits, files = store.load("git_commits"), store.load("files").set_index("id")
    changes = store.load("file_changes")
    assert commits["is_reformat"].sum() == len(names())
    assert (commits["co_authors"].str.len() > 0).sum() > 20
    assert changes["old_path"].notna().sum() == len(names())  # a rename each
    assert files["is_generated"].sum() == len(names())
    assert not commits["author_email"].str.contains("parcels").any()  # the mailmap knows better
    assert "@parcels.example" in asked(place, with_code(organisation())[0], "log", "--format=%ae", "main")
    assert {"Dockerfile", ".mailmap", ".gitattributes", ".git-blame-ignore-revs"} <= set(files.index)
    assert files.loc[[".github/workflows/checks.yml"], "language"].isna().all()
    assert (commits["author_name"] == "renovator[bot]").sum() > 50


def test_dependencies_are_read_from_manifests_and_their_releases_are_known(store):
    used, out = store.load("dependencies"), store.load("package_releases")
    current = used[used["until"].isna()]
    assert current.groupby("repository_id")["name"].nunique().eq(8).all()
    known = set(zip(out["ecosystem"], out["package"], out["id"], strict=True))
    versions = zip(current["ecosystem"], current["name"], current["version"].str.removeprefix("v"), strict=True)
    assert set(versions) <= known
    assert len(used) > 2 * len(current)  # versions come and go


def test_hotspots_have_a_past_in_which_they_grow(store):
    snapshots = store.load("file_snapshots").sort_values("at")
    hot = snapshots[snapshots["path"].str.startswith("src/api/orders")]
    ends = hot.groupby("repository_id")["indentation"].agg(["first", "last"])
    assert len(ends) == len(names()) and (ends["last"] > ends["first"]).all()


def test_the_same_moment_gives_the_same_hashes(tmp_path, store):
    generate(NOW, tmp_path)
    heads = store.load("git_branches").set_index("repository_id")["commit_id"]
    for one, name in names().items():
        again = subprocess.run(
            ["git", "rev-parse", "main"], cwd=folder_of(tmp_path, one), capture_output=True, check=True
        )
        assert again.stdout.decode().strip() == heads[name]


def test_without_the_program_git_all_else_is_there_and_why_is_said(tmp_path, monkeypatch):
    monkeypatch.setenv("PATH", str(tmp_path))
    store = Store.open(f"sqlite:///{tmp_path / 'metrics.db'}")
    assert sync(store, [(CONNECTOR, DemoSettings("demo", NOW))], lambda: NOW, lambda until: None) == []
    assert store.count("pull_requests") > 10_000 and store.count("git_commits") == 0
    lines = [line for line in record.status(store) if line.stream == "git_commits"]
    assert {line.scope for line in lines} == set(names().values())
    assert all("install git" in str(line.error) and not line.complete for line in lines)
    assert pd.isna(store.load("pull_requests")["merge_commit"]).mean() < 0.2


def test_what_is_removed_is_removed_from_disk(tmp_path):
    store = Store.open(f"sqlite:///{tmp_path / 'metrics.db'}")
    mine = tmp_path / "clones" / "acme%2Fapp.git"
    mine.mkdir(parents=True)
    generate(NOW, tmp_path / "clones" / "demo")
    remove_code(store)
    assert list((tmp_path / "clones").iterdir()) == [mine]
