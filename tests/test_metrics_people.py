"""People: joined by configuration and by an equal address, never by a name alone; and joins can be undone."""

import pandas as pd
import pytest
from conftest import REPOSITORY, frame_of, pull, row

from data.generations import building
from data.store import Store
from metrics.end_of_sync import keep_identities
from metrics.loading import kept_identities, known_identities
from metrics.people import identities, joined, suggestions


def found(accounts=(), commits=()):
    tracker = [row("accounts", source="jira", id=i, name=name, email=email) for i, name, email in accounts]
    host = [
        row("commits", pull_request_id="1", id=f"{i}", author=login, author_email=email, author_name=name)
        for i, (login, name, email) in enumerate(commits)
    ]
    return identities(frame_of("accounts", tracker), frame_of("commits", host))


def test_an_equal_address_joins_an_account_to_a_person():
    people = {"github": {"ana-gh": "ana"}, "jira": {}, "email": {}}
    rows = found([("5b10", "Ana", "ANA@acme.example")], [("ana-gh", "ana", "ana@acme.example")])
    assert joined(people, rows)["jira"] == {"5b10": "ana"}
    assert joined({"github": {}, "jira": {}, "email": {}}, rows) == {"github": {}, "jira": {}, "email": {}}  # undone


def test_a_configured_address_joins_too():
    people = {"github": {}, "jira": {}, "email": {"ben@acme.example": "ben"}}
    rows = found(commits=[("ben-gh", "Ben", "ben@acme.example"), ("ben-old", "Ben", "ben@acme.example")])
    assert joined(people, rows)["github"] == {"ben-gh": "ben", "ben-old": "ben"}


def test_an_address_of_two_people_or_of_nobody_joins_none():
    people = {"github": {"ana": "ana", "ben": "ben"}, "jira": {}, "email": {}}
    shared = [("ana", "A", "team@acme.example"), ("ben", "B", "team@acme.example"), ("cem", "C", "team@acme.example")]
    assert "cem" not in joined(people, found(commits=shared))["github"]
    hidden = [("ana", "A", "1+ana@users.noreply.github.com"), ("dee", "D", "1+ana@users.noreply.github.com")]
    assert "dee" not in joined(people, found(commits=hidden))["github"]


def test_what_the_configuration_says_stands():
    people = {"github": {"ana": "ana", "shared": "ben"}, "jira": {}, "email": {}}
    rows = found(commits=[("ana", "A", "ana@acme.example"), ("shared", "S", "ana@acme.example")])
    assert joined(people, rows)["github"]["shared"] == "ben"


def test_an_equal_name_is_a_suggestion_and_no_join():
    people = {"github": {}, "jira": {}, "email": {}}
    rows = found([("5b10", "Ana Soto", None)], [("asoto", "ana  soto", "a@home.example"), ("ana", "Ana", None)])
    (one,) = suggestions(people, rows)
    assert (one.github, one.jira) == ("asoto", "5b10") and "called" in one.why
    assert joined(people, rows)["jira"] == {}
    both = {"github": {"asoto": "ana"}, "jira": {"5b10": "ana"}, "email": {}}
    assert suggestions(both, rows) == []


def test_nothing_gives_nothing():
    empty = found()
    assert empty.empty and isinstance(empty, pd.DataFrame)
    assert suggestions({}, empty) == [] and joined({}, empty) == {}


def named(commit, login):
    """A commit of the first pull request."""
    return row("commits", pull_request_id="1", id=commit, author=login, author_email=f"{login}@acme.example")


@pytest.mark.parametrize(
    "accounts", [[], [{"source": "jira", "id": "j1", "login": "jan", "email": "jan@acme.example", "name": "Jan"}]]
)
def test_whom_commits_name_since_identities_were_kept_is_read_without_all_others(store_url, accounts, monkeypatch):
    store = Store.open(store_url)
    with store.writing() as connection:
        store.upsert(connection, "repositories", [REPOSITORY])
        store.upsert(connection, "pull_requests", [pull(1, "2026-01-05 09:00")])
        store.upsert(connection, "commits", [named("a", "ana")])
        store.upsert(connection, "accounts", [row("accounts", **one) for one in accounts])
    with building(store) as number:
        keep_identities(store, store.position(), number)
    with store.writing() as connection:
        store.upsert(connection, "commits", [named("b", "ben")])
    expected = known_identities(store)
    monkeypatch.setattr("metrics.loading.known_identities", lambda *of: pytest.fail("every commit was read"))
    found = kept_identities(store, store.position())
    assert set(found["email"]) == set(expected["email"]) and len(found) == len(expected)
