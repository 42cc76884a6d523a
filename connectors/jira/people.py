"""Who did it: the accounts that issues, histories and worklogs name."""

from collections.abc import Iterable, Iterator, Mapping
from typing import Any

from connectors.jira.values import text
from data.store import Row

Json = Mapping[str, Any]

KINDS = {"atlassian": "User", "app": "Bot", "customer": "Customer"}


def account_id(user: Json) -> str | None:
    """The immutable id of an account: accountId on Cloud, key on Data Center."""
    return text(user.get("accountId") or user.get("key") or user.get("name"))


def actor(name: str, user: Json | None) -> Row:
    """Who did it, in three columns; all None for nobody or a deleted account."""
    user = user or {}
    number = account_id(user)
    said = user.get("name") or user.get("displayName")
    return {name: said, f"{name}_id": number, f"{name}_kind": _kind(user) if number else None}


def account(user: Json) -> Row:
    """One row of accounts."""
    return {
        "id": account_id(user),
        "login": user.get("name"),
        "name": user.get("displayName"),
        "email": text(user.get("emailAddress")),
        "kind": _kind(user),
        "is_active": user.get("active"),
    }


def accounts(issue: Json, histories: Iterable[Json], worklogs: Iterable[Json]) -> Iterator[Row]:
    """Everybody that an issue, its histories and its worklogs name."""
    fields = issue["fields"]
    people = [fields.get("creator"), fields.get("reporter"), fields.get("assignee")]
    people += [said.get("author") for said in (*histories, *worklogs)]
    for user in people:
        if user and account_id(user):
            yield account(user)


def _kind(user: Json) -> str:
    return KINDS.get(user.get("accountType") or "atlassian", "User")
