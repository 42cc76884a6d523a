"""When open work is done and how much by a date, from a team's own weeks; or why no date is given."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date

import numpy as np
from numpy.typing import ArrayLike

from metrics.scales import Kind
from metrics.signals import judge
from metrics.simulation import DRAWS, NEVER, Weeks, at_least, finish_weeks, finished_within, quantile, week_draws
from metrics.statistics import Array

LEAST_WEEKS, MOST_WEEKS = 8, 26
MOST_NEVER = 0.05
OUTRUNS = 1.2
HOLIDAY = "public holidays"
NO_WORK = "no open items"
OUTGROWN = "no credible date: scope grows as fast as delivery"
TOO_SLOW = "no credible date within three years"


@dataclass(frozen=True)
class History:
    """The weeks that a forecast draws from: `chosen` are their places among all weeks that were looked at.

    `left_out` says of each week that was passed over why; `shifted` that the pace changed and only the weeks since
    then are used.
    """

    chosen: tuple[int, ...]
    finished: tuple[float, ...]
    left_out: tuple[tuple[int, str], ...] = ()
    shifted: bool = False

    @property
    def refusal(self) -> str:
        """Why nothing can be forecast from it; nothing where it can."""
        if len(self.chosen) < LEAST_WEEKS:
            return f"too short a history: {len(self.chosen)} complete weeks, {LEAST_WEEKS} are needed"
        return "" if any(self.finished) else f"nothing was finished in the last {len(self.chosen)} weeks"


def history(finished: ArrayLike, holidays: Sequence[str] = (), most: int = MOST_WEEKS) -> History:
    """The last 26 weeks, or as many as asked for, that speak for the coming ones; those with nothing done are kept.

    `finished`: items per complete week, oldest first, from the first week with any. `holidays` says of each why it is
    no week of work, nothing where it is one: such weeks are left out and listed with the reason. Where the pace has
    shifted for good, the weeks before the shift are left out.
    """
    counts = np.asarray(finished, dtype=np.float64)
    quiet = np.array([bool(why) for why in holidays] or [False] * len(counts), dtype=bool)
    begun = int(np.argmax(counts > 0)) if counts.any() else 0
    usable = np.flatnonzero(~quiet & (np.arange(len(counts)) >= begun))
    since = _shift(counts[usable])
    chosen = usable[max(since, len(usable) - most) :]
    passed = np.flatnonzero(quiet & (np.arange(len(counts)) > (chosen[0] if len(chosen) else len(counts))))
    return History(
        tuple(chosen.tolist()),
        tuple(counts[chosen].tolist()),
        tuple((int(week), holidays[int(week)]) for week in passed),
        shifted=since > len(usable) - most and since > 0,
    )


def _shift(counts: Array) -> int:
    """The place at which a lasting shift of the pace began; 0 without one."""
    found = judge(counts.tolist(), Kind.COUNT, ladder=(1,)).suggestion
    return found.index if found and len(counts) - found.index >= LEAST_WEEKS else 0


@dataclass(frozen=True)
class Forecast:
    """In how many weeks something is done, in every draw; `refusal` says why there is no date."""

    weeks: Weeks
    refusal: str = ""

    def week(self, level: float) -> int | None:
        """The number of weeks within which it is done with that probability; None where no date is given."""
        if self.refusal or not len(self.weeks):
            return None
        reached = int(quantile(self.weeks, level))
        return reached if reached < NEVER else None

    def within(self, weeks: float) -> float | None:
        """The probability (0 to 1) that it is done within so many weeks; None where there is no forecast at all.

        Where no credible date exists the probability of an early one is still known.
        """
        return float((self.weeks <= weeks).mean()) if len(self.weeks) else None


def refused(reason: str) -> Forecast:
    """A forecast that was not made, and why."""
    return Forecast(np.empty(0, dtype=np.int64), reason)


def judged(weeks: Weeks, grows: bool) -> Forecast:
    """The forecast of some draws; with its refusal where more than 5 % of them never end."""
    hopeless = float((weeks >= NEVER).mean()) > MOST_NEVER
    return Forecast(weeks, (OUTGROWN if grows else TOO_SLOW) if hopeless else "")


def when(remaining: float, past: History, seed: int, added: ArrayLike | None = None, draws: int = DRAWS) -> Forecast:
    """When so many items are done by a team that does nothing else.

    `added`: items added in the weeks of the history, drawn together with what was finished in them.
    """
    if past.refusal or remaining <= 0:
        return refused(past.refusal or NO_WORK)
    grows = None if added is None else np.asarray(added, dtype=np.float64)[None, :]
    drawn = week_draws(len(past.chosen), seed, draws)
    weeks = finish_weeks([remaining], past.finished, drawn, added=grows)[0]
    return judged(weeks, grows is not None and bool((grows > 0).any()))


@dataclass(frozen=True)
class HowMany:
    """How many items are finished within some weeks, in every draw."""

    totals: Array

    def at_least(self, level: float) -> float:
        """The number that is reached with that probability."""
        return at_least(self.totals, level)


def how_many(weeks: int, past: History, seed: int, draws: int = DRAWS) -> HowMany | None:
    """How many items a team finishes in so many weeks; None where its history says nothing (see its refusal)."""
    if past.refusal:
        return None
    return HowMany(finished_within(weeks, past.finished, week_draws(len(past.chosen), seed, draws)))


def outrun(finished: ArrayLike, added: ArrayLike) -> bool:
    """Whether scope outruns delivery: more than 1.2 times as many items came in as were finished."""
    return float(np.sum(added)) > OUTRUNS * float(np.sum(finished))


def working_week(ahead: int, holidays: Sequence[str]) -> int:
    """The calendar week, counted from now, in which the so-many-th week of work ends; `holidays`: the coming weeks."""
    at_work = [week for week, why in enumerate(holidays, start=1) if not why]
    beyond = ahead - len(at_work)
    return at_work[ahead - 1] if beyond <= 0 else len(holidays) + beyond


def weeks_until(day: date, monday: date) -> int:
    """How many weeks, counted from a Monday, end on the day or before it; below 0 for a day that has passed."""
    return ((day - monday).days + 1) // 7
