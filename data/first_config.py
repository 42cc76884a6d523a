"""The first configuration, written from what somebody answers in the app; a file of one's own is never overwritten."""

import json
import os
import re
import tomllib
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from pathlib import Path
from tempfile import NamedTemporaryFile

from data import config
from data.config import Config
from data.errors import ConfigError

NAME = re.compile(r"[A-Z_][A-Z0-9_]*")
BARE = re.compile(r"[A-Za-z0-9_-]+")
MARK = "# Written by the guide of Plumbline; edit it as you like."


@dataclass(frozen=True)
class Answers:
    """What the guide asks for. Secrets are names of environment variables, never the secrets themselves.

    `clones` are repository → path or URL of a clone; `teams` are name → members, repositories and Jira projects.
    """

    repositories: tuple[str, ...] = ()
    organization: str = ""
    github_url: str = ""
    github_token: str = "GITHUB_TOKEN"
    jira_url: str = ""
    projects: tuple[str, ...] = ()
    jira_token: str = "JIRA_TOKEN"
    jira_user: str = ""
    clones: Mapping[str, str] | None = None
    teams: Mapping[str, tuple[tuple[str, ...], tuple[str, ...], tuple[str, ...]]] | None = None

    @property
    def variables(self) -> tuple[str, ...]:
        """The environment variables that have to hold a secret."""
        github = [self.github_token] if self.repositories or self.organization else []
        jira = [name for name in (self.jira_token, self.jira_user) if name] if self.jira_url else []
        return (*github, *jira)


def toml_of(answers: Answers) -> str:
    """The file that says what was answered. Raises ConfigError where a secret's name is no name of a variable."""
    for name in answers.variables:
        if not NAME.fullmatch(name):
            raise ConfigError(
                "the name of an environment variable has capital letters, digits and _ only: give its name, such as "
                "GITHUB_TOKEN, never the secret itself"
            )
    blocks = [*_github(answers), *_jira(answers), *_git(answers), *_teams(answers)]
    return "\n\n".join([MARK, *("\n".join(block) for block in blocks)]) + "\n"


def _github(answers: Answers) -> Iterator[list[str]]:
    if not answers.repositories and not answers.organization:
        return
    lines = ["[[github]]"]
    lines += [f"base_url = {_word(answers.github_url)}"] if answers.github_url else []
    lines += [f"organization = {_word(answers.organization)}"] if answers.organization else []
    lines += [f"repositories = {_words(answers.repositories)}"] if answers.repositories else []
    yield [*lines, f"token_env = {_word(answers.github_token)}"]


def _jira(answers: Answers) -> Iterator[list[str]]:
    if answers.jira_url:
        lines = ["[[jira]]", f"url = {_word(answers.jira_url)}", f"projects = {_words(answers.projects)}"]
        lines.append(f"token_env = {_word(answers.jira_token)}")
        yield lines + ([f"user_env = {_word(answers.jira_user)}"] if answers.jira_user else [])


def _git(answers: Answers) -> Iterator[list[str]]:
    for repository, place in (answers.clones or {}).items():
        kind = "url" if "://" in place or place.startswith("git@") else "path"
        yield ["[[git]]", f"repository = {_word(repository)}", f"{kind} = {_word(place)}"]


def _teams(answers: Answers) -> Iterator[list[str]]:
    for name, (members, repositories, projects) in (answers.teams or {}).items():
        lines = [f"[teams.{_key(name)}]", f"name = {_word(name)}", f"members = {_words(members)}"]
        lines += [f"repositories = {_words(repositories)}"] if repositories else []
        yield lines + ([f"jira_projects = {_words(projects)}"] if projects else [])


def _key(name: str) -> str:
    slug = re.sub(r"[^a-z0-9]+", "-", name.lower()).strip("-")
    return slug if BARE.fullmatch(slug) else _word(name)


def _word(text: str) -> str:
    """A string of TOML: those of JSON are strings of TOML too."""
    return json.dumps(text, ensure_ascii=False).replace("\x7f", "\\u007f")


def _words(texts: Iterable[str]) -> str:
    return f"[{', '.join(_word(text) for text in texts)}]"


def place() -> Path:
    """The file that the configuration is read from."""
    return Path(os.environ.get("PLUMBLINE_CONFIG") or config.DEFAULT_FILE)


def check(text: str) -> Config:
    """What a text would configure. Raises ConfigError that names the key and what was expected."""
    return config.parse(tomllib.loads(text), Path("the answers"))


def write(text: str) -> Path:
    """Write the first configuration; the file.

    Raises ConfigError where it would be wrong, where there is a file that the guide did not write, or where the place
    cannot be written to.
    """
    check(text)
    file = place()
    if file.exists() and not file.read_text(encoding="utf-8").startswith(MARK):
        raise ConfigError(f"{file}: is there already and was written by hand: add the lines to it yourself")
    try:
        with NamedTemporaryFile("w", dir=file.parent, suffix=".toml", delete=False, encoding="utf-8") as fresh:
            fresh.write(text)
        Path(fresh.name).replace(file)
    except OSError as error:
        raise ConfigError(f"{file}: cannot be written: {error.strerror}; write it yourself with these lines") from None
    return file
