"""Where a team's work waits: the stage that takes most of the time beside work itself, and whether it piles up."""

from dataclasses import dataclass

from metrics.model import Part, Point, Reason, Result
from metrics.stages import ACTIVE


@dataclass(frozen=True)
class TeamWait:
    """One team: the largest stage in which nobody works on it, with its share of n finished issues' time in percent.

    `net` is what came less what went over the weeks of `net_flow`; `over` of `open` issues in progress are older than
    the team's expectation, in percent with its n. Null where it is not known, with the reason.
    """

    team: str
    stage: str | None
    share: Point | None
    reason: Reason | None
    net: Point
    over: Point

    @property
    def late(self) -> int | None:
        """How many issues in progress are older than expected."""
        return None if self.over.value is None else round(self.over.value * self.over.n / 100)


def team_wait(team: str, stages: Result, net_flow: Result, over: Result) -> TeamWait:
    """Where one team's work waits, from its own results; `stages` is the time by stage with its parts."""
    waits = [part for part in stages.parts if part.name != ACTIVE and part.total.value is not None]
    if not waits:
        return TeamWait(team, None, None, stages.total.reason or Reason.NO_DATA, net_flow.total, over.total)
    largest = max(waits, key=_share)
    return TeamWait(team, largest.name, largest.total, largest.total.reason, net_flow.total, over.total)


def _share(part: Part) -> tuple[float, str]:
    return part.total.value or 0.0, part.name
