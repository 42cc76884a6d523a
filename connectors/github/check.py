"""What `connectors check` finds out about a GitHub server: the token, the repositories, the quota."""

import json
from collections.abc import Iterator, Mapping
from typing import Any

from connectors.base import Finding, Missing, Scope
from connectors.github.client import Client
from connectors.github.pace import Pace
from connectors.github.queries import Part
from connectors.github.session import Chosen
from connectors.meter import Brief
from data.config import Config
from data.settings import GitHub

READ_ONLY = ("read:", "repo:status", "user:email")
AT_ONCE = 50


def check(settings: GitHub, config: Config) -> Iterator[Finding]:
    """Look at the token, every repository and the quota. Raises AuthError, ConnectorError."""
    client = Client(settings, Brief())
    [(_, viewer)], _ = Pace(client).ask(lambda size: {"viewer": Part("viewer { login }", 0)})
    who = f"as {viewer['login']}" if viewer else "as a GitHub App"
    yield Finding(True, settings.base_url, f"the token works, {who}")
    quota = _quota(client)
    yield from _permissions(client)
    scopes = list(Chosen(settings, client).scopes())
    for start in range(0, len(scopes), AT_ONCE):
        yield from _reachable(client, scopes[start : start + AT_ONCE])
    yield quota


def _quota(client: Client) -> Finding:
    try:
        _, found = client.get("/rate_limit", {})
    except Missing:
        return Finding(True, "quota", "this server sets no limit")
    left = found["resources"]["graphql"]
    return Finding(True, "quota", f"{left['remaining']} of {left['limit']} points left in this hour")


def _permissions(client: Client) -> Iterator[Finding]:
    names = sorted(name.strip() for name in client.permissions.split(",") if name.strip())
    wide = [name for name in names if not name.startswith(READ_ONLY)]
    if wide:
        text = f"it may write ({', '.join(wide)}); a fine-grained token that only reads is enough"
        yield Finding(True, "token", text, "warning")


def _reachable(client: Client, scopes: list[Scope]) -> Iterator[Finding]:
    pairs, answer = Pace(client).ask(
        lambda size: {f"repository{index}": _counts(scope) for index, scope in enumerate(scopes)}
    )
    for part, found in pairs:
        if found:
            yield Finding(True, found["nameWithOwner"], _in_words(found))
        else:
            yield Finding(False, part.about, answer.note or "no such repository, or not for this token")


def _counts(scope: Scope) -> Part:
    owner, _, name = scope.name.partition("/")
    counts = "nameWithOwner pullRequests(first: 1) { totalCount } issues(first: 1) { totalCount }"
    text = f"repository(owner: {json.dumps(owner)}, name: {json.dumps(name)}) {{ {counts} }}"
    return Part(text, 2, scope.name)


def _in_words(found: Mapping[str, Any]) -> str:
    return f"{found['pullRequests']['totalCount']} pull requests, {found['issues']['totalCount']} issues"
