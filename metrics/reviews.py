"""One fact row per human review of another's pull request."""

import pandas as pd

from metrics.model import Frame
from metrics.organisation import Organisation, team_of
from metrics.pull_requests import TOLD, review_acts

AT_ONCE = 500_000  # reviews: what is joined to find their teams takes several times their own room


def reviews(
    reviews: Frame,
    review_comments: Frame,
    pull_request_facts: Frame,
    organisation: Organisation,
) -> Frame:
    """One row per review: item (its pull request's position), at, reviewer, reviewer_team.

    Of its pull request: key, url, repository, team, author, author_class.
    """
    acts = review_acts(pull_request_facts, reviews, review_comments, organisation).drop(columns="state")
    about = pull_request_facts[[*TOLD, "author"]].reindex(acts["item"]).set_axis(acts.index)
    rows = acts.join(about)
    rows["reviewer_team"] = _teams(rows, organisation)
    return rows


def _teams(rows: Frame, organisation: Organisation) -> pd.Series:
    """The team of each reviewer at the time."""
    parts = [rows.iloc[start : start + AT_ONCE] for start in range(0, max(len(rows), 1), AT_ONCE)]
    teams: pd.Series = pd.concat([_team(part, organisation) for part in parts])
    return teams


def _team(rows: Frame, organisation: Organisation) -> pd.Series:
    return team_of(rows["reviewer"], "github", rows["at"], rows["repository"], organisation, "repository")
