"""What `connectors check` finds out about a GitHub server: the token, the repositories, the quota."""

from collections.abc import Iterator, Mapping
from datetime import datetime
from typing import Any

from connectors.base import ConnectorError, Finding, Scope
from connectors.github.client import Client
from connectors.github.pace import Pace
from connectors.github.queries import Part
from connectors.github.session import Chosen
from data.config import Config
from data.settings import GitHub

READ_ONLY = {
    "read:org",
    "read:user",
    "read:project",
    "read:enterprise",
    "repo",
    "public_repo",
    "repo:status",
    "user:email",
}


class Unmetered:
    """A meter that does not wait: a check says what it finds at once."""

    def spent(self, requests: int = 0, points: int = 0, points_left: int | None = None) -> None:
        """Count nothing."""

    def wait(self, until: datetime, reason: str) -> None:
        """Give up instead."""
        raise ConnectorError(f"asks to wait until {until:%H:%M:%S} UTC ({reason}); check again then")


def check(settings: GitHub, config: Config) -> Iterator[Finding]:
    """Look at the token, every repository and the quota. Raises AuthError, ConnectorError."""
    client = Client(settings, Unmetered())
    [(_, viewer)], answer = Pace(client).ask(lambda size: {"viewer": Part("viewer { login }", 0)})
    login = (viewer or {}).get("login", "an App")
    yield Finding(True, settings.base_url, f"the token works, as {login}")
    yield from _permissions(client)
    for scope in Chosen(settings, client).scopes():
        yield _reachable(client, scope)
    left = answer.data.get("rateLimit")
    yield Finding(True, "quota", f"{left['remaining']} of {left['limit']} points left" if left else "no limits")


def _permissions(client: Client) -> Iterator[Finding]:
    wide = sorted({name.strip() for name in client.permissions.split(",") if name.strip()} - READ_ONLY)
    if wide:
        yield Finding(True, "token", f"may more than read ({', '.join(wide)}); a read-only token is enough", "warning")


def _reachable(client: Client, scope: Scope) -> Finding:
    owner, _, name = scope.name.partition("/")
    counts = "pullRequests(first: 1) { totalCount } issues(first: 1) { totalCount }"
    text = f'repository(owner: "{owner}", name: "{name}") {{ nameWithOwner {counts} }}'
    [(_, found)], answer = Pace(client).ask(lambda size: {"repository": Part(text, 2)})
    if not found:
        return Finding(False, scope.name, answer.note or "no such repository, or not for this token")
    return Finding(True, found["nameWithOwner"], _in_words(found))


def _in_words(found: Mapping[str, Any]) -> str:
    return f"{found['pullRequests']['totalCount']} pull requests, {found['issues']['totalCount']} issues"
