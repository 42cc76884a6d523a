"""Jira, Cloud and Data Center: projects, boards, sprints, versions, and issues with their whole histories."""

from collections.abc import Sequence

from connectors.base import Connector, Stream
from connectors.jira.boards import fetch_boards
from connectors.jira.check import findings
from connectors.jira.issues import fetch_issues
from connectors.jira.projects import fetch_project
from connectors.jira.session import open_session
from data.config import Config
from data.settings import Jira


def _sites(config: Config) -> Sequence[Jira]:
    return config.jira


CONNECTOR = Connector(
    name="jira",
    title="Jira",
    settings=_sites,
    connect=open_session,
    streams=(
        Stream("projects", fetch_project, ("versions",)),
        Stream("boards", fetch_boards),
        Stream("issues", fetch_issues, ("issue_changes", "issue_links", "worklogs", "accounts", "sprints", "statuses")),
    ),
    check=findings,
)
