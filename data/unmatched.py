"""What the configuration names and nothing in the store matches: a word that is spelled otherwise, or gone."""

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from fnmatch import fnmatchcase
from functools import cached_property

from data.config import Config
from data.persons import Mask, pseudonyms_of
from data.settings import Deployments, Stages
from data.store import Store
from data.values import Words

KINDS = {
    "repository": "repositories",
    "project": "projects",
    "component": "components",
    "status": "statuses",
    "type of issue": "types",
}
DEPLOYING: Mapping[
    str, tuple[str, Mapping[str, Words]]
] = {  # what a glob of [deployments] names: the rows that it is looked for in, and the words for it
    "environments": ("environment", {"deployments": ("environment",)}),
    "workflows": ("workflow", {"workflow_runs": ("workflow", "path")}),
    "tags": ("tag", {"tags": ("id",), "releases": ("tag",)}),
}
STAGES = ("queue", "active", "review", "blocked", "done", "cancelled")
ACTORS = {  # the columns in which accounts of GitHub act
    "pull_requests": ("author", "merged_by"),
    "reviews": ("reviewer",),
    "comments": ("author",),
    "review_comments": ("author",),
    "commits": ("author",),
}


@dataclass(frozen=True)
class Unmatched:
    """One name of the configuration that matches nothing: `key` says where it stands."""

    key: str
    name: str
    what: str

    @property
    def words(self) -> str:
        """What is wrong with it."""
        return f"{self.key} names {self.name!r}, but no {self.what} of that name was synced; check its spelling"


def unmatched(settings: Config, store: Store) -> list[Unmatched]:
    """The names that nothing matches, in the order of the configuration; letter case never counts.

    Nothing is said of a kind of which nothing was synced yet.
    """
    return list(dict.fromkeys(_Search(settings, store).all()))


class _Search:
    def __init__(self, settings: Config, store: Store) -> None:
        self.settings, self.store = settings, store
        self.mask: Mask = store.mask(pseudonyms_of(settings))

    def all(self) -> Iterator[Unmatched]:
        settings, missing, accounts = self.settings, self._missing, self._accounts
        for github in settings.github:
            yield from missing("[[github]] repositories", github.repositories, "repository")
        for jira in settings.jira:
            yield from missing("[[jira]] projects", jira.projects, "project")
        for key, team in settings.teams.items():
            yield from missing(f"[teams.{key}] repositories", team.repositories, "repository")
            yield from missing(f"[teams.{key}] jira_projects", team.jira_projects, "project")
            yield from missing(f"[teams.{key}] jira_components", team.jira_components, "component")
            yield from self._paths(f"[teams.{key}] paths", team.paths)
            logins = [one.person for one in team.memberships if one.person not in settings.people]
            yield from accounts(f"[teams.{key}] members", logins, "logins")
        for key, person in settings.people.items():
            yield from accounts(f"[people.{key}] github", person.github, "logins")
            yield from accounts(f"[people.{key}] jira", person.jira, "jira_accounts")
        yield from accounts("[bots] names", settings.bots.names, "logins", "jira_accounts")
        yield from accounts("[bots] ai_reviewers", settings.bots.ai_reviewers, "logins")
        yield from missing("[deployments]", settings.deployments, "repository")
        for place, deployments in settings.deployments.items():
            yield from self._deployments(place, deployments)
        yield from missing("[stages]", [key for key in settings.stages if key != "default"], "project")
        for key, stages in settings.stages.items():
            yield from missing(f"[stages.{key}]", _named(stages), "status")
        yield from missing("[epics] types", settings.epics.types, "type of issue")

    def _missing(self, key: str, names: Iterable[str], what: str) -> Iterator[Unmatched]:
        named = list(names)
        known: set[str] = getattr(self, KINDS[what]) if named else set()
        return _unknown(key, named, known, what)

    def _accounts(self, key: str, names: Iterable[str], *kinds: str) -> Iterator[Unmatched]:
        named = list(names)
        bare = {_bare(name) for kind in kinds for name in getattr(self, kind)} if named else set()
        unknown = [name for name in named if not {_bare(name), _bare(self.mask.word(name))} & bare]
        return _unknown(key, unknown, bare, "account")

    def _paths(self, key: str, patterns: Iterable[str]) -> Iterator[Unmatched]:
        for pattern in patterns:
            repository, _, glob = pattern.rpartition(":")
            here = [paths for name, paths in self.files.items() if repository.lower() in {"", name}]
            if repository and self.repositories and repository.lower() not in self.repositories:
                yield Unmatched(key, pattern, "repository")
            elif here and not any(_may_match(glob, path) for paths in here for path in paths):
                yield Unmatched(key, pattern, "file")

    def _deployments(self, place: str, said: Deployments) -> Iterator[Unmatched]:
        if place.lower() not in self.repositories:
            return
        for key, (what, tables) in DEPLOYING.items():
            globs: Words = getattr(said, key)
            known = self._deploying(tables) if globs else {}
            names = known.get(place.lower(), set())
            lost = [glob for glob in globs if known and not any(_names(glob, name, what) for name in names)]
            yield from (Unmatched(f'[deployments."{place}"] {key}', glob, what) for glob in lost)

    def _deploying(self, tables: Mapping[str, Words]) -> Mapping[str, set[str]]:
        """The names in some columns, by repository."""
        place = ["source", "repository_id"]
        known = self.store.load("repositories", ["source", "id", "name"]).rename(columns={"id": "repository_id"})
        known = known.dropna(subset="name").drop_duplicates(place).assign(name=lambda rows: rows["name"].str.lower())
        found: dict[str, set[str]] = {}
        for table, columns in tables.items():
            rows = self.store.load(table, [*place, *columns], distinct=True).merge(known, on=place)
            for column in columns:
                for name, words in rows.groupby("name")[column]:
                    found.setdefault(str(name), set()).update(words.dropna())
        return found

    def _words(self, table: str, *columns: str) -> set[str]:
        found = [self.store.load(table, [column], distinct=True)[column].dropna() for column in columns]
        return {str(word).lower() for words in found for word in words}

    @cached_property
    def repositories(self) -> set[str]:
        return self._words("repositories", "name") | self._words("git_branches", "repository_id")

    @cached_property
    def projects(self) -> set[str]:
        return self._words("projects", "key")

    @cached_property
    def components(self) -> set[str]:
        rows = self.store.load("issues", ["project", "components"], distinct=True).explode("components").dropna()
        return set((rows["project"] + ":" + rows["components"]).str.lower())

    @cached_property
    def statuses(self) -> set[str]:
        return self._words("statuses", "name")

    @cached_property
    def types(self) -> set[str]:
        return self._words("issues", "type")

    @cached_property
    def logins(self) -> set[str]:
        return {word for table, columns in ACTORS.items() for word in self._words(table, *columns)}

    @cached_property
    def jira_accounts(self) -> set[str]:
        return self._words("accounts", "id", "login")

    @cached_property
    def files(self) -> Mapping[str, list[str]]:
        rows = self.store.load("files", ["repository_id", "id"])
        names = self.store.load("repositories", ["id", "name"]).drop_duplicates("id").set_index("id")["name"]
        by_name = rows["repository_id"].map(names).fillna(rows["repository_id"]).str.lower()
        return {str(name): paths.tolist() for name, paths in rows.groupby(by_name)["id"]}


def _named(stages: Stages) -> list[str]:
    return [name for kind in STAGES if kind in stages.model_fields_set for name in getattr(stages, kind)]


def _unknown(key: str, names: Iterable[str], known: set[str], what: str) -> Iterator[Unmatched]:
    if known:
        yield from (Unmatched(key, name, what) for name in names if name.lower() not in known)


def _may_match(glob: str, path: str) -> bool:
    """Whether a pattern could mean a path: more generous than the figures, for it only says what cannot."""
    glob = glob.strip("/").replace("**/", "*")
    return fnmatchcase(path, glob) or fnmatchcase(path, f"{glob}/*")


def _names(glob: str, name: str, what: str) -> bool:
    """Whether a glob of [deployments] names it; of a workflow its name, its path or its file."""
    if what == "environment":
        return fnmatchcase(name.lower(), glob.lower())
    file = name.partition("@")[0].rpartition("/")[2]
    return fnmatchcase(name, glob) or (what == "workflow" and fnmatchcase(file, glob))


def _bare(name: str) -> str:
    return name.lower().removesuffix("[bot]")
