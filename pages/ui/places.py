"""What a place is called."""

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
