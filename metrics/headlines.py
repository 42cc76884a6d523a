"""What the weekly review asks of every chart before it draws the few that it shows; reckoned at the end of a sync."""

import zlib
from collections.abc import Callable, Collection, Iterable, Mapping
from dataclasses import dataclass, field, replace
from datetime import datetime
from hashlib import sha256

from pydantic import TypeAdapter

from metrics.attention import Chart, standouts
from metrics.catalogue import CATALOGUE
from metrics.marks import OFF, Mark, MarkKind
from metrics.model import Frame, Scope
from metrics.scorecard import IndicatorState
from metrics.standing import state

Place = tuple[str | None, str | None]  # team, repository

NAME = "headlines"
WATCHED = tuple(one.id for one in CATALOGUE if one.core)
OF_A_SERVICE = ("change_lead_time", "deployment_frequency", "change_fail_rate", "failed_deployment_recovery_time")
JUDGING = OFF | {MarkKind.REBASE}


@dataclass(frozen=True)
class Headline:
    """A chart in short: whether it has limits, whether its latest week is a signal, and its state over four weeks."""

    is_judged: bool
    stands_out: bool
    state: IndicatorState


@dataclass(frozen=True)
class Headlines:
    """Those that a sync left, by place and indicator, of the week that began at `week`.

    `configuration` is the digest of the one that they were judged with, `notes` what people had said of limits by then,
    `synced` what was synced by then, and `made_of` the digests of the rows behind each.
    """

    week: datetime
    configuration: str
    notes: tuple[Mark, ...]
    charts: Mapping[str, Mapping[str, Headline]]
    synced: str = ""
    made_of: Mapping[str, Mapping[str, str]] = field(default_factory=dict)

    def same(self, later: "Headlines", place: str) -> dict[str, Headline]:
        """The charts of a place that say the same after a later sync: judged alike, and made of the same rows."""
        mine, its = ((one.week, one.configuration, one.notes, one.synced) for one in (self, later))
        if not self.synced or mine != its:
            return {}
        here, there = self.made_of.get(place, {}), later.made_of.get(place, {})
        return {name: one for name, one in self.charts.get(place, {}).items() if here.get(name) == there.get(name)}


KEPT = TypeAdapter(Headlines)


def watched(teams: Iterable[str], services: Iterable[str]) -> dict[Place, tuple[str, ...]]:
    """The indicators whose charts are watched in the organisation, in each team, and of each service."""
    places: dict[Place, tuple[str, ...]] = {(team, None): WATCHED for team in (None, *teams)}
    return places | {(None, service): OF_A_SERVICE for service in services}


def within(scope: Scope, place: Place) -> Scope:
    """The same time in a place."""
    return replace(scope, team=place[0], repository=place[1])


def headline(chart: Chart, week: datetime) -> Headline:
    """A chart over the last four complete weeks in short; `week` is when the last of them began."""
    return Headline(chart.is_judged, bool(standouts([chart], week)), state(chart.result))


def judging(marks: Iterable[Mark]) -> tuple[Mark, ...]:
    """Of what is said, what decides which weeks are judged and where limits begin."""
    return tuple(mark for mark in marks if mark.kind in JUDGING)


def noted(marks: Iterable[Mark]) -> tuple[Mark, ...]:
    """The same of what people noted; the rest is in the configuration."""
    return tuple(mark for mark in judging(marks) if mark.id)


def still_true(kept: Headlines, week: datetime, configuration: str, marks: Collection[Mark]) -> Callable[..., bool]:
    """Tells of an indicator's id and a place whether what was kept of it still holds, whatever was noted since."""
    if (kept.week, kept.configuration) != (week, configuration):
        return lambda indicator, place: False
    changed = set(kept.notes) ^ set(noted(marks))
    return lambda indicator, place: not any(mark.concerns(indicator, (*place, None)) for mark in changed)


def synced(coverage: Frame, until: datetime) -> str:
    """What was synced of the time up to a moment, in short; empty while a first sync still brings the history."""
    if coverage["complete"].isna().any():
        return ""
    at = coverage["synced_at"]
    rows = coverage.assign(synced_at=at.mask(at > until, until)).sort_values([*map(str, coverage)])
    return sha256(str(rows.to_csv(index=False)).encode()).hexdigest()


def packed(made: Headlines) -> bytes:
    """Headlines as they are kept."""
    return zlib.compress(KEPT.dump_json(made), 1)


def unpacked(content: bytes) -> Headlines:
    """Headlines that were kept."""
    return KEPT.validate_json(zlib.decompress(content))
