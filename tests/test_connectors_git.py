"""Real repositories arrive in the store as git itself would count them, whatever is in them."""

import os
import subprocess
from datetime import timedelta
from pathlib import Path

import pandas as pd
import pytest
from conftest import NOW
from git_site import CLEAN, Repository, sync_git

from connectors.git.program import environment, without_password
from data import record
from data.settings import Git
from data.store import Store

ROOT = Path(__file__).parent.parent


@pytest.fixture
def repository(tmp_path):
    return Repository(tmp_path / "code")


@pytest.fixture
def read(store, repository):
    """Sync the repository; fails when anything failed."""

    def run(now=NOW, **settings):
        failed, told = sync_git(store, now, **({"path": str(repository.folder)} | settings))
        assert failed == []
        return {line.stream: line for line in record.status(store)}, told

    return run


def counted(folder, commit):
    """What git itself counts of one commit: path → (added, deleted)."""
    said = subprocess.run(
        ["git", "show", "--numstat", "-M", "-z", "--format=", commit],
        cwd=folder,
        env=CLEAN,
        capture_output=True,
        check=True,
    ).stdout.decode("utf-8", "backslashreplace")
    tokens = [token for token in said.split("\0") if token]
    found, place = {}, 0
    while place < len(tokens):
        added, deleted, path = tokens[place].lstrip("\n").split("\t", 2)
        place += 1 if path else 3
        found[path or tokens[place - 1]] = (added, deleted)
    return found


def agrees(store, folder):
    """Whether the store holds just what git counts commit by commit."""
    listed = subprocess.run(["git", "rev-list", "HEAD"], cwd=folder, env=CLEAN, capture_output=True, check=True)
    hashes = listed.stdout.decode().split()
    commits, changes = store.load("git_commits"), store.load("file_changes")
    assert sorted(commits["id"]) == sorted(hashes)
    for commit, rows in changes.groupby("commit_id"):
        added = rows["additions"].astype("object").where(rows["additions"].notna(), "-").astype("str")
        deleted = rows["deletions"].astype("object").where(rows["deletions"].notna(), "-").astype("str")
        stored = dict(zip(rows["id"], zip(added, deleted, strict=True), strict=True))
        assert stored == counted(folder, commit)
    return len(hashes), len(changes)


def test_every_commit_and_line_is_what_git_counts(store, repository, read):
    repository.write(a_dot_py="one\ntwo\n", lib__b_dot_go="x\n" * 20)
    repository.commit("First")
    repository.git("mv", "lib/b.go", "lib/c.go")
    repository.put("lib/c.go", "x\n" * 20 + "y\n")
    repository.commit("PAY-12: move it (#7)\n\nCloses PAY-13.\n\nCo-authored-by: Ben <BEN@acme.example>")
    repository.put("picture.bin", b"\0\1\2" * 100)
    last = repository.commit("Picture", who="release-clerk[bot] <bot@acme.example>")
    repository.commit(f"Revert it\n\nThis reverts commit {last}.")
    lines, _ = read()
    assert agrees(store, repository.folder) == (4, 4)
    commits = store.load("git_commits").sort_values("position")
    assert commits["headline"].tolist() == ["First", "PAY-12: move it (#7)", "Picture", "Revert it"]
    assert commits["mentions"].tolist() == [[], ["PAY-12", "#7", "PAY-13"], [], []]
    assert commits["co_authors"].tolist()[1] == ["ben@acme.example"]
    assert commits["reverts"].tolist()[3] == last
    moved = store.load("file_changes", id="lib/c.go").iloc[0]
    assert (moved["old_path"], moved["additions"], moved["deletions"]) == ("lib/b.go", 1, 0)
    assert lines["git_commits"].complete and lines["git_commits"].rows == 4 and lines["git_commits"].error is None


def test_it_is_the_same_in_every_store(any_url, repository):
    store = Store.open(any_url)
    repository.put("a.py", "def f():\n    return 1\n")
    repository.put("requirements.txt", "web==1.0\n")
    repository.put(os.fsdecode(b"bad-\xff.py"), "x = 1\n")
    repository.commit("PAY-1: first")
    for hour in range(2):
        failed, _ = sync_git(store, NOW + timedelta(hours=hour), path=str(repository.folder))
        assert failed == []
    assert agrees(store, repository.folder) == (1, 3)
    assert (store.count("files"), store.count("dependencies"), store.count("git_branches")) == (3, 1, 1)
    store.engine.dispose()


@pytest.mark.skipif(not (ROOT / ".git").exists(), reason="no checkout")
def test_the_history_of_this_project_agrees_with_git(store):
    failed, _ = sync_git(store, NOW, path=str(ROOT))
    assert failed == []
    commits = store.load("git_commits")
    head = store.load("git_branches").iloc[0]["commit_id"]
    said = subprocess.run(["git", "rev-list", head], cwd=ROOT, env=CLEAN, capture_output=True, check=True).stdout
    assert set(commits["id"]) == set(said.decode().split())
    # what is larger is no text: its lines are not compared
    numstat = ["git", "-c", "core.bigFileThreshold=2m", "log", "--numstat", "-M", "--format=", head]
    lines = subprocess.run(numstat, cwd=ROOT, env=CLEAN, capture_output=True, check=True).stdout.decode().splitlines()
    pairs = [line.split("\t")[:2] for line in lines if line]
    changes = store.load("file_changes")
    assert len(changes) == len(pairs)
    assert changes["additions"].sum() == sum(int(a) for a, _ in pairs if a != "-")
    assert changes["deletions"].sum() == sum(int(d) for _, d in pairs if d != "-")


def test_a_second_sync_reads_only_what_is_new(store, repository, read):
    repository.write(a_dot_py="one\n")
    first = repository.commit()
    read()
    repository.write(a_dot_py="one\ntwo\n")
    second = repository.commit()
    _, told = read(NOW + timedelta(hours=1))
    assert max(p.rows for p in told if p.stream == "git_commits") == 1
    assert store.load("git_commits").sort_values("position")["id"].tolist() == [first, second]
    _, told = read(NOW + timedelta(hours=2))
    assert all(p.rows == 0 for p in told if p.stream in {"git_commits", "files"})


def test_an_interrupted_walk_goes_on(store, repository, read, monkeypatch):
    for number in range(5):
        repository.write(a_dot_py=f"{number}\n")
        repository.commit()
    monkeypatch.setattr("connectors.git.history.PAGE", 2)
    from connectors.git import parse

    once = parse.commits

    def broken(said):
        yield from once(said)
        if said.count(b"\x01") == 1:  # the last page holds one commit
            raise ValueError("the log of git ends in the middle of a line")

    monkeypatch.setattr("connectors.git.history.parse.commits", broken)
    failed, _ = sync_git(store, NOW, path=str(repository.folder))
    assert "ends in the middle" in failed[0].error and store.count("git_commits") == 4
    assert not {line.stream: line for line in record.status(store)}["git_commits"].complete
    monkeypatch.setattr("connectors.git.history.parse.commits", once)
    read()
    assert agrees(store, repository.folder) == (5, 5)


def test_a_rewritten_branch_is_noticed_and_its_commits_are_gone(store, repository, read):
    repository.write(a_dot_py="one\n")
    repository.commit()
    repository.write(a_dot_py="two\n")
    old = repository.commit("Old")
    read()
    repository.git("reset", "-q", "--hard", "HEAD~1")
    repository.write(a_dot_py="three\n")
    repository.commit("New")
    lines, _ = read(NOW + timedelta(hours=1))
    assert "rewritten: 1 commits" in lines["git_commits"].error
    assert agrees(store, repository.folder) == (2, 2)
    assert old in set(store.load("git_commits", gone=True)["id"])
    repository.git("reset", "-q", "--hard", old)
    read(NOW + timedelta(hours=2))
    assert old in set(store.load("git_commits")["id"])
    assert read(NOW + timedelta(hours=3))[0]["git_commits"].error is None


def test_a_new_mailmap_renames_the_authors_that_are_stored(store, repository, read):
    repository.write(a_dot_py="one\n")
    repository.commit("Work\n\nCo-authored-by: Ana at home <ana@home.example>", who="A <ana@old.example>")
    read()
    assert store.load("git_commits")["author_email"].tolist() == ["ana@old.example"]
    people = "Ana <ana@acme.example> <ana@old.example>\nAna <ana@acme.example> <ana@home.example>\n"
    repository.put(".mailmap", people)
    repository.commit("Names")
    read(NOW + timedelta(hours=1))
    commits = store.load("git_commits").sort_values("position")
    assert commits["author_email"].tolist() == ["ana@acme.example"] * 2
    assert commits["author_name"].tolist() == ["Ana", "Ana"]
    assert commits["co_authors"].tolist() == [["ana@acme.example"], []]


def test_reformatting_commits_are_known_by_the_list_of_ignored_revisions(store, repository, read):
    repository.write(a_dot_py="one\n")
    reformat = repository.commit()
    read()
    repository.put(".git-blame-ignore-revs", f"# tabs to spaces\n{reformat}\n")
    repository.commit()
    read(NOW + timedelta(hours=1))
    assert store.load("git_commits").sort_values("position")["is_reformat"].tolist() == [True, False]


def test_files_at_the_head_are_measured_and_marked(store, repository, read):
    repository.put(".gitattributes", "api/*.py linguist-generated\nthird/** linguist-vendored=true\n")
    repository.put("a.py", "def f(x):\n    if x:\n        return 1\n    return 2\n")
    repository.put("api/stub.py", "a = 1\n")
    repository.put("third/x.rb", "def x\n  1\nend\n")
    repository.put("run.sh", "if true; then\n\techo\nfi\n")
    repository.put("notes.md", "# words\n")
    repository.commit()
    read()
    files = store.load("files").set_index("id")
    # f: one path plus one branch = 2; indents: 0 1 2 1 = 4
    a = files.loc["a.py"]
    assert (a["language"], a["lines"], a["functions"], a["complexity"], a["indentation"]) == ("Python", 4, 1, 2, 4)
    assert files.loc["api/stub.py", "is_generated"] and not files.loc["a.py", "is_generated"]
    assert files.loc["third/x.rb", "is_vendored"]
    assert pd.isna(files.loc["run.sh", "complexity"]) and files.loc["run.sh", "indentation"] == 1
    # everything else is listed and not measured
    assert {".gitattributes", "notes.md"} <= set(files.index)
    assert pd.isna(files.loc["notes.md", ["language", "bytes", "lines", "indentation"]]).all()
    (repository.folder / "run.sh").unlink()
    repository.put("a.py", "a = 1\n")
    repository.commit()
    read(NOW + timedelta(hours=1))
    files = store.load("files").set_index("id")
    assert "run.sh" not in files.index and files.loc["a.py", "complexity"] == 0


def test_month_ends_of_the_files_that_change_most_are_measured_under_their_old_names(store, repository, read):
    repository.put("old.py", "if a:\n    b\n")
    repository.commit(when="2026-08-10T10:00:00+00:00")
    repository.git("mv", "old.py", "new.py")
    repository.commit(when="2026-09-10T10:00:00+00:00")
    repository.put("new.py", "if a:\n    b\n    c\n")
    repository.commit(when="2026-10-10T10:00:00+00:00")
    read()
    months = store.load("file_snapshots").sort_values("id")
    assert list(zip(months["id"], months["path"], months["indentation"], strict=True)) == [
        ("2026-08", "new.py", 1),
        ("2026-09", "new.py", 1),
        ("2026-10", "new.py", 2),
    ]


def test_versions_in_use_are_kept_with_the_time_in_which_they_were(store, repository, read):
    repository.put("requirements.txt", "requests==2.30.0\nflask>=2\n")
    repository.commit(when="2026-08-10T10:00:00+00:00")
    repository.put("requirements.txt", "requests==2.32.0\n")
    repository.commit(when="2026-10-10T10:00:00+00:00")
    read()
    rows = store.load("dependencies").sort_values(["name", "since"])
    assert rows["name"].tolist() == ["flask", "requests", "requests"]
    assert rows["version"].astype(object).where(rows["version"].notna(), None).tolist() == [None, "2.30.0", "2.32.0"]
    assert rows["until"].notna().tolist() == [True, True, False]


# What may be wrong ---------------------------------------------------------------------------------------


def test_an_empty_repository_has_nothing_and_nothing_is_wrong(store, repository, read):
    lines, _ = read()
    assert lines["git_commits"].complete and store.count("git_commits") == 0


def test_a_broken_repository_is_an_error_and_never_a_shorter_history(store, repository):
    repository.write(a_dot_py="one\n")
    repository.commit()
    repository.write(a_dot_py="two\n")
    repository.commit()
    tree = repository.git("rev-parse", "HEAD~1^{tree}")
    (repository.folder / ".git" / "objects" / tree[:2] / tree[2:]).unlink()
    failed, _ = sync_git(store, NOW, path=str(repository.folder))
    assert failed[0].stream == "git_commits" and "git log failed" in failed[0].error
    assert store.count("git_commits") == 0


def test_missing_contents_cost_the_lines_but_not_the_history(store, repository, read):
    repository.write(a_dot_md="one\n")
    repository.commit()
    blob = repository.git("rev-parse", "HEAD:a.md")
    repository.write(a_dot_md="two\n")
    repository.commit()
    (repository.folder / ".git" / "objects" / blob[:2] / blob[2:]).unlink()
    lines, _ = read()
    assert "lines are unknown" in lines["git_commits"].error
    assert store.count("git_commits") == 2 and store.load("file_changes")["additions"].isna().all()


def test_a_path_that_is_no_clone_is_said_and_so_is_one_inside_another(store, repository, tmp_path):
    repository.put("inner/a.py", "a\n")
    repository.commit()
    for path, words in ((tmp_path / "nowhere", "no such folder"), (repository.folder / "inner", "no git repository")):
        failed, _ = sync_git(store, NOW, path=str(path))
        assert words in failed[0].error
    failed, _ = sync_git(store, NOW)
    assert "give it a path or a url" in failed[0].error


def test_a_shallow_clone_says_so(store, repository, tmp_path):
    for number in range(3):
        repository.write(a_dot_py=f"{number}\n")
        repository.commit()
    repository.git("clone", "-q", "--depth=1", f"file://{repository.folder}", str(tmp_path / "shallow"))
    failed, _ = sync_git(store, NOW, path=str(tmp_path / "shallow"))
    assert failed == [] and store.count("git_commits") == 1
    assert "shallow" in {line.stream: line for line in record.status(store)}["git_commits"].error


def test_no_password_is_ever_said(store):
    url = "file://ana:hunter2@localhost/nowhere/at/all"
    failed, _ = sync_git(store, NOW, make=Git.model_construct, url=url)
    assert failed and "hunter2" not in failed[0].error
    assert without_password("https://ana:hunter2@x.example/a: no") == "https://x.example/a: no"


def test_the_callers_git_variables_do_not_steer_it(monkeypatch):
    for name in ("GIT_DIR", "GIT_EXTERNAL_DIFF", "GIT_CONFIG_COUNT", "GIT_SSH_COMMAND"):
        monkeypatch.setenv(name, "1")
    alone, reaching = environment(), environment({"remote.origin.url": "x"})
    assert not {"GIT_DIR", "GIT_EXTERNAL_DIFF", "GIT_SSH_COMMAND"} & alone.keys()
    assert alone["GIT_ALLOW_PROTOCOL"] == "" and alone["GIT_CONFIG_COUNT"] != "1"
    assert reaching["GIT_SSH_COMMAND"] == "1" and "GIT_DIR" not in reaching
    assert "ext" not in reaching["GIT_ALLOW_PROTOCOL"]


# Hostile repositories ------------------------------------------------------------------------------------


def test_nothing_of_a_hostile_repository_is_run(store, repository, read, tmp_path, monkeypatch):
    trap = tmp_path / "trap"
    script = tmp_path / "script"
    script.write_text(f"#!/bin/sh\ntouch {trap}\n")
    script.chmod(0o755)
    repository.put(".gitattributes", "*.py diff=evil filter=evil\n")
    repository.write(a_dot_py="one\n")
    repository.commit()
    repository.write(a_dot_py="two\n")
    repository.commit()
    unsigned = repository.git("cat-file", "commit", "HEAD")
    seal = "gpgsig -----BEGIN PGP SIGNATURE-----\n \n wsBcBAAB\n =aaaa\n -----END PGP SIGNATURE-----"
    signed = unsigned.replace("\n\n", f"\n{seal}\n\n", 1) + "\n"
    made = repository.git("hash-object", "-t", "commit", "-w", "--stdin", given=signed.encode())
    repository.git("update-ref", "HEAD", made)
    settings = {
        "core.fsmonitor": script, "core.sshCommand": script, "core.pager": script, "core.editor": script,
        "diff.external": script, "diff.evil.textconv": script, "diff.evil.command": script, "gpg.program": script,
        "filter.evil.smudge": script, "filter.evil.clean": script, "log.showSignature": "true",
        "core.hooksPath": tmp_path, "uploadpack.packObjectsHook": script, "core.alternateRefsCommand": script,
        "alias.log": f"!{script}", "credential.helper": f"!{script}", "core.gitProxy": script,
        "core.worktree": tmp_path, "include.path": tmp_path / "more",
    }  # fmt: skip
    (tmp_path / "more").write_text(f"[core]\n\taskPass = {script}\n")
    for name, value in settings.items():
        repository.git("config", name, str(value))
    for hook in ("post-checkout", "reference-transaction", "post-index-change", "pre-auto-gc", "update"):
        (repository.folder / ".git" / "hooks").mkdir(exist_ok=True)
        (repository.folder / ".git" / "hooks" / hook).symlink_to(script)
    monkeypatch.setenv("GIT_EXTERNAL_DIFF", str(script))
    monkeypatch.setenv("GIT_PAGER", str(script))
    before = sorted(p for p in (repository.folder / ".git").rglob("*") if p.is_file())
    read()
    assert not trap.exists()
    assert store.count("git_commits") == 2 and store.load("file_changes", id="a.py")["additions"].tolist() == [1, 1]
    assert sorted(p for p in (repository.folder / ".git").rglob("*") if p.is_file()) == before


def test_strange_paths_links_submodules_and_huge_files_break_nothing(store, repository, read, tmp_path):
    secret = tmp_path / "secret.py"
    secret.write_text("password = 1\n")
    names = [
        b"new\nline.py",
        b"tab\there.py",
        b"bad-\xff\xfe.py",
        b"bad-\xfe\xff.py",
        b"\x01start.py",
        b'quote".py',
        b"-n.py",
    ]
    for name in names:
        Path(os.fsdecode(bytes(repository.folder) + b"/" + name)).write_bytes(b"a = 1\n")
    (repository.folder / "link.py").symlink_to(secret)
    (repository.folder / "huge.py").write_bytes(b"x = 1\n" * 600_000)
    repository.put("minified.js", "a=1;" * 50_000)
    repository.put("deep.py", "(" * 5000 + "\n")
    repository.git("update-index", "--add", "--cacheinfo", f"160000,{'1' * 40},inner")
    repository.commit("Subject\x02 with \x1b[31mcolour")
    read()
    files = store.load("files").set_index("id")
    assert {"new\nline.py", "tab\there.py", "bad-\\xff\\xfe.py", "bad-\\xfe\\xff.py", "\x01start.py"} <= set(
        files.index
    )
    assert "link.py" not in files.index and "inner" not in files.index
    assert pd.isna(files.loc["huge.py", "lines"]) and pd.isna(files.loc["minified.js", "complexity"])
    changes = store.load("file_changes").set_index("id")
    assert pd.isna(changes.loc["huge.py", "additions"])  # too big to be compared: counted as binary
    assert len(store.load("file_changes")) == len(names) + 4


@pytest.mark.skipif(not hasattr(os, "geteuid") or os.geteuid() != 0, reason="only root can give a folder away")
def test_a_clone_that_belongs_to_somebody_else_is_read_all_the_same(store, repository, read):
    repository.write(a_dot_py="one\n")
    repository.commit()
    for path in [repository.folder, *repository.folder.rglob("*")]:
        os.chown(path, 12345, 12345, follow_symlinks=False)
    read()
    assert store.count("git_commits") == 1


def test_a_wide_tree_is_read(store, repository, read):
    lines = "".join(f"M 100644 inline many/{n // 1000}/f{n}.txt\ndata 2\n{n % 10}\n\n" for n in range(100_000))
    given = f"commit refs/heads/main\ncommitter A <a@x> 1790000000 +0000\ndata 3\nbig\n{lines}\n"
    repository.git("fast-import", "--quiet", given=given.encode())
    read()
    assert store.count("file_changes") == 100_000 and store.load("git_commits")["changed_files"].tolist() == [100_000]


# Partial clones ------------------------------------------------------------------------------------------


@pytest.fixture
def server(repository):
    repository.git("config", "uploadpack.allowFilter", "true")
    repository.git("config", "uploadpack.allowAnySHA1InWant", "true")
    return repository


def test_a_url_becomes_a_partial_clone_with_one_bulk_of_contents(store, server, read, tmp_path):
    server.write(a_dot_py="ancient\n")
    server.commit(when="2020-01-10T10:00:00+00:00")
    for number in range(6):
        server.write(a_dot_py=f"{number}\n", b_dot_py=f"def f():\n    return {number}\n")
        server.commit(when=f"2026-0{number + 1}-10T10:00:00+00:00")
    url = f"file://{server.folder}"
    read(path="", url=url)
    clone = tmp_path / "clones" / "acme%2Fapp.git"
    assert len(list((clone / "objects" / "pack").glob("*.pack"))) <= 3  # commits and trees, then contents
    assert url not in (clone / "config").read_text()
    changes = store.load("file_changes").merge(store.load("git_commits"), left_on="commit_id", right_on="id")
    known = changes.sort_values("position")["additions_x"].notna().tolist()
    assert known == [False] + [True] * 12  # what is older than the window has its paths without lines
    assert store.count("files") == 2 and store.count("file_snapshots") > 0
    server.write(a_dot_py="new\n")
    server.commit(when="2026-11-10T10:00:00+00:00")
    _, told = read(NOW + timedelta(hours=1), path="", url=url)
    assert max(p.rows for p in told if p.stream == "git_commits") == 1


def test_a_url_whose_branch_was_rewritten_is_read_anew(store, server, read):
    server.write(a_dot_py="one\n")
    server.commit(when="2026-09-10T10:00:00+00:00")
    server.write(a_dot_py="two\n")
    server.commit(when="2026-09-11T10:00:00+00:00")
    read(path="", url=f"file://{server.folder}")
    server.git("reset", "-q", "--hard", "HEAD~1")
    server.write(a_dot_py="three\n")
    server.commit(when="2026-09-12T10:00:00+00:00")
    lines, _ = read(NOW + timedelta(hours=1), path="", url=f"file://{server.folder}")
    assert "rewritten" in lines["git_commits"].error and store.count("git_commits") == 2


def test_a_protocol_that_runs_a_program_is_refused(store, tmp_path):
    url = f"ext::sh -c touch% {tmp_path / 'trap'}"
    with pytest.raises(ValueError, match="nothing to clone from"):
        Git(repository="acme/app", url=url)
    failed, _ = sync_git(store, NOW, make=Git.model_construct, url=url)  # git itself refuses it too
    assert failed and not (tmp_path / "trap").exists()
