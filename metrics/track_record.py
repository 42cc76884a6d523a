"""How often forecasts came true: hits against the band that chance allows, and what to trust instead."""

from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass
from itertools import accumulate
from math import exp, lgamma, log

import numpy as np
from numpy.typing import ArrayLike

from metrics.forecast import history, how_many
from metrics.simulation import DRAWS, Weeks, seed_of_words
from metrics.statistics import Array, Interval

LEVEL = 0.85
BAND = 0.90
RECALIBRATED_FROM = 12
HORIZON = 4
NAIVE_WEEKS = 13
SURELY = 0.999


@dataclass(frozen=True)
class Scored:
    """A forecast whose outcome is known: made when `origin` weeks had passed, of the weeks after it.

    `needed` is the lowest level (0 to 1) at which the forecast would have held; the losses are the pinball losses of
    the forecast and of the naive one.
    """

    origin: int
    promised: float
    actual: float
    needed: float
    loss: float
    naive_loss: float

    @property
    def hit(self) -> bool:
        """Whether what was promised with 85 % came true."""
        return self.needed <= LEVEL


def back_test(
    finished: Mapping[int, ArrayLike],
    scope: str,
    holidays: Callable[[int], Sequence[str]] = lambda origin: (),
    horizon: int = HORIZON,
    draws: int = DRAWS,
) -> tuple[Scored, ...]:
    """Score "at least so many items in the next weeks" from every origin whose outcome is known.

    `finished`: the weekly counts as they were known when so many weeks had passed, every `horizon` weeks, so that no
    two forecasts overlap. A forecast sees no count but those known at its origin. `holidays` gives what was known then
    of the weeks before and after: why each is no week of work, nothing where it is one.
    """
    origins = [weeks for weeks in finished if weeks + horizon in finished]
    scored = (_score(finished, origin, horizon, holidays(origin), f"{scope} {origin}", draws) for origin in origins)
    return tuple(one for one in scored if one is not None)


def _score(
    finished: Mapping[int, ArrayLike], origin: int, horizon: int, holidays: Sequence[str], scope: str, draws: int
) -> Scored | None:
    known = np.asarray(finished[origin], dtype=np.float64)
    came = float(np.asarray(finished[origin + horizon])[origin:].sum())
    at_work = horizon - sum(bool(why) for why in holidays[origin : origin + horizon])
    answer = how_many(at_work, history(known, holidays[:origin]), seed_of_words(scope), draws)
    if answer is None:
        return None
    promised, naive = answer.at_least(LEVEL), float(np.mean(known[-NAIVE_WEEKS:])) * horizon
    return Scored(
        origin,
        promised,
        came,
        needed=needed_for(answer.totals, came),
        loss=pinball(promised, came, 1 - LEVEL),
        naive_loss=pinball(naive, came, 1 - LEVEL),
    )


def needed_for(totals: Array, actual: float) -> float:
    """The lowest level at which "at least so many" would have held, given how many there were."""
    return float((totals > actual).mean())


def needed_until(weeks: Weeks, actual: float) -> float:
    """The lowest level at which "done within so many weeks" would have held, given how many it took."""
    return float((weeks < actual).mean())


def pinball(forecast: float, actual: float, level: float) -> float:
    """How far a forecast of a quantile was off, with the two sides weighed as the quantile asks; 0 is perfect."""
    off = actual - forecast
    return max(level * off, (level - 1) * off)


@dataclass(frozen=True)
class TrackRecord:
    """The levels that past forecasts would have needed, and what they say of an 85 % forecast.

    `told`: how many of them are what was really told; the others are rebuilt from what was known on their day.
    """

    needed: tuple[float, ...]
    told: int = 0

    @property
    def n(self) -> int:
        """How many forecasts were scored."""
        return len(self.needed)

    @property
    def hits(self) -> int:
        """How many of them came true."""
        return sum(1 for level in self.needed if level <= LEVEL)

    @property
    def band(self) -> Interval:
        """From how many to how many hits chance allows nine times in ten, if the 85 % are right."""
        return hits_by_chance(self.n)

    @property
    def is_enough(self) -> bool:
        """Whether there are enough to judge by."""
        return self.n >= RECALIBRATED_FROM

    @property
    def holds(self) -> bool | None:
        """Whether the hits lie inside their band; None where there are too few to say."""
        return bool(self.band.low <= self.hits <= self.band.high) if self.is_enough else None

    @property
    def level(self) -> float:
        """The level to ask for so that 85 % come true: another than 85 % only where the record does not hold."""
        if self.holds is not False:
            return LEVEL
        return min(SURELY, float(np.quantile(self.needed, LEVEL, method="inverted_cdf")))

    @property
    def words(self) -> str:
        """The record in a sentence."""
        if not self.n:
            return "No 85 % forecast has had its outcome yet."
        low, high = (int(end) for end in self.band)
        said = f"85 % forecasts came true {self.hits} of {self.n} times"
        if not self.is_enough:
            return f"{said}: too few to judge, {RECALIBRATED_FROM} are needed."
        if self.holds:
            return f"{said}; {low} to {high} are to be expected."
        return f"{said}, where {low} to {high} are to be expected."

    @property
    def basis(self) -> str:
        """What the record was made from."""
        if not self.told:
            return "Every one is rebuilt from what was known on its day; none that was shown has had its outcome yet."
        rest = f"; {self.n - self.told} are rebuilt from what was known on their day" if self.n > self.told else ""
        return f"{self.told} of them as they were told{rest}."


def record_of(needed: Iterable[float], told: int = 0) -> TrackRecord:
    """The record of forecasts by the levels that they needed; unknown ones are skipped."""
    return TrackRecord(tuple(level for level in needed if not np.isnan(level)), told)


def hits_by_chance(n: int, level: float = LEVEL, band: float = BAND) -> Interval:
    """The binomial band: between which numbers of hits out of n lies with that probability, each tail cut alike."""
    shares = [_chance(k, n, level) for k in range(n + 1)]
    below, tail = list(accumulate(shares)), (1 - band) / 2
    low = next(k for k, share in enumerate(below) if share >= tail)
    high = next((k for k, share in enumerate(below) if share >= 1 - tail), n)
    return Interval(float(low), float(high))


def _chance(k: int, n: int, level: float) -> float:
    """The chance of k hits out of n; by logarithms, since thousands of forecasts make numbers that no float holds."""
    ways = lgamma(n + 1) - lgamma(k + 1) - lgamma(n - k + 1)
    return exp(ways + k * log(level) + (n - k) * log(1 - level))
