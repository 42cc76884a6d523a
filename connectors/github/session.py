"""A connection to one GitHub server: which repositories there are, and what is known of each before it is walked."""

import json
from collections.abc import Iterator, Mapping, Sequence
from datetime import datetime
from fnmatch import fnmatchcase
from functools import partial
from typing import TYPE_CHECKING, Any

from connectors.base import ConnectorError, Meter, Missing, Page, Scope, State
from connectors.github import parse
from connectors.github.client import Client
from connectors.github.listings import LISTINGS
from connectors.github.pace import Pace
from connectors.github.queries import Connection, Part, Size, node
from connectors.paging import Pages
from data.config import secret
from data.lock import one_request
from data.settings import GitHub
from data.store import Row, Store

if TYPE_CHECKING:
    import pandas as pd

KEPT = 50  # repositories whose first lists are held until their streams ask for them
REREAD = 200  # incomplete pull requests that a sync tries again


class Chosen:
    """The repositories that the configuration names, or chooses from an organisation."""

    def __init__(self, settings: GitHub, client: Client) -> None:
        self.settings = settings
        self.client = client

    def scopes(self) -> Iterator[Scope]:
        """The repositories of the configuration, or those of the organisation that its globs choose."""
        named = self.settings.repositories
        yield from (Scope("", name) for name in named)
        if self.settings.organization:
            listed = self._of_organization(self.settings.organization)
            yield from (scope for scope in listed if scope.name not in named)

    def _of_organization(self, login: str) -> Iterator[Scope]:
        after: str | None = None
        pace, pages = Pace(self.client), Pages(f"[[github]] organization {login}: its repositories")
        while True:
            [(_, found)], _ = pace.ask(partial(organization, login, after))
            if not found:
                raise ConnectorError(f"[[github]] organization: no {login!r} that this token may see; check the name")
            listed = found["repositories"]
            for each in parse.nodes(listed):
                if self._is_chosen(each["name"]):
                    yield Scope(str(each["databaseId"]), each["nameWithOwner"], {"node_id": each["id"]})
            after, is_last = listed["pageInfo"]["endCursor"], not listed["pageInfo"]["hasNextPage"]
            pages.take([each and each["id"] for each in listed["nodes"]], after, is_last)
            if is_last:
                return

    def _is_chosen(self, name: str) -> bool:
        return any(fnmatchcase(name, glob) for glob in self.settings.include) and not any(
            fnmatchcase(name, glob) for glob in self.settings.exclude
        )


class Session(Chosen):
    """What the streams of one GitHub source share."""

    def __init__(self, settings: GitHub, meter: Meter, store: Store) -> None:
        super().__init__(settings, Client(settings, meter, partial(one_request, store, _quota(settings))))
        self.store = store
        self.firsts: dict[tuple[str, str], Any] = {}

    # What is stored ----------------------------------------------------------------------------------

    def newest_stored(self, table: str, scope: Scope) -> datetime | None:
        """The latest change of a pull request or an issue that the store has."""
        newest = self._load(table, scope, "updated_at")["updated_at"].max()
        return newest.to_pydatetime() if newest == newest else None

    def stored_ids(self, table: str, scope: Scope) -> set[str]:
        """The ids of a repository's rows that the store takes to be there."""
        return set(self._load(table, scope, "id")["id"])

    def incomplete(self, scope: Scope) -> list[str]:
        """The node ids of the newest pull requests whose lists are not all there."""
        found = self._load("pull_requests", scope, "node_id", "updated_at", is_complete=False)
        return list(found.sort_values("updated_at", ascending=False)["node_id"].head(REREAD))

    def count(self, table: str, scope: Scope) -> int:
        """How many rows of a repository the store has."""
        return self.store.count(table, **self._place(table, scope))

    def has_runs(self, scope: Scope, rows: Sequence[Row]) -> bool:
        """Whether these workflow runs are all stored, just as they are now."""
        stored = self._load("workflow_runs", scope, "id", "attempt", "updated_at", id=[row["id"] for row in rows])
        there = set(stored.itertuples(index=False, name=None))
        return all((row["id"], row["attempt"], row["updated_at"]) in there for row in rows)

    def _load(self, table: str, scope: Scope, *columns: str, **where: Any) -> "pd.DataFrame":
        return self.store.load(table, columns, **self._place(table, scope), **where)

    def _place(self, table: str, scope: Scope) -> dict[str, Any]:
        place = "project_id" if table == "issues" else "repository_id"
        return {"source": self.settings.name, place: scope.id}

    # The repository itself ---------------------------------------------------------------------------

    def look_up(self, scope: Scope) -> tuple[Row, Scope]:
        """The row of a repository, and its scope with what the other streams need. Raises Missing."""
        [(_, found), (_, types)], answer = Pace(self.client).ask(lambda size: look_up(scope, size))
        if not found:
            raise Missing(f"{scope.name}: no such repository, or not for this token; what is stored is kept")
        known = Scope(str(found["databaseId"]), found["nameWithOwner"], _facts(found, types, answer.at))
        if len(self.firsts) < KEPT * len(LISTINGS):
            self.firsts |= {(known.id, listing.table): found.get(listing.field) for listing in LISTINGS}
        return parse.repository(found), known

    def first(self, scope: Scope, table: str) -> Any:
        """The first page of releases, tags or deployments, if it came with the repository; given out once."""
        return self.firsts.pop((scope.id, table), None)


def _quota(settings: GitHub) -> str:
    """What a quota of GitHub belongs to: the token, or the App's installation."""
    value = secret(settings.private_key_env or settings.token_env) or ""
    return "\0".join((settings.base_url, str(settings.installation_id), value.strip()))


def repositories(session: Session, scope: Scope, state: State) -> Iterator[Page]:
    """The stream of the repository itself."""
    row, known = session.look_up(scope)
    at = known.facts["at"]
    yield Page(at=at, rows={"repositories": [row]}, high_water=at, scope=known, expected=1)


def look_up(scope: Scope, size: Size) -> dict[str, Part]:
    """The parts of the query that says all about a repository that is cheap to say."""
    lists = " ".join(listing.text(size) for listing in LISTINGS)
    selection = f"...Repository ...Newest {lists}"
    units = 2 + sum(listing.units(size) for listing in LISTINGS)
    if "node_id" in scope.facts:
        text = node("Repository", scope.facts["node_id"], selection)
    else:
        owner, _, name = scope.name.partition("/")
        text = f"repository(owner: {json.dumps(owner)}, name: {json.dumps(name)}) {{ {selection} }}"
    # an older Enterprise Server has no types of issues, and a query that names an unknown field is refused
    return {"repository": Part(text, units), "types": Part('__type(name: "IssueType") { name }', 0)}


def organization(login: str, after: str | None, size: Size) -> dict[str, Part]:
    """The parts of a query that lists the repositories of an organisation."""
    order = "orderBy: {field: NAME, direction: ASC}"
    selection = "pageInfo { hasNextPage endCursor } nodes { id databaseId name nameWithOwner }"
    text = Connection("repositories", 100, selection, order).text(size, after=after)
    return {"organization": Part(f"organization(login: {json.dumps(login)}) {{ {text} }}", 1)}


def _facts(found: Mapping[str, Any], types: Any, at: datetime) -> dict[str, Any]:
    changed = {field: _newest(found.get(field)) for field in ("pullRequests", "issues")}
    return {
        "node_id": found["id"],
        "default_branch": (found.get("defaultBranchRef") or {}).get("name"),
        "changed_at": changed,
        "totals": {field: (found.get(field) or {}).get("totalCount") for field in changed},
        "has_issue_types": bool(types),
        "at": at,
    }


def _newest(connection: Mapping[str, Any] | None) -> datetime | None:
    return next((parse.moment(each["updatedAt"]) for each in parse.nodes(connection)), None)
