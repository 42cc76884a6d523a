"""Code review: how long changes wait for it, how large they are, how many get it."""

from metrics.model import Better, Family, Frame, Indicator, Objective, Observations, Summary, Target, Unit
from metrics.observations import days, hours, observe
from metrics.pull_requests import is_judged


def time_to_first_review(pull_requests: Frame) -> Observations:
    """Hours that a pull request waits for its first review by another person, from the moment that it is ready.

    Ready is its creation, or for one opened as a draft its first "ready for review"; time spent in draft again is
    taken off. A review before that counts as no wait; one after the merge or close is none. Bots, AI reviewers and
    deleted accounts are no reviewers. A pull request without such a review has no row here: see review coverage.
    """
    rows = pull_requests[pull_requests["review_wait"].notna()]
    return observe(rows, at=rows["reviewed_at"], value=hours(rows["review_wait"]), excluded={"bot": ~is_judged(rows)})


def pr_cycle_time(pull_requests: Frame) -> Observations:
    """Hours from ready for review to merged, less the time spent in draft again or closed.

    Ready is its creation, or for one opened as a draft its first "ready for review"; one merged without ever being
    made ready counts from its creation. Counted in the period of the merge.
    """
    rows = pull_requests[pull_requests["merged_at"].notna()]
    return observe(rows, at=rows["merged_at"], value=hours(rows["cycle"]), excluded={"bot": ~is_judged(rows)})


def pr_size(pull_requests: Frame) -> Observations:
    """Lines added plus lines deleted by a merged pull request, counted in the period of the merge."""
    rows = pull_requests[pull_requests["merged_at"].notna()]
    return observe(rows, at=rows["merged_at"], value=rows["size"], excluded={"bot": ~is_judged(rows)})


def review_coverage(pull_requests: Frame) -> Observations:
    """Share of merged pull requests that another person reviewed at or before the merge."""
    rows = pull_requests[pull_requests["merged_at"].notna()]
    reviewed = rows["reviewed_at"].notna().astype("float64")
    return observe(rows, at=rows["merged_at"], value=reviewed, excluded={"bot": ~is_judged(rows)})


def approval_coverage(pull_requests: Frame) -> Observations:
    """Share of merged pull requests that another person approved at or before the merge.

    An approval that was dismissed later is a review, and no approval.
    """
    rows = pull_requests[pull_requests["merged_at"].notna()]
    approved = rows["approved_at"].notna().astype("float64")
    return observe(rows, at=rows["merged_at"], value=approved, excluded={"bot": ~is_judged(rows)})


def stale_approval_rate(pull_requests: Frame) -> Observations:
    """Share of approved and merged pull requests that were changed after their last approval.

    No approval is of the commit that the pull request ended with. Approvals that do not name their commit are left out.
    """
    rows = pull_requests[pull_requests["merged_at"].notna() & pull_requests["approved_at"].notna()]
    as_is = rows["approved_as_is"].astype("boolean")
    stale = (~as_is).astype("float64")
    return observe(
        rows, at=rows["merged_at"], value=stale, excluded={"bot": ~is_judged(rows), "commit unknown": as_is.isna()}
    )


def review_queue(pull_requests: Frame) -> Observations:
    """Open pull requests, ready for review, that nobody else has reviewed yet, at the period's end.

    A row's value is its age in days: until the first review, the merge, the close, or the last sync.
    """
    rows = pull_requests[pull_requests["ready_at"].notna()]
    rows = rows[~rows["is_draft"].fillna(False).astype(bool) | rows["closed_at"].notna()]
    until = rows["reviewed_at"].fillna(rows["merged_at"]).fillna(rows["closed_at"].where(rows["state"] != "open"))
    rows, until = rows[until.isna() | (until > rows["ready_at"])], until[until.isna() | (until > rows["ready_at"])]
    return observe(
        rows,
        at=rows["ready_at"],
        until=until,
        value=days(until - rows["ready_at"]),
        excluded={"bot": ~is_judged(rows)},
    )


INDICATORS = (
    Indicator(
        "time_to_first_review",
        "Time to first review",
        objective=Objective.TEAM_EMPOWERMENT,
        family=Family.CODE_REVIEW,
        unit=Unit.HOURS,
        better=Better.LOWER,
        summary=Summary.MEDIAN,
        formula=time_to_first_review,
        core=True,
        guards=("review_coverage", "rubber_stamp_rate"),
        misuse="Quick empty reviews lower it; read it beside review coverage.",
    ),
    Indicator(
        "pr_cycle_time",
        "Pull request cycle time",
        objective=Objective.TEAM_EMPOWERMENT,
        family=Family.CODE_REVIEW,
        unit=Unit.HOURS,
        better=Better.LOWER,
        summary=Summary.MEDIAN,
        formula=pr_cycle_time,
        core=True,
        guards=("review_coverage", "revert_rate"),
        misuse="Speed without care: read it beside review coverage and reverts.",
    ),
    Indicator(
        "pr_size",
        "Pull request size",
        objective=Objective.CODE_QUALITY,
        family=Family.CODE_REVIEW,
        unit=Unit.LINES,
        better=Better.LOWER,
        summary=Summary.MEDIAN,
        formula=pr_size,
        core=True,
        target=Target(value=400, source="SmartBear/Cisco study 2006: reviews work best up to 200–400 lines"),
        misuse="Splitting a change without meaning makes it smaller, not better.",
    ),
    Indicator(
        "review_coverage",
        "Review coverage",
        objective=Objective.CODE_QUALITY,
        family=Family.CODE_REVIEW,
        unit=Unit.PERCENT,
        better=Better.HIGHER,
        summary=Summary.RATE,
        formula=review_coverage,
        core=True,
        target=Target(value=95, source="convention"),
        misuse="A rubber stamp counts as a review here.",
    ),
    Indicator(
        "approval_coverage",
        "Approval coverage",
        objective=Objective.CODE_QUALITY,
        family=Family.CODE_REVIEW,
        unit=Unit.PERCENT,
        better=Better.HIGHER,
        summary=Summary.RATE,
        formula=approval_coverage,
        misuse="Teams that review without the approve button look uncovered.",
    ),
    Indicator(
        "stale_approval_rate",
        "Changed after approval",
        objective=Objective.CODE_QUALITY,
        family=Family.CODE_REVIEW,
        unit=Unit.PERCENT,
        better=Better.LOWER,
        summary=Summary.RATE,
        formula=stale_approval_rate,
        misuse="A rebase without a change counts as one.",
    ),
    Indicator(
        "review_queue",
        "Waiting for a first review",
        objective=Objective.TEAM_EMPOWERMENT,
        family=Family.CODE_REVIEW,
        unit=Unit.COUNT,
        better=Better.LOWER,
        summary=Summary.LEVEL,
        formula=review_queue,
        misuse="Closing what waits empties the queue and helps nobody.",
    ),
)
