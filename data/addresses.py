"""Addresses that may carry a secret: what is secret in one, the address without it, and one that a parser understands.

A password is taken to end at the last @, whatever it holds: @, / and ? are often not encoded.
"""

import re
from typing import NamedTuple
from urllib.parse import quote, unquote

WEB = {"http", "https"}
HIDDEN = "***"
# Each of these takes as many steps as a text has letters, whatever somebody writes: what is told may be theirs.
ADDRESS = re.compile(r"([A-Za-z][A-Za-z0-9+.-]{0,30})://([^\s'\"<>]+)")
PAIR = re.compile(r"([?&;])([^=&?;\s]{1,100})=([^&\s'\"]*)")
SECRET_NAME = re.compile("pass|pwd|secret|token|api_?key|access_?key|private|auth|credential|sig", re.IGNORECASE)
WRITTEN_OUT = re.compile(r"\b((?:ssl)?password|passwd|pwd|secret|token)=[^\s&'\"*][^\s&'\"]*", re.IGNORECASE)
BEGINNING = re.compile(r"(?:[a-z+]{1,30}://)?(?:[^:@?]|:(?=\d{1,5}(?:/|$)))*", re.IGNORECASE)
QUERY = re.compile(r"[^=&?]+=[^&]*(?:&[^=&?]+=[^&]*)*")
TO_ENCODE = re.compile(r"[@/?#\[\]]")


class Parts(NamedTuple):
    """An address taken apart; user and password are null where there are none, and as they are written."""

    scheme: str
    user: str | None
    password: str | None
    place: str
    query: str


def parts(address: str) -> Parts | None:
    """An address taken apart; None for what is none."""
    scheme, there, rest = address.strip().partition("://")
    if not there:
        return None
    before, mark, query = rest.rpartition("?")
    rest, query = (before, query) if mark and QUERY.fullmatch(query) else (rest, "")
    signed_in, at, place = rest.rpartition("@")
    user, colon, password = signed_in.partition(":")
    if not at or (not colon and "/" in user):  # an @ of the path
        return Parts(scheme.lower(), None, None, rest, query)
    return Parts(scheme.lower(), user, password if colon else None, place, query)


def secrets(address: str) -> set[str]:
    """What must not be shown of an address, as it is written and as it is meant.

    A password; of a web address the user too where there is no other password, since tokens stand there; and what a
    query says under a name such as password or token.
    """
    known = parts(address)
    if known is None:
        return set()
    found = {known.password or ""} | {pair[3] for pair in in_query(f"?{known.query}")}
    found |= {known.user or ""} if known.scheme in WEB else set()
    return {word for one in found for word in (one, unquote(one)) if word}


def in_query(text: str) -> list[re.Match[str]]:
    """What stands in a query under a name such as password or token: the sign before it, its name, its value."""
    return [pair for pair in PAIR.finditer(text) if _is_secret(pair)]


def _is_secret(pair: re.Match[str]) -> bool:
    """Whether a name, or what its value says when it is read, means a secret; either may be encoded."""
    return bool(SECRET_NAME.search(unquote(pair[2])) or WRITTEN_OUT.search(unquote(pair[3])))


def beginning(address: str) -> str:
    """What can be repeated of an address that no parser understands, since any part of it may be a secret."""
    given = without_secrets(address.strip())
    start = BEGINNING.match(given)
    said = start[0] if start and "@" not in given else ""
    return said if said == given else f"{said}…"


def without_secrets(text: str) -> str:
    """A text with addresses in it, without what is secret in them, and without a password that is written out."""
    shown = ADDRESS.sub(lambda found: f"{found[1]}://{_shown(found[1].lower(), found[2])}", text)
    return WRITTEN_OUT.sub(rf"\1={HIDDEN}", shown)


def _hidden(pair: re.Match[str]) -> str:
    return f"{pair[1]}{pair[2]}={HIDDEN if _is_secret(pair) else pair[3]}"


def _shown(scheme: str, rest: str) -> str:
    rest = PAIR.sub(_hidden, rest)
    signed_in, at, place = rest.rpartition("@")
    user, colon, _ = signed_in.partition(":")
    if not at or (not colon and "/" in user):
        return rest
    if scheme.endswith(tuple(WEB)):  # letters before it may be of another word
        return f"{HIDDEN}@{place}"
    return f"{user}:{HIDDEN}@{place}" if colon else rest


def encoded(address: str) -> str:
    """The same address with what its password holds of @, /, ? and # encoded, so that every parser reads it alike."""
    known = parts(address)
    if known is None or not known.password:
        return address
    password = TO_ENCODE.sub(lambda found: quote(found[0], safe=""), known.password)
    query = f"?{known.query}" if known.query else ""
    return f"{address.strip().partition('://')[0]}://{known.user}:{password}@{known.place}{query}"
