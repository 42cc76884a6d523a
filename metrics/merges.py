"""Who merges, and what is looked at only afterwards."""

from metrics.model import Better, Family, Frame, Indicator, Objective, Observations, Summary, Unit
from metrics.observations import observe
from metrics.pull_requests import is_judged


def self_merge_rate(pull_requests: Frame) -> Observations:
    """Share of merged pull requests that their author merged.

    Left out: pull requests by bots, and those of which the source does not say who merged them.
    """
    rows = pull_requests[pull_requests["merged_at"].notna()]
    unknown = rows["merged_by"].isna() | rows["author"].isna()
    own = (rows["merged_by"] == rows["author"]).astype("float64").mask(unknown)
    return observe(
        rows, at=rows["merged_at"], value=own, excluded={"bot": ~is_judged(rows), "merged by nobody known": unknown}
    )


def late_review_rate(pull_requests: Frame, reviews: Frame) -> Observations:
    """Share of merged pull requests by people whose first review by another person came after the merge.

    It covers nothing: what it finds is in use already. Left out: pull requests by bots.
    """
    rows = pull_requests[pull_requests["merged_at"].notna()]
    first = reviews.groupby("key")["at"].min().reindex(rows["key"]).set_axis(rows.index)
    late = (first > rows["merged_at"]).astype("float64")
    return observe(rows, at=rows["merged_at"], value=late, excluded={"bot": ~is_judged(rows)})


INDICATORS = (
    Indicator(
        "self_merge_rate",
        "Merged by the author",
        objective=Objective.CODE_QUALITY,
        family=Family.CODE_REVIEW,
        unit=Unit.PERCENT,
        better=Better.BAND,
        summary=Summary.RATE,
        formula=self_merge_rate,
        misuse="Merging one's own reviewed work is the usual way in many teams; read it beside the review coverage.",
    ),
    Indicator(
        "late_review_rate",
        "Reviewed after the merge only",
        objective=Objective.CODE_QUALITY,
        family=Family.CODE_REVIEW,
        unit=Unit.PERCENT,
        better=Better.LOWER,
        summary=Summary.RATE,
        formula=late_review_rate,
        misuse="Some teams review after the merge by agreement; then it is their review coverage.",
    ),
)
