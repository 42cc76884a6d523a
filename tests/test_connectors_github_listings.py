"""Releases, tags and deployments, repositories of an organisation: pages, windows, and what is gone."""

from collections.abc import Callable, Iterator
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest
from github_repository import Repository, iso, listed
from github_server import Answered, GitHubServer, Watch, data

from connectors.base import ConnectorError
from connectors.github import CONNECTOR
from connectors.github.session import Session
from connectors.sync import Progress, sync
from data import record
from data.settings import GitHub
from data.store import Store

NOW = datetime.now(UTC)


def tag(days: int) -> Any:
    return {"name": f"v{days}", "target": {"oid": f"c{days}", "committedDate": iso(NOW - timedelta(days=days))}}


def deployment(days: int, statuses: Any) -> Any:
    moment = iso(NOW - timedelta(days=days))
    return {
        "id": f"DE_{days}",
        "environment": "production",
        "state": "ACTIVE",
        "task": "deploy",
        "commitOid": "c1",
        "createdAt": moment,
        "updatedAt": moment,
        "ref": {"name": "main"},
        "latestStatus": None,
        "creator": None,
        "statuses": statuses,
    }


def status(number: int) -> Any:
    return {"id": f"DES_{number}", "state": "SUCCESS", "createdAt": iso(NOW)}


class Released(Repository):
    """A repository with tags and deployments, three tags a page."""

    def __init__(self) -> None:
        super().__init__([])
        self.tags: list[Any] = []
        self.deployments: Any = listed([])
        self.asked = 0

    def _repository(self) -> Any:
        return super()._repository() | {"tags": self._tags(0), "deployments": self.deployments}

    def _part(self, name: str, text: str) -> Any:
        if name == "repository" and "...Repository" not in text:
            self.asked += 1
            if "deployments:" in text:
                return {"deployments": self.deployments}
            return {"tags": self._tags(int(text.split('after: "')[1].split('"')[0]))}
        return super()._part(name, text)

    def _tags(self, start: int) -> Any:
        end = start + 3
        return listed(self.tags[start:end], len(self.tags), str(end) if end < len(self.tags) else None)


@pytest.fixture
def serve(monkeypatch: pytest.MonkeyPatch, store: Store) -> Iterator[Callable[..., Callable[[], list[Progress]]]]:
    """Serve a repository; what comes back runs one sync into the store."""
    monkeypatch.setenv("GITHUB_TOKEN", "t")
    servers: list[GitHubServer] = []

    def start(repository: Repository) -> Callable[[], list[Progress]]:
        server = GitHubServer(repository.answer)
        servers.append(server)
        settings = GitHub(base_url=server.url, repositories=("acme/app",), name="github")
        return lambda: sync(store, [(CONNECTOR, settings)], lambda: datetime.now(UTC), lambda until: None)

    yield start
    for server in servers:
        server.http.shutdown()
        server.http.server_close()


def test_every_page_of_tags_is_read_at_first_and_only_the_last_weeks_later(serve, store) -> None:
    repository = Released()
    repository.tags = [tag(days) for days in range(0, 200, 20)]  # ten: four pages
    run = serve(repository)
    assert run() == []
    assert store.count("tags") == 10 and repository.asked == 3  # the first page came with the repository
    run()
    assert repository.asked == 3  # the first page is older than 30 days at its end, and the number is right


def test_a_deleted_tag_is_found_by_the_number_of_them(serve, store) -> None:
    repository = Released()
    repository.tags = [tag(days) for days in range(0, 200, 20)]
    run = serve(repository)
    run()
    with store.writing() as connection:  # the clock of HTTP has whole seconds: let the first copy be older
        connection.exec_driver_sql("update tags set seen_at = seen_at - 2000000")
    repository.tags = [each for each in repository.tags if each["name"] != "v180"]
    run()
    assert store.count("tags") == 9
    assert len(store.load("tags", gone=True)) == 10


def test_statuses_beyond_a_page_are_read_too(serve, store) -> None:
    repository = Released()
    repository.deployments = listed([deployment(1, listed([status(1)], 2, "s1"))])
    repository.more = {'node(id: "DE_1")': lambda text: {"statuses": listed([status(2)], 2)}}
    assert serve(repository)() == []
    assert (store.count("deployments"), store.count("deployment_statuses")) == (1, 2)


def test_deployments_that_are_refused_do_not_stop_the_rest(serve, store) -> None:
    repository = Released()
    repository.tags = [tag(1)]
    repository.deployments = None
    repository.errors = [{"type": "FORBIDDEN", "message": "Resource not accessible"}]
    [failed] = serve(repository)()
    assert (failed.stream, "Resource not accessible" in (failed.error or "")) == ("deployments", True)
    assert store.count("tags") == 1
    complete = {line.stream: line.complete for line in record.status(store)}
    assert complete["tags"] and complete["pull_requests"] and not complete["deployments"]


def names_of(answer: Callable[[str, Any], Answered], store: Store, **settings: Any) -> list[str]:
    server = GitHubServer(answer)
    try:
        entry = GitHub(base_url=server.url, organization="acme", name="github", **settings)
        return [scope.name for scope in Session(entry, Watch(), store).scopes()]
    finally:
        server.http.shutdown()
        server.http.server_close()


def test_the_repositories_of_an_organisation_are_chosen_by_globs(monkeypatch, store) -> None:
    monkeypatch.setenv("GITHUB_TOKEN", "t")
    pages = [["app", "app-archive", "docs"], ["web", "App-two"]]

    def answer(path: str, body: Any) -> Answered:
        second = 'after: "1"' in body["query"]
        nodes = [
            {"id": f"R_{name}", "databaseId": index, "name": name, "nameWithOwner": f"acme/{name}"}
            for index, name in enumerate(pages[second])
        ]
        return data(organization={"repositories": listed(nodes, after=None if second else "1")})

    assert names_of(answer, store) == ["acme/app", "acme/app-archive", "acme/docs", "acme/web", "acme/App-two"]
    chosen = names_of(answer, store, include=("app*", "web"), exclude=("*-archive",))
    assert chosen == ["acme/app", "acme/web"]
    both = names_of(answer, store, include=("web",), repositories=("acme/web", "else/where"))
    assert both == ["acme/web", "else/where"]


def test_an_organisation_that_is_not_there_is_said_in_words(monkeypatch, store) -> None:
    monkeypatch.setenv("GITHUB_TOKEN", "t")
    with pytest.raises(ConnectorError, match="no 'acme' that this token may see"):
        names_of(lambda path, body: data(organization=None), store)
