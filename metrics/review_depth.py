"""How much a review looks at: rounds, remarks, rubber stamps, and what automatic reviewers add."""

from collections.abc import Sequence
from typing import Any

import numpy as np
import pandas as pd
from numpy.typing import NDArray

from metrics.model import Better, Family, Frame, Indicator, Objective, Observations, Summary, Unit
from metrics.observations import observe
from metrics.organisation import Organisation, is_ai_reviewer, is_person
from metrics.positions import Positions, position_of
from metrics.pull_requests import NOT_A_TIME, TOLD, Acts, each_act, is_judged

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
    """One row per merged pull request, and what its reviews were like up to the merge.

    Of its facts: key, url, repository, team, author_class, size, merged_at, reviewed_at, approved_at. Then:
    rounds (how often new commits answered a review that did not approve), remarks (what people other than its author
    wrote: comments in the code or below, reviews that comment), changes_requested (how many), asked_at (the last
    request for a review before the first approval, ready if none), has_ai_review.
    """
    facts, until = pull_request_facts, _ticks(pull_request_facts["merged_at"])
    acts = [_in_time(one, until) for one in each_act(facts, reviews, review_comments, organisation)]
    asks = [one.where(one.said("changes_requested")) for one in acts]
    open_ends = [*asks, *(one.where(one.said("commented")) for one in acts)]
    in_code = review_comments[review_comments["review_id"].notna()]
    remarks = [_remarked(facts, until, table, organisation) for table in (in_code, comments)]
    deep: dict[str, Any] = {
        "rounds": _rounds(len(facts), open_ends, _pushes(facts, until, commits, pull_request_events)),
        "remarks": _count(len(facts), [*remarks, *(one.item for one in open_ends)]),
        "changes_requested": _count(len(facts), [one.item for one in asks]),
        "asked_at": _asked(facts, pull_request_events),
        "has_ai_review": _has_ai_review(facts, until, reviews, organisation),
    }
    merged = facts["merged_at"].notna().to_numpy()
    rows = facts.loc[merged, [*TOLD, "size", "merged_at", "reviewed_at", "approved_at"]]
    return rows.assign(**{name: values[merged] for name, values in deep.items()})


def _ticks(moments: pd.Series) -> Positions:
    """Microseconds since 1970; what has no time is before everything."""
    return np.asarray(moments.astype("int64").to_numpy(), dtype=np.int64)


def _in_time(acts: Acts, until: Positions) -> Acts:
    return acts.where(acts.at <= until[acts.item])


def _remarked(facts: Frame, until: Positions, comments: Frame, organisation: Organisation) -> Positions:
    """The pull request of each comment in time by somebody other than its author."""
    item, at = position_of(facts, comments).to_numpy(), _ticks(comments["created_at"])
    chosen = (item >= 0) & comments["created_at"].notna().to_numpy()
    chosen &= is_person(comments["author"], comments["author_kind"], organisation)
    place = np.flatnonzero(chosen)
    place = place[at[place] <= until[item[place]]]
    by_another = comments["author"].take(place).array != facts["author"].take(item[place]).array
    named: Positions = item[place[np.asarray(by_another, dtype=bool)]]
    return named


def _pushes(facts: Frame, until: Positions, commits: Frame, events: Frame) -> tuple[Positions, Positions]:
    """The pull request and the time of each push up to the merge."""
    forced = events.loc[events["kind"] == "force_push", ["source", "pull_request_id", "at"]]
    item = np.concatenate([position_of(facts, rows).to_numpy() for rows in (commits, forced)])
    at = np.concatenate([_ticks(commits["committed_at"]), _ticks(forced["at"])])
    chosen = np.flatnonzero((item >= 0) & (at != NOT_A_TIME))
    chosen = chosen[at[chosen] <= until[item[chosen]]]
    return item[chosen], at[chosen]


def _rounds(many: int, reviews: Sequence[Acts], pushes: tuple[Positions, Positions]) -> NDArray[np.float64]:
    """Pushes whose neighbour before is a review: any number of pushes after one review is one answer."""
    item = np.concatenate([pushes[0], *(one.item for one in reviews)])
    at = np.concatenate([pushes[1], *(one.at for one in reviews)])
    kind = np.full(len(item), REVIEWED, dtype=np.int8)
    kind[: len(pushes[0])] = PUSHED
    order = np.lexsort((kind, at, item))
    item, kind = item[order], kind[order]
    answers = (item[1:] == item[:-1]) & (kind[1:] == PUSHED) & (kind[:-1] == REVIEWED)
    return _count(many, [item[1:][answers]])


def _count(many: int, items: Sequence[Positions]) -> NDArray[np.float64]:
    """How often each pull request is named."""
    return np.bincount(np.concatenate(items), minlength=many).astype(np.float64)


def _asked(facts: Frame, events: Frame) -> pd.DatetimeIndex:
    """The last request up to the approval, or when it was ready."""
    requests = events.loc[events["kind"] == "review_requested", ["source", "pull_request_id", "at"]]
    item, at = position_of(facts, requests).to_numpy(), _ticks(requests["at"])
    chosen = np.flatnonzero((item >= 0) & (at != NOT_A_TIME))
    chosen = chosen[at[chosen] <= _ticks(facts["approved_at"])[item[chosen]]]
    last = _ticks(facts["ready_at"].fillna(facts["created_at"])).copy()
    chosen = chosen[last[item[chosen]] != NOT_A_TIME]
    np.maximum.at(last, item[chosen], at[chosen])
    return pd.DatetimeIndex(last.view("datetime64[us]")).tz_localize("UTC")


def _has_ai_review(facts: Frame, until: Positions, reviews: Frame, organisation: Organisation) -> NDArray[np.bool_]:
    by_ai = np.flatnonzero(is_ai_reviewer(reviews["reviewer"], reviews["reviewer_kind"], organisation))
    theirs = reviews[["source", "pull_request_id", "submitted_at"]].take(by_ai)
    item, at = position_of(facts, theirs).to_numpy(), _ticks(theirs["submitted_at"])
    chosen = np.flatnonzero((item >= 0) & (at != NOT_A_TIME))
    chosen = chosen[at[chosen] <= until[item[chosen]]]
    has = np.zeros(len(facts), dtype=bool)
    has[item[chosen]] = True
    return has


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
