"""All open epics of a team on one capacity: no two of them are promised the same week."""

from collections.abc import Sequence
from dataclasses import dataclass, replace

import numpy as np

from metrics.forecast import MOST_WEEKS, NO_WORK, Forecast, History, history, judged, refused, working_week
from metrics.simulation import DRAWS, LONGEST, NEVER, Weeks, finish_weeks, week_draws
from metrics.statistics import Array

SET_ASIDE = "set aside"


@dataclass(frozen=True)
class Plan:
    """The open items of an epic, how many were added in each week of the team's history, whether it was begun."""

    key: str
    remaining: float
    added: tuple[float, ...] = ()
    begun: bool = True


@dataclass(frozen=True)
class Capacity:
    """What a team finished in each complete week, oldest first, and why some weeks are no weeks of work.

    `holidays` says so of the same weeks, `coming` of the weeks ahead; nothing where a week is one of work.
    """

    finished: tuple[float, ...]
    holidays: tuple[str, ...] = ()
    coming: tuple[str, ...] = ()

    @property
    def history(self) -> History:
        """The weeks that speak for the coming ones."""
        return self.past()

    def past(self, most: int = MOST_WEEKS, without: Sequence[int] = ()) -> History:
        """The same from so many of the last weeks, with some (their places) set aside as those of holidays are."""
        aside = set(without)
        holidays = self.holidays or ("",) * len(self.finished)
        return history(self.finished, [SET_ASIDE if n in aside else why for n, why in enumerate(holidays)], most)


@dataclass(frozen=True)
class Change:
    """What if: another order (keys, the rest behind them), capacity or scope (1.1: a tenth more), growth.

    Or another history: `weeks`, how many of the last ones, and `without`, the places of those that are set aside.
    """

    order: tuple[str, ...] = ()
    capacity: float = 1.0
    scope: float = 1.0
    growth: float = 1.0
    weeks: int = MOST_WEEKS
    without: tuple[int, ...] = ()


AS_PLANNED = Change()


def joint_forecast(
    plans: Sequence[Plan],
    capacity: Capacity,
    seed: int,
    *,
    change: Change = AS_PLANNED,
    in_order: bool = False,
    draws: int = DRAWS,
    longest: int = LONGEST,
) -> dict[str, Forecast]:
    """The forecast of each plan by its key, in calendar weeks from now; one draw of weeks serves all plans.

    `plans` come in order of priority. Those begun share a week evenly, and what one of them does not need goes to the
    first that is open, begun or not. `in_order`: the first takes what it needs of a week, the next what is left.
    """
    past = capacity.past(change.weeks, change.without)
    asked = _asked(plans, change)
    working = [plan for plan in asked if plan.remaining > 0]
    answers = {plan.key: refused(past.refusal or NO_WORK) for plan in asked}
    if past.refusal or not working:
        return answers
    grows = np.array([_chosen(plan.added, past) for plan in working]) * change.growth
    weeks = finish_weeks(
        [plan.remaining for plan in working],
        np.array(past.finished) * change.capacity,
        week_draws(len(past.chosen), seed, draws, longest=longest),
        added=grows if grows.any() else None,
        shares=None if in_order else [float(plan.begun) for plan in working],
    )
    weeks = _in_calendar(weeks, capacity.coming)
    found = {plan.key: judged(weeks[i], bool((grows > 0).any())) for i, plan in enumerate(working)}
    return answers | found


def _asked(plans: Sequence[Plan], change: Change) -> list[Plan]:
    turn = {key: place for place, key in enumerate(change.order)}
    ordered = sorted(plans, key=lambda plan: turn.get(plan.key, len(turn)))
    return [replace(plan, remaining=plan.remaining * change.scope) for plan in ordered]


def _chosen(added: Sequence[float], past: History) -> Array:
    weeks = np.asarray(added, dtype=np.float64)
    return weeks[list(past.chosen)] if len(weeks) else np.zeros(len(past.chosen))


def _in_calendar(weeks: Weeks, coming: Sequence[str]) -> Weeks:
    """Weeks of work as weeks of the calendar; NEVER stays."""
    table = np.array([0, *(working_week(ahead, coming) for ahead in range(1, NEVER)), NEVER])
    return np.asarray(np.minimum(table[weeks], NEVER), dtype=np.int64)
