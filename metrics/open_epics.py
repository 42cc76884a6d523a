"""The forecasts of open epics and versions: how probable dates are, what if, and how right earlier ones were."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from functools import cached_property

from metrics.calendar_weeks import start_of
from metrics.correction import Correction, Outlook
from metrics.epic_forecasts import forecasts_of, lesson, record
from metrics.forecast import Forecast
from metrics.joint_forecast import AS_PLANNED, Change, joint_forecast
from metrics.model import Facts, Frame
from metrics.open_epic_rows import ON_TRACK, outrun_teams
from metrics.organisation import Organisation
from metrics.portfolio import Portfolio, last_week
from metrics.portfolios import portfolios_of
from metrics.simulation import seed_of_words
from metrics.told import came_true
from metrics.track_record import TrackRecord, record_of


@dataclass(frozen=True)
class PlanKind:
    """What is planned: epics or versions, and the facts of them."""

    word: str
    plans: str
    portfolios: str
    forecasts: str
    open: str
    paths: str

    @property
    def facts(self) -> tuple[str, ...]:
        """Every fact that their forecasts are shown from."""
        own = (self.plans, self.portfolios, self.forecasts, self.open, self.paths)
        return ("issue_ends", *own, "throughput_forecasts", "told_forecasts", "noted_holidays")


EPICS = PlanKind("epic", "epics", "epic_portfolios", "epic_forecasts", "open_epics", "epic_paths")
VERSIONS = PlanKind("version", "versions", "version_portfolios", "version_forecasts", "open_versions", "version_paths")
FACTS = EPICS.facts


@dataclass(frozen=True)
class Plans:
    """The forecasts of every team as of the last Monday, and all that they were made of."""

    facts: Facts
    organisation: Organisation
    kind: PlanKind = EPICS

    @property
    def timezone(self) -> str:
        """Where weeks begin at midnight."""
        return self.organisation.calendar.timezone

    @cached_property
    def last(self) -> int:
        """The number of the week at whose Monday the forecasts stand."""
        return last_week(self.facts[self.kind.plans], self.timezone)

    @property
    def rows(self) -> Frame:
        """The open ones, as rows of `epic_portfolios`."""
        return self.facts[self.kind.portfolios]

    @cached_property
    def made(self) -> Frame:
        """Every forecast of them, earlier ones as they would have been made then."""
        return self.facts[self.kind.forecasts]

    @cached_property
    def portfolios(self) -> dict[str, Portfolio]:
        """The open epics of each team that has any."""
        return portfolios_of(self.rows)

    @cached_property
    def learned(self) -> Correction | None:
        """What past forecasts teach."""
        return lesson(self.made, self.last)

    @cached_property
    def records(self) -> tuple[TrackRecord, TrackRecord, TrackRecord]:
        """How the simulated dates, the corrected dates, and the promises of throughput came true.

        What was told counts as what it was then shown as: corrected where there is a correction.
        """
        moment = start_of(self.last, self.timezone)
        told = came_true(self.facts["told_forecasts"], self.facts[self.kind.plans], self.kind.word, moment)
        simulated = record(self.made, self.last, told=None if self.learned else told)
        corrected = record(self.made, self.last, corrected=True, told=told if self.learned else None)
        return simulated, corrected, _throughput_record(self.facts["throughput_forecasts"])

    @cached_property
    def throughput_records(self) -> dict[str, TrackRecord]:
        """How each team's own promises of throughput came true."""
        rows = self.facts["throughput_forecasts"]
        return {str(team): _throughput_record(mine) for team, mine in rows.groupby("team")}

    def is_of(self, now: datetime) -> bool:
        """Whether nothing that came after a moment went into the forecasts: only then are they told then."""
        return self.open.empty or bool(self.open["as_of"].iloc[0] <= now)

    @cached_property
    def _as_planned(self) -> dict[str, dict[str, Outlook]]:
        """The forecasts as planned of the teams that were asked for."""
        return {}

    def outlooks(self, team: str, change: Change = AS_PLANNED) -> dict[str, Outlook]:
        """The forecast of each of a team's open epics, as planned or as it would be."""
        one = self.portfolios[team]
        if change == AS_PLANNED:
            if team not in self._as_planned:
                self._as_planned[team] = self._learned_of(forecasts_of(one))
            return self._as_planned[team]
        seed = seed_of_words(team, str(one.week))
        return self._learned_of(
            joint_forecast(one.plans, one.capacity, seed, change=change, in_order=bool(change.order))
        )

    def _learned_of(self, answers: Mapping[str, Forecast]) -> dict[str, Outlook]:
        return {key: Outlook(answer, self.learned) for key, answer in answers.items()}

    @property
    def open(self) -> Frame:
        """What `open_epics` gives of all teams."""
        return self.facts[self.kind.open]

    @property
    def outrun(self) -> set[str]:
        """The teams to whose open epics more is added than they finish."""
        return outrun_teams(self.portfolios)


def open_epics(plans: Plans, team: str | None = None) -> Frame:
    """The open epics of a team, or of all: rows of `open_epic_rows`."""
    rows = plans.open
    return rows[rows["team"] == team].reset_index(drop=True) if team else rows


def _throughput_record(rows: Frame) -> TrackRecord:
    return record_of(rows["needed"], told=int(rows["is_told"].sum()))


def undecided(epics: Frame) -> Frame:
    """Of the open epics those that need a decision: under 85 % likely to meet their date, or with a later 85 % date
    than a month ago; those without a date are none.
    """
    return epics[(epics["probability"] < ON_TRACK) | (epics["moved"] > 0)].reset_index(drop=True)
