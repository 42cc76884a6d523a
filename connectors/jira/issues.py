"""The walk over a project's issues: newest first, whole with their histories, then what changes along with them.

An issue is known by its project and its number, so one that moves to another project is stored anew there with its
whole history, which moves with it, and its old row is marked as gone: no row needs to be looked up, in any order.
"""

from collections.abc import Iterator, Sequence
from dataclasses import asdict, dataclass, replace
from datetime import UTC, datetime, timedelta
from typing import Any

from connectors.base import Missing, Page, Scope, Settled, State
from connectors.jira import census, parse, people, planning
from connectors.jira.boards import is_older_day, read_sprints
from connectors.jira.client import BadRequest
from connectors.jira.session import Found, JiraSession, Json, Place
from connectors.jira.values import moment
from connectors.paging import Pages
from data.store import Row

OVERLAP = timedelta(minutes=10)  # a search may not know the last minutes yet
SEARCHES_A_PAGE = 5  # 500 issues, whose histories come with one question
CHILDREN = ("issue_changes", "issue_links", "worklogs")


@dataclass(frozen=True)
class Position:
    """How far a walk has come: in which phase, behind which search page or board."""

    began: str
    bound: int | None = None  # milliseconds since 1970: only what was updated since
    phase: str = "issues"  # then sprints, then census
    after: Place = None
    board: int = 0
    found: bool = False  # whether any issue was new or changed


def fetch_issues(session: JiraSession, scope: Scope, state: State) -> Iterator[Page]:
    """The pages of one walk: the issues that changed, then statuses and sprints, then which issues are there."""
    yield from IssueWalk(session, scope, state).pages()


class IssueWalk:
    """One walk over one project."""

    def __init__(self, session: JiraSession, scope: Scope, state: State) -> None:
        self.session = session
        self.scope = scope
        self.state = state
        self.is_first = not _is_complete(state)
        self.is_resumed = state.cursor is not None
        self.note: str | None = None  # what is amiss; said on every page from there on
        began = session.client.at.isoformat()
        self.position = Position(**state.cursor) if state.cursor else Position(began, self._bound())
        self.listed = self._listed_from(self.position.after)

    def pages(self) -> Iterator[Page]:
        """What is left of the walk."""
        if self.position.phase == "issues":
            if self.is_first or self.is_resumed or self._is_anything_new():
                yield from self._issues()
            elif self._is_more_due(found=False):
                self.position = replace(self.position, phase="sprints")
        if self.position.phase == "sprints":
            yield from self._statuses()
            yield from self._sprints()
        if self._is_census_due():
            yield from self._census()
        yield self._page({}, None)

    def _bound(self) -> int | None:
        if self.is_first:
            return _milliseconds(self.state.since) if self.state.since else None
        newest = self.session.load("issues", ["updated_at"], project_id=self.scope.id)["updated_at"].max()
        if newest is None or newest != newest or self.state.high_water is None:
            return None
        # the newest change stored is never later than the last walk, and holds whatever the clocks say
        return _milliseconds(min(newest.to_pydatetime(), self.state.high_water) - OVERLAP)

    def _page(self, rows: dict[str, list[Row]], position: Position | None, **more: Any) -> Page:
        began = datetime.fromisoformat(self.position.began)
        self.position = position or self.position
        cursor = asdict(position) if position else None
        oldest = more.pop("oldest", None if position else self.state.since)
        return Page(self.session.client.at, rows, cursor, high_water=began, oldest=oldest, note=self.note, **more)

    # Issues ------------------------------------------------------------------------------------------

    def _is_anything_new(self) -> bool:
        probe = self.session.search(self._jql(), ["updated"], None)
        return probe.after is not None or bool(self._changed(probe.issues))

    def _jql(self) -> str:
        # by creation, which no change moves: what is updated during the walk stays in its place
        bound = f" AND updated >= {self.position.bound}" if self.position.bound is not None else ""
        return f"project = {self.scope.id}{bound} ORDER BY created DESC, key DESC"

    def _issues(self) -> Iterator[Page]:
        while self.position.phase == "issues":
            issues, after, total = self._gather()
            rows, settled = issue_rows(self.session, issues)
            found = self.position.found or bool(issues)
            position = replace(self.position, after=after, found=found)
            if after is None:
                position = replace(position, phase="sprints" if self._is_more_due(found) else "census")
            yield self._page(rows, position, oldest=self._oldest(issues), expected=total, settled=settled)

    def _gather(self) -> tuple[list[Json], Place, int | None]:
        issues: list[Json] = []
        after, total = self.position.after, None
        for _ in range(SEARCHES_A_PAGE):
            found = self._search(after).taken(self.listed)
            issues += self._changed(found.issues)
            after, total = found.after, found.total
            if after is None:
                break
        return issues, after, total if self.is_first else None

    def _search(self, after: Place) -> Found:
        try:
            return self.session.search(self._jql(), self.session.fields.asked, after, histories=True)
        except BadRequest:
            if not (self.is_resumed and after and after == self.position.after):
                raise
            self.listed = self._listed_from(None)  # the place has expired: from the start
            return self.session.search(self._jql(), self.session.fields.asked, None, histories=True)

    def _listed_from(self, after: Place) -> Pages:
        return Pages(f"{self.session.client.url}: issues of {self.scope.name}", after)

    def _changed(self, issues: Sequence[Json]) -> list[Json]:
        numbers = [str(issue["id"]) for issue in issues]
        stored = self.session.load("issues", ["id", "key", "updated_at"], project_id=self.scope.id, id=numbers)
        known = dict(zip(stored["id"], zip(stored["key"], stored["updated_at"], strict=True), strict=True))
        return [i for i in issues if known.get(str(i["id"])) != (i["key"], moment(i["fields"]["updated"]))]

    def _oldest(self, issues: Sequence[Json]) -> datetime | None:
        if not self.is_first or not issues:
            return None
        reached = moment(issues[-1]["fields"]["created"])
        return max(reached, self.state.since) if reached and self.state.since else reached

    # What changes along with them --------------------------------------------------------------------

    def _is_more_due(self, found: bool) -> bool:
        return found or is_older_day(self.state.high_water, self.session.client.at)

    def _statuses(self) -> Iterator[Page]:
        if self.session.statuses_read:
            return
        said = self.session.client.get(f"{self.session.api}/status")
        self.session.statuses_read = True
        settled = [Settled("statuses", {}, self.session.client.at)]
        yield self._page({"statuses": [planning.status(status) for status in said]}, self.position, settled=settled)

    def _sprints(self) -> Iterator[Page]:
        try:
            for board, rows, settled in read_sprints(self.session, self.scope, self.position.board):
                yield self._page({"sprints": rows}, replace(self.position, board=board), settled=[settled])
        except (Missing, BadRequest) as refused:
            self.note = f"no sprints: {refused}"
        yield self._page({}, replace(self.position, phase="census"))

    # Which issues are there --------------------------------------------------------------------------

    def _is_census_due(self) -> bool:
        if self.state.high_water is None and not self.is_resumed:
            return False
        stored = self.session.store.count("issues", source=self.session.site.name, project_id=self.scope.id)
        return stored < 2 * self.session.census_page or is_older_day(self.state.high_water, self.session.client.at)

    def _census(self) -> Iterator[Page]:
        count = census.take(self.session, self.scope, self.state.complete or self.state.since is None)
        self.note = count.refused or self.note
        for numbers in _batched(count.missed, 100):
            try:
                jql, fields = f"id in ({', '.join(numbers)})", self.session.fields.asked
                found = self.session.search(jql, fields, None, histories=True)
            except BadRequest:  # one of them has gone since; the next census knows
                continue
            rows, settled = issue_rows(self.session, found.issues)
            yield self._page(rows, self.position, settled=settled)
        for numbers in _batched(count.gone, 1000):
            yield self._page({}, self.position, settled=_gone(self.scope.id, numbers, self.session.client.at))


def issue_rows(session: JiraSession, issues: Sequence[Json]) -> tuple[dict[str, list[Row]], list[Settled]]:
    """The rows of issues and all that hangs on them, and what is settled by them."""
    rows: dict[str, list[Row]] = {table: [] for table in ("issues", *CHILDREN, "accounts", "sprints")}
    histories = session.histories(issues) if issues else {}
    fields = session.fields
    keys = {key for issue in issues if (key := parse.epic_key(issue, fields))}
    epics = session.find_epics(keys) if keys else {}
    moved: dict[str, list[str]] = {}
    for issue in issues:
        past, logged = histories[str(issue["id"])], session.worklogs(issue)
        rows["issues"].append(parse.issue(issue, fields, session.client.url, epics))
        rows["issue_changes"] += parse.changes(issue, past, fields)
        rows["issue_links"] += parse.links(issue, past)
        rows["worklogs"] += parse.worklogs(issue, logged)
        rows["accounts"] += people.accounts(issue, past, logged)
        rows["sprints"] += planning.sprints(issue, fields)
        for project in parse.came_from(past) - {str(issue["fields"]["project"]["id"])}:
            moved.setdefault(project, []).append(str(issue["id"]))
    return rows, _settled(rows, moved, session.client.at)


def _settled(rows: dict[str, list[Row]], moved: dict[str, list[str]], at: datetime) -> list[Settled]:
    places: dict[str, list[str]] = {}
    for row in rows["issues"]:
        places.setdefault(row["project_id"], []).append(row["id"])
    lists = [
        Settled(table, {"project_id": project, "issue_id": numbers}, at)
        for project, numbers in places.items()
        for table in ("issue_links", "worklogs")
    ]
    return lists + [mark for project, numbers in moved.items() for mark in _gone(project, numbers, at)]


def _gone(project: str, numbers: Sequence[str], at: datetime) -> list[Settled]:
    children = [Settled(table, {"project_id": project, "issue_id": numbers}, at) for table in CHILDREN]
    return [Settled("issues", {"project_id": project, "id": numbers}, at), *children]


def _batched(numbers: Sequence[str], size: int) -> Iterator[Sequence[str]]:
    return (numbers[start : start + size] for start in range(0, len(numbers), size))


def _is_complete(state: State) -> bool:
    reached = state.since and state.oldest and state.oldest <= state.since
    return state.high_water is not None and bool(state.complete or reached)


def _milliseconds(time: datetime) -> int:
    return (time - datetime(1970, 1, 1, tzinfo=UTC)) // timedelta(milliseconds=1)
