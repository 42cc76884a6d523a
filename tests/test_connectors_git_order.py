"""The order of history decides, in real repositories whose dates cannot be true; each answer beside its case."""

from datetime import UTC, datetime, timedelta

import pytest
from conftest import NOW
from git_site import Repository, sync_git

from data import record


def day(text):
    """Ten o'clock of a day, as git reads any year."""
    return f"@{int(datetime.fromisoformat(f'{text}T10:00:00+00:00').timestamp())} +0000"


def code(many):
    """A function of so many branches."""
    return "def f(a):\n" + "".join(f"    if a == {n}:\n        return {n}\n" for n in range(many)) + "    return 0\n"


@pytest.fixture
def repository(tmp_path):
    return Repository(tmp_path / "code")


@pytest.fixture
def read(store, repository):
    """Sync the repository: what is recorded of its commits."""

    def run(since=None, now=NOW, **settings):
        failed, _ = sync_git(store, now, since, **({"path": str(repository.folder)} | settings))
        assert failed == []
        return next(line for line in record.status(store) if line.stream == "git_commits")

    return run


# Since a day ---------------------------------------------------------------------------------------------

SEPTEMBER = datetime(2026, 9, 1, tzinfo=UTC)
SINCE = {  # the dates of commits on one line; how many are since the first of September
    "in order": (["2026-08-01", "2026-09-10", "2026-10-05"], 2),
    # the walk does not end at the one of 2019, which is itself of no day since then
    "an old date in the middle": (
        ["2026-08-01", "2026-09-10", "2026-10-05", "2019-01-01", "2026-10-20", "2026-11-02"],
        4,
    ),
    "an old date at the head": (["2026-08-01", "2026-09-10", "2019-01-01"], 1),
    "many old dates in a row": (["2026-09-10", *["2019-01-01"] * 12, "2026-11-02"], 2),
    "a date of 2106": (["2026-08-01", "2106-01-01", "2026-10-05"], 2),
    "a first commit of 1970": (["1970-01-01", "2026-09-10"], 1),
    "all before": (["2026-07-01", "2026-08-01"], 0),
    "equal dates": (["2026-09-10"] * 3, 3),
    "just then": (["2026-08-31T23:59:59+00:00", "2026-09-01T00:00:00+00:00"], 1),
}


@pytest.mark.parametrize("name", SINCE)
def test_a_walk_since_a_day_brings_every_commit_of_a_day_since_then(store, repository, read, name):
    dates, right = SINCE[name]
    for number, date in enumerate(dates):
        repository.put("a.py", f"x = {number}\n")
        repository.commit(f"{number}", when=date if "T" in date else day(date))
    line = read(SEPTEMBER)
    commits = store.load("git_commits")
    assert len(commits) == right and (commits["committed_at"] >= SEPTEMBER).all()
    assert (line.complete, line.oldest) == (False, SEPTEMBER)
    line = read(now=NOW + timedelta(hours=1))
    commits = store.load("git_commits").sort_values("position")
    assert commits["headline"].tolist() == [str(number) for number in range(len(dates))]  # in the order of history
    assert commits["position"].tolist() == list(range(len(dates))) and line.complete


def test_a_later_walk_since_a_later_day_leaves_no_hole_behind(store, repository, read):
    repository.put("a.py", "x = 1\n")
    repository.commit("first", when=day("2026-07-01"))
    repository.git("checkout", "-q", "-b", "feature")
    repository.put("b.py", "y = 1\n")
    repository.commit("feature", when=day("2026-08-10"))
    repository.git("checkout", "-q", "main")
    repository.put("a.py", "x = 2\n")
    repository.commit("second", when=day("2026-08-20"))
    july = datetime(2026, 7, 15, tzinfo=UTC)
    assert read(july).oldest == july and set(store.load("git_commits")["headline"]) == {"second"}
    repository.git("merge", "-q", "--no-ff", "feature", "-m", "merge", env=author(day("2026-11-01")))
    line = read(SEPTEMBER, NOW + timedelta(hours=1))
    assert line.oldest == july  # all since July is there: the branch of August too, which came in November
    assert set(store.load("git_commits")["headline"]) == {"second", "feature", "merge"}


def author(when):
    return {f"GIT_{role}_{field}": value for role in ("AUTHOR", "COMMITTER") for field, value in
            (("NAME", "Ana"), ("EMAIL", "ana@acme.example"), ("DATE", when))}  # fmt: skip


def test_what_was_stored_before_parents_were_gets_them(store, repository, read):
    for number in range(3):
        repository.put("a.py", f"x = {number}\n")
        repository.commit(f"{number}")
    read()
    right = store.load("git_commits").set_index("headline")[["position", "parent_ids"]]
    lost = store.load("git_commits", ["repository_id", "id"]).assign(source="git", seen_at=NOW)
    blank = [row | {"parent_ids": None, "position": 7} for row in lost.to_dict("records")]
    with store.writing() as connection:
        store.upsert(connection, "git_commits", blank)
    read(now=NOW + timedelta(hours=1))
    assert store.load("git_commits").set_index("headline")[["position", "parent_ids"]].equals(right)
    assert right["parent_ids"]["0"] == "" and right["parent_ids"]["2"] == repository.git("rev-parse", "HEAD~1")


# The ends of months --------------------------------------------------------------------------------------

MONTHS = {  # date and branches of each commit on main; month → the branches at its end (branches + 1 is complexity)
    "in order": ([("2026-08-10", 2), ("2026-09-10", 4), ("2026-11-10", 9)], {8: 2, 9: 4, 10: 4}),
    "an old date at the head": ([("2026-08-10", 2), ("2026-09-10", 4), ("2019-01-01", 9)], {8: 2, 9: 4, 10: 4}),
    "an old date in the middle": (
        [("2026-08-10", 2), ("2019-01-01", 3), ("2026-10-10", 4), ("2026-11-10", 9)],
        {8: 2, 9: 2, 10: 4},
    ),
    "a date of 2106": ([("2026-08-10", 2), ("2106-01-01", 3), ("2026-10-10", 4)], {8: 2, 9: 2, 10: 4}),
    "one that ran ahead": (
        [("2026-07-10", 2), ("2026-10-30", 3), ("2026-08-10", 4), ("2026-09-10", 5)],
        {7: 2, 8: 4, 9: 5, 10: 5},
    ),
    "a first commit of 1970": ([("1970-01-01", 2), ("2026-09-10", 4)], {9: 4, 10: 4}),
    "one of this month": ([("2026-11-10", 4)], {}),
    "one month's end": ([("2026-10-10", 4)], {10: 4}),
    "equal dates": ([("2026-09-10", 2), ("2026-09-10", 4)], {9: 4, 10: 4}),
}


@pytest.mark.parametrize("name", MONTHS)
def test_a_months_end_shows_the_branch_as_it_was_then(store, repository, read, name):
    commits, right = MONTHS[name]
    for date, many in commits:
        repository.put("a.py", code(many))
        repository.commit(when=day(date))
    read()
    months = store.load("file_snapshots")
    assert dict(zip(months["id"], months["complexity"], strict=True)) == {
        f"2026-{month:02}": many + 1 for month, many in right.items()
    }


def test_a_month_shows_what_was_merged_and_not_what_was_written(store, repository, read):
    repository.put("a.py", code(1))
    repository.commit(when=day("2026-08-10"))
    repository.git("checkout", "-q", "-b", "feature")
    repository.put("a.py", code(5))
    repository.commit(when=day("2026-08-20"))
    repository.git("checkout", "-q", "main")
    repository.git("merge", "-q", "--no-ff", "feature", "-m", "merge", env=author(day("2026-10-05")))
    read()
    months = store.load("file_snapshots").sort_values("id")
    assert dict(zip(months["id"], months["complexity"], strict=True)) == {"2026-08": 2, "2026-09": 2, "2026-10": 6}


def test_a_month_finds_a_file_under_the_name_that_it_had_on_the_branch_then(store, repository, read):
    repository.put("old.py", code(3))
    repository.commit(when=day("2026-07-10"))
    repository.git("checkout", "-q", "-b", "feature")
    repository.git("mv", "old.py", "new.py")
    repository.commit(when=day("2026-07-20"))  # renamed in July, but on the branch only since October
    repository.git("checkout", "-q", "main")
    repository.git("merge", "-q", "--no-ff", "feature", "-m", "merge", env=author(day("2026-10-05")))
    repository.put("old.py", code(7))  # another file of the old name
    repository.commit(when=day("2026-10-20"))
    read()
    months = store.load("file_snapshots")
    found = sorted(zip(months["id"], months["path"], months["complexity"], strict=True))
    assert found == [
        ("2026-07", "new.py", 4),
        ("2026-08", "new.py", 4),
        ("2026-09", "new.py", 4),
        ("2026-10", "new.py", 4),
        ("2026-10", "old.py", 8),
    ]


def test_versions_in_use_follow_the_branch_where_dates_go_backwards(store, repository, read):
    for version, date in (("1", "2026-07-10"), ("2", "2019-01-01"), ("3", "2026-09-10"), ("4", "2106-01-01")):
        repository.put("requirements.txt", f"web=={version}\n")
        repository.commit(when=day(date))
    read()
    rows = store.load("dependencies").sort_values("since")
    # 2 came in at the latest with 3, and 4 by now: one state for each month
    assert rows["version"].tolist() == ["1", "3", "4"]
    assert [at.date().isoformat() for at in rows["since"]] == ["2026-07-10", "2026-09-10", "2026-11-21"]
    assert [None if at != at else at.date().isoformat() for at in rows["until"]] == ["2026-09-10", "2026-11-21", None]


# Branches ------------------------------------------------------------------------------------------------


def test_a_branch_of_another_name_keeps_its_history(store, repository, read):
    for number in range(3):
        repository.put("a.py", f"x = {number}\n")
        repository.commit(f"{number}")
    read()
    repository.git("branch", "-m", "main", "trunk")
    repository.put("a.py", "x = 9\n")
    repository.commit("9")
    line = read(now=NOW + timedelta(hours=1))
    assert store.load("git_commits").sort_values("position")["headline"].tolist() == ["0", "1", "2", "9"]
    assert line.error is None


def test_another_default_branch_has_its_own_history(store, repository, read):
    repository.put("a.py", "x = 0\n")
    repository.commit("both")
    repository.git("checkout", "-q", "-b", "next")
    repository.put("b.py", "y = 0\n")
    repository.commit("next")
    repository.git("checkout", "-q", "main")
    repository.put("a.py", "x = 1\n")
    repository.commit("main only")
    read()
    repository.git("checkout", "-q", "next")
    line = read(now=NOW + timedelta(hours=1))
    assert store.load("git_commits").sort_values("position")["headline"].tolist() == ["both", "next"]
    assert "1 commits are no longer in it" in line.error
    assert store.load("files")["id"].tolist() == ["a.py", "b.py"]


def test_a_main_that_was_rewritten_from_its_first_commit_is_read_anew(store, repository, read):
    for number in range(3):
        repository.put("a.py", f"x = {number}\n")
        repository.commit(f"{number}")
    read()
    repository.git("checkout", "-q", "--orphan", "fresh")
    repository.put("a.py", "x = 5\n")
    repository.commit("fresh")
    repository.git("branch", "-q", "-M", "fresh", "main")
    line = read(now=NOW + timedelta(hours=1))
    commits = store.load("git_commits")
    assert (commits["headline"].tolist(), commits["position"].tolist()) == (["fresh"], [0])
    assert "rewritten: 3 commits" in line.error
