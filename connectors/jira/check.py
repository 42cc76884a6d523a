"""What `connectors check` says of a Jira site before the first sync."""

from collections.abc import Iterator, Mapping
from datetime import UTC, datetime
from time import sleep
from typing import Any

from connectors.base import ConnectorError, Finding
from connectors.jira.fields import recognise
from connectors.jira.session import JiraSession, open_session
from connectors.jira.values import category
from data.config import Config
from data.settings import Jira
from data.store import Store

Json = Mapping[str, Any]


class Patience:
    """A meter for a question or two: it counts nothing, and waits where it is told to."""

    def spent(self, requests: int = 0, points: int = 0, points_left: int | None = None) -> None:
        """Nothing is recorded of a check."""

    def wait(self, until: datetime, reason: str) -> None:
        """Sleep until then."""
        sleep(max(0.0, (until - datetime.now(UTC)).total_seconds()))


def findings(site: Jira, config: Config) -> Iterator[Finding]:
    """The account, each project, the fields, and the statuses and stages that do not meet."""
    session = open_session(site, Patience(), Store.open("sqlite://"))
    client = session.client
    me = client.get(f"{session.api}/myself")
    kind = "Cloud" if session.is_cloud else "Data Center"
    yield Finding(True, client.url, f"Jira {kind}, signed in as {me.get('displayName') or me.get('name')}")
    for scope in session.scopes():
        yield _project(session, scope.name)
    yield _points(session)
    yield from _statuses(client.get(f"{session.api}/status"), config)


def _project(session: JiraSession, key: str) -> Finding:
    try:
        said = session.project(key)
        boards = session.boards(said["key"])
    except ConnectorError as error:
        return Finding(False, key, str(error))
    return Finding(True, key, f"{said['name']}: readable, with {len(boards)} boards")


def _points(session: JiraSession) -> Finding:
    fields = recognise(session.client.get(f"{session.api}/field"))
    if "points" in fields.holding:
        return Finding(
            True, "story points", f"in {', '.join(fields.holding['points'])}, or in what a board estimates by"
        )
    return Finding(True, "story points", "no such field; sprints are counted in issues only", "warning")


def _statuses(said: list[Json], config: Config) -> Iterator[Finding]:
    staged = {
        name
        for stages in config.stages.values()
        for kind in ("active", "review", "queue", "blocked", "done", "cancelled")
        if kind in stages.model_fields_set
        for name in getattr(stages, kind)
    }
    known, named = {str(status["name"]).lower() for status in said}, {name.lower() for name in staged}
    for name in sorted(str(s["name"]) for s in said if category(s) is None and str(s["name"]).lower() not in named):
        yield Finding(
            True, name, "a status that Jira puts in no category; put it into a stage under [stages]", "warning"
        )
    for name in sorted(name for name in staged if name.lower() not in known):
        yield Finding(True, name, "under [stages], but no status of this site; check its spelling", "warning")
