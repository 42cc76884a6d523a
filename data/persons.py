"""Who somebody is, kept out of the rows: people who asked to be forgotten, and pseudonyms where they are wanted.

Every row goes through the same mask on its way into the store, so that a later sync brings nobody back. Counts stay:
one person's words become the same stand-in wherever they are. Titles and messages are not looked into.
"""

import hashlib
import hmac
import secrets
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any

from sqlalchemy import Column, Connection, Table, delete, insert, select, update

from data.columns import PERSON, Json
from data.errors import ConfigError, PlumblineError
from data.schema import accounts, commits, forgotten, git_commits, metadata, notices
from data.stamps import everything_changed

if TYPE_CHECKING:
    from data.config import Config

Row = dict[str, Any]
KEY = "key of the forgotten"
NO_PERSON = frozenset({"bot", "app", "team", "organization"})  # kinds of accounts
NOBODYS = ("noreply@", "no-reply@")
CHANGES_OF_PEOPLE = frozenset({"assignee", "reporter", "creator"})
STAND_IN = "erased-"
LEAST_KEY = 32


TOGETHER = (
    (accounts.c.id, accounts.c.login, accounts.c.email, accounts.c.name),
    (commits.c.author, commits.c.author_id, commits.c.author_email, commits.c.author_name),
    (git_commits.c.author_email, git_commits.c.author_name),
)


class NobodyFoundError(PlumblineError):
    """No row names the person."""


def digest(key: str, word: str) -> str:
    """A word's keyed digest; the case of letters does not matter."""
    return hmac.new(key.encode(), word.strip().lower().encode("utf-8", "surrogatepass"), hashlib.sha256).hexdigest()


@dataclass(frozen=True)
class Pseudonyms:
    """Stand-ins for everybody, made with a key that is not in the store; `plain`: accounts that are no people."""

    key: str
    plain: frozenset[str] = frozenset()

    def of(self, word: str) -> str:
        """The stand-in of a login, an id, an address or a name."""
        if word.startswith(("p-", STAND_IN)) or word.lower().removesuffix("[bot]") in self.plain:
            return word
        return f"p-{digest(self.key, word)[:12]}"


@dataclass(frozen=True)
class Mask:
    """What is written in the place of a word."""

    key: str = ""
    stands_for: Mapping[str, str] = field(default_factory=dict)
    pseudonyms: Pseudonyms | None = None

    def __bool__(self) -> bool:
        return bool(self.stands_for or self.pseudonyms)

    def word(self, word: str) -> str:
        """The word, or what stands for it."""
        known = self.stands_for.get(digest(self.key, word)) if self.stands_for else None
        return known or (self.pseudonyms.of(word) if self.pseudonyms else word)

    def rows(self, table: Table, rows: Sequence[Row]) -> Sequence[Row]:
        """The rows with their people masked."""
        columns = [column for column in people_of(table) if column.name in rows[0]]
        return [row | {c.name: self.cell(c, row) for c in columns} for row in rows] if columns else rows

    def columns(self, table: Table, columns: Mapping[str, Any]) -> dict[str, Any]:
        """The same for rows that are at hand column by column."""
        who = [column.name for column in people_of(table) if column.name in columns]
        told = {*who, *(table.c[name].info[PERSON] for name in who)} & columns.keys()
        rows = [dict(zip(told, row, strict=True)) for row in zip(*(columns[name] for name in told), strict=True)]
        masked = self.rows(table, rows) if rows else rows
        return {**columns, **{name: [row[name] for row in masked] for name in who}}

    def cell(self, column: Column[Any], row: Mapping[str, Any]) -> Any:
        """One cell, masked where it tells who a person is."""
        value = row[column.name]
        if value is None or not _is_person(column, row):
            return value
        return [self.word(word) for word in value] if isinstance(value, list) else self.word(str(value))


def people_of(table: Table) -> tuple[Column[Any], ...]:
    """The columns of a table that tell who somebody is."""
    return tuple(column for column in table.columns if PERSON in column.info)


def people_in_tables() -> list[tuple[str, tuple[str, ...]]]:
    """Each table that tells who somebody is, with the columns that do."""
    found = [(table.name, tuple(column.name for column in people_of(table))) for table in metadata.sorted_tables]
    return [(table, columns) for table, columns in found if columns]


def _is_person(column: Column[Any], row: Mapping[str, Any]) -> bool:
    kind = column.info[PERSON]
    if kind == "field":
        return row.get(kind) in CHANGES_OF_PEOPLE
    return not kind or str(row.get(kind)).lower() not in NO_PERSON


def mask_of(connection: Connection, pseudonyms: Pseudonyms | None = None) -> Mask:
    """The mask of a store as it is now."""
    words = {row.word: row.stands_for for row in connection.execute(select(forgotten))}
    return Mask(_key(connection) or "" if words else "", words, pseudonyms)


def _key(connection: Connection) -> str | None:
    found: str | None = connection.execute(select(notices.c.value).where(notices.c.key == KEY)).scalar()
    return found


def forget(connection: Connection, words: Sequence[str]) -> dict[str, int]:
    """Put a stand-in where a person's logins, ids, addresses and names are, for now and for every later sync.

    `words` are some of them; the others are found by the accounts and commits that carry them. Returns how many rows
    changed, by table. Raises NobodyFoundError when no row carries any of the words.
    """
    everything = _all_words(connection, {word.strip().lower() for word in words if word.strip()})
    if not everything:
        raise NobodyFoundError(f"nobody here is called {', '.join(words)}; give a login, an account's id or an address")
    key = _key(connection)
    if key is None:
        key = secrets.token_hex(16)
        connection.execute(insert(notices).values(key=KEY, value=key))
    stand_in = f"{STAND_IN}{secrets.token_hex(5)}"
    known = mask_of(connection).stands_for
    for word in {digest(key, word) for word in everything} - known.keys():
        connection.execute(insert(forgotten).values(word=word, stands_for=stand_in))
    return apply(connection, mask_of(connection))


def _all_words(connection: Connection, words: set[str]) -> set[str]:
    """The words that rows carry together with one of `words`: an account's login, id, name and address."""
    rows = [
        {str(word).lower() for word in row if word and not str(word).lower().startswith(NOBODYS)}
        for columns in TOGETHER
        for row in _distinct(connection, columns)
    ]
    found = {word for row in rows if words & row for word in row}
    addresses = {word for word in found | words if "@" in word}
    found |= {word for row in rows if addresses & row for word in row}
    return found | (words & _words_of_actors(connection))


def _distinct(connection: Connection, columns: Sequence[Column[Any]]) -> Sequence[Any]:
    return connection.execute(select(*columns).distinct()).all()


def _words_of_actors(connection: Connection) -> set[str]:
    plain = [c for table in metadata.sorted_tables for c in people_of(table) if not isinstance(c.type, Json)]
    return {str(row[0]).lower() for column in plain for row in _distinct(connection, [column]) if row[0]}


def forgotten_of(connection: Connection) -> Mask:
    """Who was forgotten, to be handed to `forget_again` once other rows are in their place."""
    return mask_of(connection)


def forget_again(connection: Connection, earlier: Mask) -> None:
    """Hold on to those who were forgotten after the rows of a backup were written."""
    if not earlier.stands_for:
        return
    connection.execute(delete(notices).where(notices.c.key == KEY))
    connection.execute(insert(notices).values(key=KEY, value=earlier.key))
    connection.execute(delete(forgotten))
    connection.execute(insert(forgotten), [{"word": w, "stands_for": s} for w, s in earlier.stands_for.items()])
    apply(connection, earlier)


def apply(connection: Connection, mask: Mask) -> dict[str, int]:
    """Mask the rows that are there already; how many cells changed, by table."""
    changed: dict[str, int] = {}
    everything_changed(connection)
    connection.execute(delete(accounts).where(accounts.c.id.in_(_forgotten_accounts(connection, mask))))
    for table in metadata.sorted_tables:
        count = sum(_masked_column(connection, column, mask) for column in people_of(table))
        if count:
            changed[table.name] = count
    return changed


def _forgotten_accounts(connection: Connection, mask: Mask) -> list[str]:
    """One stand-in may be for several accounts of a source, but not as their ids."""
    there = connection.execute(select(accounts.c.id)).scalars()
    return [one for one in there if digest(mask.key, one) in mask.stands_for]


def _masked_column(connection: Connection, column: Column[Any], mask: Mask) -> int:
    """Change each value of a column that is to be another, kind by kind."""
    kind = column.table.c.get(column.info[PERSON]) if column.info[PERSON] else None
    asked = [column] if kind is None else [column, kind]
    there = _distinct(connection, asked)
    changed = 0
    for row in there:
        before = dict(zip((c.name for c in asked), row, strict=True))
        after = mask.cell(column, before)
        if after != row[0]:
            same = [c == value if value is not None else c.is_(None) for c, value in zip(asked, row, strict=True)]
            changed += connection.execute(update(column.table).where(*same).values({column.name: after})).rowcount
    return changed


# The configuration: who opens a store need not know what one may say, so that is imported where it is needed ------


def pseudonyms_of(settings: "Config") -> Pseudonyms | None:
    """The stand-ins that [privacy] asks for. Raises ConfigError when the key is not there."""
    from data.config import secret

    name = settings.privacy.pseudonym_key_env
    if not name:
        return None
    key = secret(name)
    if not key or len(key) < LEAST_KEY:
        raise ConfigError(
            f"{settings.file}: privacy.pseudonym_key_env: the environment variable {name} has to hold a key of at least"
            f" {LEAST_KEY} characters; make one with `openssl rand -hex 32`, and keep it"
        )
    plain = {*settings.bots.names, *settings.bots.ai_reviewers}
    return Pseudonyms(key, frozenset(name.lower().removesuffix("[bot]") for name in plain))


def hold_to(store_holds: str | None, pseudonyms: Pseudonyms | None) -> str:
    """What tells whose stand-ins a store holds; "" for plain names. Raises ConfigError when it holds others."""
    mine = digest(pseudonyms.key, "which key")[:12] if pseudonyms else ""
    if store_holds is not None and store_holds != mine:
        raise ConfigError(
            "privacy.pseudonym_key_env: the store was filled "
            + ("with another key, or none" if pseudonyms else "with pseudonyms")
            + "; keep to that, or sync into a new store"
        )
    return mine


def in_settings(settings: "Config", mask: Mask) -> "Config":
    """The configuration with what stands for its people's accounts beside them."""
    from data.settings import Person

    if not mask:
        return settings
    unknown = {m.person for team in settings.teams.values() for m in team.memberships} - settings.people.keys()
    said = {name: Person(github=(name,)) for name in unknown} | dict(settings.people)
    kinds = ("github", "jira", "emails")
    people = {
        name: Person(
            **{kind: tuple(dict.fromkeys([*getattr(one, kind), *map(mask.word, getattr(one, kind))])) for kind in kinds}
        )
        for name, one in said.items()
    }
    return settings.model_copy(update={"people": people})
