"""Weeks drawn from a team's history: when the open work is done, and how much is done in some weeks."""

import hashlib
from collections.abc import Iterator, Sequence
from datetime import datetime

import numpy as np
from numpy.typing import ArrayLike, NDArray

from metrics.statistics import Array

Weeks = NDArray[np.int64]

DRAWS = 10_000
LONGEST = 156  # weeks; what is not done by then is never done
NEVER = LONGEST + 1
TIDIED_AFTER = 4
TINY = 1e-9


def seed_of(scope: str, as_of: datetime) -> int:
    """The seed of a forecast: the same scope and moment give the same numbers on every machine."""
    return seed_of_words(scope, as_of.isoformat())


def seed_of_words(*words: str) -> int:
    """A seed that the same words always give."""
    return int.from_bytes(hashlib.sha256("\0".join(words).encode()).digest()[:8])


def week_draws(
    weeks: int, seed: int, draws: int = DRAWS, *, bayesian: bool = True, longest: int = LONGEST
) -> Iterator[Weeks]:
    """Week after week, for each draw, the place of the week of history (0 to `weeks` - 1) that the next week is like.

    The Bayesian bootstrap gives every draw its own weights of the weeks, as the history might have come out otherwise.
    Its weights need not be drawn: a week repeats one drawn before, each as likely as each week of the history.
    """
    random = np.random.Generator(np.random.PCG64(seed))
    place = np.arange(draws, dtype=np.int64)
    urn = np.empty((weeks + longest, draws), dtype=np.int64)
    urn[:weeks] = np.arange(weeks)[:, None]
    for turn in range(longest):
        row = random.integers(0, weeks + (turn if bayesian else 0), draws)
        chosen = np.take(urn, row * draws + place)
        urn[weeks + turn] = chosen
        yield chosen


def finish_weeks(
    remaining: ArrayLike,
    finished: ArrayLike,
    drawn: Iterator[Weeks],
    *,
    added: ArrayLike | None = None,
    shares: ArrayLike | None = None,
) -> Weeks:
    """In which week (1, 2, …) each plan is done, in every draw: one line per plan, NEVER where it is not.

    `remaining`: the open items of each plan, the first in order first served. `finished`: items finished in each week
    of the history, the capacity that all plans share. `added`: one line per plan, items added in the same weeks.
    `shares`: the part of the capacity that each plan gets while it is open; without them all goes to the first.
    """
    weekly = np.asarray(finished, dtype=np.float64)
    parts = None if shares is None else np.asarray(shares, dtype=np.float64)
    grows = None if added is None else np.asarray(added, dtype=np.float64)
    left, total, live = np.empty((0, 0)), np.empty((0, 0), dtype=np.int64), np.empty(0, dtype=np.int64)
    waits = total
    for turn, chosen in enumerate(drawn):
        if turn == 0:
            left = np.repeat(np.asarray(remaining, dtype=np.float64)[:, None], len(chosen), axis=1)
            total = waits = np.where(left > 0, 1, 0).astype(np.int64)
            live = np.arange(len(chosen))
        if turn % TIDIED_AFTER == 0:  # draws in which all is done cost nothing any more
            total[:, live] = waits
            going = left.any(axis=0)
            left, waits, live = np.compress(going, left, axis=1), np.compress(going, waits, axis=1), live[going]
        if not len(live):
            return total
        _work_a_week(left, np.take(chosen, live), weekly, grows, parts)
        waits += left > 0
    total[:, live] = np.where(left > 0, NEVER, waits)
    return total


def _work_a_week(left: Array, chosen: Weeks, weekly: Array, grows: Array | None, shares: Array | None) -> None:
    plans = [plan for plan in range(len(left)) if left[plan].any()]
    if grows is not None:
        for plan in plans:
            _grow(left[plan], np.take(grows[plan], chosen))
    capacity = np.take(weekly, chosen)
    if shares is not None and len(plans) > 1:
        _share_out(left, capacity, shares, plans)
    for plan in plans:
        taken = np.minimum(left[plan], capacity)
        left[plan] -= taken
        capacity -= taken


def _grow(left: Array, added: Array) -> None:
    """Add to what is open in each draw; what is done stays done."""
    added *= left > 0
    left += added
    np.maximum(left, 0, out=left)


def _share_out(left: Array, capacity: Array, shares: Array, plans: Sequence[int]) -> None:
    """Give each open plan its share; what it does not need is left in `capacity`, for the first in order."""
    whole = np.zeros(len(capacity))
    for plan in plans:
        whole += shares[plan] * (left[plan] > 0)
    part = capacity / np.maximum(whole, TINY)
    for plan in plans:
        given = np.minimum(left[plan], shares[plan] * part)
        left[plan] -= given
        capacity -= given
        left[plan][left[plan] < TINY] = 0  # what floats leave over is no item
    np.maximum(capacity, 0, out=capacity)


def finished_within(weeks: int, finished: ArrayLike, drawn: Iterator[Weeks]) -> Array:
    """How many items are finished in so many weeks, in every draw."""
    capacity = np.asarray(finished, dtype=np.float64)
    total: Array = np.sum([np.take(capacity, next(drawn)) for _ in range(weeks)] or [np.zeros(1)], axis=0)
    return total


def quantile(values: ArrayLike, level: float) -> float:
    """The smallest value that at least `level` of the draws do not exceed."""
    return float(np.quantile(np.asarray(values, dtype=np.float64), level, method="inverted_cdf"))


def at_least(totals: ArrayLike, level: float) -> float:
    """The number that is reached or exceeded with at least that probability: the lower side of the totals."""
    return quantile(totals, 1 - level)
