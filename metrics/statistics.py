"""Small-sample statistics: quantiles with intervals, rates, concentration, slopes, survival and resampled shares."""

from collections.abc import Sequence
from dataclasses import dataclass
from functools import lru_cache
from math import inf, sqrt
from typing import NamedTuple

import numpy as np
from numpy.typing import ArrayLike, NDArray

Array = NDArray[np.float64]

MEDIAN_NEEDS = 6
P85_NEEDS = 20
RATE_NEEDS = 10
MOST_DRAWN = 1_000_000  # rows drawn at once
RATE_WIDEST = 0.30
Z95 = 1.959963984540054


class Interval(NamedTuple):
    """A 95 % interval unless said otherwise, in the unit of what it surrounds."""

    low: float
    high: float

    @property
    def width(self) -> float:
        """How far apart the ends are."""
        return self.high - self.low


def known(values: ArrayLike) -> Array:
    """The values that are there, as floats in ascending order; null and NaN are no values."""
    array = np.asarray(values, dtype=np.float64).ravel()
    return np.sort(array[~np.isnan(array)])


def percentile(values: ArrayLike, share: float) -> float | None:
    """The value below which `share` (0 to 1) lies, interpolated as PERCENTILE.INC does; None without values."""
    ordered = known(values)
    return float(np.quantile(ordered, share)) if len(ordered) else None


def median(values: ArrayLike) -> float | None:
    """The middle value, or the mean of the middle two; None without values."""
    return percentile(values, 0.5)


def quantile_interval(values: ArrayLike, share: float, level: float = 0.95) -> Interval | None:
    """Two observed values that hold the true quantile with at least `level` confidence, whatever the distribution.

    None where the sample is too small to hold it: below 6 values for a median, below 19 for p85.
    """
    ordered = known(values)
    ranks = order_ranks(len(ordered), share, level)
    return Interval(float(ordered[ranks[0] - 1]), float(ordered[ranks[1] - 1])) if ranks else None


def median_interval(values: ArrayLike) -> Interval | None:
    """The 95 % order-statistic interval of the median; None below 6 values."""
    return quantile_interval(values, 0.5)


@lru_cache(maxsize=4096)
def order_ranks(n: int, share: float, level: float = 0.95) -> tuple[int, int] | None:
    """The ranks, from 1, of the two ordered values that hold the true quantile; None where n is too small for it."""
    if n < 2 or not 0 < share < 1:
        return None
    below = np.cumsum(_binomial(n, share))
    least_below, least_above = float(below[0]), float(1 - below[n - 1])
    # A quantile near an end has one tail that cannot be cut to half of the error: the other tail gets what is left.
    tail_below = max(least_below, min((1 - level) / 2, 1 - level - least_above))
    tail_above = max(least_above, min((1 - level) / 2, 1 - level - least_below))
    if tail_below + tail_above > 1 - level + 1e-12:
        return None
    low = int(np.searchsorted(below, tail_below, side="right"))
    high = int(np.searchsorted(below, 1 - tail_above, side="left")) + 1
    return low, min(high, n)


def _binomial(n: int, p: float) -> Array:
    logs = np.concatenate([[0.0], np.cumsum(np.log(np.arange(1, n + 1)))])
    k = np.arange(n + 1)
    return np.asarray(np.exp(logs[n] - logs - logs[::-1] + k * np.log(p) + (n - k) * np.log1p(-p)), dtype=np.float64)


def wilson(hits: float, n: float) -> Interval | None:
    """The 95 % Wilson interval of a rate, as fractions within [0, 1]; None when nothing was counted."""
    if n <= 0:
        return None
    p, z2 = hits / n, Z95 * Z95
    middle = (p + z2 / (2 * n)) / (1 + z2 / n)
    half = Z95 * sqrt(p * (1 - p) / n + z2 / (4 * n * n)) / (1 + z2 / n)
    return Interval(0.0 if hits == 0 else max(0.0, middle - half), 1.0 if hits == n else min(1.0, middle + half))


def rate_can_be_judged(hits: float, n: float) -> bool:
    """Whether a rate has 10 rows and an interval no wider than 0.30, so that a verdict may be drawn from it."""
    interval = wilson(hits, n)
    return interval is not None and n >= RATE_NEEDS and interval.width <= RATE_WIDEST


def gini(values: ArrayLike) -> float | None:
    """How unevenly a load is spread: 0 is even, (n - 1) / n is all on one. None where there is no load to spread."""
    ordered = known(values)
    total, n = float(ordered.sum()), len(ordered)
    if total <= 0:
        return None
    return float(2 * (np.arange(1, n + 1) * ordered).sum() / (n * total) - (n + 1) / n)


def theil_sen(values: Sequence[float | None] | ArrayLike, at: ArrayLike | None = None) -> float | None:
    """The median slope over all pairs of points, per unit of `at` (default: per step); None below two points."""
    y = np.asarray(values, dtype=np.float64)
    x = np.arange(len(y), dtype=np.float64) if at is None else np.asarray(at, dtype=np.float64)
    here = ~(np.isnan(x) | np.isnan(y))
    i, j = np.triu_indices(int(here.sum()), k=1)
    run, rise = x[here][j] - x[here][i], y[here][j] - y[here][i]
    return median(rise[run != 0] / run[run != 0])


@dataclass(frozen=True)
class Survival:
    """The Kaplan-Meier curve: after `times[i]`, the share `surviving[i]` is still open."""

    times: tuple[float, ...]
    surviving: tuple[float, ...]
    longest: float

    def at(self, time: float) -> float:
        """The share still open just after `time`."""
        index = int(np.searchsorted(self.times, time, side="right")) - 1
        return self.surviving[index] if index >= 0 else 1.0

    @property
    def median(self) -> float | None:
        """The first time at which half or fewer are open; None when more than half outlast the longest follow-up."""
        # 0.5 reached by a product of fractions may land a rounding error above it.
        return next((t for t, s in zip(self.times, self.surviving, strict=True) if s <= 0.5 + 1e-12), None)

    @property
    def words(self) -> str:
        """The median as text, or "> longest follow-up" with its length."""
        return f"> {self.longest:g}" if self.median is None else f"{self.median:g}"


def kaplan_meier(times: ArrayLike, finished: ArrayLike) -> Survival | None:
    """How long items last when some are still open: `times` so far, `finished` False where the end is not known yet."""
    lasted, ended = np.asarray(times, dtype=np.float64), np.asarray(finished, dtype=bool)
    here = ~np.isnan(lasted)
    lasted, ended = lasted[here], ended[here]
    if not len(lasted):
        return None
    events, deaths = np.unique(lasted[ended], return_counts=True)
    at_risk = len(lasted) - np.searchsorted(np.sort(lasted), events, side="left")
    surviving = np.cumprod(1 - deaths / at_risk)
    return Survival(tuple(events.tolist()), tuple(surviving.tolist()), float(lasted.max()))


def share_intervals(amounts: ArrayLike, draws: int = 1000, seed: int = 0) -> tuple[Interval, ...]:
    """The 95 % bootstrap interval of each column's share in the whole, resampling rows; empty without any amount.

    `amounts` has one row per item and one column per part. The same rows in any order give the same intervals.
    """
    table = np.asarray(amounts, dtype=np.float64)
    if table.ndim != 2 or not table.sum() > 0:
        return ()
    table = table[np.lexsort(table.T)]
    sums = _resampled_sums(table, draws, np.random.default_rng(seed))
    sums = sums[sums.sum(axis=1) > 0]
    low, high = np.quantile(sums / sums.sum(axis=1, keepdims=True), [0.025, 0.975], axis=0)
    return tuple(Interval(float(a), float(b)) for a, b in zip(low, high, strict=True))


def _resampled_sums(table: Array, draws: int, random: np.random.Generator) -> Array:
    n, at_once = len(table), max(1, MOST_DRAWN // len(table))
    return np.concatenate(
        [_drawn(n, min(at_once, draws - start), random) @ table for start in range(0, draws, at_once)]
    )


def _drawn(n: int, draws: int, random: np.random.Generator) -> Array:
    """How often each of n rows is drawn when n are drawn again and again. Shape: draws × n."""
    places = random.integers(0, n, (draws, n)) + n * np.arange(draws)[:, None]
    return np.bincount(places.ravel(), minlength=draws * n).reshape(draws, n).astype(np.float64)


def utilisation_wait(busy: float) -> float:
    """The wait in an M/M/1 queue, in service times, at utilisation `busy` (0 to 1): for help texts only."""
    return busy / (1 - busy) if busy < 1 else inf
