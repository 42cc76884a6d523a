"""What a team finishes by a day, and when so many issues are finished, from its own weeks."""

from dataclasses import dataclass
from datetime import date, datetime, timedelta

import numpy as np
import pandas as pd

from metrics.calendar_weeks import monday, week_of
from metrics.forecast import History, history, how_many, weeks_until, when, working_week
from metrics.model import Frame
from metrics.organisation import Organisation
from metrics.simulation import seed_of_words
from metrics.stage_windows import counted
from metrics.weeks_off import NOTHING_NOTED, weeks_off

LEVELS = (0.50, 0.85, 0.95)


@dataclass(frozen=True)
class TeamForecast:
    """The weeks that a team's forecast is drawn from; `week` is the number of the one that runs, `coming` holidays."""

    team: str
    week: int
    past: History
    coming: tuple[str, ...]

    @property
    def refusal(self) -> str:
        """Why there is no forecast; nothing where there is one."""
        return self.past.refusal

    def by(self, day: date) -> dict[float, float] | None:
        """How many issues are finished by the end of a day, at least, by level; None where nothing can be said.

        The count begins with the running week; a week that is not over by then does not count.
        """
        weeks = weeks_until(day, monday(self.week))
        at_work = weeks - sum(bool(why) for why in self.coming[: max(weeks, 0)])
        answer = how_many(at_work, self.past, self._seed) if weeks > 0 else None
        return {level: answer.at_least(level) for level in LEVELS} if answer else None

    def of(self, issues: int) -> dict[float, date | None]:
        """By when so many issues are finished, by level; None where no date is given."""
        answer = when(issues, self.past, self._seed)
        return {level: self._sunday(answer.week(level)) for level in LEVELS}

    @property
    def _seed(self) -> int:
        return seed_of_words(self.team, str(self.week))

    def _sunday(self, weeks: int | None) -> date | None:
        if weeks is None:
            return None
        return monday(self.week) + timedelta(weeks=working_week(weeks, self.coming), days=-1)


def team_forecast(
    issues: Frame, team: str, organisation: Organisation, now: datetime, noted: Frame = NOTHING_NOTED
) -> TeamForecast:
    """The forecast of a team from the complete weeks up to now; `noted` are the facts of noted holidays."""
    timezone = organisation.calendar.timezone
    rows = counted(issues, team)
    weeks = week_of(rows.loc[rows["done_at"].notna() & rows["is_tracked"], "done_at"], timezone)
    running = int(week_of(pd.Series([pd.Timestamp(now)]), timezone)[0])
    first = int(weeks.min()) if len(weeks) else running
    finished = np.bincount(weeks[weeks < running] - first, minlength=max(running - first, 0))
    holidays = weeks_off(team, first, running, organisation, noted).known()
    n = running - first
    return TeamForecast(team, running, history(finished, holidays[:n]), holidays[n:])
