"""One fact row per human review of another's pull request."""

from metrics.model import Frame
from metrics.organisation import Organisation, team_of
from metrics.pull_requests import review_acts


def reviews(
    reviews: Frame,
    review_comments: Frame,
    pull_request_facts: Frame,
    organisation: Organisation,
) -> Frame:
    """One row per review: at, state, reviewer, reviewer_team; its pull request's key, url, repository, team, author."""
    acts = review_acts(pull_request_facts, reviews, review_comments, organisation)
    about = pull_request_facts[["key", "url", "repository", "team", "author", "author_class", "size"]]
    about = about.reindex(acts["item"])
    about.index = acts.index
    rows = acts.join(about)
    rows["reviewer_team"] = team_of(
        rows["reviewer"], "github", rows["at"], rows["repository"], organisation, "repository"
    )
    return rows
