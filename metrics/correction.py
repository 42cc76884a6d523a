"""What past forecasts of epics teach: how much longer than simulated it took, epics still open counted as such."""

from dataclasses import dataclass
from functools import cached_property
from math import ceil

import numpy as np
from numpy.typing import ArrayLike

from metrics.forecast import Forecast
from metrics.simulation import NEVER, quantile
from metrics.statistics import Survival, kaplan_meier

NOT_CREDIBLE = "no credible date: too many epics that were forecast alike are still open"
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


@dataclass(frozen=True)
class Outlook:
    """A forecast as it is shown: the simulation, corrected by what past ones teach, where they teach something."""

    simulation: Forecast
    learned: Correction | None = None

    @cached_property
    def simulated(self) -> float | None:
        """The median of the simulation, in weeks; None where it has no end."""
        weeks = self.simulation.weeks
        middle = quantile(weeks, 0.5) if len(weeks) else NEVER
        return middle if middle < NEVER else None

    @property
    def is_corrected(self) -> bool:
        """Whether it differs from the simulation."""
        return self.learned is not None and self.simulated is not None

    @property
    def refusal(self) -> str:
        """Why no date is given; nothing where one is."""
        if self.is_corrected:
            return NOT_CREDIBLE if self.week(0.85) is None else ""
        return self.simulation.refusal

    def week(self, level: float) -> int | None:
        """The number of weeks within which it is done with that probability; None where no date is given."""
        if self.learned is None or self.simulated is None:
            return self.simulation.week(level)
        return self.learned.week(level, self.simulated)

    def within(self, weeks: float) -> float | None:
        """The probability (0 to 1) that it is done within so many weeks; None where there is no forecast at all."""
        if self.learned is None or self.simulated is None:
            return self.simulation.within(weeks)
        return self.learned.within(weeks, self.simulated)
