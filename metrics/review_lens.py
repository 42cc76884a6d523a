"""Reviews looked at more closely: how the wait depends on the size, and how the load is spread, without names."""

from dataclasses import dataclass
from datetime import datetime

import numpy as np
import pandas as pd

from metrics.change import SIZE_NAMES, size_class
from metrics.model import Frame, Scope
from metrics.observations import hours
from metrics.organisation import Organisation, person_of
from metrics.pull_requests import is_judged
from metrics.review_load import PEOPLE_LEAST
from metrics.statistics import MEDIAN_NEEDS, P85_NEEDS, Interval, median, median_interval, percentile

CELL_NEEDS = 20
SHOWN = ["key", "url", "title", "repository", "team", "size", "reviewed_at"]
STEPS = (0, 1, 6, 11, 21, 41, np.inf)
STEP_NAMES = ("none", "1–5", "6–10", "11–20", "21–40", "more than 40")


@dataclass(frozen=True)
class SizeWait:
    """The wait for a first review, in hours, of pull requests of one size; null where there are too few."""

    size: str
    n: int
    median: float | None
    interval: Interval | None
    p85: float | None

    @property
    def is_enough(self) -> bool:
        """Whether there are enough to compare it with another size."""
        return self.n >= CELL_NEEDS


def first_reviews(pull_requests: Frame) -> Frame:
    """Pull requests of people that were reviewed: key, url, title, repository, team, size (lines), reviewed_at, waited
    (hours).
    """
    rows = pull_requests[is_judged(pull_requests) & pull_requests["review_wait"].notna()]
    return rows[SHOWN].assign(waited=hours(rows["review_wait"]))


def by_month(first_reviews: Frame) -> dict[int, Frame]:
    """The same rows by the month of the review."""
    at = first_reviews["reviewed_at"].dt
    return {month_of(rows["reviewed_at"].iloc[0]): rows for _, rows in first_reviews.groupby([at.year, at.month])}


def month_of(moment: datetime) -> int:
    """A calendar month in UTC as a number that grows by one."""
    return moment.year * 12 + moment.month - 1


def reviewed(first_reviews: Frame, scope: Scope) -> Frame:
    """Those within a scope, with their class of size."""
    rows = first_reviews
    rows = rows[(rows["reviewed_at"] >= scope.start) & (rows["reviewed_at"] < scope.end)]
    rows = rows[rows["team"] == scope.team] if scope.team else rows
    rows = rows[rows["repository"] == scope.repository] if scope.repository else rows
    return rows.drop(columns="team").assign(size_class=size_class(rows["size"]))


def by_size(rows: Frame) -> tuple[SizeWait, ...]:
    """The wait by size, the smallest first; every size is there."""
    return tuple(_of(name, rows.loc[rows["size_class"] == name, "waited"]) for name in SIZE_NAMES)


def _of(name: str, waited: pd.Series) -> SizeWait:
    n = len(waited)
    return SizeWait(
        name,
        n,
        median(waited) if n >= MEDIAN_NEEDS else None,
        median_interval(waited),
        percentile(waited, 0.85) if n >= P85_NEEDS else None,
    )


@dataclass(frozen=True)
class Load:
    """How many members gave how many reviews: a count of people for each of STEP_NAMES."""

    people: int
    reviews: int
    members: tuple[int, ...]


def load(reviews: Frame, organisation: Organisation, team: str, start: datetime, end: datetime) -> Load | None:
    """How a team's reviews of [start, end) are spread over its members of today; None for too small a team.

    Nobody is named: a distribution says whether the load rests on few.
    """
    known = organisation.memberships
    mine = known[(known["kind"] == "person") & (known["team"] == team)]
    mine = mine[(mine["since"].isna() | (mine["since"] < end)) & (mine["until"].isna() | (mine["until"] >= end))]
    people = pd.Index(mine["account"].unique())
    if len(people) < max(PEOPLE_LEAST, organisation.minimum_team_size):
        return None
    rows = reviews[(reviews["reviewer_team"] == team) & (reviews["at"] >= start) & (reviews["at"] < end)]
    rows = rows[is_judged(rows)]
    given = person_of(rows["reviewer"], "github", organisation).value_counts().reindex(people, fill_value=0)
    steps = np.histogram(given.to_numpy(), bins=STEPS)[0]
    return Load(len(people), int(given.sum()), tuple(int(n) for n in steps))
