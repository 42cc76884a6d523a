"""Addresses that may carry a secret: what is secret in one, the address without it, and one that a parser understands.

A password is taken to end at the last @, whatever it holds: @, / and ? are often not encoded.
"""

import re
from typing import NamedTuple
from urllib.parse import quote, unquote

WEB = {"http", "https"}
HIDDEN = "***"
ADDRESS = re.compile(r"([A-Za-z][A-Za-z0-9+.-]*)://([^\s'\"<>]+)")
SECRET_NAME = r"[^=&?\s]*(?:pass|pwd|secret|token|api_?key|access_?key|private|auth|credential|sig)[^=&\s]*"
IN_QUERY = re.compile(rf"([?&;]{SECRET_NAME}=)([^&\s'\"]*)", re.IGNORECASE)
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
    found = {known.password or ""} | {value for _, value in IN_QUERY.findall(f"?{known.query}")}
    found |= {known.user or ""} if known.scheme in WEB else set()
    return {word for one in found for word in (one, unquote(one)) if word}


def without_secrets(text: str) -> str:
    """A text with addresses in it, without what is secret in them."""
    return ADDRESS.sub(lambda found: f"{found[1]}://{_shown(found[1].lower(), found[2])}", text)


def _shown(scheme: str, rest: str) -> str:
    rest = IN_QUERY.sub(rf"\1{HIDDEN}", rest)
    signed_in, at, place = rest.rpartition("@")
    user, colon, _ = signed_in.partition(":")
    if not at or (not colon and "/" in user):
        return rest
    if scheme in WEB:
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
