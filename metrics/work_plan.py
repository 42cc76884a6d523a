"""Work against plan: how the finished work of two months divides, beside how it was meant to."""

from collections.abc import Mapping
from dataclasses import dataclass

from metrics.model import Result

FAR = 10.0  # percentage points


@dataclass(frozen=True)
class PlannedPart:
    """One class of work in percent: as planned, in the latest month and in the one before; null: not known."""

    name: str
    planned: float | None
    now: float | None
    before: float | None

    @property
    def is_off(self) -> bool:
        """Whether it was over ten points away from the plan, on the same side, in both months."""
        if self.planned is None or self.now is None or self.before is None:
            return False
        gaps = self.now - self.planned, self.before - self.planned
        return min(gaps) > FAR or max(gaps) < -FAR


def against_plan(now: Result, before: Result, plan: Mapping[str, float]) -> tuple[PlannedPart, ...]:
    """The classes of work of two results of the mix, those of the plan first and in its order."""
    latest, earlier = _shares(now), _shares(before)
    names = dict.fromkeys([*plan, *latest, *earlier])
    return tuple(PlannedPart(name, plan.get(name), latest.get(name), earlier.get(name)) for name in names)


def _shares(result: Result) -> dict[str, float]:
    known = {part.name: part.total.value for part in result.parts if part.total.value is not None}
    return dict.fromkeys((part.name for part in result.parts), 0.0) | known if known else {}
