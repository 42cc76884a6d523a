"""The open epics as they are shown: dates instead of weeks, what moved since the last forecasts, and what threatens."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from functools import cached_property

import pandas as pd

from metrics.calendar_weeks import WEEK, start_of
from metrics.correction import Correction, Outlook
from metrics.epic_forecasts import forecasts_of, lesson, record
from metrics.forecast import Forecast, outrun
from metrics.joint_forecast import AS_PLANNED, Change, joint_forecast
from metrics.model import Facts, Frame
from metrics.organisation import Organisation
from metrics.portfolio import Past, Portfolio
from metrics.simulation import seed_of_words
from metrics.told import came_true
from metrics.track_record import TrackRecord, record_of

ON_TRACK, CONCERN = 85, 50
LATELY, MONTH, HALF_YEAR = 13, 3, 26  # weeks


@dataclass(frozen=True)
class PlanKind:
    """What is planned: epics or versions, and the facts of them."""

    word: str
    plans: str
    items: str
    done: str
    dues: str
    forecasts: str
    scopes: str
    open: str
    paths: str

    @property
    def facts(self) -> tuple[str, ...]:
        """Every fact that their forecasts are shown from."""
        own = (self.plans, self.items, self.done, self.dues, self.forecasts, self.scopes, self.open, self.paths)
        return ("issue_ends", *own, "throughput_forecasts", "told_forecasts", "noted_holidays")


EPICS = PlanKind(
    "epic",
    "epics",
    "epic_items",
    "done_spans",
    "epic_due_dates",
    "epic_forecasts",
    "epic_scopes",
    "open_epics",
    "epic_paths",
)
VERSIONS = PlanKind(
    "version",
    "versions",
    "version_items",
    "version_done_spans",
    "version_due_dates",
    "version_forecasts",
    "version_scopes",
    "open_versions",
    "version_paths",
)
FACTS = EPICS.facts


@dataclass(frozen=True)
class Plans:
    """The forecasts of every team as of the last Monday, and all that they were made of."""

    facts: Facts
    organisation: Organisation
    kind: PlanKind = EPICS

    @cached_property
    def past(self) -> Past:
        """What was known at any week."""
        kind, facts = self.kind, self.facts
        plans, items, done, dues = (facts[name] for name in (kind.plans, kind.items, kind.done, kind.dues))
        return Past(plans, items, done, dues, self.organisation, facts["noted_holidays"])

    @cached_property
    def made(self) -> Frame:
        """Every forecast of them, earlier ones as they would have been made then."""
        return self.facts[self.kind.forecasts]

    @cached_property
    def portfolios(self) -> dict[str, Portfolio]:
        """The open epics of each team that has any."""
        return {one.team: one for one in self.past.at(self.past.last) if len(one.epics)}

    @cached_property
    def learned(self) -> Correction | None:
        """What past forecasts teach."""
        return lesson(self.made, self.past.last)

    @cached_property
    def records(self) -> tuple[TrackRecord, TrackRecord, TrackRecord]:
        """How the simulated dates, the corrected dates, and the promises of throughput came true.

        What was told counts as what it was then shown as: corrected where there is a correction.
        """
        moment = start_of(self.past.last, self.past.timezone)
        told = came_true(self.facts["told_forecasts"], self.past.epics, self.kind.word, moment)
        simulated = record(self.made, self.past.last, told=None if self.learned else told)
        corrected = record(self.made, self.past.last, corrected=True, told=told if self.learned else None)
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

    def outrun(self, team: str) -> bool:
        """Whether more was added to a team's open epics in the last quarter than 1.2 times what it finished."""
        one = self.portfolios[team]
        came = sum(sum(plan.added[-LATELY:]) for plan in one.plans if plan.begun)
        return outrun(one.capacity.finished[-LATELY:], [came])


def open_epics(plans: Plans, team: str | None = None) -> Frame:
    """The open epics of a team, or of all: rows of `open_epic_rows`."""
    rows = plans.open
    return rows[rows["team"] == team].reset_index(drop=True) if team else rows


def open_epic_rows(
    issue_end_facts: Frame,
    epic_facts: Frame,
    epic_item_facts: Frame,
    done_span_facts: Frame,
    epic_due_date_facts: Frame,
    epic_forecast_facts: Frame,
    epic_scope_facts: Frame,
    noted_holiday_facts: Frame,
    organisation: Organisation,
) -> Frame:
    """One row per epic that is open still, the least probable first.

    Columns: key, title, url, team, remaining, done, added (items a week), as_of, due_on, probability (%), p50_on and
    p85_on (dates), moved (days by which p85_on is later than it was a month ago; null: not known), grown (% since its
    start), ageing (items in progress for longer than 85 % of those that its team finished in half a year), standing (on
    track, watch, concern; or why there is no date) and risks.
    """
    own = (epic_facts, epic_item_facts, done_span_facts, epic_due_date_facts, epic_forecast_facts, epic_scope_facts)
    return _rows_of(EPICS, own, issue_end_facts, noted_holiday_facts, organisation)


def open_version_rows(
    issue_end_facts: Frame,
    version_facts: Frame,
    version_item_facts: Frame,
    version_done_span_facts: Frame,
    version_due_date_facts: Frame,
    version_forecast_facts: Frame,
    version_scope_facts: Frame,
    noted_holiday_facts: Frame,
    organisation: Organisation,
) -> Frame:
    """One row per version that is open still: the columns of `open_epic_rows`."""
    own = (
        *(version_facts, version_item_facts, version_done_span_facts),
        *(version_due_date_facts, version_forecast_facts, version_scope_facts),
    )
    return _rows_of(VERSIONS, own, issue_end_facts, noted_holiday_facts, organisation)


def _rows_of(
    kind: PlanKind, own: Sequence[Frame], issue_ends: Frame, noted_holidays: Frame, organisation: Organisation
) -> Frame:
    names = (kind.plans, kind.items, kind.done, kind.dues, kind.forecasts, kind.scopes)
    facts = dict(zip(names, own, strict=True)) | {"issue_ends": issue_ends, "noted_holidays": noted_holidays}
    return _open(Plans(facts, organisation, kind))


def _open(plans: Plans) -> Frame:
    rows = plans.made
    now = rows[rows["is_latest"] & rows["done_at"].isna()].set_index("key", drop=False)
    shown = now[["key", "title", "url", "team", "remaining", "done", "added", "as_of"]].copy()
    shown["title"] = now["title"].fillna(now["key"])
    shown["due_on"] = now["due_at"] - pd.Timedelta(days=1)
    shown["probability"] = 100 * now["probability"]
    for name in ("p50", "p85"):
        shown[f"{name}_on"] = _date(now, name)
    before = rows[rows["week"] <= plans.past.last - MONTH].drop_duplicates("key", keep="last").set_index("key")
    shown["moved"] = (shown["p85_on"] - _date(before, "p85").reindex(now.index)).dt.days
    shown["grown"] = _grown(plans.facts[plans.kind.scopes]).reindex(now.index)
    shown["standing"] = _standing(shown["probability"], now["refusal"])
    shown["ageing"] = now["epic"].map(_ageing(plans)).fillna(0).astype("int64")
    shown["risks"] = _risks(shown, {name for name in plans.portfolios if plans.outrun(name)})
    return shown.reset_index(drop=True).sort_values(["probability", "due_on", "key"], kind="stable", ignore_index=True)


def _throughput_record(rows: Frame) -> TrackRecord:
    return record_of(rows["needed"], told=int(rows["is_told"].sum()))


def undecided(epics: Frame) -> Frame:
    """Of the open epics those that need a decision: under 85 % likely to meet their date, or with a later 85 % date
    than a month ago; those without a date are none.
    """
    return epics[(epics["probability"] < ON_TRACK) | (epics["moved"] > 0)].reset_index(drop=True)


def _date(rows: Frame, name: str) -> pd.Series:
    """The Sunday on which so many weeks are over."""
    return rows["as_of"] + pd.to_timedelta(7 * rows[name] - 1, unit="D")


def _grown(scopes: Frame) -> pd.Series:
    """By key: items beyond those at the start, in percent of these, as things are now."""
    now = scopes.drop_duplicates("key", keep="last").set_index("key")
    return 100 * (now["held"] - now["at_start"]) / now["at_start"].where(now["at_start"] > 0)


def _ageing(plans: Plans) -> pd.Series:
    """By epic: how many of its items have been in progress for longer than is usual in their team."""
    now = start_of(plans.past.last, plans.past.timezone)
    issues = plans.facts["issue_ends"]
    lately = (issues["done_at"] >= now - HALF_YEAR * WEEK) & (issues["done_at"] < now) & issues["left_out"].isna()
    usual = issues[lately & issues["cycle"].notna()].groupby("team")["cycle"].quantile(0.85)
    items = plans.facts[plans.kind.items]
    here = items[items["end"].isna()].join(issues[["done_at", "left_out"]], on="item")
    here = here[here["done_at"].isna() & here["left_out"].isna()]
    old = (now - here["started_at"]) > usual.reindex(here["team"]).set_axis(here.index)
    counted: pd.Series = old.groupby(here["epic"]).sum()
    return counted


def _standing(probability: pd.Series, refusal: pd.Series) -> pd.Series:
    said = pd.Series("watch", index=probability.index, dtype="str")
    said = said.mask(probability >= ON_TRACK, "on track").mask(probability < CONCERN, "concern")
    return said.mask(probability.isna(), "no due date").mask(refusal.notna(), refusal)


def _risks(shown: Frame, outrun_teams: set[str]) -> pd.Series:
    parts = {
        "less likely than not": shown["probability"] < CONCERN,
        "scope outruns delivery": shown["team"].isin(outrun_teams) & (shown["added"] > 0),
        "items older than usual": shown["ageing"] > 0,
        "date is past": shown["due_on"] + pd.Timedelta(days=1) <= shown["as_of"],
    }
    text = pd.Series("", index=shown.index, dtype="str")
    for word, holds in parts.items():
        text = text.where(~holds, text + ", " + word)
    return text.str.removeprefix(", ")
