"""Weeks that are no weeks of work: those of public holidays, and those that somebody noted as a holiday."""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from datetime import date, timedelta
from typing import Any

import pandas as pd

from metrics.calendar_weeks import monday, start_of
from metrics.forecast import HOLIDAY
from metrics.marks import MarkKind
from metrics.model import Frame
from metrics.organisation import Organisation
from metrics.working_hours import Calendar

MOST_WORKED = 2  # so many working days off make a week one of public holidays
AHEAD = 52
COLUMNS = {"week": "int64", "team": "str", "text": "str", "noted_at": "datetime64[us, UTC]"}
FRIDAY = timedelta(days=4)
NOTHING_NOTED = pd.DataFrame(columns=list(COLUMNS)).astype(COLUMNS)


def noted_holidays(notes: Frame, organisation: Organisation) -> Frame:
    """One row per week and note that stands and says that it is a holiday, of a team or of all (team is null).

    A week is one of them when a day from Monday to Friday is. A note without an end is of the day on which it begins.
    Those of one indicator, of a repository or of a project say nothing of a team's weeks.
    """
    standing = notes[~notes["id"].isin(notes["replaces"].dropna())]
    narrow = standing[["indicator", "repository", "project"]].notna().any(axis="columns")
    said = standing[(standing["kind"] == MarkKind.HOLIDAY.value) & ~narrow].sort_values("id")
    rows = [
        (week, one["team"], one["text"], one["noted_at"])
        for one in said.to_dict("records")
        for week in _weeks(one, organisation.calendar.timezone)
    ]
    return pd.DataFrame(rows, columns=list(COLUMNS)).astype(COLUMNS)


def _weeks(note: Mapping[Any, Any], timezone: str) -> Iterator[int]:
    begins = note["noted_at"] if pd.isna(note["begins"]) else note["begins"]
    ends = begins if pd.isna(note["ends"]) else note["ends"] - pd.Timedelta(microseconds=1)
    first, last = (moment.tz_convert(timezone).date() for moment in (begins, ends))
    for week in range(_number(first), _number(last) + 1):
        if max(first, monday(week)) <= min(last, monday(week) + FRIDAY):
            yield week


def _number(day: date) -> int:
    return (day - monday(0)).days // 7


@dataclass(frozen=True)
class WeeksOff:
    """The weeks first … last and the year after it: why each is no week of work for a team; nothing where it is one."""

    first: int
    public: tuple[str, ...]
    noted: tuple[tuple[int, str, pd.Timestamp], ...] = ()

    def known(self, moment: pd.Timestamp | None = None) -> tuple[str, ...]:
        """By what was known at a moment; by all that is known now without one."""
        said = {week: text for week, text, noted_at in self.noted if moment is None or noted_at < moment}
        return tuple(said.get(self.first + place, why) for place, why in enumerate(self.public))

    def known_when(self, week: int, timezone: str) -> tuple[str, ...]:
        """By what was known when a week began."""
        return self.known(start_of(week, timezone)) if self.noted else self.public


def weeks_off(team: str, first: int, last: int, organisation: Organisation, noted: Frame = NOTHING_NOTED) -> WeeksOff:
    """The weeks off of a team; `noted` are the facts of noted holidays."""
    calendar = organisation.calendars.get(team, organisation.calendar)
    public = tuple(HOLIDAY if is_holiday_week(week, calendar) else "" for week in range(first, last + AHEAD))
    mine = noted[noted["team"].isna() | (noted["team"] == team)]
    return WeeksOff(first, public, tuple(zip(mine["week"], mine["text"], mine["noted_at"], strict=True)))


def is_holiday_week(week: int, calendar: Calendar) -> bool:
    """Whether public holidays take two working days or more of a week."""
    days = (monday(week) + timedelta(days=n) for n in calendar.weekdays)
    return sum(day in calendar.holidays for day in days) >= MOST_WORKED
