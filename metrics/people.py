"""Whose account is whose: joined by the configuration and by an equal address, else only suggested.

A name alone joins nobody. Joins are made when rows are read, so a change of the configuration takes them back.
"""

from collections.abc import Mapping
from dataclasses import dataclass

import pandas as pd

from metrics.model import Frame

People = Mapping[str, Mapping[str, str]]
NOBODYS = r"(?:noreply|no-reply)@|@users\.noreply\."
COLUMNS = ["kind", "account", "email", "name"]


@dataclass(frozen=True)
class Suggestion:
    """Two accounts that look like one person; somebody has to say so in [people]."""

    github: str
    jira: str
    why: str


def no_accounts() -> Frame:
    """No account of a tracker."""
    return pd.DataFrame(columns=["id", "login", "name", "email"], dtype="str")


def identities(accounts: Frame, commits: Frame) -> Frame:
    """Every account that gives an address or a name: kind (github, jira), account and email in lower case, name.

    `accounts`: id, login, name, email; `commits`: author (login), author_email, author_name.
    """
    theirs = accounts["login"].str.lower().isin(commits["author"].str.lower().dropna())  # of the code host itself
    tracker = accounts.loc[~theirs, ["id", "email", "name"]].set_axis(COLUMNS[1:], axis="columns").assign(kind="jira")
    host = (
        commits[["author", "author_email", "author_name"]].set_axis(COLUMNS[1:], axis="columns").assign(kind="github")
    )
    found = pd.concat([tracker, host])[COLUMNS].astype("str")
    found = found[found["account"].notna()].assign(
        account=lambda rows: rows["account"].str.lower(), email=lambda rows: rows["email"].str.lower().str.strip()
    )
    is_address = found["email"].str.contains("@").fillna(False)
    nobodys = ~is_address | found["email"].str.contains(NOBODYS, regex=True).fillna(True)
    return found.assign(email=found["email"].mask(nobodys)).drop_duplicates(ignore_index=True)


def joined(people: People, found: Frame) -> dict[str, dict[str, str]]:
    """The people with every account that shares an address with one of theirs: kind → account → person.

    An address that two people share joins nobody.
    """
    known = {kind: dict(accounts) for kind, accounts in people.items()}
    owner = _owners_of_addresses(people, found)
    for kind, account, email in found[["kind", "account", "email"]].dropna().to_numpy().tolist():
        if email in owner:
            known.setdefault(kind, {}).setdefault(account, owner[email])
    return known


def _owners_of_addresses(people: People, found: Frame) -> dict[str, str]:
    said = [(email, person) for email, person in people.get("email", {}).items()]
    for kind, account, email in found[["kind", "account", "email"]].dropna().to_numpy().tolist():
        person = people.get(kind, {}).get(account)
        said += [(email, person)] if person else []
    owners = pd.DataFrame(said, columns=["email", "person"]).drop_duplicates()
    return dict(owners.drop_duplicates("email", keep=False).to_numpy().tolist())


def suggestions(people: People, found: Frame) -> list[Suggestion]:
    """Accounts of the code host and of the tracker that bear the same name and belong to nobody together yet."""
    known = joined(people, found)
    named = found.assign(word=found["name"].str.lower().str.replace(r"[^\w]+", " ", regex=True).str.strip())
    named = named[named["word"].str.contains(" ").fillna(False)]
    hosts, trackers = (named[named["kind"] == kind] for kind in ("github", "jira"))
    pairs = hosts.merge(trackers, on="word")[["account_x", "account_y", "name_x"]].drop_duplicates()
    return [
        Suggestion(host, tracker, f"both are called {name}")
        for host, tracker, name in pairs.to_numpy().tolist()
        if _person(known, "github", host) is None or _person(known, "github", host) != _person(known, "jira", tracker)
    ]


def _person(known: People, kind: str, account: str) -> str | None:
    return known.get(kind, {}).get(account)
