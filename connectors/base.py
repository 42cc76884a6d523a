"""What a connector is: a declaration of streams, and what passes between it and the one sync loop.

A connector folder exposes CONNECTOR. Its streams fetch whole pages of rows; the loop (sync.py) does the rest:
it stores a page and the cursor behind it in one transaction, resumes, isolates failures, and records progress.
"""

from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from typing import TYPE_CHECKING, Any, Protocol

from data.errors import PlumblineError

if TYPE_CHECKING:
    from data.config import Config
    from data.store import Row, Store

Cursor = Mapping[str, Any]
EMPTY: Mapping[str, Any] = {}


class ConnectorError(PlumblineError):
    """A source cannot be read; its text is one line that says what, where and what to do."""

    exit_code = 1


class AuthError(ConnectorError):
    """The source refuses the credentials: nothing of it can be read."""


class Missing(ConnectorError):
    """A repository or project is not there, or not for these credentials: the others can still be read."""


@dataclass(frozen=True)
class Scope:
    """What a stream is synced by: one repository, or one project.

    `id` is the vendor's immutable id ("" while it is not known yet), `name` what people call it now, `facts` what the
    connector wants to keep at hand. The first stream of a connector looks the scope up and may put a better one in
    its place (Page.scope): the id of one that only had a name, the new name of one that was renamed.
    """

    id: str
    name: str
    facts: Mapping[str, Any] = field(default_factory=dict)


@dataclass(frozen=True)
class State:
    """How far a stream has come in a scope.

    `cursor` resumes an interrupted walk (None: no walk under way). `high_water`: everything that changed before it
    is stored (None: never walked to the end). `since`: do not go further back than this, if given.
    """

    cursor: Cursor | None = None
    high_water: datetime | None = None
    since: datetime | None = None
    complete: bool = False
    oldest: datetime | None = None


@dataclass(frozen=True)
class Settled:
    """Children of these parents are complete in this walk: those of them not seen since `seen_at` are gone upstream.

    `where` names columns of `table` and their values; a list of values means any of them.
    """

    table: str
    where: Mapping[str, Any]
    seen_at: datetime


@dataclass(frozen=True)
class Page:
    """One step of a walk, stored whole or not at all.

    `rows`: table → rows, without `source` and `seen_at`, which the loop adds (`at`, the source's own clock).
    `cursor`: where to go on after this page; None: the walk is at its end, and `high_water` holds from now on.
    `oldest`: the date that the walk has come back to; None: no date yet, or (at the end) all of it.
    `high_water` on any page is the source's time at which this walk began.
    """

    at: datetime
    rows: "Mapping[str, Sequence[Row]]" = field(default_factory=dict)
    cursor: Cursor | None = None
    high_water: datetime | None = None
    oldest: datetime | None = None
    expected: int | None = None
    settled: Sequence[Settled] = ()
    scope: Scope | None = None  # from the first stream only: the scope as the source knows it
    note: str | None = None  # something is amiss, though the walk goes on; shown as the stream's error


class Meter(Protocol):
    """Where a client reports what it costs, and where it waits."""

    def spent(self, requests: int = 0, points: int = 0, points_left: int | None = None) -> None:
        """Count requests and points, and what is left of the source's quota."""

    def wait(self, until: datetime, reason: str) -> None:
        """Wait until then, visibly: a state with an end, on the terminal and on the coverage page."""


class Session(Protocol):
    """A connection to one source; made by Connector.connect, used by its streams."""

    def scopes(self) -> Iterable[Scope]:
        """The repositories or projects to read. Raises AuthError, ConnectorError."""


@dataclass(frozen=True)
class Finding:
    """One line of `connectors check`."""

    ok: bool
    subject: str
    text: str
    severity: str = ""  # "", "warning"


@dataclass(frozen=True)
class Stream:
    """One walk over a scope. `name` is its main table, `fills` every table that its pages may hold."""

    name: str
    fetch: Callable[[Any, Scope, State], Iterator[Page]]
    fills: tuple[str, ...] = ()

    @property
    def tables(self) -> tuple[str, ...]:
        """The main table first."""
        return (self.name, *self.fills)


@dataclass(frozen=True)
class Connector:
    """A kind of source. `settings` finds its entries in the configuration; each is one source with its own name."""

    name: str
    title: str
    settings: "Callable[[Config], Sequence[Any]]"  # entries; each has .name
    connect: "Callable[[Any, Meter, Store], Session]"  # raises AuthError, ConnectorError
    streams: tuple[Stream, ...]
    check: "Callable[[Any, Config], Iterator[Finding]]"
