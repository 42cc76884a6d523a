"""How much a review looks at: rounds, remarks, rubber stamps, and what automatic reviewers add."""

import numpy as np
import pandas as pd

from metrics.model import Better, Family, Frame, Indicator, Objective, Observations, Summary, Unit
from metrics.observations import observe
from metrics.organisation import AI_REVIEWER, PERSON, Organisation, account_class
from metrics.positions import position_of
from metrics.pull_requests import is_judged, review_acts

SMALL = 20  # lines
STAMPED_WITHIN, STAMPED_ABOVE = pd.Timedelta(minutes=2), 200  # lines: nobody reads a hundred a minute
PUSHED, REVIEWED = 0, 1


def review_depths(
    pull_request_facts: Frame,
    reviews: Frame,
    review_comments: Frame,
    comments: Frame,
    commits: Frame,
    pull_request_events: Frame,
    organisation: Organisation,
) -> Frame:
    """One row per merged pull request: the columns of its facts, and what its reviews were like up to the merge.

    rounds (how often new commits answered a review that did not approve), remarks (what people other than its author
    wrote: comments in the code or below, reviews that comment), changes_requested (how many), asked_at (the last
    request for a review before the first approval, ready if none), has_ai_review.
    """
    merged = pull_request_facts[pull_request_facts["merged_at"].notna()]
    acts = _until_merge(merged, review_acts(pull_request_facts, reviews, review_comments, organisation))
    open_ends = acts[acts["state"].isin(["commented", "changes_requested"])]
    said = [
        _said(pull_request_facts, table, organisation)
        for table in (review_comments[review_comments["review_id"].notna()], comments)
    ]
    remarks = pd.concat([_until_merge(merged, part)[["item"]] for part in said] + [open_ends[["item"]]])
    return merged.assign(
        rounds=_rounds(merged, open_ends, _pushes(pull_request_facts, commits, pull_request_events)),
        remarks=_count(merged, remarks),
        changes_requested=_count(merged, acts[acts["state"] == "changes_requested"]),
        asked_at=_asked(merged, pull_request_facts, pull_request_events),
        has_ai_review=_has_ai_review(merged, pull_request_facts, reviews, organisation),
    )


def _until_merge(merged: Frame, rows: Frame) -> Frame:
    limit = merged["merged_at"].reindex(rows["item"]).set_axis(rows.index)
    return rows[rows["at"] <= limit]


def _said(facts: Frame, comments: Frame, organisation: Organisation) -> Frame:
    """Comments by people other than the author."""
    item = position_of(facts, comments)
    is_person = account_class(comments["author"], comments["author_kind"], organisation) == PERSON
    author = facts["author"].reindex(item).set_axis(comments.index)
    chosen = is_person & (item >= 0) & (comments["author"] != author)
    return pd.DataFrame({"item": item, "at": comments["created_at"]})[chosen]


def _pushes(facts: Frame, commits: Frame, events: Frame) -> Frame:
    forced = events[events["kind"] == "force_push"]
    parts = [
        pd.DataFrame({"item": position_of(facts, rows), "at": rows[at]})
        for rows, at in ((commits, "committed_at"), (forced, "at"))
    ]
    pushes = pd.concat(parts, ignore_index=True)
    return pushes[(pushes["item"] >= 0) & pushes["at"].notna()]


def _rounds(merged: Frame, reviews: Frame, pushes: Frame) -> pd.Series:
    """Pushes whose neighbour before is a review: any number of pushes after one review is one answer."""
    turns = pd.concat(
        [reviews[["item", "at"]].assign(kind=REVIEWED), _until_merge(merged, pushes).assign(kind=PUSHED)],
        ignore_index=True,
    ).sort_values(["item", "at", "kind"], kind="stable")
    follows = (turns["item"] == turns["item"].shift()) & (turns["kind"] == PUSHED) & (turns["kind"].shift() == REVIEWED)
    return _count(merged, turns[follows])


def _count(merged: Frame, rows: Frame) -> pd.Series:
    return rows["item"].value_counts().reindex(merged.index, fill_value=0).astype("float64")


def _asked(merged: Frame, facts: Frame, events: Frame) -> pd.Series:
    requests = events[events["kind"] == "review_requested"]
    asked = pd.DataFrame({"item": position_of(facts, requests), "at": requests["at"]})
    approved = merged["approved_at"].reindex(asked["item"]).set_axis(asked.index)
    last = asked[asked["at"] <= approved].groupby("item")["at"].max().reindex(merged.index)
    ready = merged["ready_at"].fillna(merged["created_at"])
    return last.where(last.notna() & (last >= ready), ready)


def _has_ai_review(merged: Frame, facts: Frame, reviews: Frame, organisation: Organisation) -> pd.Series:
    is_ai = account_class(reviews["reviewer"], reviews["reviewer_kind"], organisation) == AI_REVIEWER
    mine = pd.DataFrame({"item": position_of(facts, reviews), "at": reviews["submitted_at"]})[is_ai]
    return pd.Series(np.isin(merged.index, _until_merge(merged, mine)["item"]), index=merged.index)


def review_participation(review_depths: Frame) -> Observations:
    """Share of reviewed and merged pull requests of more than 20 lines whose review left a trace.

    A trace is a comment by another person, changes requested, or two rounds of review and new commits.
    """
    rows = review_depths[review_depths["reviewed_at"].notna()]
    took_part = (rows["remarks"] > 0) | (rows["changes_requested"] > 0) | (rows["rounds"] >= 2)
    return _merged(rows, took_part.astype("float64"), {"small": rows["size"] <= SMALL})


def review_rounds(review_depths: Frame) -> Observations:
    """How often the author of a reviewed and merged pull request answered reviews with new commits.

    A round is a review that does not approve and, however many, the commits or force-pushes that follow it.
    """
    rows = review_depths[review_depths["reviewed_at"].notna()]
    return _merged(rows, rows["rounds"], {})


def rubber_stamp_rate(review_depths: Frame) -> Observations:
    """Share of approved and merged pull requests of more than 200 lines approved within two minutes and without a word.

    Since it was ready, or since a review was last asked for. A word is any comment by another person.
    """
    rows = review_depths[review_depths["approved_at"].notna()]
    quick = rows["approved_at"] - rows["asked_at"] <= STAMPED_WITHIN
    silent = (rows["remarks"] == 0) & (rows["changes_requested"] == 0)
    return _merged(rows, (quick & silent).astype("float64"), {"small": ~(rows["size"] > STAMPED_ABOVE)})


def ai_review_share(review_depths: Frame) -> Observations:
    """Share of merged pull requests that an AI reviewer reviewed; it counts for no other indicator of review."""
    return _merged(review_depths, review_depths["has_ai_review"].astype("float64"), {})


def _merged(rows: Frame, value: pd.Series, excluded: dict[str, pd.Series]) -> Observations:
    return observe(rows, at=rows["merged_at"], value=value, excluded={"bot": ~is_judged(rows)} | excluded)


INDICATORS = (
    Indicator(
        "review_participation",
        "Substantive review",
        objective=Objective.CODE_QUALITY,
        family=Family.CODE_REVIEW,
        unit=Unit.PERCENT,
        better=Better.BAND,
        summary=Summary.RATE,
        formula=review_participation,
        misuse="A quota of comments makes comments, not reviews.",
    ),
    Indicator(
        "review_rounds",
        "Review rounds",
        objective=Objective.CODE_QUALITY,
        family=Family.CODE_REVIEW,
        unit=Unit.COUNT,
        better=Better.BAND,
        summary=Summary.MEDIAN,
        formula=review_rounds,
        misuse="Neither many nor none is good by itself: read it beside the size.",
    ),
    Indicator(
        "rubber_stamp_rate",
        "Rubber-stamp approvals",
        objective=Objective.CODE_QUALITY,
        family=Family.CODE_REVIEW,
        unit=Unit.PERCENT,
        better=Better.LOWER,
        summary=Summary.RATE,
        formula=rubber_stamp_rate,
        misuse="Changes looked at together beforehand look the same.",
    ),
    Indicator(
        "ai_review_share",
        "Reviewed by AI",
        objective=Objective.TECHNICAL_INNOVATION,
        family=Family.CODE_REVIEW,
        unit=Unit.PERCENT,
        better=Better.BAND,
        summary=Summary.RATE,
        formula=ai_review_share,
        misuse="It says what is used, not whether it helps.",
    ),
)
