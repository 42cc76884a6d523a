"""GitHub: pull requests with all that hangs on them, issues, releases, deployments, workflow runs."""

from connectors.base import Connector, Stream
from connectors.github.check import check
from connectors.github.listings import deployments, releases, tags
from connectors.github.session import Session, repositories
from connectors.github.walk import issues, pull_requests
from connectors.github.workflow_runs import workflow_runs

CONNECTOR = Connector(
    name="github",
    title="GitHub",
    settings=lambda config: config.github,
    connect=Session,
    streams=(
        Stream("repositories", repositories),
        Stream(
            "pull_requests",
            pull_requests,
            ("reviews", "review_comments", "comments", "commits", "pull_request_events"),
        ),
        Stream("issues", issues, ("issue_changes",)),
        Stream("releases", releases),
        Stream("tags", tags),
        Stream("deployments", deployments, ("deployment_statuses",)),
        Stream("workflow_runs", workflow_runs),
    ),
    check=check,
)
