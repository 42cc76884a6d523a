"""The demonstration organisation: sample data is just another connector."""

import shutil
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from pathlib import Path

import numpy as np

from connectors import git
from connectors.base import Connector, Finding, Meter, Page, Scope, State, Stream
from connectors.demo.code_host import repository_id
from connectors.demo.generate import generate
from connectors.demo.git_history import folder_of, with_code
from connectors.demo.organisation import configuration, organisation
from connectors.demo.projects import project_id
from connectors.demo.rows import Columns, Tables, rows
from connectors.git.clone import folder_of as clone_folder
from connectors.git.program import GitError
from connectors.git.session import Session, Source, clones_of
from data.config import Config
from data.settings import Git
from data.store import Row, Store

NEWEST = timedelta(weeks=27)
__all__ = ["CONNECTOR", "DemoSettings", "configuration", "remove_code"]


@dataclass(frozen=True)
class DemoSettings:
    """What the demonstration is made for: it is never in a configuration file."""

    name: str
    now: datetime


@dataclass(frozen=True)
class Demonstration:
    """The organisation, drawn when the sync begins."""

    now: datetime
    tables: Tables = field(repr=False)
    code: Mapping[int, Session | None] = field(default_factory=dict)  # by the place of the repository
    without_code: str = ""  # why it is not there

    def scopes(self) -> list[Scope]:
        """The repositories and the projects."""
        place = organisation()
        repositories = [Scope(repository_id(p), name, {"place": p}) for p, name in enumerate(place.repositories)]
        projects = [Scope(project_id(p), key, {"place": p, "project": True}) for p, key in enumerate(place.projects)]
        return repositories + projects

    def page(
        self, stream: Stream, scope: Scope, since: datetime | None = None, until: datetime | None = None
    ) -> dict[str, list[Row]]:
        """The rows of a stream's tables that last changed in [since, until)."""
        return {name: _cut(self.tables[name], scope, since, until) for name in stream.tables}


def _cut(table: Columns, scope: Scope, since: datetime | None, until: datetime | None) -> list[Row]:
    chosen = np.ones(len(table["id"]), dtype=bool)
    if "scope" in table:
        chosen &= table["scope"] == scope.facts["place"]
    if "changed" in table and since:
        chosen &= table["changed"] >= since.timestamp()
    if "changed" in table and until:
        chosen &= table["changed"] < until.timestamp()
    return rows({name: column for name, column in table.items() if name not in {"scope", "changed"}}, chosen)


def _walk(session: Demonstration, scope: Scope, stream: Stream) -> Iterator[Page]:
    """The newest half year first, then what was before it."""
    if ("project" in scope.facts) != (stream in OF_PROJECTS):
        return
    now, turn = session.now, session.now - NEWEST
    if "changed" in session.tables[stream.name]:
        newest = session.page(stream, scope, since=turn)
        yield Page(now, newest, cursor={"until": turn.isoformat()}, oldest=turn)
        yield Page(now, session.page(stream, scope, until=turn), high_water=now)
    else:
        yield Page(now, session.page(stream, scope), high_water=now)


def _stream(name: str, *fills: str) -> Stream:
    def fetch(session: Demonstration, scope: Scope, state: State) -> Iterator[Page]:
        return _walk(session, scope, stream)

    stream = Stream(name, fetch, fills)
    return stream


def _of_git(stream: Stream) -> Stream:
    """A stream of git, of the repositories whose code is there: it reads them as it reads any other."""

    def fetch(session: Demonstration, scope: Scope, state: State) -> Iterator[Page]:
        if "project" in scope.facts or scope.facts["place"] not in session.code:
            return
        if code := session.code[scope.facts["place"]]:
            yield from stream.fetch(code, Scope(scope.name, scope.name), state)
        else:
            yield Page(session.now, cursor={"code": "missing"}, note=session.without_code)

    return Stream(stream.name, fetch, stream.fills)


def _settings(config: Config) -> Sequence[DemoSettings]:
    return ()


def _connect(entry: DemoSettings, meter: Meter, store: Store) -> Demonstration:
    now, folder = entry.now.astimezone(UTC), _code_folder(store)
    remove_code(store)
    try:
        tables = generate(now, folder)
    except GitError as error:
        missing = dict.fromkeys(with_code(organisation()))
        return Demonstration(now, generate(now), missing, f"the demonstration has no history of its code: {error}")
    return Demonstration(now, tables, dict(_sessions(entry.name, folder, meter, store, now)))


def _sessions(name: str, folder: Path, meter: Meter, store: Store, now: datetime) -> Iterator[tuple[int, Session]]:
    place = organisation()
    for one in with_code(place):
        settings = Git(repository=place.repositories[one], path=str(folder_of(folder, one)), name=name)
        yield one, Session(Source(settings), meter, store, now)


def _code_folder(store: Store) -> Path:
    return clones_of(store) / "demo"


def remove_code(store: Store) -> None:
    """Remove the repositories of the demonstration beside a store, and what was read of them."""
    shutil.rmtree(_code_folder(store), ignore_errors=True)
    for one in with_code(organisation()):
        shutil.rmtree(clone_folder(clones_of(store), organisation().repositories[one]), ignore_errors=True)


def _check(entry: DemoSettings, config: Config) -> Iterator[Finding]:
    yield Finding(True, "demonstration", "nothing to reach: it is made up on this machine")


OF_REPOSITORIES = (
    _stream("repositories", "accounts"),
    _stream("pull_requests", "reviews", "review_comments", "comments", "commits", "pull_request_events"),
    _stream("deployments", "deployment_statuses"),
    _stream("releases", "tags"),
    _stream("workflow_runs"),
    _stream("package_releases"),
)
OF_PROJECTS = (
    _stream("projects", "statuses", "boards", "sprints", "versions"),
    _stream("issues", "issue_changes", "issue_links", "worklogs"),
)
OF_CODE = tuple(_of_git(stream) for stream in git.CONNECTOR.streams if stream.name != "package_releases")
CONNECTOR = Connector(
    name="demo",
    title="Demonstration organisation",
    settings=_settings,
    connect=_connect,
    streams=OF_REPOSITORIES + OF_PROJECTS + OF_CODE,
    check=_check,
)
