"""One person can be erased, and people can be pseudonyms at rest: counts stay, later syncs bring nobody back."""

import sqlite3
from pathlib import Path

import pytest
from conftest import NOW, REPOSITORY, event, in_every_store, pull, review, row
from hypothesis import given
from hypothesis import strategies as words

from connectors.__main__ import main as connectors
from data import backup, config, record
from data.__main__ import main
from data.errors import ConfigError
from data.persons import Mask, NobodyFoundError, Pseudonyms, forget, in_settings, people_of
from data.schema import TABLES
from data.store import Store
from metrics import loading

ADA = {"author": "ada-gh", "author_id": "u-7"}
ROWS = {
    "accounts": [
        row("accounts", id="u-7", login="ada-gh", name="Ada Byron", email="ada@acme.example", kind="User"),
        row("accounts", id="5b10", login=None, name="Ada B.", email="ADA@acme.example", kind="atlassian", source="jira"),
        row("accounts", id="u-9", login="ada-gh[bot]", name="Ada's robot", email=None, kind="Bot"),
    ],
    "repositories": [REPOSITORY],
    "pull_requests": [
        pull(1, "2026-01-05 08:00", **ADA, assignees=["ada-gh", "ben"]),
        pull(2, "2026-01-06 08:00", author="ben", author_id="u-8"),
        pull(3, "2026-01-06 08:00", author="ada-gh", author_id="u-9", author_kind="Bot"),
    ],
    "reviews": [review(2, "2026-01-06 10:00", reviewer="Ada-GH", reviewer_id="u-7")],
    "pull_request_events": [
        event(2, "review_requested", "2026-01-06 09:00") | {"subject": "ada-gh", "subject_kind": "User"},
    ],
    "projects": [row("projects", id="10", key="PAY")],
    "issues": [row("issues", project_id="10", id="1", key="PAY-1", assignee="Ada B.", assignee_id="5b10")],
    "issue_changes": [
        row("issue_changes", project_id="10", issue_id="1", id="1", field="assignee", to_id="5b10", to_text="Ada B."),
        row("issue_changes", project_id="10", issue_id="1", id="2", field="status", to_id="5b10", to_text="Ada B."),
    ],
    "git_commits": [
        row("git_commits", repository_id="a", id="c", author_name="Ada Byron", author_email="ada@acme.example",
            co_authors=["ben@acme.example", "ada@acme.example"]),
        row("git_commits", repository_id="a", id="d", author_name="Web", author_email="noreply@github.com"),
    ],
}  # fmt: skip
TRACES = ("ada-gh", "u-7", "ada@acme", "ada byron", "5b10")


def write(store, tables=ROWS):
    with store.writing() as connection:
        for table, rows in tables.items():
            for one in rows:
                store.upsert(connection, table, [one])
        record.save_state(store, connection, "github", ["pull_requests"], "acme/app", {"scope_id": "1"})


def erase(store, *named):
    with store.writing() as connection:
        return forget(connection, named)


def traces(store):
    """Every cell in which somebody is still called what Ada is called."""
    found = set()
    for name, table in TABLES.items():
        frame = store.load(name, gone=True)
        for column in people_of(table):
            cells = frame[column.name].dropna().map(str).str.lower()
            found |= {(name, column.name, cell) for cell in cells if any(trace in cell for trace in TRACES)}
    return found


BOTS_AND_STATUSES = {
    ("accounts", "login", "ada-gh[bot]"),
    ("pull_requests", "author", "ada-gh"),  # the robot's own pull request, which is called the same
    ("issue_changes", "to_id", "5b10"),  # a status of that number
    ("issue_changes", "to_text", "ada b."),
}


@pytest.fixture
def both(store_url):
    store = Store.open(store_url)
    yield store
    store.engine.dispose()


@pytest.mark.parametrize("named", ["ada-gh", "ADA@acme.example", "u-7"])
def test_a_person_is_erased_from_every_row_by_any_of_their_words(both, named):
    write(both)
    erase(both, named)
    assert traces(both) <= BOTS_AND_STATUSES
    assert both.load("git_commits", id="d")["author_email"].item() == "noreply@github.com"


@in_every_store
def test_counts_and_equality_stay(both):
    """Ada's pull request, her review and her commit are still of one and the same somebody, who is not Ben."""
    write(both)
    erase(both, "ada-gh")
    pulls, reviews = both.load("pull_requests").sort_values("number"), both.load("reviews")
    somebody = pulls["author"].iloc[0]
    assert somebody.startswith("erased-")
    assert pulls["author"].tolist() == [somebody, "ben", "ada-gh"]
    assert reviews["reviewer"].tolist() == [somebody]
    assert both.load("git_commits", id="c")["co_authors"].item() == ["ben@acme.example", somebody]


@in_every_store
def test_a_later_sync_brings_nobody_back(both):
    write(both)
    erase(both, "ada-gh")
    write(both)
    assert traces(both) <= BOTS_AND_STATUSES


def test_a_backup_of_before_brings_nobody_back(tmp_path, store):
    write(store)
    backup.backup(store, tmp_path / "before.db")
    erase(store, "ada-gh")
    backup.restore(store, tmp_path / "before.db", NOW)
    assert traces(store) <= BOTS_AND_STATUSES
    write(store)
    assert traces(store) <= BOTS_AND_STATUSES


def test_nobody_of_that_name_changes_nothing(both):
    write(both)
    with pytest.raises(NobodyFoundError, match="nobody here is called eve"):
        erase(both, "eve")
    assert both.load("forgotten").empty


def test_what_was_erased_is_no_longer_in_the_file(tmp_path, monkeypatch):
    """Neither in a page that the database no longer uses, nor in its log."""
    monkeypatch.setenv("PLUMBLINE_STORE", f"sqlite:///{tmp_path / 'metrics.db'}")
    store = Store.open(f"sqlite:///{tmp_path / 'metrics.db'}")
    write(store)
    store.engine.dispose()
    assert main(["forget", "ada-gh", "--yes"]) == 0
    for file in tmp_path.glob("metrics.db*"):
        assert b"ada@acme.example" not in file.read_bytes(), file


def test_the_command_counts_first_and_erases_when_told_to(tmp_path, monkeypatch, capsys):
    monkeypatch.setenv("PLUMBLINE_STORE", f"sqlite:///{tmp_path / 'metrics.db'}")
    store = Store.open(f"sqlite:///{tmp_path / 'metrics.db'}")
    write(store)
    before = traces(store)
    assert main(["forget", "ada-gh"]) == 0
    assert "nothing was changed" in capsys.readouterr().out
    assert traces(store) == before
    assert main(["forget", "ada-gh", "--yes"]) == 0
    assert traces(store) <= BOTS_AND_STATUSES
    assert main(["forget", "eve", "--yes"]) == 2


def test_an_erased_person_still_counts_for_their_team(store):
    """The configuration goes on naming the login: what it stands for is known."""
    write(store)
    team = {"teams": {"pay": {"members": ["ada-gh"]}}}
    settings = config.parse(team, Path("config.toml"))
    erase(store, "ada-gh")
    facts = loading.load(store, settings).facts["pull_requests"]
    mine = facts[facts["key"] == "acme/app#1"]
    assert mine["team"].tolist() == ["pay"]


def test_every_table_that_names_people_says_on_the_screen_why():
    from data.persons import people_in_tables
    from pages.ui.privacy import WHY

    assert [table for table, _ in people_in_tables() if table not in WHY] == []
    assert set(WHY) <= {table for table, _ in people_in_tables()}


# Pseudonyms --------------------------------------------------------------------------------------------------

KEY = "0123456789abcdef0123456789abcdef"


def test_with_pseudonyms_nobody_is_in_the_rows_and_robots_keep_their_names(both):
    both.pseudonyms = Pseudonyms(KEY, frozenset({"ben"}))
    write(both)
    assert traces(both) <= BOTS_AND_STATUSES
    pulls = both.load("pull_requests").sort_values("number")
    assert pulls["author"].tolist()[1:] == ["ben", "ada-gh"]
    assert pulls["author"].iloc[0] == both.load("reviews")["reviewer"].iloc[0]


def test_teams_are_found_through_pseudonyms(store):
    mask = Mask(pseudonyms=Pseudonyms(KEY))
    settings = config.parse(
        {"teams": {"pay": {"members": ["ada", "eve-gh"]}}, "people": {"ada": {"github": ["Ada-GH"]}}}, Path("c.toml")
    )
    people = in_settings(settings, mask).people
    assert people["ada"].github == ("Ada-GH", mask.word("ada-gh"))
    assert people["eve-gh"].github == ("eve-gh", mask.word("eve-gh"))


def test_the_key_comes_from_the_environment_and_stays_the_same(tmp_path, monkeypatch, capsys):
    monkeypatch.setenv("PLUMBLINE_STORE", f"sqlite:///{tmp_path / 'metrics.db'}")
    (tmp_path / "costs.csv").write_text("team,start_on,end_on,amount,currency\npay,2026-01-01,2026-02-01,10,EUR\n")
    file = tmp_path / "config.toml"
    file.write_text('[privacy]\npseudonym_key_env = "KEY"\n[[files]]\nkind = "costs"\npath = "costs.csv"\n')
    run = ["sync", "--config", str(file), "--quiet"]
    assert connectors(run) == 2
    assert "the environment variable KEY has to hold a key" in capsys.readouterr().err
    monkeypatch.setenv("KEY", KEY)
    first = connectors(run)
    said = capsys.readouterr().err
    assert first == 0, said
    monkeypatch.setenv("KEY", KEY[::-1])
    assert connectors(run) == 2
    assert "filled with another key" in capsys.readouterr().err
    with sqlite3.connect(tmp_path / "metrics.db") as connection:
        assert KEY.encode() not in b"".join(line.encode() for line in connection.iterdump())


def test_a_short_key_is_refused(monkeypatch):
    from data.persons import pseudonyms_of

    monkeypatch.setenv("KEY", "short")
    settings = config.parse({"privacy": {"pseudonym_key_env": "KEY"}}, Path("c.toml"))
    with pytest.raises(ConfigError, match="at least 32 characters"):
        pseudonyms_of(settings)


@given(words.text(min_size=1), words.text(min_size=1))
def test_a_pseudonym_is_the_same_for_the_same_word_and_never_made_twice(one, other):
    hide = Pseudonyms(KEY).of
    assert hide(hide(one)) == hide(one)
    if one.strip().lower() != other.strip().lower() and not one.startswith(("p-", "erased-")):
        assert hide(one) != hide(other)
