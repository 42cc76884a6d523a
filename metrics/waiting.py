"""Waiting: where finished work spent its time, how much of that was work, and what stood in its way."""

from metrics.flow import is_tracker_missing
from metrics.issues import excluded
from metrics.model import Better, Family, Frame, Indicator, Objective, Observations, Reason, Summary, Unit
from metrics.observations import days, observe, unless_missing
from metrics.stages import ACTIVE, BLOCKED, QUEUE, REVIEW

WORK = (ACTIVE, REVIEW)


def stage_time_share(stage_times: Frame, issues: Frame) -> Observations:
    """Of the time from start to finish of finished issues, the share that each stage took; the value is for waiting.

    Waiting is time in a queue or blocked. A row is an issue in a stage, with the stage's percentage of the issue's own
    time; all times are pooled, so that long work weighs more than short. Left out: epics and above,
    sub-tasks, cancelled issues.
    """
    rows = stage_times
    seen = observe(
        rows,
        at=rows["done_at"],
        value=100 * rows["took"] / rows["cycle"],
        weight=days(rows["cycle"]),
        part=rows["stage"],
        excluded=excluded(rows),
    )
    return unless_missing(seen, is_tracker_missing(issues))


def flow_efficiency(stage_times: Frame, issues: Frame) -> Observations:
    """Of the time from start to finish of finished issues, the share in an active or review stage, pooled.

    Known only where some stage is named as a queue or as blocked: without one all time looks like work. A row is an
    issue with its own percentage. Left out: epics and above, sub-tasks, cancelled issues.
    """
    rows = stage_times.assign(
        worked=stage_times["took"].where(stage_times["stage"].isin(WORK)),
        waits=stage_times["is_named"] & stage_times["stage"].isin([QUEUE, BLOCKED]),
    )
    sums = rows.groupby("key", sort=False)["worked"].sum()
    items = rows.drop_duplicates("key").set_index("key", drop=False)
    seen = observe(
        items,
        at=items["done_at"],
        value=100 * sums.reindex(items.index) / items["cycle"],
        weight=days(items["cycle"]),
        excluded=excluded(items),
    )
    no_queue = unless_missing(seen, not rows["waits"].any(), Reason.UNMAPPED)
    return unless_missing(no_queue, is_tracker_missing(issues))


def blocked_time(issues: Frame) -> Observations:
    """Days for which a finished issue was blocked between its start and its finish, of those that were blocked at all.

    Blocked: flagged, in a blocked stage, or linked as blocked by an issue that was not done; times at once count once.
    Known only where something says so. Left out: epics and above, sub-tasks, cancelled issues.
    """
    rows = issues[issues["cycle"].notna() & (days(issues["blocked"]) > 0)]
    seen = observe(rows, at=rows["done_at"], value=days(rows["blocked"]), excluded=excluded(rows))
    unknown = unless_missing(seen, not (days(issues["blocked"]) > 0).any(), Reason.UNMAPPED)
    return unless_missing(unknown, is_tracker_missing(issues))


def blocked_share(issues: Frame) -> Observations:
    """The share of finished issues that were blocked at some time between their start and their finish.

    Blocked as for the blocked time. Left out: epics and above, sub-tasks, cancelled issues.
    """
    rows = issues[issues["cycle"].notna()]
    was = days(rows["blocked"]) > 0
    seen = observe(rows, at=rows["done_at"], value=was.astype("float64"), excluded=excluded(rows))
    unknown = unless_missing(seen, not (days(issues["blocked"]) > 0).any(), Reason.UNMAPPED)
    return unless_missing(unknown, is_tracker_missing(issues))


INDICATORS = (
    Indicator(
        "stage_time_share",
        "Time by stage",
        objective=Objective.PROJECT_SUCCESS,
        family=Family.FLOW,
        unit=Unit.PERCENT,
        better=Better.BAND,
        summary=Summary.SHARE,
        formula=stage_time_share,
        core=True,
        explains=True,
        parts=(QUEUE, BLOCKED),
        misuse="The mean of each issue's percentages would let tiny issues decide.",
    ),
    Indicator(
        "flow_efficiency",
        "Flow efficiency",
        objective=Objective.PROJECT_SUCCESS,
        family=Family.FLOW,
        unit=Unit.PERCENT,
        better=Better.HIGHER,
        summary=Summary.SHARE,
        formula=flow_efficiency,
        misuse="A board without queues shows a false 90 %; compare only with its own past.",
    ),
    Indicator(
        "blocked_time",
        "Blocked time",
        objective=Objective.PROJECT_SUCCESS,
        family=Family.FLOW,
        unit=Unit.DAYS,
        better=Better.LOWER,
        summary=Summary.MEDIAN,
        formula=blocked_time,
        misuse="Taking a flag down early hides the wait.",
    ),
    Indicator(
        "blocked_share",
        "Issues that were blocked",
        objective=Objective.PROJECT_SUCCESS,
        family=Family.FLOW,
        unit=Unit.PERCENT,
        better=Better.LOWER,
        summary=Summary.RATE,
        formula=blocked_share,
        misuse="Not raising a flag lowers it.",
    ),
)
