"""Delivery: what was opened, finished and given up, and what is still open."""

from metrics.model import Better, Family, Frame, Indicator, Objective, Observations, Summary, Unit
from metrics.observations import days, observe
from metrics.pull_requests import is_judged


def opened_pull_requests(pull_requests: Frame) -> Observations:
    """How many pull requests were opened, drafts included."""
    return observe(pull_requests, at=pull_requests["created_at"], excluded={"bot": ~is_judged(pull_requests)})


def merged_pull_requests(pull_requests: Frame) -> Observations:
    """How many pull requests were merged."""
    rows = pull_requests[pull_requests["merged_at"].notna()]
    return observe(rows, at=rows["merged_at"], excluded={"bot": ~is_judged(rows)})


def closed_pull_requests(pull_requests: Frame) -> Observations:
    """How many pull requests were closed without a merge, at their last close."""
    rows = pull_requests[(pull_requests["state"] == "closed") & pull_requests["merged_at"].isna()]
    return observe(rows, at=rows["closed_at"], excluded={"bot": ~is_judged(rows)})


def open_pull_requests(pull_requests: Frame) -> Observations:
    """How many pull requests are open at the period's end, drafts included; a row's value is its age in days.

    One that was closed and reopened counts as open in between.
    """
    until = pull_requests["merged_at"].fillna(pull_requests["closed_at"].where(pull_requests["state"] != "open"))
    age = days(until - pull_requests["created_at"])
    return observe(
        pull_requests,
        at=pull_requests["created_at"],
        until=until,
        value=age,
        excluded={"bot": ~is_judged(pull_requests)},
    )


INDICATORS = (
    Indicator(
        "opened_pull_requests",
        "Pull requests opened",
        objective=Objective.PROJECT_SUCCESS,
        family=Family.DELIVERY,
        unit=Unit.COUNT,
        better=Better.BAND,
        summary=Summary.COUNT,
        formula=opened_pull_requests,
        misuse="More is not better: it says how much arrives.",
    ),
    Indicator(
        "merged_pull_requests",
        "Pull requests merged",
        objective=Objective.PROJECT_SUCCESS,
        family=Family.DELIVERY,
        unit=Unit.COUNT,
        better=Better.BAND,
        summary=Summary.COUNT,
        formula=merged_pull_requests,
        guards=("review_coverage", "revert_rate"),
        misuse="More is not better: it says how much leaves.",
    ),
    Indicator(
        "closed_pull_requests",
        "Pull requests closed unmerged",
        objective=Objective.PROJECT_SUCCESS,
        family=Family.DELIVERY,
        unit=Unit.COUNT,
        better=Better.BAND,
        summary=Summary.COUNT,
        formula=closed_pull_requests,
        misuse="Closing what is not wanted is good work too.",
    ),
    Indicator(
        "open_pull_requests",
        "Open pull requests",
        objective=Objective.PROJECT_SUCCESS,
        family=Family.FLOW,
        unit=Unit.COUNT,
        better=Better.LOWER,
        summary=Summary.LEVEL,
        formula=open_pull_requests,
        misuse="Closing what is old lowers it and finishes nothing.",
    ),
)
