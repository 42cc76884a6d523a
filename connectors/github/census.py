"""What is gone upstream: nothing tells of a deleted or transferred issue but that there are fewer than are stored."""

from datetime import datetime
from typing import TYPE_CHECKING, Any

from connectors.base import Page, Scope, Settled
from connectors.github.nested import Kind
from connectors.github.pace import Pace
from connectors.github.parse import nodes
from connectors.github.queries import Connection, Part, Size, node
from connectors.paging import Pages

if TYPE_CHECKING:
    from connectors.github.session import Session

AT_ONCE = 500  # ids in one statement


def census(session: "Session", scope: Scope, kind: Kind, pace: Pace) -> Page | None:
    """Mark the rows that a list of all ids does not have; None when there are not too many rows."""
    announced = scope.facts["totals"].get(kind.field)
    if announced is None or session.count(kind.table, scope) <= announced:
        return None
    there: set[str] = set()
    after: str | None = None
    started: datetime | None = None
    pages = Pages(f"{scope.name}: ids of {kind.table}")
    while True:
        listed, at = _ask(scope, kind, pace, after)
        started = started or at
        ids = [each["fullDatabaseId"] for each in nodes(listed)]
        there |= set(ids)
        after, is_last = listed["pageInfo"]["endCursor"], not listed["pageInfo"]["hasNextPage"]
        pages.take(ids, after, is_last)
        if is_last:
            break
    gone = sorted(session.stored_ids(kind.table, scope) - there)
    settled = [
        Settled(kind.table, {kind.parent[0]: scope.id, "id": gone[start : start + AT_ONCE]}, started)
        for start in range(0, len(gone), AT_ONCE)
    ]
    return Page(at, settled=settled, high_water=scope.facts["at"])


def _ask(scope: Scope, kind: Kind, pace: Pace, after: str | None) -> tuple[Any, datetime]:
    def build(size: Size) -> dict[str, Part]:
        order = "orderBy: {field: CREATED_AT, direction: ASC}"
        selection = "pageInfo { hasNextPage endCursor } nodes { fullDatabaseId }"
        text = Connection(kind.field, 100, selection, order).text(size, after=after)
        return {"census": Part(node("Repository", scope.facts["node_id"], text), 1)}

    [(_, found)], answer = pace.ask(build)
    return found[kind.field], answer.at
