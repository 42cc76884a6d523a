"""Releases, tags and deployments: short lists, newest first, whose first page comes with the repository."""

from collections.abc import Callable, Iterator
from dataclasses import dataclass, replace
from datetime import datetime, timedelta
from typing import TYPE_CHECKING, Any

from connectors.base import ConnectorError, Page, Scope, Settled, State
from connectors.github import parse_releases as parse
from connectors.github.pace import Pace
from connectors.github.parse import Node, moment
from connectors.github.queries import Connection, Part, Size, node
from connectors.paging import Pages
from data.store import Row

if TYPE_CHECKING:
    from connectors.github.session import Session

TRAILING = timedelta(days=30)  # that old, and still changing


@dataclass(frozen=True)
class Listing:
    """A list of a repository, and the table it fills."""

    table: str
    connection: Connection
    row: Callable[[Node, str], Row]
    created: str  # the column that the list is ordered by
    inner: Connection | None = None

    @property
    def field(self) -> str:
        """Its name in an answer."""
        return self.table

    def text(self, size: Size, after: str | None = None) -> str:
        """The field as it is written in a query."""
        inner = f" nodes {{ ...Deployment {self.inner.text(size)} }}" if self.inner else ""
        connection = replace(self.connection, selection=self.connection.selection + inner)
        return f"{self.table}: {connection.text(size, after=after)}"

    def units(self, size: Size) -> int:
        """What the list costs, the lists inside it included."""
        return 1 + (min(self.connection.first, size.items) if self.inner else 0)


NEWEST = "orderBy: {field: CREATED_AT, direction: DESC}"
STATUSES = Connection("statuses", 20, "...DeploymentStatuses")
RELEASES = Listing("releases", Connection("releases", 100, "...Releases", NEWEST), parse.release, "created_at")
TAGS = Listing(
    "tags",
    Connection("refs", 100, "...Tags", 'refPrefix: "refs/tags/", orderBy: {field: TAG_COMMIT_DATE, direction: DESC}'),
    parse.tag,
    "at",
)
DEPLOYMENTS = Listing(
    "deployments",
    Connection("deployments", 100, "...Deployments", NEWEST),
    parse.deployment,
    "created_at",
    inner=STATUSES,
)
LISTINGS = (RELEASES, TAGS, DEPLOYMENTS)


def releases(session: "Session", scope: Scope, state: State) -> Iterator[Page]:
    """The stream of releases."""
    return _walk(session, scope, state, RELEASES)


def tags(session: "Session", scope: Scope, state: State) -> Iterator[Page]:
    """The stream of tags."""
    return _walk(session, scope, state, TAGS)


def deployments(session: "Session", scope: Scope, state: State) -> Iterator[Page]:
    """The stream of deployments and their statuses."""
    return _walk(session, scope, state, DEPLOYMENTS)


def _walk(session: "Session", scope: Scope, state: State, listing: Listing) -> Iterator[Page]:
    pace = Pace(session.client)
    at: datetime = scope.facts["at"]
    after = (state.cursor or {}).get("after")
    started = moment((state.cursor or {}).get("started")) or at
    found = None if after else session.first(scope, listing.table)
    pages = Pages(f"{scope.name}: {listing.table}", after)
    while True:
        if found is None:
            found, at = _ask(pace, scope, listing, after)
        rows = {listing.table: [listing.row(each, scope.id) for each in parse.nodes(found)]}
        if listing.inner:
            rows["deployment_statuses"] = _statuses(pace, parse.nodes(found), scope)
        oldest = min((row[listing.created] for row in rows[listing.table] if row[listing.created]), default=None)
        after, total, is_last = found["pageInfo"]["endCursor"], found["totalCount"], _is_last(found)
        pages.take(map(str, found["nodes"]), after, is_last)
        found = None
        cursor = {"after": after, "started": started.isoformat()}
        if is_last:
            gone = Settled(listing.table, {"repository_id": scope.id}, started)
            yield Page(at, rows, high_water=started, settled=[gone], expected=total)
            return
        yield Page(at, rows, cursor, started, oldest, total)
        if _is_enough(state, oldest) and (state.since or session.count(listing.table, scope) == total):
            yield Page(at, high_water=started, oldest=state.since)
            return


def _is_enough(state: State, oldest: datetime | None) -> bool:
    known = state.high_water - TRAILING if state.complete and state.high_water else None
    stop = max(filter(None, (known, state.since)), default=None)
    return bool(oldest and stop and oldest < stop)


def _is_last(found: Any) -> bool:
    return not found["pageInfo"]["hasNextPage"]


def _ask(pace: Pace, scope: Scope, listing: Listing, after: str | None) -> tuple[Any, datetime]:
    def build(size: Size) -> dict[str, Part]:
        text = listing.text(size, after)
        return {"repository": Part(node("Repository", scope.facts["node_id"], text), listing.units(size))}

    [(_, found)], answer = pace.ask(build)
    if not found or found.get(listing.table) is None:
        raise ConnectorError(f"{scope.name}: {listing.table} cannot be read: {answer.note or 'check the permissions'}")
    return found[listing.table], answer.at


def _statuses(pace: Pace, deployed: list[Node], scope: Scope) -> list[Row]:
    rows: list[Row] = []
    for each in deployed:
        found = each["statuses"]
        pages = Pages(f"{scope.name}: statuses of deployment {each['id']}")
        while found:
            rows += [parse.deployment_status(status, scope.id, each["id"]) for status in parse.nodes(found)]
            after = found["pageInfo"]["endCursor"]
            pages.take(map(str, found["nodes"]), after, _is_last(found))
            found = None if _is_last(found) else _more_statuses(pace, each["id"], after)
    return rows


def _more_statuses(pace: Pace, deployment_id: str, after: str) -> Any:
    def build(size: Size) -> dict[str, Part]:
        return {"more": Part(node("Deployment", deployment_id, STATUSES.text(size, 100, after)), 1)}

    [(_, found)], _ = pace.ask(build)
    return (found or {}).get("statuses")
