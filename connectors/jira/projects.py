"""The walk over a project itself: its row, and its versions, which come in the same answer."""

from collections.abc import Iterator

from connectors.base import Page, Scope, Settled, State
from connectors.jira import planning
from connectors.jira.session import JiraSession


def fetch_project(session: JiraSession, scope: Scope, state: State) -> Iterator[Page]:
    """One page: the project as Jira knows it now. Raises Missing."""
    said = session.project(scope.name)
    number, key, at = str(said["id"]), said["key"], session.client.at
    listed = said["versions"] if "versions" in said else session.client.get(f"{session.api}/project/{number}/versions")
    yield Page(
        at,
        {
            "projects": [planning.project(said, session.client.url)],
            "versions": [planning.version(version, number, key) for version in listed],
        },
        high_water=at,
        settled=[Settled("versions", {"project_id": number}, at)],
        scope=Scope(number, key),
    )
