"""Where a team's work waits: the stage that takes most of the time beside work itself, and whether it piles up."""

from collections.abc import Mapping
from dataclasses import dataclass

from metrics.model import Point, Reason
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


def team_wait(team: str, whole: Point, stages: Mapping[str, Point], net: Point, over: Point) -> TeamWait:
    """Where one team's work waits, from its own totals: its time as a whole and stage by stage, and the rest."""
    waits = {name: total for name, total in stages.items() if name != ACTIVE and total.value is not None}
    if not waits:
        return TeamWait(team, None, None, whole.reason or Reason.NO_DATA, net, over)
    largest = max(waits, key=lambda name: (waits[name].value or 0.0, name))
    return TeamWait(team, largest, waits[largest], waits[largest].reason, net, over)
