"""The usual range of a series: XmR limits from how much its neighbouring points differ."""

from collections.abc import Collection, Sequence
from dataclasses import dataclass
from typing import NamedTuple

import numpy as np

from metrics.scales import BASELINE_LEAST, BASELINE_MOST
from metrics.statistics import Array

BASELINE_FIRM = 12
STEPS_LEAST = 4
SCREEN = 3.267

Values = Sequence[float | None] | Array


class Factors(NamedTuple):
    """What the typical step between neighbours is multiplied with: distance of the limits, largest usual step."""

    limit: float
    step: float


BY_MEAN = Factors(2.66, 3.268)
BY_MEDIAN = Factors(3.145, 3.865)


@dataclass(frozen=True)
class Limits:
    """The usual range of a series on the scale it is judged on; `baseline` is the half-open range of its points."""

    centre: float
    lower: float
    upper: float
    near_lower: float
    near_upper: float
    widest_step: float
    baseline: tuple[int, int]
    provisional: bool
    correlation: float


def limits(
    values: Values, excluded: Collection[int] = (), *, screen: bool = True, medians: bool | None = None
) -> Limits | None:
    """The usual range, from the first 20 points that are there; None with fewer than 8, or when nothing varies.

    `values` are on the scale to be judged; `excluded` are indexes (holidays) that count as missing. Medians replace
    means when one step makes up more than half of all movement, unless `medians` says which to use.
    """
    series = known_or_nan(values, excluded)
    here = np.flatnonzero(~np.isnan(series))[:BASELINE_MOST]
    if len(here) < BASELINE_LEAST:
        return None
    window = series[here[0] : here[-1] + 1]
    steps = np.abs(np.diff(window))
    steps = steps[~np.isnan(steps)]
    # A few steps between many gaps say nothing of the usual one.
    if len(steps) < STEPS_LEAST or steps.mean() <= 1e-12 * np.abs(series[here]).max():
        return None
    centre, step, factors = _centre_and_step(series[here], steps, screen, medians)
    return Limits(
        centre=centre,
        lower=centre - factors.limit * step,
        upper=centre + factors.limit * step,
        near_lower=centre - factors.limit * step / 2,
        near_upper=centre + factors.limit * step / 2,
        widest_step=factors.step * step,
        baseline=(int(here[0]), int(here[-1]) + 1),
        provisional=len(here) < BASELINE_FIRM,
        correlation=_correlation(window),
    )


def known_or_nan(values: Values, excluded: Collection[int]) -> Array:
    """The values as floats, NaN where one is missing or excluded."""
    series = np.array(values, dtype=np.float64)
    series[[i for i in excluded if 0 <= i < len(series)]] = np.nan
    return series


def _centre_and_step(base: Array, steps: Array, screen: bool, medians: bool | None) -> tuple[float, float, Factors]:
    middle = float(np.median(steps))
    if medians or (medians is None and middle > 0 and steps.max() > steps.sum() / 2):
        return float(np.median(base)), middle, BY_MEDIAN
    mean = float(steps.mean())
    usual = float(steps[steps < SCREEN * mean].mean()) if screen else mean
    # Screening the only step of a series that is constant otherwise would leave a range of no width.
    return float(base.mean()), usual or mean, BY_MEAN


def _correlation(window: Array) -> float:
    away = window - np.nanmean(window)
    return float(np.nansum(away[1:] * away[:-1]) / np.nansum(away * away))
