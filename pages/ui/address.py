"""The address of a figure: what it is, of which place and over which time; written into links, and read from them."""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, replace
from datetime import UTC, datetime, time
from urllib.parse import urlencode

from data.errors import PlumblineError
from metrics.catalogue import INDICATORS
from metrics.model import Point, Scope

PAGE = "figure"
PLACE = ("team", "repository", "project", "epic", "part")


class AddressError(PlumblineError):
    """An address that names something that is not there, or a time that is none."""


@dataclass(frozen=True)
class Address:
    """One figure: an indicator over a half-open time in a place; by keys, never by names that are shown.

    `epic` is one row of an indicator of epics, `part` one part of a share; None: not narrowed by it.
    """

    indicator: str
    start: datetime
    end: datetime
    team: str | None = None
    repository: str | None = None
    project: str | None = None
    epic: str | None = None
    part: str | None = None
    bots: bool = False

    @classmethod
    def of(
        cls, indicator: str, scope: Scope, point: Point | None = None, epic: str | None = None, part: str | None = None
    ) -> "Address":
        """The address of an indicator over a scope, or over one period of it; of one epic or part where it is named."""
        whole = cls(indicator, scope.start, scope.end, *scope.place, epic, part, scope.bots)
        return whole.over(point) if point else whole

    @classmethod
    def read(cls, query: Mapping[str, str], usual: Scope) -> "Address":
        """The figure that a page's address names; what it leaves out is as in the usual scope.

        Raises AddressError for an indicator that is not in the catalogue, and for a time that is none.
        """
        indicator = query.get("indicator", "")
        if indicator not in INDICATORS:
            raise AddressError(f"No indicator is called “{indicator}”. The page Indicators lists all of them.")
        start, end = (_moment(query, name, other) for name, other in (("from", usual.start), ("to", usual.end)))
        if start >= end:
            raise AddressError(f"The time of this address ends ({written(end)}) before it begins ({written(start)}).")
        place = {name: query[name] for name in PLACE if query.get(name)}
        return cls(indicator, start, end, **place, bots=query.get("bots") == "true")

    @property
    def place(self) -> str:
        """The place in pairs of what it is and its key; empty for everything."""
        return " ".join(f"{name} {key}" for name, key in self._places())

    @property
    def query(self) -> dict[str, str]:
        """The words of its link."""
        time = {"from": written(self.start), "to": written(self.end)}
        return {"indicator": self.indicator} | dict(self._places()) | time | ({"bots": "true"} if self.bots else {})

    def href(self, **beside: str) -> str:
        """The link to its rows; `beside` are other filters to take along."""
        return f"{PAGE}?{urlencode(self.query | beside)}"

    def scope(self, like: Scope) -> Scope:
        """Its time and place in the calendar of another scope, in weeks."""
        where = {"team": self.team, "repository": self.repository, "project": self.project}
        return replace(like, start=self.start, end=self.end, bots=self.bots, **where)

    def over(self, point: Point) -> "Address":
        """The same over another period."""
        return replace(self, start=point.start, end=point.end)

    def values(self, point: Point) -> tuple[str, str, str, str, str, str]:
        """What a page says of the figure: indicator, place, from, to, raw value (empty when unknown) and n."""
        value = "" if point.value is None else repr(float(point.value))
        return self.indicator, self.place, written(self.start), written(self.end), value, str(point.n)

    def _places(self) -> Iterator[tuple[str, str]]:
        for name in PLACE:
            if key := getattr(self, name):
                yield name, key


def written(moment: datetime) -> str:
    """A moment as ISO writes it: the day alone where it is midnight in UTC."""
    is_day = moment.utcoffset() == UTC.utcoffset(None) and moment.time() == time()
    return moment.date().isoformat() if is_day else moment.isoformat().replace("+00:00", "Z")


def _moment(query: Mapping[str, str], name: str, usual: datetime) -> datetime:
    word = query.get(name)
    if not word:
        return usual
    try:
        moment = datetime.fromisoformat(word)
        return moment.replace(tzinfo=UTC) if moment.tzinfo is None else moment.astimezone(UTC)
    except (ValueError, OverflowError) as error:
        raise AddressError(
            f"“{word}” is no day or time: write {name}=2026-10-05 or {name}=2026-10-05T08:00Z."
        ) from error
