"""Work on technical debt against plan: the share of each month, and on which side of the plan it lies for certain."""

from collections.abc import Sequence
from dataclasses import dataclass, replace
from datetime import timedelta

from metrics.model import Grain, Point, Scope
from metrics.periods import floor, local_day, start_of_day

MONTHS = 12


@dataclass(frozen=True)
class DebtShare:
    """The months with a share, the oldest first, in percent with their intervals; `planned`: null without a plan."""

    months: tuple[Point, ...]
    planned: float | None

    @property
    def below(self) -> int:
        """How many months lie under the plan with their whole interval."""
        return sum(p.high < self.planned for p in self.months if p.high is not None and self.planned is not None)

    @property
    def above(self) -> int:
        """How many months lie over the plan with their whole interval."""
        return sum(p.low > self.planned for p in self.months if p.low is not None and self.planned is not None)


def complete_months(scope: Scope) -> Scope:
    """The last twelve calendar months that are over by the end of a scope, month by month."""
    end = floor(local_day(scope.end, scope), Grain.MONTH)
    start = end
    for _ in range(MONTHS):
        start = floor(start - timedelta(days=1), Grain.MONTH)
    return replace(scope, start=start_of_day(start, scope), end=start_of_day(end, scope), grain=Grain.MONTH)


def debt_share(months: Sequence[Point], planned: float | None) -> DebtShare:
    """What the months of `debt_work_share` say against the plan, in percent."""
    return DebtShare(tuple(p for p in months if p.value is not None and not p.partial), planned)
