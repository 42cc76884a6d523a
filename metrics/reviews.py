"""One fact row per human review of another's pull request."""

from metrics.model import Frame
from metrics.organisation import Organisation, team_of
from metrics.pull_requests import pull_requests as pull_request_facts
from metrics.pull_requests import review_acts


def reviews(
    reviews: Frame,
    review_comments: Frame,
    pull_requests: Frame,
    pull_request_events: Frame,
    repositories: Frame,
    organisation: Organisation,
) -> Frame:
    """One row per review: at, state, reviewer, reviewer_team, and its pull request's key, url, repository, team."""
    facts = pull_request_facts(pull_requests, reviews, review_comments, pull_request_events, repositories, organisation)
    acts = review_acts(facts, reviews, review_comments, organisation)
    about = facts[["key", "url", "repository", "team", "author_class", "size"]].reindex(acts["item"])
    about.index = acts.index
    rows = acts.join(about)
    rows["reviewer_team"] = team_of(
        rows["reviewer"], "github", rows["at"], rows["repository"], organisation, "repository"
    )
    return rows
