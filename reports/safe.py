"""People in texts: a report is of teams and places, so names, logins and addresses of people never appear in it."""

import re
from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass, field, fields, is_dataclass
from typing import Any

from data.config import Config
from data.errors import PlumblineError
from metrics.catalogue import CATALOGUE
from metrics.loading import Loaded
from metrics.model import Frame
from reports.content import Column, Report, Table

A_PERSON, AN_ADDRESS = "(a person)", "(an address)"
ADDRESS = re.compile(r"[\w.+-]{1,64}+@[\w-]+(?:\.[\w-]+)+")
WORD = re.compile(r"@?\w(?:[\w.+-]*\w)?")
MOST_WORDS = 4  # of a name
LEAST_LETTERS = 3
BOT_ENDING = "[bot]"


class NamedPersonError(PlumblineError):
    """A report would name a person."""


@dataclass(frozen=True)
class Names:
    """What people are known by, in lower case: single words (logins) and several (names).

    `house` are the words that belong to the product and to the organisation: repositories, projects, teams, labels. A
    login that is one of them is left alone, because it would be taken for a person wherever the word is meant.
    """

    logins: frozenset[str] = frozenset()
    names: frozenset[str] = frozenset()
    house: frozenset[str] = field(default_factory=frozenset)

    @classmethod
    def of(cls, known: Iterable[str], house: Iterable[str] = ()) -> "Names":
        """Sort what people are known by into logins and names."""
        own = frozenset(words_of(" ".join(house)))
        said = {" ".join(words_of(one)) for one in known if not one.lower().endswith(BOT_ENDING)}
        single = {one for one in said if " " not in one and len(one) >= LEAST_LETTERS and not one.isdigit()}
        several = {one for one in said if " " in one and not own.issuperset(one.split())}
        return cls(frozenset(single - own), frozenset(several), own)

    def without(self, text: str) -> str:
        """The text with every name, login, mention and address replaced."""
        return _replaced(ADDRESS.sub(AN_ADDRESS, text), self._is_login, self.names)

    def named(self, text: str) -> bool:
        """Whether a text surely names a person: an address, a full name, or a login that is no plain word."""
        return bool(ADDRESS.search(text)) or _replaced(text, self._is_surely_login, self.names) != text

    def _is_login(self, word: str) -> bool:
        return word.removeprefix("@") in self.logins or (word.startswith("@") and word[1:] not in self.house)

    def _is_surely_login(self, word: str) -> bool:
        bare = word.removeprefix("@")
        return bare in self.logins and (word != bare or not bare.isalpha())


def words_of(text: str) -> list[str]:
    """The words of a text in lower case; hyphens and dots belong to them, and their parts are words of their own."""
    return [found[0].lower().removeprefix("@") for found in WORD.finditer(text)]


def _replaced(text: str, is_login: Callable[[str], bool], names: frozenset[str]) -> str:
    found = list(WORD.finditer(text))
    parts, done, place = [], 0, 0
    while place < len(found):
        length = _length(found[place : place + MOST_WORDS], is_login, names)
        if length:
            parts += [text[done : found[place].start()], A_PERSON]
            done = found[place + length - 1].end()
        place += length or 1
    return "".join([*parts, text[done:]])


def _length(found: list[re.Match[str]], is_login: Callable[[str], bool], names: frozenset[str]) -> int:
    """How many words from the first on are a person's; 0 for none."""
    lower = [one[0].lower() for one in found]
    for n in range(len(lower), 1, -1):
        if " ".join(lower[:n]).removeprefix("@") in names:
            return n
    return 1 if is_login(lower[0]) else 0


def people(loaded: Loaded, identities: Frame) -> Names:
    """All that is known of people in the store and in the configuration. `identities`: account, email, name."""
    settings = loaded.settings
    known = {*identities["account"].dropna(), *identities["name"].dropna(), *settings.people}
    known |= set(loaded.facts["acting_accounts"]["account"])
    known |= {account for one in settings.people.values() for account in (*one.github, *one.jira)}
    known |= {member.person for team in settings.teams.values() for member in team.memberships}
    bots = loaded.organisation.bots | loaded.organisation.ai_reviewers
    return Names.of({one for one in known if one.lower() not in bots}, _house(settings, loaded))


def _house(settings: Config, loaded: Loaded) -> Iterator[str]:
    for one in CATALOGUE:
        yield from (one.id, one.name, one.definition, one.misuse)
    for key, team in settings.teams.items():
        yield from (key, team.name, *team.repositories, *team.jira_projects, *team.jira_components)
    yield from (scope for line in loaded.walks for scope in (line.scope, line.source, *re.split(r"[/_-]", line.scope)))
    yield from (settings.report.organisation, settings.report.audience)


def check(report: Report, names: Names) -> None:
    """Raises NamedPersonError that says where a report would name a person."""
    for where, text in _texts(report):
        if names.named(text):
            raise NamedPersonError(
                f"{where}: would name a person; reports are of teams. Write a role or a team instead, "
                "or take the word out where it comes from"
            )


def _texts(report: Report) -> Iterator[tuple[str, str]]:
    yield from (("title", report.title), ("[report] organisation", report.organisation))
    yield "[report] audience", report.audience
    for section in (report.answer, *report.sections):
        if section is not None:
            yield from ((f"section {section.title}", text) for text in _strings(section))
    for indicator, table in report.rows.items():
        yield from ((f"rows of {indicator}", text) for text in _row_texts(table))


def _strings(value: Any) -> Iterator[str]:
    if isinstance(value, str):
        yield value
    elif is_dataclass(value):
        for one in fields(value):
            yield from _strings(getattr(value, one.name))
    elif isinstance(value, dict):
        yield from (text for pair in value.items() for one in pair for text in _strings(one))
    elif isinstance(value, tuple):
        yield from (text for one in value for text in _strings(one))


def _row_texts(table: Table) -> set[str]:
    shown = [at for at, heading in enumerate(table.headings) if heading.kind is Column.WORDS]
    return {str(row[at]) for row in table.rows for at in shown if row[at] is not None}
