"""A list whose pages lead nowhere new ends in words: the guard itself, and the pagers that use it, each over HTTP."""

import re

import pytest
from conftest import NOW
from jira_site import JiraSite, serving

from connectors.github import CONNECTOR as GITHUB
from connectors.github.check import check
from connectors.jira import CONNECTOR as JIRA
from connectors.jira.client import Client
from connectors.jira.session import JiraSession
from connectors.meter import Brief
from connectors.paging import Pages, StuckError
from connectors.sync import sync
from data.config import Config
from data.settings import GitHub, Jira
from data.store import Store


@pytest.fixture(autouse=True)
def tokens(monkeypatch):
    monkeypatch.setenv("TEST_TOKEN", "t")


# The guard: pages as (rows, cursor behind them, whether it is the last) ---------------------------------------------

SAME, AGAIN = "the same page came again", "the same cursor came again"


@pytest.mark.parametrize(
    ("pages", "words"),
    [
        ([("ab", 1, False), ("cd", 2, False), ("e", None, True)], None),
        ([("", None, True)], None),  # an empty list
        ([("ab", 1, False), ("", None, True)], None),  # a total that shrank: nothing is left behind the first page
        ([("ab", 1, False), ("cdefgh", 2, False), ("i", None, True)], None),  # a page bigger than asked
        ([("a", 1, False), ("a", 2, False), ("b", None, True)], None),  # one row moved on while the list was read
        ([("ab", 1, False), ("bc", 2, True)], None),  # rows shifted by one: not the same page
        ([("ab", 1, False), ("", 2, False)], "an empty page promises more (cursor 2)"),
        ([("ab", None, False)], "a page promises more and does not say where"),
        ([("ab", 1, False), ("cd", 1, False)], f"{AGAIN} (cursor 1)"),
        ([("ab", 1, False), ("cd", 2, False), ("ef", 1, False)], f"{AGAIN} (cursor 1)"),  # a cycle of two
        ([("ab", 100, False), ("ab", 200, False)], f"{SAME} (cursor 200)"),  # startAt that is ignored
        ([("ab", 100, False), ("ab", 150, True)], f"{SAME} (cursor 150)"),  # the same, on what claims to be the last
        ([("a", 1, False), ("a", 2, False), ("a", 3, False)], f"{SAME} (cursor 3)"),  # no row moves on for ever
    ],
)
def test_a_page_leads_on_or_the_list_ends_in_words(pages, words):
    listed = Pages("acme/app: tags")

    def take():
        for rows, after, is_last in pages:
            listed.take(rows, after, is_last)

    if words is None:
        take()
        return
    with pytest.raises(StuckError, match=re.escape(words)) as stuck:
        take()
    assert str(stuck.value).startswith("acme/app: tags: the list does not advance")


def test_a_walk_that_was_resumed_may_not_come_back_to_where_it_began():
    with pytest.raises(StuckError, match=AGAIN):
        Pages("acme/app: tags", "x").take("ab", "x", False)


# Jira ---------------------------------------------------------------------------------------------------------------


def session(url, is_cloud=True):
    site = Jira(url=url, token_env="TEST_TOKEN")
    return JiraSession(Client(site, Brief()), Store.open("sqlite://"), site, is_cloud)


def numbered(answer):
    """What comes of a list in numbered pages: the ids, or what is amiss."""
    with serving(lambda path, query, body: (200, answer(int(query["startAt"])))) as url:
        try:
            return [row["id"] for row in session(url).pages("rest/agile/1.0/board")]
        except StuckError as error:
            return str(error)


def rows(first, last):
    return [{"id": number} for number in range(first, last)]


@pytest.mark.parametrize(
    ("answer", "expected"),
    [
        (lambda start: {"values": rows(start, min(start + 100, 150)), "total": 150}, list(range(150))),
        (lambda start: {"values": rows(start, min(start + 50, 120)), "total": 120}, list(range(120))),  # shorter pages
        (lambda start: {"values": rows(start, start + 500), "isLast": start > 0}, list(range(1000))),  # longer ones
        (lambda start: {"values": rows(start, start + 2) if start < 4 else []}, list(range(4))),  # no word about an end
        (lambda start: {"values": rows(start, start + 2), "total": 6 if start == 0 else 4}, list(range(4))),  # shrank
        (lambda start: {"values": rows(0, 100), "total": 250}, "the same page came again (cursor 200)"),
        (lambda start: {"values": rows(0, 100), "total": 150}, "the same page came again (cursor 200)"),
        (lambda start: {"values": rows(0, 9), "startAt": 0, "total": 20}, "what begins at 9, the answer begins at 0"),
        (
            lambda start: {"values": rows(start, min(start + 2, 4)), "total": 6},
            "an empty page promises more (cursor 4)",
        ),
        (lambda start: {"values": [], "isLast": False}, "an empty page promises more (cursor 0)"),
    ],
)
def test_numbered_pages_of_jira_are_read_to_their_end_or_end_in_words(answer, expected):
    found = numbered(answer)
    assert found == expected if isinstance(expected, list) else expected in found and "rest/agile/1.0/board" in found


@pytest.mark.parametrize("given", [["a", "a"], ["a", "b", "a"], ["a", "b", "b"]])
def test_a_token_of_histories_that_comes_again_ends_in_words(given):
    left = list(given)

    def answer(path, query, body):
        history = [{"id": str(len(left)), "items": []}]
        return 200, {"issueChangeLogs": [{"issueId": "1", "changeHistories": history}], "nextPageToken": left.pop(0)}

    with serving(answer) as url, pytest.raises(StuckError, match=r"histories of 1 issues from 1: .*same cursor"):
        session(url).histories([{"id": "1"}])


class Stuck(JiraSite):
    """PAY's search gives the same token for ever; CORE is well."""

    def search(self, query, body):
        status, said = super().search(query, body)
        if "project = 100" in query["jql"]:
            said = {"issues": said["issues"], "nextPageToken": "2"}
        return status, said

    def answer(self, path, query, body):
        return self.search(query, body) if path.endswith("/search/jql") else super().answer(path, query, body)


def test_a_project_whose_search_does_not_advance_fails_and_the_next_one_is_synced(store):
    site = Stuck()
    for number in range(1, 6):
        site.add(number, f"PAY-{number}")
        site.add(10 + number, f"CORE-{number}")
    with serving(site.answer, lambda: site.clock) as url:
        entry = Jira(url=url, token_env="TEST_TOKEN", projects=("PAY", "CORE"), name="jira")
        failed = sync(store, [(JIRA, entry)], lambda: NOW, lambda until: None)
    assert [(p.scope, p.stream) for p in failed] == [("PAY", "issues")]
    assert "issues of PAY: the list does not advance: the same cursor came again (cursor '2')" in failed[0].error
    assert sorted(key for key in store.load("issues")["key"] if key.startswith("CORE")) == [
        f"CORE-{n}" for n in range(1, 6)
    ]


# GitHub -------------------------------------------------------------------------------------------------------------


def organization(cursors, names=None):
    """An organisation whose pages end with these cursors, None: the last."""
    left = list(cursors)

    def answer(path, query, body):
        if path == "/rate_limit":
            return 404, {}
        if "organization" not in body["query"]:
            return 200, {"data": {"viewer": {"login": "ana"}}}
        after, number = left.pop(0), len(left)
        name = f"app{number}" if names is None else names
        nodes = [{"id": name, "databaseId": number, "name": name, "nameWithOwner": f"acme/{name}"}] if name else []
        page = {"pageInfo": {"hasNextPage": after != "end", "endCursor": after}, "nodes": nodes}
        return 200, {"data": {"organization": {"repositories": page}}}

    return answer


@pytest.mark.parametrize(
    ("cursors", "name", "words"),
    [
        (["a", "a"], None, "the same cursor came again (cursor 'a')"),
        (["a", "b", "a"], None, "the same cursor came again (cursor 'a')"),
        (["a", None], None, "promises more and does not say where"),
        (["a"], "", "an empty page promises more (cursor 'a')"),
        (["a", "b", "c"], "app", "the same page came again (cursor 'c')"),
    ],
)
def test_a_list_of_repositories_that_does_not_advance_ends_in_words(cursors, name, words):
    with serving(organization(cursors, name)) as url, pytest.raises(StuckError, match=re.escape(words)) as stuck:
        list(check(GitHub(base_url=url, organization="acme", token_env="TEST_TOKEN"), Config()))
    assert "organization acme: its repositories" in str(stuck.value)


def repository(name, pages):
    """A repository whose list of pull requests, and whose runs, are as `pages` say."""
    newest = {"totalCount": 0, "nodes": []}
    empty = {"totalCount": 0, "pageInfo": {"hasNextPage": False, "endCursor": None}, "nodes": []}
    return {
        "id": name, "databaseId": 1 if name == "app" else 2, "nameWithOwner": f"acme/{name}", "url": "u",
        "isArchived": False, "isFork": False, "isPrivate": True, "createdAt": "2020-01-01T00:00:00Z", "pushedAt": None,
        "defaultBranchRef": {"name": "main"}, "pullRequests": newest, "issues": newest, "releases": empty,
        "tags": pages.get("tags", empty), "deployments": empty,
    }  # fmt: skip


def run(number):
    day = f"2026-01-01T00:00:{number % 60:02}Z"
    return {
        "id": number, "name": "ci", "path": "ci.yml", "head_sha": "c", "head_branch": "main", "event": "push",
        "status": "completed", "conclusion": "success", "run_attempt": 1, "created_at": day, "updated_at": day,
        "run_started_at": day, "html_url": "u", "workflow_id": 1, "run_number": number, "actor": None,
        "triggering_actor": None, "pull_requests": [], "display_title": "x",
    }  # fmt: skip


@pytest.mark.parametrize(
    ("kind", "words"),
    [
        ("tags", "acme/app: tags: the list does not advance: the same cursor came again (cursor 't')"),
        (
            "runs that ignore every number",
            "acme/app: workflow runs: the list does not advance: the same page came again",
        ),
        ("no runs of many", "acme/app: workflow runs: the list does not advance: an empty page promises more"),
    ],
)
def test_lists_of_a_repository_that_do_not_advance_fail_and_the_next_repository_is_synced(store, kind, words):
    tag = {"name": "v1", "target": {"oid": "c", "committedDate": "2026-01-01T00:00:00Z"}}
    tags = {"totalCount": 9, "pageInfo": {"hasNextPage": True, "endCursor": "t"}, "nodes": [tag]}

    def answer(path, query, body):
        if body is None:
            is_stuck = "/1/" in path and kind != "tags"
            many = [run(59) for _ in range(100)] if kind.startswith("runs") else []
            many = [one | {"id": number} for number, one in enumerate(many)]
            return 200, {"total_count": 500 if is_stuck else 0, "workflow_runs": many if is_stuck else []}
        if "node(" in body["query"]:
            return 200, {"data": {"repository": {"tags": tags, "pullRequests": None}}}
        name = "app" if '"app"' in body["query"] else "web"
        pages = {"tags": tags} if kind == "tags" and name == "app" else {}
        return 200, {"data": {"repository": repository(name, pages), "types": None}}

    with serving(answer) as url:
        entry = GitHub(base_url=url, repositories=("acme/app", "acme/web"), token_env="TEST_TOKEN", name="github")
        failed = sync(store, [(GITHUB, entry)], lambda: NOW, lambda until: None)
    assert [p.scope for p in failed] == ["acme/app"]
    assert words in failed[0].error
    assert sorted(store.load("repositories")["name"]) == ["acme/app", "acme/web"]
