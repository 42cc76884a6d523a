"""What past forecasts of epics teach: how much longer than simulated it took, epics still open counted as such."""

from dataclasses import dataclass
from math import ceil

import numpy as np
from numpy.typing import ArrayLike

from metrics.statistics import Survival, kaplan_meier

MONTH = 4  # weeks: what the last items of an epic take is no multiple of a forecast of a few days


@dataclass(frozen=True)
class Correction:
    """The distribution of (weeks taken) / (weeks simulated + 4) of past forecasts."""

    survival: Survival

    def week(self, level: float, simulated: float) -> int | None:
        """The number of weeks that holds with that probability; None where too many of the past ones are open yet."""
        reached = zip(self.survival.times, self.survival.surviving, strict=True)
        ratio = next((time for time, still in reached if still <= 1 - level + 1e-9), None)
        return None if ratio is None else ceil(ratio * (simulated + MONTH) - 1e-9)

    def within(self, weeks: float, simulated: float) -> float:
        """The probability (0 to 1) that it is done within so many weeks."""
        return 1 - self.survival.at(max(weeks, 0) / (simulated + MONTH) + 1e-9) if weeks > 0 else 0.0


def correction(simulated: ArrayLike, passed: ArrayLike, finished: ArrayLike) -> Correction | None:
    """Learn from forecasts: the weeks simulated (their median), the weeks that have passed, and whether it is done."""
    expected = np.asarray(simulated, dtype=np.float64) + MONTH
    survival = kaplan_meier(np.asarray(passed, dtype=np.float64) / expected, finished)
    return Correction(survival) if survival else None
