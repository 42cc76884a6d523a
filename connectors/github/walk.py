"""The walk over the pull requests or issues of a repository: newest first, resumable, with all that is nested."""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field, replace
from datetime import datetime, timedelta
from typing import TYPE_CHECKING, Any

from connectors.base import ConnectorError, Page, Scope, Settled, State
from connectors.github.census import census
from connectors.github.client import StaleCursorError
from connectors.github.kinds import ISSUES, PULL_REQUESTS
from connectors.github.nested import WHOLE, Found, Kind, Opened, page_part, part
from connectors.github.pace import Pace
from connectors.github.parse import moment
from connectors.github.queries import Part, Size
from connectors.paging import Pages, StuckError
from data.store import Row

if TYPE_CHECKING:
    from connectors.github.session import Session

OVERLAP = timedelta(minutes=10)  # a change may be listed a little after its time


@dataclass
class Leg:
    """A walk back in time from its start to `down_to`, at the place behind `after`."""

    started: datetime
    down_to: datetime | None
    pages: Pages
    after: str | None = None
    at_end: bool = False
    oldest: datetime | None = None

    @property
    def cursor(self) -> Mapping[str, Any]:
        """Where to go on, as JSON."""
        down_to = self.down_to.isoformat() if self.down_to else None
        return {"after": self.after, "started": self.started.isoformat(), "down_to": down_to}


@dataclass
class Step:
    """What one or more queries brought."""

    at: datetime
    rows: dict[str, list[Row]] = field(default_factory=dict)
    completed: dict[datetime, list[str]] = field(default_factory=dict)  # since when they were read → their ids
    gone: list[str] = field(default_factory=list)
    note: str | None = None
    expected: int | None = None

    def add(self, found: list[Found]) -> None:
        """Sort rows by their tables."""
        for table, row in found:
            self.rows.setdefault(table, []).append(row)


class Walk:
    """One walk: the queue of what is still to come, and the pace that GitHub bears."""

    def __init__(self, session: "Session", scope: Scope, kind: Kind, state: State) -> None:
        self.session, self.scope, self.kind, self.state = session, scope, kind, state
        self.pace = Pace(session.client)
        self.opened: list[Opened] = []
        self.incomplete: list[str] = []
        self.stuck: list[str] = []  # lists inside that do not advance: what is else there is stored first

    def pages(self) -> Iterator[Page]:
        """The pages of the walk; after one that goes on where another stopped, what has changed in between."""
        newest = self.session.newest_stored(self.kind.table, self.scope)
        changed_at: datetime | None = self.scope.facts["changed_at"].get(self.kind.field)
        self._reopen()
        if self.state.cursor:
            leg = self._resumed(self.state.cursor)
            yield from self._walk(leg)
            bound: datetime | None = _bound(leg.started, newest)
        else:
            bound = self._down_to(newest)
        leg = Leg(self.scope.facts["at"], bound, self._listed())
        leg.at_end = changed_at is None or (bound is not None and changed_at <= bound)
        yield from self._walk(leg)
        if gone := census(self.session, self.scope, self.kind, self.pace):
            yield replace(gone, note=self._incomplete_note())
        if self.stuck:
            raise StuckError(self.stuck[0])

    def _down_to(self, newest: datetime | None) -> datetime | None:
        state = self.state
        if state.high_water is None:
            return None
        reached = state.complete or (state.since and state.oldest and state.oldest <= state.since)
        return _bound(state.high_water, newest) if reached else None

    def _resumed(self, cursor: Mapping[str, Any]) -> Leg:
        started = datetime.fromisoformat(cursor["started"])
        return Leg(started, moment(cursor["down_to"]), self._listed(cursor["after"]), cursor["after"])

    def _listed(self, after: str | None = None) -> Pages:
        return Pages(f"{self.scope.name}: {self.kind.table}", after)

    def _reopen(self) -> None:
        if self.kind.has_flag:
            for node_id in self.session.incomplete(self.scope):
                entry = Opened(self.kind, node_id, (self.scope.id, self.scope.name))
                entry.ask_again()
                self.opened.append(entry)

    # One leg -----------------------------------------------------------------------------------------

    def _walk(self, leg: Leg) -> Iterator[Page]:
        at = leg.started
        while not leg.at_end or self.opened:
            step = self._step(leg)
            while self.opened and not self.kind.has_flag:
                self._follow_up(leg, step)
            at = step.at
            if not leg.at_end or self.opened:
                yield self._page(step, leg, leg.cursor, leg.oldest)
            else:
                yield self._page(step, leg, None, self.state.since)
                return
        yield self._page(Step(at), leg, None, self.state.since)

    def _page(self, step: Step, leg: Leg, cursor: Mapping[str, Any] | None, oldest: datetime | None) -> Page:
        return Page(
            at=step.at,
            rows=step.rows,
            cursor=cursor,
            high_water=leg.started,
            oldest=oldest,
            expected=step.expected,
            settled=self._settled(step),
            note="; ".join(filter(None, (step.note, self._incomplete_note()))) or None,
        )

    def _incomplete_note(self) -> str | None:
        if not self.incomplete:
            return None
        again = "; the next sync tries again" if self.kind.has_flag else ""
        return f"not all of {', '.join(self.incomplete[:5])} came ({len(self.incomplete)}){again}"

    # One query ---------------------------------------------------------------------------------------

    def _step(self, leg: Leg) -> Step:
        try:
            pairs, answer = self.pace.ask(lambda size: self._parts(leg, size))
        except StaleCursorError:
            leg.after, leg.pages = None, self._listed()
            for entry in self.opened:
                entry.ask_again()
            pairs, answer = self.pace.ask(lambda size: self._parts(leg, size))
        step = Step(answer.at, note=answer.note)
        # what came with the page is the newer copy of a row that was still open: it is taken last
        for asked, found in reversed(pairs):
            if asked.about is None:
                self._take_page(step, leg, found)
            else:
                entry, more = asked.about
                entry.is_gone = found is None and more.field == WHOLE and answer.note is None
                step.add(entry.take(more, found, answer.at))
                self._settle(step, entry)
        self.opened = [entry for entry in self.opened if entry.wanted]
        return step

    def _follow_up(self, leg: Leg, step: Step) -> None:
        more = self._step(replace(leg, at_end=True))
        step.add([(table, row) for table, rows in more.rows.items() for row in rows])
        for since, ids in more.completed.items():
            step.completed.setdefault(since, []).extend(ids)
        step.note = step.note or more.note

    def _parts(self, leg: Leg, size: Size) -> dict[str, Part]:
        wanted = [part(entry, more, size) for entry in self.opened for more in entry.wanted]
        parts: dict[str, Part] = {}
        room = size.units
        if not leg.at_end and sum(p.units for p in wanted) < room:
            parts["page"] = page_part(self.kind, self.scope.facts, size, leg.after)
            room -= parts["page"].units
        for index, follow_up in enumerate(wanted):
            if follow_up.units <= room or not parts:
                parts[f"more{index}"] = follow_up
                room -= follow_up.units
        return parts

    def _take_page(self, step: Step, leg: Leg, found: Any) -> None:
        listed = (found or {}).get(self.kind.field)
        if listed is None:
            raise ConnectorError(f"{self.scope.name}: its {self.kind.table} cannot be read; check the permissions")
        stop = max(filter(None, (leg.down_to, self.state.since)), default=None)
        for each in filter(None, listed["nodes"]):
            changed_at = datetime.fromisoformat(each["updatedAt"])
            if stop and changed_at < stop:
                leg.at_end = True
                break
            leg.oldest = changed_at
            self._open(step, each)
        leg.after = listed["pageInfo"]["endCursor"]
        leg.at_end = leg.at_end or not listed["pageInfo"]["hasNextPage"]
        leg.pages.take([each and each["id"] for each in listed["nodes"]], leg.after, leg.at_end)
        step.expected = listed["totalCount"] if stop is None else None

    def _open(self, step: Step, found: Mapping[str, Any]) -> None:
        self.opened = [entry for entry in self.opened if entry.node_id != found["id"]]
        entry = Opened(self.kind, found["id"], (self.scope.id, self.scope.name))
        step.add(entry.take_whole(found, step.at))
        self._settle(step, entry)
        if entry.wanted:
            step.add([(self.kind.table, entry.row)])
            self.opened.append(entry)

    def _settle(self, step: Step, entry: Opened) -> None:
        """Close a row whose lists have all come; ask once more for one that does not add up."""
        if entry.stuck and entry.tries:
            self.stuck.append(entry.stuck)
        if entry.wanted:
            return
        if entry.is_gone:
            step.gone.append(entry.node_id)
            return
        if not entry.adds_up and entry.tries == 0:
            entry.tries = 1
            entry.ask_again()
            return
        if entry.is_complete:
            step.completed.setdefault(entry.since or step.at, []).append(entry.row["id"])
        else:
            self.incomplete.append(str(entry.row.get("url", entry.node_id)))
        if not entry.row:
            return
        row = entry.row | ({"is_complete": entry.is_complete} if self.kind.has_flag else {})
        step.add([(self.kind.table, row)])

    def _settled(self, step: Step) -> list[Settled]:
        place, parent = self.kind.parent
        gone = {place: self.scope.id, "node_id": step.gone}
        return [
            Settled(table, {place: self.scope.id, parent: ids}, since)
            for since, ids in step.completed.items()
            for table in self.kind.tables
        ] + ([Settled(self.kind.table, gone, step.at)] if step.gone else [])


def pull_requests(session: "Session", scope: Scope, state: State) -> Iterator[Page]:
    """The stream of pull requests, with their reviews, comments, commits and events."""
    return Walk(session, scope, PULL_REQUESTS, state).pages()


def issues(session: "Session", scope: Scope, state: State) -> Iterator[Page]:
    """The stream of GitHub's issues, with what changed in them."""
    return Walk(session, scope, ISSUES, state).pages()


def _bound(high_water: datetime, newest: datetime | None) -> datetime:
    """What a walk must come back to: the newest change that is stored, unless it is younger than the overlap."""
    settled = high_water - OVERLAP
    return min(settled, newest) if newest else settled
