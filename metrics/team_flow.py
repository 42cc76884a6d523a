"""How work flows through one team: where it waits, what is old, what comes and goes, and the sentence that says so."""

from dataclasses import dataclass
from datetime import datetime, timedelta
from functools import cached_property

import numpy as np
import pandas as pd

from metrics.bottlenecks import (
    Contribution,
    Evidence,
    LittleCheck,
    OpenStage,
    Shares,
    Verdict,
    ageing,
    bottlenecks,
    contribution,
    open_work,
    stage_shares,
)
from metrics.cumulative_flow import CumulativeFlow, Weekly, cumulative_flow, steadiness, stretches, weekly
from metrics.expectations import expectations, quarter
from metrics.flow_rows import FlowRows
from metrics.model import Frame
from metrics.scales import Kind
from metrics.signals import Side, judge
from metrics.stage_windows import finished, in_progress, stage_table
from metrics.stages import ACTIVE, DONE
from metrics.statistics import P85_NEEDS, Survival, kaplan_meier

WEEKS, LEAST = 13, 10
WEEK = timedelta(weeks=1)
RECENT = 4


def percent(share: float) -> str:
    """A share (0 to 1) as a whole percentage."""
    return f"{100 * share:.0f} %"


@dataclass(frozen=True)
class Outline:
    """A team's flow in a line: its open, blocked and late issues at the moment `now`, and where work waits."""

    end: datetime
    now: datetime
    open: int
    blocked: int
    late: int
    words: str


@dataclass(frozen=True)
class TeamFlow:
    """A team's flow over the 13 complete weeks up to `end`, the 13 before for comparison, and what is open `now`.

    Without a team it is that of everybody together; `rows` are theirs. What is old is held against the issues that
    were finished in both stretches together.
    """

    rows: FlowRows
    team: str | None
    end: datetime
    now: datetime

    @property
    def start(self) -> datetime:
        """When the last 13 weeks began."""
        return self.end - WEEKS * WEEK

    @staticmethod
    def looks_back_to(end: datetime, now: datetime) -> datetime:
        """Rows of issues that were finished before this moment say nothing of it."""
        before = (pd.Timestamp(now).tz_localize(None).to_period("Q") - 1).start_time.tz_localize(now.tzinfo)
        return min(end - 2 * WEEKS * WEEK, before.to_pydatetime())

    @property
    def is_unknown(self) -> bool:
        """Whether no issue tracker is synced."""
        return self.rows.is_unknown

    @cached_property
    def times(self) -> Frame:
        """Days by stage of each issue that was finished in the last 13 weeks."""
        return stage_table(self.rows.stage_times, self.team, self.start, self.end)

    @cached_property
    def times_before(self) -> Frame:
        """The same of the 13 weeks before."""
        return stage_table(self.rows.stage_times, self.team, self.start - WEEKS * WEEK, self.start)

    @cached_property
    def shares(self) -> Shares:
        """Where the issues finished in the last 13 weeks spent their time."""
        return stage_shares(self.times)

    @cached_property
    def shares_before(self) -> Shares:
        """The same of the 13 weeks before."""
        return stage_shares(self.times_before)

    @cached_property
    def change(self) -> Contribution | None:
        """What each stage adds to the change of the mean cycle time since the 13 weeks before."""
        return contribution(self.times_before, self.times)

    @cached_property
    def history(self) -> Frame:
        """Days by stage of the issues of both stretches; those that skipped a stage have 0 there."""
        both = pd.concat([self.times_before, self.times])
        known: Frame = both.fillna(0.0)
        return known

    @cached_property
    def bands(self) -> Frame:
        """By stage the median and 85th percentile of the time spent in it, and of how many issues; null below 20."""
        spent = self.history.where(self.history > 0)
        n = spent.count()
        bands = pd.DataFrame({"p50": spent.quantile(0.5), "p85": spent.quantile(0.85)}).where(n >= P85_NEEDS)
        return bands.assign(n=n)

    @cached_property
    def open_issues(self) -> Frame:
        """The issues in progress, the most urgent first: late, at_risk, blocked, ages in days."""
        items = in_progress(self.rows.issues, self.rows.status_times, self.team, self.now)
        return ageing(items, self.history, self.expectation).reset_index(drop=True)

    @cached_property
    def open_stages(self) -> tuple[OpenStage, ...]:
        """The issues in progress by stage, against the time that finished ones spent there."""
        return open_work(self.open_issues.assign(age=self.open_issues["age_in_stage"]), self.history)

    @cached_property
    def expectation(self) -> float | None:
        """The time in days within which 85 of 100 issues were finished in the quarter before this one, of the team."""
        known = expectations(self.rows.issues)
        this = int(quarter(pd.Series([pd.Timestamp(self.now)])).iloc[0])
        found = known.get((self.team, this)) if self.team else None
        return None if found is None else float(found)

    @cached_property
    def flow(self) -> CumulativeFlow:
        """The stages day by day over the last 13 weeks."""
        return cumulative_flow(self._stretches, self.start, self.end)

    @cached_property
    def weekly(self) -> Weekly:
        """Arrivals and departures week by week over the last 13 weeks."""
        weeks = tuple(self.start + n * WEEK for n in range(WEEKS))
        return weekly(self._stretches, self.rows.work_in_progress, self.team, weeks, self.end)

    @cached_property
    def _stretches(self) -> Frame:
        return stretches(self.rows.issues, self.rows.status_times, self.team)

    @cached_property
    def done(self) -> Frame:
        """The issues finished in the last 13 weeks with the days that they took."""
        return finished(self.rows.issues, self.team, self.start, self.end)

    @cached_property
    def steadiness(self) -> LittleCheck | None:
        """Whether averages may be believed: Little's law over the last 13 weeks."""
        return steadiness(self.flow, self.done)

    @cached_property
    def survival(self) -> Survival | None:
        """How long issues last, those still open counted with the time they have lasted."""
        times = np.concatenate([self.done["days"], self.open_issues["age"]])
        return kaplan_meier(times, np.arange(len(times)) < len(self.done))

    @cached_property
    def verdict(self) -> Verdict:
        """The stages that hold work up, with the reasons."""
        balances = self.weekly.balances
        fuller = {stage for stage in balances if self._is_fuller(stage)}
        return bottlenecks(
            [
                Evidence(one.stage, one.share, one.stage != ACTIVE, balances.get(one.stage), one.stage in fuller)
                for one in self.shares.stages
                if one.stage != DONE
            ]
        )

    def _is_fuller(self, stage: str) -> bool:
        """Whether more issues than usual waited in a stage at the end of one of the last four weeks."""
        counts = self.flow.stages.get(stage)
        if counts is None:
            return False
        weeks = [float(n) for n in counts[6::7]]
        found = judge(weeks, Kind.COUNT, ladder=(1,))
        return any(one.side is Side.HIGH and one.index >= len(weeks) - RECENT for one in found.signals)

    @property
    def outline(self) -> Outline:
        """This flow in a line."""
        items = self.open_issues
        blocked, late = (int(items[name].sum()) for name in ("blocked", "late"))
        return Outline(self.end, self.now, len(items), blocked, late, self.words)

    @property
    def words(self) -> str:
        """Where work waits, in a sentence; or why that is not measured."""
        if self.is_unknown:
            return "Where work waits is not measured: no issue tracker is synced."
        waits = [one for one in self.shares.stages if one.stage not in {ACTIVE, DONE} and one.share > 0]
        if self.shares.n < LEAST or not waits:
            return (
                f"Where work waits is not measured: {self.shares.n} issues were finished in the last {WEEKS} weeks, "
                f"{LEAST} are needed."
            )
        worst = max(waits, key=lambda one: one.share)
        before = next((one.share for one in self.shares_before.stages if one.stage == worst.stage), 0.0)
        known = self.shares_before.n >= LEAST
        then = f"{percent(before)} in the quarter before" if known else "too few issues in the one before"
        return (
            f"Most time apart from active work is in {worst.stage}: {percent(worst.share)} of the time of "
            f"{self.shares.n} finished issues (95 % interval {percent(worst.interval.low)} to "
            f"{percent(worst.interval.high)}; {then}); "
            f"{self._late(worst.stage)}; {self._came()}."
        )

    def _late(self, stage: str) -> str:
        here = next((one for one in self.open_stages if one.stage == stage), None)
        if here is None:
            return "none is open there now"
        if here.usual is None:
            return f"{here.n} are open there, too few past ones to say which are late"
        return f"{len(here.late)} of {here.n} open there are older than 85 % of past ones were"

    def _came(self) -> str:
        more, weeks = self.weekly.exceeded
        return f"more was started than finished in {more} of {weeks} weeks"
