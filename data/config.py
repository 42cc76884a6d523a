"""The configuration: one TOML file, read once, checked in plain words, handed on as a frozen value."""

import hashlib
import os
import re
import tomllib
from collections import Counter
from collections.abc import Iterator
from contextlib import suppress
from datetime import date
from functools import lru_cache
from itertools import combinations
from pathlib import Path
from typing import Any
from urllib.parse import urlsplit

from pydantic import Field, ValidationError

from data import checks, store_url
from data.errors import ConfigError
from data.redaction import redacted, remember
from data.settings import (
    Adoption,
    Bots,
    Calendar,
    Deployments,
    Epics,
    Files,
    Git,
    GitHub,
    Incidents,
    Jira,
    Member,
    Monitoring,
    Person,
    Privacy,
    Report,
    Settings,
    SignIn,
    Stages,
    StoreSettings,
    Target,
    Team,
    WorkMix,
)
from data.store_url import DEFAULT_FILE as DEFAULT_FILE
from data.values import Number, Repository

HERE = Path(__file__).parent
SECRETS = HERE.parent / ".streamlit" / "secrets.toml"
ASKS_FOR_SIGN_IN = re.compile(r"^[^#\n]*sign_in", re.MULTILINE)


class Config(Settings):
    """All that the file says, with the defaults for what it leaves out."""

    store: StoreSettings = StoreSettings()
    calendar: Calendar = Calendar()
    github: tuple[GitHub, ...] = ()
    jira: tuple[Jira, ...] = ()
    git: tuple[Git, ...] = ()
    files: tuple[Files, ...] = ()
    bots: Bots = Bots()
    teams: dict[str, Team] = Field(default_factory=dict)
    people: dict[str, Person] = Field(default_factory=dict)
    stages: dict[str, Stages] = Field(default_factory=dict)
    epics: Epics = Epics()
    work_mix: WorkMix = WorkMix()
    targets: dict[str, Target | tuple[Target, ...]] = Field(default_factory=dict)
    gates: dict[str, Number] = Field(default_factory=dict)
    adoption: dict[str, Adoption] = Field(default_factory=dict)
    deployments: dict[Repository, Deployments] = Field(default_factory=dict)
    incidents: Incidents = Incidents()
    privacy: Privacy = Privacy()
    sign_in: SignIn = SignIn()
    monitoring: Monitoring = Monitoring()
    report: Report = Report()
    file: Path | None = Field(None, exclude=True)
    digest: str = Field("", exclude=True)

    @property
    def store_url(self) -> str:
        """Where the store is: PLUMBLINE_STORE, else [store] url, else data/metrics.db."""
        return store_url.chosen(self.store.url)

    @property
    def has_sources(self) -> bool:
        """Whether there is anything to sync."""
        return bool(self.github or self.jira or self.git or self.files)

    def stands_alone(self, team: str, day: date) -> bool:
        """Whether a team may be shown by itself on a day: enough people are in it, or it lists none at all."""
        size = sum(
            (one.since is None or one.since <= day) and (one.until is None or day < one.until)
            for one in self.teams[team].memberships
        )
        return size == 0 or size >= self.privacy.minimum_team_size


def read(path: str | Path | None = None) -> Config:
    """The configuration in a file: `path`, else PLUMBLINE_CONFIG, else data/config.toml, else nothing but defaults.

    Raises ConfigError that names the file, the key and what was expected.
    """
    named = path or store_url.named()
    file = Path(named) if named else DEFAULT_FILE
    if not named and not file.exists():
        return _of_a_store(Config())
    try:
        return _of_a_store(_parsed(file, file.read_bytes()))
    except OSError as error:
        raise ConfigError(f"{file}: cannot be read ({error.strerror}); check the path") from None


def _of_a_store(config: Config) -> Config:
    """The configuration, if it names a kind of database that there is."""
    store_url.checked(config.store_url, config.file)
    return config


def read_sign_in() -> SignIn:
    """The sign-in of the configuration alone, whatever is wrong elsewhere in the file.

    Raises ConfigError when the file may ask for a sign-in and cannot be read: nobody can tell who may look then.
    """
    try:
        return read().sign_in
    except ConfigError:
        content = Path(os.environ.get("PLUMBLINE_CONFIG") or DEFAULT_FILE)
        with suppress(OSError, ValidationError, UnicodeDecodeError):
            text = content.read_text(encoding="utf-8")
            if not ASKS_FOR_SIGN_IN.search(text):
                return SignIn()
            with suppress(tomllib.TOMLDecodeError):
                return SignIn.model_validate(tomllib.loads(text).get("sign_in", {}))
        raise


@lru_cache(maxsize=8)
def _parsed(file: Path, content: bytes) -> Config:
    """What a file says; of a company it is long, and every run of a page asks for it."""
    try:
        said = tomllib.loads(content.decode())
    except (tomllib.TOMLDecodeError, UnicodeDecodeError) as error:
        raise ConfigError(f"{file}: is not TOML: {error}") from None
    return parse(said, file, hashlib.sha256(content).hexdigest()[:12])


def parse(said: dict[str, Any], file: Path, digest: str = "") -> Config:
    """Check what a TOML file says. Raises ConfigError that names the file, the key and what was expected."""
    for own in ("file", "digest"):
        if own in said:
            raise ConfigError(f"{file}: {own}: unknown key; expected one of {_known(Config)}")
    try:
        config = _named(Config.model_validate(said | {"file": file, "digest": digest}))
    except ValidationError as error:
        raise ConfigError(f"{file}: " + "; ".join(_in_words(problem) for problem in error.errors()[:3])) from None
    for problem in _contradictions(config):
        raise ConfigError(f"{file}: {problem}")
    return config


def _named(config: Config) -> Config:
    return config.model_copy(
        update={
            "github": _name_each("github", config.github, [entry.base_url for entry in config.github]),
            "jira": _name_each("jira", config.jira, [entry.url for entry in config.jira]),
        }
    )


def _name_each(kind: str, entries: tuple[Any, ...], addresses: list[str]) -> tuple[Any, ...]:
    first = addresses[0] if addresses else ""
    names = [kind if url == first else f"{kind}@{urlsplit(url).netloc}" for url in addresses]
    return tuple(e if e.name else e.model_copy(update={"name": n}) for e, n in zip(entries, names, strict=True))


def secret(name: str) -> str | None:
    """A secret by the name that the configuration gives: from the environment, else .streamlit/secrets.toml."""
    if name in os.environ:
        return remember(os.environ[name])
    if name and not name.isupper():
        remember(name)  # it may be the secret itself, written in the place of the variable's name
    if not name or not SECRETS.exists():
        return None
    try:
        value = tomllib.loads(SECRETS.read_text()).get(name)
    except tomllib.TOMLDecodeError:
        raise ConfigError(f"{SECRETS}: is not TOML") from None
    return remember(value) if isinstance(value, str) else None


def _in_words(problem: Any) -> str:
    where = ".".join(str(part) for part in problem["loc"] if not _is_type_name(part))
    kind = problem["type"]
    if kind == "extra_forbidden":
        return f"{where}: unknown key; check its spelling against data/config.example.toml"
    if kind == "missing":
        return f"{where}: is missing"
    given = problem.get("input")
    is_plain = isinstance(given, (str, int, float, bool)) and kind != "value_error"  # our own words say it, or hide it
    shown = f", not {redacted(repr(given))}" if is_plain else ""
    message = problem["msg"].removeprefix("Value error, ")
    expected = message.replace("Input should be", "expected").replace("a valid tuple", "a list")
    return f"{where}: {expected}{shown if 'expected' in expected and repr(given) not in expected else ''}"


def _is_type_name(part: Any) -> bool:
    return isinstance(part, str) and (part in {"Member", "str", "Target", "[key]"} or "[" in part)


def _known(model: type[Settings]) -> str:
    return ", ".join(name for name in model.model_fields if name not in {"file", "digest"})


def _contradictions(config: Config) -> Iterator[str]:
    places = {(e.name, e.base_url) for e in config.github} | {(e.name, e.url) for e in config.jira}
    yield from _twice("name", [name for name, _ in places], "give each server its own name")
    yield from _twice("files.path", [f.path for f in config.files], "list each file once")
    yield from _twice("files.name", [f.name for f in config.files if f.name], "give each file its own name")
    yield from _twice(
        "github.repositories", [r.lower() for g in config.github for r in g.repositories], "list each repository once"
    )
    yield from _twice("deployments", [name.lower() for name in config.deployments], "give each repository one table")
    yield from _twice("git.repository", [g.repository.lower() for g in config.git], "list each repository once")
    for kind in ("github", "jira", "emails"):
        used = [account.lower() for person in config.people.values() for account in getattr(person, kind)]
        yield from _twice(f"people.*.{kind}", used, "an account belongs to one person")
    for kind in ("repositories", "paths", "jira_projects", "jira_components"):
        owned = [thing.lower() for team in config.teams.values() for thing in getattr(team, kind)]
        yield from _twice(f"teams.*.{kind}", owned, "it belongs to one team")
    for key, team in config.teams.items():
        if team.parent and team.parent not in config.teams:
            yield f"teams.{key}.parent: no team {team.parent!r}; expected one of {', '.join(config.teams)}"
    yield from checks.teams(config.teams)
    yield from checks.names(config.targets, config.gates)
    yield from _circles(config)
    yield from _overlaps(config)


def _twice(where: str, names: list[str], advice: str) -> Iterator[str]:
    for name, times in Counter(names).items():
        if times > 1:
            yield f"{where}: {name!r} is used twice; {advice}"


def _circles(config: Config) -> Iterator[str]:
    for key in config.teams:
        seen, team = {key}, config.teams[key].parent
        while team in config.teams:
            if team in seen:
                yield f"teams.{key}.parent: the teams {', '.join(sorted(seen))} are each other's parents"
                return
            seen.add(team)
            team = config.teams[team].parent


def _overlaps(config: Config) -> Iterator[str]:
    all_of = [(key, member) for key, team in config.teams.items() for member in team.memberships]
    for (one, first), (other, second) in combinations(all_of, 2):
        if first.person == second.person and _meet(first, second) and (one == other or first.share + second.share > 1):
            yield (
                f"teams.{one}.members: {first.person!r} is also in teams.{other} at the same time;"
                " give each membership from, until or a share that sums to at most 1"
            )


def _meet(one: Member, other: Member) -> bool:
    return (one.since or date.min) < (other.until or date.max) and (other.since or date.min) < (one.until or date.max)
