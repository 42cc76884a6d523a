"""The scale on which a series is judged: logarithms for durations, roots for small counts, pooling for rare events."""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from enum import StrEnum
from math import exp, inf

import numpy as np

from metrics.statistics import Array

BASELINE_MOST, BASELINE_LEAST = 20, 8
# Large enough to a rounding error: 40 rows at 90 % are four misses, though 40 * (1 - 0.9) falls just short of it.
COUNT_PLAIN, COUNT_ROOT, RATE_PLAIN = 4 - 1e-9, 2 - 1e-9, 4 - 1e-9
BETWEEN_EVENTS = 0.2777


class Kind(StrEnum):
    """What the values of a series are: it decides the scale.

    A rate is a percentage; `between` are the days from one rare event to the next; a level is taken as it is.
    """

    DURATION = "duration"
    SIZE = "size"
    COUNT = "count"
    RATE = "rate"
    BETWEEN = "between"
    LEVEL = "level"


@dataclass(frozen=True)
class Scale:
    """A way to the scale and back; `smallest` is where logarithms end, in the unit of the values."""

    to: Callable[[Array, float], Array]
    back: Callable[[float], float]


PLAIN = Scale(lambda x, smallest: x, lambda y: y)
LOG = Scale(lambda x, smallest: np.log(np.maximum(x, smallest)), exp)
ROOT = Scale(lambda x, smallest: 2 * np.sqrt(x + 3 / 8), lambda y: max(y, 0.0) ** 2 / 4 - 3 / 8)
POWER = Scale(lambda x, smallest: x**BETWEEN_EVENTS, lambda y: max(y, 0.0) ** (1 / BETWEEN_EVENTS))

SCALES: Mapping[Kind, Scale] = {Kind.DURATION: LOG, Kind.SIZE: LOG, Kind.BETWEEN: POWER, Kind.LEVEL: PLAIN}
DRAWN: Mapping[Kind, tuple[float, float]] = {Kind.RATE: (0, 100), Kind.LEVEL: (-inf, inf)}


@dataclass(frozen=True)
class Pooled:
    """A series as it is charted: values of `grain` periods each, in their unit, and the scale to judge them on.

    `scale` is None where events stay too rare to be judged even in the longest periods.
    """

    values: Array
    grain: int
    kind: Kind
    scale: Scale | None
    smallest: float

    @property
    def scaled(self) -> Array:
        """The values on their scale."""
        return (self.scale or PLAIN).to(self.values, self.smallest)

    def drawn(self, scaled: float) -> float:
        """A value of the scale back in the unit, held within what can occur: for drawing, never for the rules."""
        low, high = DRAWN.get(self.kind, (0, inf))
        return min(max((self.scale or PLAIN).back(scaled), low), high)


def pooled(values: Array, kind: Kind, sizes: Array, ladder: Sequence[int], smallest: float) -> Pooled:
    """The series in the shortest periods of `ladder` (1 first) in which its counts or rates are large enough.

    NaN is no value. `sizes` are the rows behind each rate. Raises ValueError for a rate without its sizes.
    """
    if kind is Kind.RATE and len(sizes) != len(values):
        raise ValueError(
            f"a rate of {len(values)} periods needs as many sizes, not {len(sizes)}: pass the rows of each"
        )
    for grain in ladder:
        coarse, weights = _coarse(values, sizes, kind, grain)
        scale = _scale(coarse, weights, kind, grain)
        if scale:
            return Pooled(coarse, grain, kind, scale, smallest)
    return Pooled(values, 1, kind, None, smallest)


def _coarse(values: Array, sizes: Array, kind: Kind, grain: int) -> tuple[Array, Array]:
    whole = len(values) // grain * grain
    rows = values[:whole].reshape(-1, grain)
    if kind is Kind.COUNT:
        return rows.sum(axis=1), sizes
    if kind is not Kind.RATE:
        return values, sizes
    weights = np.where(np.isnan(rows), 0.0, sizes[:whole].reshape(-1, grain))
    total = weights.sum(axis=1)
    hits = (np.nan_to_num(rows) * weights).sum(axis=1)
    return np.divide(hits, total, out=np.full(len(total), np.nan), where=total > 0), total


def _scale(values: Array, weights: Array, kind: Kind, grain: int) -> Scale | None:
    here = np.flatnonzero(~np.isnan(values))[:BASELINE_MOST]
    base = values[here]
    if grain == 1 and (len(base) < BASELINE_LEAST or np.ptp(base) == 0):
        return SCALES.get(kind, PLAIN)
    if kind is Kind.COUNT and len(base):
        mean = base.mean()
        return PLAIN if mean >= COUNT_PLAIN else ROOT if mean >= COUNT_ROOT else None
    if kind is Kind.RATE and len(base):
        share = np.average(base, weights=weights[here]) / 100
        # Rare misses make a share near 100 % as uneven as rare hits make one near 0 %.
        return PLAIN if np.median(weights[here]) * min(share, 1 - share) >= RATE_PLAIN else None
    return SCALES.get(kind)
