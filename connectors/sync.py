"""The sync loop: watermark → fetch → parse → upsert → record, the same for every source.

All scopes of a source reach back in time together: the walk that has come back least goes on next, so that the
last weeks of everything are there before the history of anything. Workers that share a server take one scope at a time,
first to its last weeks and then to its end. A page and the cursor behind it are one transaction.
"""

import heapq
from collections.abc import Callable, Iterator, Sequence
from concurrent.futures import ThreadPoolExecutor
from contextlib import closing, contextmanager
from dataclasses import dataclass, field, replace
from datetime import UTC, datetime, timedelta
from typing import Any

from connectors.base import Connector, ConnectorError, Page, Scope, State, Stream
from connectors.hosts import GivenUpError, Hosts
from connectors.meter import SourceMeter
from data import record
from data.errors import ConfigError, StoreError
from data.leases import Alone, LostLeaseError, Turn, Worker, shared
from data.redaction import redacted
from data.schema import COPIED
from data.store import Store

LATEST = datetime.max.replace(tzinfo=UTC)
LAST_WEEKS = timedelta(weeks=13)


@dataclass(frozen=True)
class Progress:
    """Where one walk stands: what the terminal and the coverage page show."""

    source: str
    stream: str
    scope: str
    rows: int = 0
    expected: int | None = None
    oldest: datetime | None = None
    requests: int = 0
    points: int = 0
    points_left: int | None = None
    waiting_until: datetime | None = None
    reason: str = ""
    error: str | None = None
    finished: bool = False


@dataclass
class Walk:
    """One stream on its way back through one scope."""

    scope: Scope
    stream: Stream
    pages: Iterator[Page]
    progress: Progress
    state: State
    reached: datetime = LATEST
    spent: tuple[int, int] = (0, 0)


@dataclass
class SourceSync:
    """The sync of one source: connect, then walk until nothing is left. Failures stay where they happen."""

    store: Store
    run: int
    connector: Connector
    entry: Any
    since: datetime | None
    now: Callable[[], datetime]
    pause: Callable[[datetime], None]
    tell: Callable[[Progress], None]
    hosts: Hosts
    failed: dict[tuple[str, str], Progress] = field(default_factory=dict)
    share: Alone | Worker = field(default_factory=lambda: Alone(()))
    current: Walk | None = None

    def __post_init__(self) -> None:
        self.source: str = self.entry.name
        self.meter = SourceMeter(self._wait, self.hosts)

    def run_all(self) -> list[Progress]:
        """Sync everything; the walks that failed. Raises StoreError when the store cannot be written."""
        try:
            session = self.connector.connect(self.entry, self.meter, self.store)
            scopes = list(session.scopes())
        except (StoreError, ConfigError):
            raise
        except Exception as error:  # whatever one source answers, the others are synced
            self._source_failed(_in_words(error))
            return list(self.failed.values())
        self._source_answers()
        try:
            self._take_turns(session, {scope.name: scope for scope in scopes})
        except GivenUpError as error:  # one line for all that it has; each walk goes on from its cursor next time
            self._source_failed(_in_words(error))
        return list(self.failed.values())

    def _take_turns(self, session: Any, named: dict[str, Scope]) -> None:
        self.share = shared(self.store, self.source, list(named))
        with closing(self.share.turns()) as turns:
            for turn in turns:
                self._take(turn, session, [named[name] for name in turn.scopes])

    def _take(self, turn: Turn, session: Any, scopes: Sequence[Scope]) -> None:
        down_to = -LATEST.timestamp() if turn.is_last else (self.now() - LAST_WEEKS).timestamp()
        try:
            self.share.walked(is_done=self._walk_all(session, scopes, turn.is_first, down_to))
        except LostLeaseError:  # whoever has it now goes on behind the last page that was stored
            self.current = None

    def _walk_all(self, session: Any, scopes: Sequence[Scope], is_first: bool, down_to: float) -> bool:
        """Walk back to a moment; whether all walks came to their end."""
        first, *others = self.connector.streams
        looked_up = [self._run_to_end(self._walk(session, scope, first)) for scope in scopes]
        known = [walk.scope for walk in looked_up if (first.name, walk.scope.name) not in self.failed]
        walks = (self._walk(session, scope, stream) for stream in others for scope in known)
        heap = [(-LATEST.timestamp(), i, walk) for i, walk in enumerate(walks) if is_first or walk.state.cursor]
        while heap and -heap[0][0] > down_to:
            _, index, walk = heapq.heappop(heap)
            if self._step(walk):
                heapq.heappush(heap, (-walk.reached.timestamp(), index, walk))
        return not heap

    def _walk(self, session: Any, scope: Scope, stream: Stream) -> Walk:
        saved = record.state_of(self.store, self.source, stream.name, scope.name) or {}
        names = ("cursor", "high_water", "oldest")
        state = State(since=self.since, complete=bool(saved.get("complete")), **{n: saved.get(n) for n in names})
        progress = Progress(self.source, stream.name, scope.name, expected=saved.get("expected"), oldest=state.oldest)
        if state.cursor:  # what the walk has cost before it was interrupted
            progress = replace(progress, requests=saved.get("requests") or 0, points=saved.get("points") or 0)
        return Walk(scope, stream, stream.fetch(session, scope, state), progress, state)

    def _run_to_end(self, walk: Walk) -> Walk:
        while self._step(walk):
            pass
        return walk

    def _step(self, walk: Walk) -> bool:
        """Take one page; whether there may be another."""
        self.current = walk
        before = (self.meter.requests, self.meter.points)
        try:
            page = next(walk.pages, None)
            self._charge(walk, before)
            if page is not None:
                self._store(walk, page)
                return True
            walk.progress = replace(walk.progress, finished=True)
        except (StoreError, LostLeaseError, GivenUpError):
            raise
        except Exception as error:  # whatever one repository does, the others go on
            self._charge(walk, before)
            self._failed(walk, error)
        self.tell(walk.progress)
        return False

    def _charge(self, walk: Walk, before: tuple[int, int]) -> None:
        requests, points = self.meter.requests - before[0], self.meter.points - before[1]
        walk.progress = replace(
            walk.progress,
            requests=walk.progress.requests + requests,
            points=walk.progress.points + points,
            points_left=self.meter.points_left,
        )

    def _store(self, walk: Walk, page: Page) -> None:
        copy = {"source": self.source, "seen_at": page.at}
        walk.reached = page.oldest or walk.reached
        walk.scope = page.scope or walk.scope
        walk.progress = replace(
            walk.progress,
            rows=walk.progress.rows + len(page.rows.get(walk.stream.name, ())),
            expected=page.expected or walk.progress.expected,
            oldest=page.oldest or walk.progress.oldest,
            error=page.note and redacted(page.note),
        )
        self.failed.pop((walk.stream.name, walk.scope.name), None)
        with self._writing() as connection:
            if page.scope:
                record.rename_scope(connection, self.source, page.scope.id, page.scope.name)
            for table in (name for name in COPIED if page.rows.get(name)):
                self.store.upsert(connection, table, [row | copy for row in page.rows[table]])
            for settled in page.settled:
                where = {"source": self.source, **settled.where}
                self.store.mark_gone(connection, settled.table, where, settled.seen_at)
            self._save(connection, walk, page)
            if any(page.rows.values()):
                record.rows_arrived(connection, self.run)
        self.tell(walk.progress)

    def _save(self, connection: Any, walk: Walk, page: Page) -> None:
        finished = page.cursor is None
        dates = [date for date in (walk.state.oldest, page.oldest) if date]
        walk.state = replace(
            walk.state,
            complete=walk.state.complete or (finished and self.since is None),
            high_water=page.high_water if finished and page.high_water else walk.state.high_water,
            oldest=min(dates, default=None),
        )
        facts = self._facts(walk) | {
            "cursor": page.cursor,
            "complete": walk.state.complete,
            "high_water": walk.state.high_water,
            "oldest": walk.state.oldest,
            "error": walk.progress.error,
            "waiting_until": None,
        }
        if finished or not walk.state.complete:
            facts["synced_at"] = page.high_water or page.at
        record.save_state(self.store, connection, self.source, walk.stream.tables, walk.scope.name, facts)

    @contextmanager
    def _writing(self) -> Iterator[Any]:
        with self.store.writing() as connection:
            self.share.keep(connection)
            yield connection

    def _facts(self, walk: Walk) -> dict[str, Any]:
        shown = walk.progress
        return {
            "scope_id": walk.scope.id or None,
            "expected": shown.expected,
            "requests": shown.requests,
            "points": shown.points,
            "points_left": shown.points_left,
        }

    # What goes wrong ---------------------------------------------------------------------------------

    def _failed(self, walk: Walk, error: Exception) -> None:
        words = _in_words(error)
        walk.progress = replace(walk.progress, error=words, finished=True)
        self.failed[walk.stream.name, walk.scope.name] = walk.progress
        with self._writing() as connection:
            facts = self._facts(walk) | {"error": words, "waiting_until": None}
            record.save_state(self.store, connection, self.source, walk.stream.tables, walk.scope.name, facts)

    def _source_failed(self, words: str) -> None:
        progress = Progress(self.source, self.connector.streams[0].name, record.UNKNOWN_SCOPE, error=words)
        self.failed[progress.stream, progress.scope] = progress
        with self.store.writing() as connection:
            facts = {"scope_id": None, "error": words, "waiting_until": None}
            record.save_state(self.store, connection, self.source, [progress.stream], progress.scope, facts)
        self.tell(progress)

    def _source_answers(self) -> None:
        with self.store.writing() as connection:
            record.forget(connection, self.source, record.UNKNOWN_SCOPE)

    def _wait(self, until: datetime, reason: str) -> None:
        self._show_wait(until, reason)
        self.pause(until)
        self._show_wait(None, "")

    def _show_wait(self, until: datetime | None, reason: str) -> None:
        if self.current is None:
            return
        walk = self.current
        walk.progress = replace(walk.progress, waiting_until=until, reason=reason)
        with self._writing() as connection:
            facts = {"waiting_until": until}
            record.save_state(self.store, connection, self.source, [walk.stream.name], walk.scope.name, facts)
        self.tell(walk.progress)


def _in_words(error: Exception) -> str:
    """A fault as it is told and kept."""
    return redacted(str(error) if isinstance(error, ConnectorError) else f"unexpected {type(error).__name__}: {error}")


def sync(
    store: Store,
    sources: Sequence[tuple[Connector, Any]],
    now: Callable[[], datetime],
    pause: Callable[[datetime], None],
    tell: Callable[[Progress], None] = lambda progress: None,
    since: datetime | None = None,
) -> list[Progress]:
    """Sync every source side by side; the walks that failed, each with its error.

    Raises StoreError when the store cannot be written; what was stored before is kept, and the next sync goes on.
    """
    run = record.start_run(store, now())
    hosts = Hosts()
    syncs = [SourceSync(store, run, connector, entry, since, now, pause, tell, hosts) for connector, entry in sources]
    with ThreadPoolExecutor(max_workers=max(1, len(syncs))) as pool:
        told = [progress for result in pool.map(SourceSync.run_all, syncs) for progress in result]
    # several sources of one host that is gone are one failure
    gone = {p.error: p for p in reversed(told) if p.scope == record.UNKNOWN_SCOPE}
    failed = [p for p in told if p.scope != record.UNKNOWN_SCOPE or gone[p.error] is p]
    outcome = "failed" if failed else "complete"
    record.finish_run(store, run, now(), outcome, "; ".join(f"{p.scope}: {p.error}" for p in failed) or None)
    return failed
