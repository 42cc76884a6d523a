"""The census of a project: which issues are there, against which are stored."""

from dataclasses import dataclass, field

from connectors.base import Scope
from connectors.jira.session import JiraSession, Place
from connectors.paging import Pages


@dataclass(frozen=True)
class Census:
    """`gone`: stored, there no more. `missed`: there under a key that is not stored. `refused`: why none is gone."""

    gone: list[str] = field(default_factory=list)
    missed: list[str] = field(default_factory=list)
    refused: str | None = None


def take(session: JiraSession, scope: Scope, whole: bool) -> Census:
    """Compare by number and key; unless the `whole` project is wanted, only what is stored can be missed.

    Raises Missing when the account may not browse the project any more.
    """
    there = _there(session, scope)
    frame = session.load("issues", ["id", "key"], project_id=scope.id)
    stored = dict(zip(frame["id"], frame["key"], strict=True))
    wanted = there.keys() if whole else there.keys() & stored.keys()
    missed = sorted((number for number in wanted if stored.get(number) != there[number]), key=int)
    gone = sorted(stored.keys() - there.keys(), key=int)
    if gone and not _may_browse(session, scope):
        raise session.lost(scope.name)
    if stored and not there:
        words = f"{scope.name}: Jira shows none of its {len(stored)} issues; they are kept until it shows some again"
        return Census(refused=f"{words}. Was a permission lost?")
    return Census(gone, missed)


def _there(session: JiraSession, scope: Scope) -> dict[str, str]:
    found: dict[str, str] = {}
    after: Place = None
    pages = Pages(f"{session.client.url}: ids of the issues of {scope.name}")
    while True:
        page = session.search(
            f"project = {scope.id} ORDER BY created DESC, key DESC", ["key"], after, session.census_page
        ).taken(pages)
        found |= {str(issue["id"]): issue["key"] for issue in page.issues}
        after = page.after
        if page.is_last:
            return found


def _may_browse(session: JiraSession, scope: Scope) -> bool:
    said = session.client.get(f"{session.api}/mypermissions", projectKey=scope.name, permissions="BROWSE_PROJECTS")
    return bool(said.get("permissions", {}).get("BROWSE_PROJECTS", {}).get("havePermission"))
