"""Facts: one row per pull request, joined from the rows of the store, before any formula looks at them."""

import inspect
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from functools import cached_property

import pandas as pd

from metrics.adoption import adoptions
from metrics.changes import changes
from metrics.churn import weekly_churn
from metrics.code_changes import code_changes
from metrics.complexity import complexity_trends
from metrics.coupling import couplings
from metrics.cross_team_waits import cross_team_waits
from metrics.data_quality import acting_accounts, issue_counts, pull_request_counts
from metrics.debt_price import hotspot_costs
from metrics.debt_ratios import debt_ratios
from metrics.dependencies import dependencies
from metrics.deployment_names import deployment_names
from metrics.deployments import production_deployments
from metrics.epic_forecasts import epic_forecasts
from metrics.epic_progress import booked_hours, epic_progress
from metrics.epic_scope import active_epics, epic_scopes
from metrics.epics import done_spans, epic_due_dates, epic_items, epics
from metrics.explained import row_kinds
from metrics.failures import outcomes
from metrics.files import file_changes, files
from metrics.hotspots import hotspots
from metrics.innovation import survey_answers
from metrics.issues import issue_ends, issues
from metrics.knowledge import authors, knowledge, truck_factors
from metrics.linked_issues import linked_issues
from metrics.matching import unmatched_incidents
from metrics.model import Facts, Frame
from metrics.open_epic_rows import open_epic_rows, open_version_rows
from metrics.open_pull_requests import open_pull_requests
from metrics.organisation import Organisation
from metrics.plan_costs import epic_costs, team_costs
from metrics.plan_paths import epic_paths, version_paths
from metrics.portfolios import epic_portfolios, version_portfolios
from metrics.pull_requests import pull_requests
from metrics.review_depth import review_depths
from metrics.review_load import review_loads
from metrics.review_waits import review_waits
from metrics.reviews import reviews
from metrics.sprint_reviews import sprint_reviews
from metrics.sprints import sprint_items
from metrics.stage_times import stage_times
from metrics.stages import status_times
from metrics.throughput_forecasts import throughput_forecasts
from metrics.told import told_forecasts
from metrics.unusual_changes import status_changes
from metrics.versions import (
    version_done_spans,
    version_due_dates,
    version_forecasts,
    version_items,
    version_scopes,
    versions,
)
from metrics.weeks_off import noted_holidays
from metrics.work_in_progress import work_in_progress
from metrics.workflow_runs import workflow_runs
from metrics.working_life import activities, onboardings

OF_FACTS = "_facts"
SCOPE = {"at_start": "int64", "held": "int64"}
FORECAST = {"remaining": "int64", "done": "int64", "added": "float64"}
OPEN_PLAN = FORECAST | {"moved": "float64"}
LISTS = dict.fromkeys(("added_in", "finished_in", "off", "coming", "held", "over"), "object")
WEEKS = dict.fromkeys(("place", "remaining", "done", "week", "first_week", "from_week"), "int64")
PORTFOLIO = {"due_at": "datetime64[us, UTC]", "added": "float64", "waiting": "bool"} | WEEKS | LISTS
NOTHING: Mapping[str, Frame] = {}


@dataclass(frozen=True)
class Fact:
    """A kind of fact row, and the builder whose parameters name the tables that it reads.

    A parameter such as `pull_request_facts` asks for the facts of pull requests instead of the table. `types` declares
    the columns whose type few rows, or none, would not tell; they are there without a row too.
    """

    name: str
    build: Callable[..., Frame]
    types: Mapping[str, str] = field(default_factory=dict)

    @cached_property
    def reads(self) -> tuple[str, ...]:
        """The tables behind it, the main one first, each once."""
        given = [name for name in inspect.signature(self.build).parameters if name != "organisation"]
        behind = [FACTS[_fact(name)].reads if name.endswith(OF_FACTS) else (name,) for name in given]
        return tuple(dict.fromkeys(table for tables in behind for table in tables))

    def typed(self, rows: Frame) -> Frame:
        """The rows with the types that are declared."""
        lacking = {
            name: pd.Series(index=rows.index, dtype=kind) for name, kind in self.types.items() if name not in rows
        }
        return rows.assign(**lacking).astype(self.types) if self.types else rows


FACTS: Mapping[str, Fact] = {
    fact.name: fact
    for fact in (
        Fact("pull_requests", pull_requests),
        Fact("pull_request_counts", pull_request_counts),
        Fact("acting_accounts", acting_accounts),
        Fact("issue_counts", issue_counts),
        Fact("open_pull_requests", open_pull_requests),
        Fact("reviews", reviews),
        Fact("review_waits", review_waits),
        Fact("review_depths", review_depths),
        Fact("review_loads", review_loads),
        Fact("row_kinds", row_kinds),
        Fact("onboardings", onboardings),
        Fact("activities", activities),
        Fact("deployments", production_deployments, {"ids": "object"}),
        Fact("deployment_names", deployment_names),
        Fact("changes", changes),
        Fact("outcomes", outcomes, {"ids": "object"}),
        Fact("unmatched_incidents", unmatched_incidents),
        Fact("workflow_runs", workflow_runs),
        Fact("status_times", status_times, {"source": "str", "project": "str"}),
        Fact("issues", issues, {"blocked_why": "str"}),
        Fact("issue_ends", issue_ends),
        Fact("work_in_progress", work_in_progress),
        Fact("stage_times", stage_times),
        Fact("sprint_items", sprint_items, {"points_at_start": "float64", "points_at_end": "float64"}),
        Fact("sprint_reviews", sprint_reviews, {"project": "str", "team": "str"}),
        Fact("epic_items", epic_items),
        Fact("done_spans", done_spans),
        Fact("epic_due_dates", epic_due_dates),
        Fact("epics", epics),
        Fact("epic_scopes", epic_scopes, SCOPE),
        Fact("active_epics", active_epics),
        Fact("booked_hours", booked_hours),
        Fact("epic_progress", epic_progress),
        Fact("epic_forecasts", epic_forecasts, FORECAST),
        Fact("noted_holidays", noted_holidays),
        Fact("told_forecasts", told_forecasts, {"made_on": "datetime64[us]"}),
        Fact("team_costs", team_costs),
        Fact("throughput_forecasts", throughput_forecasts),
        Fact("version_items", version_items),
        Fact("version_done_spans", version_done_spans),
        Fact("versions", versions),
        Fact("version_due_dates", version_due_dates),
        Fact("version_scopes", version_scopes, SCOPE),
        Fact("version_forecasts", version_forecasts, FORECAST),
        Fact("epic_portfolios", epic_portfolios, PORTFOLIO),
        Fact("version_portfolios", version_portfolios, PORTFOLIO),
        Fact("epic_costs", epic_costs),
        Fact("open_epics", open_epic_rows, OPEN_PLAN),
        Fact("open_versions", open_version_rows, OPEN_PLAN),
        Fact("cross_team_waits", cross_team_waits),
        Fact("linked_issues", linked_issues, {"issue": "float64"}),
        Fact("status_changes", status_changes),
        Fact("survey_answers", survey_answers),
        Fact("files", files),
        Fact("file_changes", file_changes),
        Fact("code_changes", code_changes),
        Fact("hotspots", hotspots),
        Fact("complexity_trends", complexity_trends),
        Fact("weekly_churn", weekly_churn),
        Fact("couplings", couplings),
        Fact("dependencies", dependencies),
        Fact("authors", authors, {"author": "str"}),
        Fact("knowledge", knowledge),
        Fact("truck_factors", truck_factors, {"team": "str"}),
        Fact("hotspot_costs", hotspot_costs, {"issues": "object"}),
        Fact("debt_ratios", debt_ratios),
        Fact("epic_paths", epic_paths),
        Fact("version_paths", version_paths),
        Fact("adoptions", adoptions),
    )
}


def tables_of(names: tuple[str, ...]) -> tuple[str, ...]:
    """The tables behind some facts, the main ones first, each once."""
    return tuple(dict.fromkeys(table for name in names for table in FACTS[name].reads))


def build(
    tables: Mapping[str, Frame],
    organisation: Organisation,
    known: Mapping[str, Frame] = NOTHING,
    take: Callable[[str], Frame | None] = lambda name: None,
) -> Facts:
    """Every fact frame, each built when it is first asked for; not those that are `known`, or that `take` gives."""
    return _Facts(tables, organisation, known, take)


class _Facts(dict[str, Frame]):
    def __init__(
        self,
        tables: Mapping[str, Frame],
        organisation: Organisation,
        known: Mapping[str, Frame],
        take: Callable[[str], Frame | None],
    ) -> None:
        super().__init__(known)
        self.tables, self.organisation, self.take = tables, organisation, take

    def __missing__(self, name: str) -> Frame:
        taken = self.take(name)
        self[name] = self._built(name) if taken is None else taken
        return self[name]

    def _built(self, name: str) -> Frame:
        given = inspect.signature(FACTS[name].build).parameters
        fact = FACTS[name]
        return fact.typed(fact.build(**{one: self._given(one) for one in given}))

    def _given(self, parameter: str) -> Frame | Organisation:
        if parameter == "organisation":
            return self.organisation
        return self[_fact(parameter)] if parameter.endswith(OF_FACTS) else self.tables[parameter]


def _fact(parameter: str) -> str:
    one = parameter.removesuffix(OF_FACTS)
    return one if one in FACTS else f"{one}s"
