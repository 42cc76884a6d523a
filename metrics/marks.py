"""What people say beside a series, and what a series asks them."""

from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum

Place = tuple[str | None, str | None, str | None]


class MarkKind(StrEnum):
    """What a mark is for."""

    ANNOTATION = "annotation"  # something changed
    DECISION = "decision"  # something was decided
    TARGET = "target"  # from here on another target holds
    REBASE = "rebase"  # somebody confirms that the level moved for good
    HOLIDAY = "holiday"  # somebody says that this is no time to judge
    PUBLIC_HOLIDAY = "public_holiday"  # most working days of the week are off, by the calendar


OFF = {MarkKind.HOLIDAY, MarkKind.PUBLIC_HOLIDAY}
EXPLAINING = {MarkKind.ANNOTATION, MarkKind.DECISION, MarkKind.TARGET}


@dataclass(frozen=True)
class Mark:
    """Something said of a moment, or of the half-open time until `ends`; of one indicator, or of all.

    It names a team, a repository, a project, or none of them: then it is said of the whole organisation. `noted_at` is
    when it was said, `id` the note that says it, 0 where no note does.
    """

    kind: MarkKind
    text: str
    begins: datetime
    noted_at: datetime
    ends: datetime | None = None
    author: str = ""
    indicator: str | None = None
    team: str | None = None
    repository: str | None = None
    project: str | None = None
    id: int = 0

    def concerns(self, indicator: str, place: Place) -> bool:
        """Whether it is said of an indicator in a place (team, repository, project): what holds for all holds there.

        A level is confirmed for the one series that was looked at, and a team goes by its own calendar.
        """
        named = (self.team, self.repository, self.project)
        if self.kind is MarkKind.REBASE:
            return self.indicator == indicator and named == place
        if self.kind is MarkKind.PUBLIC_HOLIDAY:
            return self.team == place[0]
        return self.indicator in {None, indicator} and all(
            mine in {None, there} for mine, there in zip(named, place, strict=True)
        )

    def touches(self, start: datetime, end: datetime) -> bool:
        """Whether it falls into the half-open time from `start` to `end`."""
        return self.begins < end and (start < self.ends if self.ends else start <= self.begins)


@dataclass(frozen=True)
class Shift:
    """A level that seems to have moved for good, `length` points long, from the period that begins at `begins`.

    Limits stay where they are until somebody confirms it; `near` are the marks that may explain it. `side` is high or
    low; `points` says what a point is: weeks, two-week periods.
    """

    period: str
    begins: datetime
    side: str
    length: int
    points: str
    near: tuple[Mark, ...] = ()
