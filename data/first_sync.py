"""What a first sync still has to bring: rows, requests, points and hours until the last weeks, a year, all is there."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta

from data.record import StreamStatus

SCOPES = ("repositories", "projects")
REACHES = (("the last 13 weeks", timedelta(weeks=13)), ("12 months", timedelta(days=365)), ("all history", None))
REQUESTS_A_ROW, POINTS_A_ROW = 0.07, 0.1  # until something was measured
SECONDS_A_REQUEST = 2.0  # of GitHub's GraphQL, one after another
POINTS_AN_HOUR = 5000


@dataclass(frozen=True)
class Milestone:
    """What is on the screens next, and what it takes from now: hours are those of one token."""

    reach: str
    rows: int
    requests: int
    points: int
    hours: float


def first_sync(status: Sequence[StreamStatus], now: datetime) -> tuple[Milestone, ...]:
    """The milestones of a first sync, nearest first, from what it has brought and cost so far; () when none is left.

    A repository that has not been walked yet is taken to be like the mean of those that have.
    """
    walks = [line for line in status if line.expected is not None and line.stream not in SCOPES]
    requests, points = _price(walks)
    left = min((line.points_left for line in walks if line.points_left is not None), default=0)
    reached = []
    for reach, span in REACHES:
        rows = _rows_to_go(status, walks, now, span)
        if round(rows):
            waiting = max(0.0, rows * points - left) / POINTS_AN_HOUR
            hours = max(rows * requests * SECONDS_A_REQUEST / 3600, waiting)
            reached.append(Milestone(reach, round(rows), round(rows * requests), round(rows * points), hours))
    return tuple(reached)


def _price(walks: Sequence[StreamStatus]) -> tuple[float, float]:
    """Requests and points that a row costs."""
    measured = [line for line in walks if line.rows and line.requests and not _has_ended(line)]
    rows = sum(line.rows for line in measured)
    if not rows:
        return REQUESTS_A_ROW, POINTS_A_ROW
    return sum(line.requests for line in measured) / rows, sum(line.points for line in measured) / rows


def _rows_to_go(
    status: Sequence[StreamStatus], walks: Sequence[StreamStatus], now: datetime, span: timedelta | None
) -> float:
    to_go = 0.0
    for source, stream in {(line.source, line.stream) for line in walks if not _has_ended(line)}:
        mine = [line for line in walks if (line.source, line.stream) == (source, stream)]
        begun = [line for line in mine if line.oldest or _has_ended(line)]
        tried = {line.scope for line in status if (line.source, line.stream) == (source, stream)}
        there = {line.scope for line in status if line.source == source and line.stream in SCOPES and not line.error}
        unknown = len(mine) - len(begun) + len(there - tried)
        whole = sum(_rows_within(line, now, span) for line in begun)
        to_go += sum(max(0.0, _rows_within(line, now, span) - line.rows) for line in begun)
        to_go += unknown * whole / len(begun) if begun else sum(line.expected or 0 for line in mine)
    return to_go


def _has_ended(line: StreamStatus) -> bool:
    """Whether a walk came to its end: of everything, or of what --since asked for."""
    return line.complete or (line.cursor is None and line.synced_at is not None)


def _rows_within(line: StreamStatus, now: datetime, span: timedelta | None) -> float:
    """How many rows a walk will have when it has come back so far, going by how dense they are so far."""
    if _has_ended(line):
        return line.rows
    total = max(line.expected or 0, line.rows)
    if span is None or line.oldest is None or now <= line.oldest:
        return total
    return min(line.rows * span / (now - line.oldest), total)
