"""Flow: how long work takes, how much of it is open, how old that is, and how much comes and goes."""

import pandas as pd

from metrics.delivery import merged_pull_requests
from metrics.issues import REOPENED_WITHIN, excluded
from metrics.model import Better, Family, Frame, Indicator, Objective, Observations, Summary, Unit
from metrics.observations import days, observe, taken_from, unless_missing


def issue_cycle_time(issues: Frame) -> Observations:
    """Days from the first entry into an active or review stage to the last entry into done, at the finish.

    Calendar days. Left out: epics and above, sub-tasks, cancelled issues, and issues that were never in progress. The
    stages are those of [stages]; where it says nothing, the tracker's own status categories.
    """
    rows = issues[issues["done_at"].notna() & issues["is_tracked"]]
    skipped = excluded(rows) | {"never in progress": rows["started_at"].isna()}
    seen = observe(rows, at=rows["done_at"], value=days(rows["cycle"]), excluded=skipped)
    return unless_missing(seen, is_tracker_missing(issues))


def issue_lead_time(issues: Frame) -> Observations:
    """Days from creation to the last entry into done, at the finish.

    Left out: epics and above, sub-tasks, cancelled issues. Issues of a code host count where there is no issue tracker.
    """
    rows = issues[issues["done_at"].notna()]
    return observe(rows, at=rows["done_at"], value=days(rows["lead"]), excluded=excluded(rows))


def throughput(issues: Frame, pull_requests: Frame) -> Observations:
    """How many issues were finished: their last entry into done.

    Left out: epics and above, sub-tasks, cancelled issues. Where no issue tracker is synced, merged pull requests stand
    in for issues, and the figure says so.
    """
    rows = issues[issues["done_at"].notna() & issues["is_tracked"]]
    if is_tracker_missing(issues):
        return taken_from(merged_pull_requests(pull_requests), "pull_requests", "merged pull requests stand in")
    return taken_from(observe(rows, at=rows["done_at"], excluded=excluded(rows)), "issues", "issues finished")


def wip(work_in_progress: Frame, issues: Frame) -> Observations:
    """How many issues are in progress at the period's end: started and not done; a row's value is its age in days.

    Work that was put back to the queue is still in progress, and so is work that was reopened. Left out: epics
    and above, sub-tasks, cancelled issues.
    """
    rows = work_in_progress
    age = days(rows["end"] - rows["start"])
    seen = observe(rows, at=rows["start"], until=rows["end"], value=age, excluded=excluded(rows))
    return unless_missing(seen, is_tracker_missing(issues))


def work_item_age(work_in_progress: Frame, issues: Frame) -> Observations:
    """The median age in days, at the period's end, of the issues in progress: since each was first started.

    Left out: epics and above, sub-tasks, cancelled issues.
    """
    rows = work_in_progress
    seen = observe(rows, at=rows["start"], until=rows["end"], value=days(rows["before"]), excluded=excluded(rows))
    return unless_missing(seen, is_tracker_missing(issues))


def net_flow(work_in_progress: Frame, issues: Frame) -> Observations:
    """Work started less work finished: by how much the work in progress grew.

    A row of 1 is an issue that was started or reopened, a row of -1 one that was finished. What was finished without
    ever being in progress is neither. Left out: epics and above, sub-tasks, cancelled issues.
    """
    rows = work_in_progress
    ended = rows[rows["end"].notna()]
    moves = pd.concat([rows.assign(at=rows["start"], by=1.0), ended.assign(at=ended["end"], by=-1.0)])
    moves = moves.reset_index(drop=True)
    seen = observe(moves, at=moves["at"], value=moves["by"], excluded=excluded(moves))
    return unless_missing(seen, is_tracker_missing(issues))


def reopen_rate(issues: Frame) -> Observations:
    """The share of finished issues that left done again within 30 days, after at least 24 hours in it.

    Counted in the period of the first finish. Left out: issues whose 30 days are not over yet, epics and above,
    sub-tasks, cancelled issues.
    """
    rows = issues[issues["first_done_at"].notna()]
    over = rows["first_done_at"] + REOPENED_WITHIN <= rows["seen_at"]
    skipped = excluded(rows) | {"observed for less than 30 days": ~over}
    return observe(rows, at=rows["first_done_at"], value=rows["was_reopened"].astype("float64"), excluded=skipped)


def is_tracker_missing(issues: Frame) -> bool:
    """Whether no issue comes from an issue tracker, with statuses of its own."""
    return not issues["is_tracked"].any()


INDICATORS = (
    Indicator(
        "issue_cycle_time",
        "Cycle time",
        objective=Objective.PROJECT_SUCCESS,
        family=Family.FLOW,
        unit=Unit.DAYS,
        better=Better.LOWER,
        summary=Summary.MEDIAN,
        formula=issue_cycle_time,
        core=True,
        guards=("reopen_rate", "defect_escape_rate"),
        misuse="Splitting work makes it look faster; averages hide the few that take months.",
    ),
    Indicator(
        "issue_lead_time",
        "Lead time",
        objective=Objective.PROJECT_SUCCESS,
        family=Family.FLOW,
        unit=Unit.DAYS,
        better=Better.LOWER,
        summary=Summary.MEDIAN,
        formula=issue_lead_time,
        guards=("reopen_rate", "defect_escape_rate"),
        misuse="Closing old ideas raises it and is still right.",
    ),
    Indicator(
        "throughput",
        "Throughput",
        objective=Objective.PROJECT_SUCCESS,
        family=Family.FLOW,
        unit=Unit.COUNT,
        better=Better.BAND,
        summary=Summary.COUNT,
        formula=throughput,
        core=True,
        explains=True,
        guards=("reopen_rate", "defect_escape_rate"),
        misuse="Teams cut their work differently: never compare them by it.",
    ),
    Indicator(
        "wip",
        "Work in progress",
        objective=Objective.PROJECT_SUCCESS,
        family=Family.FLOW,
        unit=Unit.COUNT,
        better=Better.LOWER,
        summary=Summary.LEVEL,
        formula=wip,
        core=True,
        explains=True,
        misuse="Starting work without saying so hides it.",
    ),
    Indicator(
        "work_item_age",
        "Age of work in progress",
        objective=Objective.PROJECT_SUCCESS,
        family=Family.FLOW,
        unit=Unit.DAYS,
        better=Better.LOWER,
        summary=Summary.AGE,
        formula=work_item_age,
        core=True,
        misuse="An old item asks what it waits for, not who has it.",
    ),
    Indicator(
        "net_flow",
        "Net flow",
        objective=Objective.PROJECT_SUCCESS,
        family=Family.FLOW,
        unit=Unit.COUNT,
        better=Better.BAND,
        summary=Summary.NET,
        formula=net_flow,
        core=True,
        explains=True,
        misuse="Closing old tickets forces it to zero and finishes nothing.",
    ),
    Indicator(
        "reopen_rate",
        "Reopened issues",
        objective=Objective.CODE_QUALITY,
        family=Family.QUALITY,
        unit=Unit.PERCENT,
        better=Better.LOWER,
        summary=Summary.RATE,
        formula=reopen_rate,
        misuse="Opening a new ticket instead lowers it.",
    ),
)
