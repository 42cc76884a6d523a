"""Names that the configuration and the command line write in other letters than their source: brought to the source's.

For GitHub owner/name and for Jira keys of projects the letter case does not count.
"""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from typing import Any, TypeVar

from data.config import Config
from data.settings import Team
from data.store import Store

Value = TypeVar("Value")


@dataclass(frozen=True)
class Spelling:
    """How names are written at their source, by the name in lower case."""

    known: Mapping[str, str] = field(default_factory=dict)

    def of(self, name: str) -> str:
        """The source's own spelling of a name; a name that no source knows stays as it is."""
        return self.known.get(name.lower(), name)

    def each(self, names: Iterable[str]) -> tuple[str, ...]:
        """Of several names, each once."""
        return tuple(dict.fromkeys(map(self.of, names)))

    def of_first_part(self, names: Iterable[str]) -> tuple[str, ...]:
        """Of names such as owner/name:path, of which the part before the colon is known."""
        parts = (name.rpartition(":") for name in names)
        return tuple(dict.fromkeys(f"{self.of(first)}{colon}{rest}" for first, colon, rest in parts))

    def keys(self, table: Mapping[str, Value]) -> dict[str, Value]:
        """A table by the names of its keys."""
        return {self.of(name): value for name, value in table.items()}


AS_WRITTEN = Spelling()


def spelling(names: Iterable[str]) -> Spelling:
    """The spelling of these names; of several that differ in letter case only, the first one's."""
    known: dict[str, str] = {}
    for name in names:
        known.setdefault(name.lower(), name)
    return Spelling(known)


def repositories(store: Store) -> Spelling:
    """How the repositories of a store are written."""
    return spelling(store.load("repositories", ["name"])["name"].dropna())


def projects(store: Store) -> Spelling:
    """How the keys of its projects are written."""
    return spelling(store.load("projects", ["key"])["key"].dropna())


def as_stored(settings: Config, of_repositories: Spelling, of_projects: Spelling) -> Config:
    """The configuration with repositories and projects as their sources write them."""

    def team(said: Team) -> Team:
        written: dict[str, Any] = {
            "repositories": of_repositories.each(said.repositories),
            "paths": of_repositories.of_first_part(said.paths),
            "jira_projects": of_projects.each(said.jira_projects),
            "jira_components": of_projects.of_first_part(said.jira_components),
        }
        return said.model_copy(update=written)

    return settings.model_copy(
        update={
            "teams": {key: team(said) for key, said in settings.teams.items()},
            "stages": of_projects.keys(settings.stages),
            "deployments": of_repositories.keys(settings.deployments),
        }
    )
