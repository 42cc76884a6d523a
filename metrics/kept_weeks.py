"""The weeks of an indicator in a place as they were reckoned beforehand, with the totals that screens ask for."""

import json
import zlib
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import datetime, timedelta
from functools import cached_property, lru_cache
from itertools import zip_longest
from typing import Any

from metrics.evidence import Behind, OfRows
from metrics.ledger import EPOCH, MICROSECOND
from metrics.model import Grain, Observations, Reason, Scope, Summary
from metrics.periods import Period, floor, last_complete_weeks, local_day, periods, start_of_day
from metrics.summaries import Figure

TOTALS = (4, 13, 26, 52, 78)  # complete weeks, the last ones; each also with the running week behind it
BEFORE = timedelta(weeks=4)  # the four weeks before the last four are summed up too
MOST_WEEKS = 1500
TOTAL = "total"
NOTHING = Figure()


@dataclass(frozen=True)
class Calendar:
    """How weeks are cut, the end of the last one that was over, and the moment at which that was so."""

    timezone: str
    week_starts: str
    until: datetime
    now: datetime

    @classmethod
    def at(cls, now: datetime, timezone: str, week_starts: str) -> "Calendar":
        """The calendar of a moment."""
        return cls(timezone, week_starts, last_complete_weeks(now, 1, timezone, week_starts).end, now)

    @cached_property
    def scope(self) -> Scope:
        """The last complete week, of everything."""
        return last_complete_weeks(self.now, 1, self.timezone, self.week_starts)

    @cached_property
    def running_ends(self) -> datetime:
        """The end of the week that runs."""
        return last_complete_weeks(self.until + timedelta(days=10), 1, self.timezone, self.week_starts).end

    def is_of(self, scope: Scope) -> bool:
        """Whether a scope cuts its weeks alike."""
        return (scope.timezone, scope.week_starts) == (self.timezone, self.week_starts)

    def week(self, moment: datetime) -> int:
        """The number of the week that holds a moment."""
        return floor(local_day(moment, self.scope), Grain.WEEK, self.week_starts).toordinal() // 7

    @cached_property
    def totals(self) -> tuple[Scope, ...]:
        """The scopes whose totals are kept, in the order of their ends."""
        whole = [last_complete_weeks(self.now, weeks, self.timezone, self.week_starts) for weeks in TOTALS]
        before = replace(whole[0], start=whole[0].start - BEFORE, end=whole[0].end - BEFORE)
        return (before, *whole, *(replace(one, end=self.running_ends) for one in whole))


def packed(evidence: OfRows, calendar: Calendar) -> bytes:
    """Everything that is kept of an indicator in a place."""
    first = evidence.first
    cut = weeks_since(first, calendar) if first else ()
    scope = replace(calendar.scope, end=calendar.running_ends)
    parts = (None, *evidence.parts)
    said = {
        "first": _tick(first) if first else None,
        "from": calendar.week(first) if first and cut else None,
        "facts": evidence.facts,
        "badge": evidence.badge,
        "without": evidence.without,
        "parts": evidence.parts,
        "weeks": {part or "": _columns(evidence.figures(cut, scope, part)) for part in parts if cut},
        "totals": _totals(evidence, calendar.totals, parts),
    }
    return zlib.compress(json.dumps(said, separators=(",", ":")).encode(), 1)


def weeks_since(first: datetime, calendar: Calendar) -> tuple[Period, ...]:
    """Every week from that of the first row to the one that runs; none where they are too many to be kept."""
    day = floor(local_day(first, calendar.scope), Grain.WEEK, calendar.week_starts)
    start, end = start_of_day(day, calendar.scope), calendar.running_ends
    if start >= end or (end - start) > timedelta(weeks=MOST_WEEKS):
        return ()
    return periods(replace(calendar.scope, start=start, end=end))


def _totals(evidence: OfRows, scopes: Sequence[Scope], parts: Sequence[str | None]) -> dict[str, Any]:
    cut = [Period(TOTAL, one.start, one.end) for one in scopes]
    at_once = [cut] if evidence.indicator.summary is not Summary.WINDOW else [[one] for one in cut]
    found = {part or "": [one for some in at_once for one in evidence.figures(some, scopes[0], part)] for part in parts}
    return {
        _span(scope): [{part: figures[place] for part, figures in found.items()}, *evidence.behind(scope)]
        for place, scope in enumerate(scopes)
    }


def _span(scope: Scope) -> str:
    return f"{_tick(scope.start)} {_tick(scope.end)}"


def _columns(found: Sequence[Figure]) -> list[Sequence[Any]]:
    """Figures column by column, without those at the end that say nothing."""
    columns: list[Sequence[Any]] = list(zip(*found, strict=True))
    while not any(value is not None for value in columns[-1]):
        columns.pop()
    return columns


def _figures(columns: Sequence[Sequence[Any]], first: int, last: int) -> list[Figure]:
    """The figures of some places."""
    lines = zip_longest(*(column[first:last] for column in columns))
    if len(columns) < len(Figure._fields):
        return [Figure(*line) for line in lines]
    return [_figure(line) for line in lines]


def _figure(line: Sequence[Any]) -> Figure:
    return Figure(*line)._replace(reason=Reason(line[5])) if line[5] else Figure(*line)


@lru_cache(maxsize=64)
def _unpacked(content: bytes) -> Mapping[str, Any]:
    """What was kept; results hold on to their evidence, so it is not held unpacked for all of them."""
    found: Mapping[str, Any] = json.loads(zlib.decompress(content))
    return found


@dataclass(frozen=True)
class OfWeeks:
    """Evidence from what was kept; what is asked beyond it is reckoned from the rows of that time.

    `rows` gives the evidence of the rows of a half-open time: those observed by its end and not over before it begins.
    """

    content: bytes
    calendar: Calendar
    rows: Callable[[datetime, datetime], OfRows]

    @property
    def said(self) -> Mapping[str, Any]:
        """What was kept."""
        return _unpacked(self.content)

    @property
    def facts(self) -> tuple[str, ...]:
        """The facts that the rows were taken from."""
        return tuple(self.said["facts"])

    @property
    def badge(self) -> str:
        """What the rows were taken from."""
        return str(self.said["badge"])

    @property
    def without(self) -> Reason | None:
        """Why none counts."""
        return Reason(self.said["without"]) if self.said["without"] else None

    @property
    def parts(self) -> tuple[str, ...]:
        """The parts that the rows belong to, by name."""
        return tuple(self.said["parts"])

    @property
    def first(self) -> datetime | None:
        """When the first row was observed."""
        at = self.said["first"]
        return None if at is None else EPOCH + at * MICROSECOND

    def figures(self, cut: Sequence[Period], scope: Scope, part: str | None = None) -> Sequence[Figure]:
        """What the rows of each period add up to."""
        if cut[0].label == TOTAL:
            found = self._kept(replace(scope, start=cut[0].start, end=cut[0].end))
            known: Sequence[Figure] = [_figure(found[0][part or ""])] if found else []
        else:
            known = self._weeks(cut, scope, part)
        return known or self.rows(cut[0].start, cut[-1].end).figures(cut, scope, part)

    def behind(self, scope: Scope) -> Behind:
        """How many rows there are."""
        found = self._kept(scope)
        return Behind(found[1], found[2]) if found else self.rows(scope.start, scope.end).behind(scope)

    def listed(self, scope: Scope) -> Observations:
        """The rows behind the scope's total."""
        return self.rows(scope.start, scope.end).listed(scope)

    def between(self, start: datetime, end: datetime) -> Observations:
        """The rows of a half-open time."""
        return self.rows(start, end).between(start, end)

    def _is_over(self, scope: Scope) -> bool:
        """Whether the week that ran has come to its end since."""
        return scope.now >= self.calendar.running_ends

    def _kept(self, scope: Scope) -> Sequence[Any] | None:
        """A total, unless another week is over since."""
        if scope.end > self.calendar.until and self._is_over(scope):
            return None
        found: Sequence[Any] | None = self.said["totals"].get(_span(scope))
        return found

    def _weeks(self, cut: Sequence[Period], scope: Scope, part: str | None) -> Sequence[Figure]:
        """The figures of adjoining weeks; none where one is not kept, or is cut elsewhere than where it runs."""
        weeks: Sequence[Sequence[Any]] | None = self.said["weeks"].get(part or "")
        first, last = cut[0], cut[-1]
        if weeks is None or scope.grain is not Grain.WEEK or not self.calendar.is_of(scope):
            return ()
        begins = start_of_day(floor(local_day(first.start, scope), Grain.WEEK, scope.week_starts), scope)
        if begins != first.start or last.start > self.calendar.until:
            return ()
        if last.start == self.calendar.until:  # the week that runs
            if self._is_over(scope):
                return ()
        elif last.cut:
            return ()
        place = self.calendar.week(first.start) - self.said["from"]
        kept = _figures(weeks, max(place, 0), max(place + len(cut), 0))
        return [NOTHING] * (len(cut) - len(kept)) + kept


def _tick(moment: datetime) -> int:
    return (moment - EPOCH) // MICROSECOND
