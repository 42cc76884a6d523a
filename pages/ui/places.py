"""What a scope is called, and the address of the rows of one of its figures."""

from metrics.model import Scope
from pages.ui import filters
from pages.ui.view import View

EVERYBODY = "the whole organisation"


def name_of(view: View, team: str | None, repository: str | None = None) -> str:
    """A team or a repository by the name that people use; the organisation where there is none."""
    if repository:
        return repository
    if team is None:
        return EVERYBODY
    known = view.source.settings.teams.get(team)
    return (known.name or team) if known else team


def rows_of(view: View, indicator: str, scope: Scope, week: str = "") -> dict[str, str]:
    """The query of the page that shows the rows of a figure of a scope, in one week where one is named."""
    said = {"indicator": indicator} | filters.in_url()
    said = {name: value for name, value in said.items() if name not in {"team", "repository"}}
    said |= {"team": scope.team} if scope.team else {}
    said |= {"repository": scope.repository} if scope.repository else {}
    return said | ({"week": week} if week else {})
