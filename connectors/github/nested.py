"""The lists inside a pull request or an issue: what came, what is still to come, and whether it adds up."""

from collections.abc import Callable, Iterable, Iterator, Mapping
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any

from connectors.github.parse import Node
from connectors.github.queries import Connection, Part, Size, node
from connectors.paging import Pages, StuckError
from data.store import Row

Found = tuple[str, Row]  # a table and a row of it


@dataclass(frozen=True)
class Kind:
    """What pull requests and issues differ in: the words of the query, the tables, how a node becomes rows."""

    table: str
    type: str
    field: str
    full_page: int
    lists: tuple[Connection, ...]  # a page asks for these with every node
    all_lists: tuple[Connection, ...]  # short lists, asked for in full where a page could not hold them
    row: Callable[[Node, str, str], Row]
    row_lists: Callable[[Node], Row]
    parent: tuple[str, str]  # the columns that tie a child to its place and to its parent
    children: Mapping[str, Callable[[Iterable[Node], Row], Iterator[Found]]]  # list → rows
    tables: tuple[str, ...]  # that hold the children
    has_threads: bool = False
    has_flag: bool = False  # whether the store knows which rows are incomplete

    def selection(self, size: Size) -> str:
        """The fields of one node, its lists included."""
        return f"...{self.type} " + " ".join(connection.text(size) for connection in self.lists)


@dataclass(frozen=True)
class More:
    """A list, or the rest of one, that is still to come."""

    field: str
    node_id: str
    after: str | None = None
    had: int = 0
    total: int = 0


DECIDE_SHORT_LISTS = ("labels", "closingIssuesReferences", "timelineItems")  # who is assigned, the timeline tells
WHOLE, SHORT_LISTS, THREADS, THREAD_COMMENTS = "whole", "short lists", "reviewThreads", "comments"


@dataclass
class Opened:
    """A pull request or an issue on its way into the store. `since`: when the copy at hand was begun."""

    kind: Kind
    node_id: str
    place: tuple[str, str]  # the repository's id and name
    row: Row = field(default_factory=dict)
    since: datetime | None = None
    wanted: list[More] = field(default_factory=list)
    adds_up: bool = True
    tries: int = 0
    is_gone: bool = False
    pages: dict[tuple[str, str], Pages] = field(default_factory=dict)  # of each list that has more than one
    stuck: str = ""  # the first list that does not advance, in words

    @property
    def is_complete(self) -> bool:
        """Whether every list has come, and as long as it was announced."""
        return not self.wanted and self.adds_up and bool(self.row)

    def ask_again(self) -> None:
        """Want everything anew."""
        self.wanted, self.adds_up, self.pages, self.stuck = [More(WHOLE, self.node_id)], True, {}, ""

    # What comes in -----------------------------------------------------------------------------------

    def take_whole(self, found: Node, at: datetime) -> list[Found]:
        """The rows of a node with its first lists; `at` is the server's time."""
        self.row, self.since = self.kind.row(found, *self.place), at
        rows = [r for name in self.kind.children if name in found for r in self._take(name, self.node_id, found[name])]
        if self.kind.has_threads:
            self._expect_threads(found.get(THREADS))
        if any(_is_cut(found.get(name)) for name in DECIDE_SHORT_LISTS):
            self.wanted.append(More(SHORT_LISTS, self.node_id))
        return rows

    def take(self, more: More, found: Node | None, at: datetime) -> list[Found]:
        """The rows of a list that was still to come."""
        self.wanted.remove(more)
        if found is None:
            self.adds_up = False
            return []
        if more.field == WHOLE:
            return self.take_whole(found, at)
        if more.field == SHORT_LISTS:
            self.row |= self.kind.row_lists(found)
            self.adds_up &= not any(_is_cut(found.get(connection.field)) for connection in self.kind.all_lists)
            return []
        if more.field == THREADS:
            return self._take_threads(found.get(THREADS), more)
        return self._take(more.field, more.node_id, found.get(more.field), more)

    def _take(self, name: str, node_id: str, connection: Node | None, more: More | None = None) -> list[Found]:
        listed = self._count(name, node_id, connection, more)
        parent = dict(zip(self.kind.parent, (self.place[0], self.row["id"]), strict=True))
        return list(self.kind.children[name](listed, parent))

    def _take_threads(self, connection: Node | None, more: More) -> list[Found]:
        threads = self._count(THREADS, self.node_id, connection, more)
        return [row for t in threads for row in self._take(THREAD_COMMENTS, t["id"], t.get(THREAD_COMMENTS))]

    def _count(self, name: str, node_id: str, connection: Node | None, more: More | None) -> list[Node]:
        """The nodes of a list, when it is noted what is still missing of it."""
        if connection is None:
            self.adds_up = False
            return []
        announced = connection.get("filteredCount", connection.get("totalCount"))
        total = more.total if more and more.total else announced
        got = (more.had if more else 0) + len(connection["nodes"])
        if not self._advances(name, node_id, connection, more):
            self.adds_up = False
        elif connection["pageInfo"]["hasNextPage"]:
            self.wanted.append(More(name, node_id, connection["pageInfo"]["endCursor"], got, total))
        elif got not in {total, announced}:
            self.adds_up = False
        return [listed for listed in connection["nodes"] if listed]

    def _advances(self, name: str, node_id: str, connection: Node, more: More | None) -> bool:
        """Whether the page leads on, or ends; a list that came whole with its parent always does."""
        has_more = connection["pageInfo"]["hasNextPage"]
        if not has_more and more is None:
            return True
        pages = self.pages.setdefault((name, node_id), Pages(f"{self.row.get('url', self.node_id)}: {name}"))
        try:
            pages.take(map(str, connection["nodes"]), connection["pageInfo"]["endCursor"], not has_more)
        except StuckError as error:
            self.stuck = self.stuck or str(error)
        return not self.stuck

    def _expect_threads(self, connection: Node | None) -> None:
        if connection is None:
            self.adds_up = False
        elif connection["totalCount"]:
            self.wanted.append(More(THREADS, self.node_id, total=connection["totalCount"]))


def _is_cut(connection: Node | None) -> bool:
    return bool(connection and connection["pageInfo"]["hasNextPage"])


def page_part(kind: Kind, facts: Mapping[str, Any], size: Size, after: str | None) -> Part:
    """The part of a query that asks for a page of the list, from the start or after a cursor."""
    length = size.page(kind.full_page)
    extra = " issueType { name }" if kind.type == "Issue" and facts["has_issue_types"] else ""
    selection = f"totalCount pageInfo {{ hasNextPage endCursor }} nodes {{ {kind.selection(size)}{extra} }}"
    order = "orderBy: {field: UPDATED_AT, direction: DESC}"
    # the length of a page has its own limit, apart from that of a nested list
    text = Connection(kind.field, length, selection, order).text(Size(), after=after)
    return Part(node("Repository", facts["node_id"], text), 1 + length * len(kind.lists))


def part(entry: Opened, more: More, size: Size) -> Part:
    """The part of a query that asks for what is still to come."""
    kind = entry.kind
    if more.field == WHOLE:
        return Part(node(kind.type, more.node_id, kind.selection(size)), len(kind.lists), (entry, more))
    if more.field == SHORT_LISTS:
        text = " ".join(connection.text(Size()) for connection in kind.all_lists)  # never cut: they have no second page
        return Part(node(kind.type, more.node_id, text), len(kind.all_lists), (entry, more))
    if more.field == THREADS:
        first = max(1, min(more.total - more.had, size.items, size.units - 1))
        comments = COMMENTS.text(size)
        threads = Connection(THREADS, first, f"...ReviewThreads nodes {{ id {comments} }}").text(size, after=more.after)
        return Part(node(kind.type, more.node_id, threads), 1 + first, (entry, more))
    if more.field == THREAD_COMMENTS:
        text = COMMENTS.text(size, after=more.after)
        return Part(node("PullRequestReviewThread", more.node_id, text), 1, (entry, more))
    connection = next(c for c in kind.lists if c.field == more.field)
    return Part(node(kind.type, more.node_id, connection.text(size, 100, more.after)), 1, (entry, more))


COMMENTS = Connection(THREAD_COMMENTS, 100, "...ReviewComments")
