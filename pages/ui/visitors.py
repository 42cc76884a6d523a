"""Who asks: the one place that decides it, from the connection's peer, its headers and its sign-in cookie."""

import ipaddress
import re
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from enum import IntEnum
from typing import Any

from data.settings import SignIn

SECOND_HAND = re.compile(  # a header that is only there when a request was handed on for somebody else
    r"forwarded|via|x-forwarded.*|x-real-.*|x-original-.*|x-rewrite-.*|x-proxy.*|x-cluster-.*|x-envoy-.*|x-host"
    r"|.*client-ip|.*connecting-ip|cf-.*|cdn-loop|x-amzn-.*|x-azure-.*|x-arr-.*|x-cloud-.*|fly-.*|fastly-.*|akamai-.*"
)
HOST = re.compile(r"(?P<name>[a-z0-9.-]+|\[[0-9a-f:.]+\])(:(?P<port>[0-9]{1,5}))?")
NOT_VERIFIED = " (not verified)"  # behind an address that somebody only says is theirs
LEAST_VERSION = "1.1"  # browsers speak it; what hands on for others often speaks 1.0
WITHOUT_SIGN_IN = (
    "without a sign-in Plumbline is open to its own machine only; set [sign_in] kind in data/config.toml (oidc or"
    " proxy), listen on localhost, or say --insecure after `--`"
)


class Role(IntEnum):
    """What somebody may do; each may do what those below may."""

    NOBODY = 0
    VIEWER = 1
    LEAD = 2  # notes, decisions, reports
    ADMIN = 3  # syncs, configuration


@dataclass(frozen=True)
class Visitor:
    """Somebody who asks; `refused` says why it is nobody, where there is more to say than that they did not sign in.

    `person` tells them from others of the same name.
    """

    name: str
    role: Role
    refused: str = ""
    person: str = ""


OWNER = Visitor("", Role.ADMIN)
STRANGER = Visitor("", Role.NOBODY)


@dataclass(frozen=True)
class Asking:
    """A request as its connection has it: the real peer ("" when unknown), every header in its order, the version."""

    peer: str
    headers: tuple[tuple[str, str], ...]
    version: str = LEAST_VERSION

    def all(self, name: str) -> list[str]:
        """Every value of a header."""
        return [value for known, value in self.headers if known == name.lower()]

    def one(self, name: str) -> str:
        """The value of a header that is there once; "" when it is missing or there more than once."""
        values = self.all(name)
        return values[0].strip() if len(values) == 1 else ""


def who(asking: Asking, said: SignIn, claims: Mapping[str, Any] | None, is_insecure: bool = False) -> Visitor:
    """The visitor of a request; `claims` are those of a sign-in cookie that holds, None without one."""
    if said.kind == "oidc":
        return STRANGER if claims is None else by_claims(claims, said)
    if said.kind == "proxy":
        return by_proxy(asking, said)
    return OWNER if is_insecure or is_from_here(asking) else Visitor("", Role.NOBODY, WITHOUT_SIGN_IN)


# By sign-in ------------------------------------------------------------------------------------------------


def by_claims(claims: Mapping[str, Any], said: SignIn) -> Visitor:
    """The visitor whom OpenID Connect names: roles by the verified address and the groups, never by name or subject."""
    address = _text(claims.get("email"))
    is_verified = claims.get("email_verified") is True
    groups = claims.get(said.groups_claim) if said.groups_claim else None
    name = address or _text(claims.get("name")) or _text(claims.get("sub")) or "somebody"
    if "@" in name and not (address and is_verified):  # notes are signed with it, and anybody may call themselves so
        name += NOT_VERIFIED
    person = f"{_text(claims.get('iss'))} {_text(claims.get('sub'))}"
    return Visitor(name, role_of(address if is_verified else "", _words(groups), said), person=person)


def by_proxy(asking: Asking, said: SignIn) -> Visitor:
    """The visitor whom a named proxy speaks for; nobody when anybody else asks, or when it says two things."""
    if not is_one_of(asking.peer, said.proxies):
        return Visitor("", Role.NOBODY, "only the proxies that [sign_in] names may ask")
    for header in filter(None, (said.user_header, said.groups_header)):
        if len(asking.all(header)) > 1:
            return Visitor(
                "", Role.NOBODY, f"the header {header} is there twice; the proxy has to strip what it is sent"
            )
    name = asking.one(said.user_header)
    if not name:
        return Visitor("", Role.NOBODY, f"the proxy did not say who asks ({said.user_header})")
    groups = asking.one(said.groups_header).split(",") if said.groups_header else []
    return Visitor(name, role_of(name, groups, said))


def role_of(address: str, groups: Iterable[str], said: SignIn) -> Role:
    """The highest role of an address or of groups: names with an @ are addresses, all others are groups."""
    mine = {same(address)} if "@" in address else set()
    mine |= {same(group) for group in groups if group.strip() and "@" not in group}
    for role, named in ((Role.ADMIN, said.admins), (Role.LEAD, said.leads), (Role.VIEWER, said.viewers)):
        if mine & {same(name) for name in named if name.strip()}:
            return role
    return Role.NOBODY if said.viewers else Role.VIEWER


def same(name: str) -> str:
    """A name for comparison: letters of ASCII in small, others untouched, since some become letters of ASCII."""
    return "".join(sign.lower() if sign.isascii() else sign for sign in name.strip(" "))


def _text(claim: Any) -> str:
    return claim.strip() if isinstance(claim, str) else ""


def _words(claim: Any) -> list[str]:
    """A claim as words: providers give a list, or one word."""
    if isinstance(claim, str):
        return [claim]
    return [word for word in claim if isinstance(word, str)] if isinstance(claim, (list, tuple)) else []


# By place --------------------------------------------------------------------------------------------------


def is_from_here(asking: Asking) -> bool:
    """Whether a request is this machine's own: over loopback, under a name of its own, handed on by nobody."""
    handed_on = any(SECOND_HAND.fullmatch(name) for name, _ in asking.headers)
    return is_local(asking.peer) and not handed_on and asking.version >= LEAST_VERSION and is_local(host_of(asking)[0])


def host_of(asking: Asking) -> tuple[str, str]:
    """The name and the port that a request asks for; empty when it names none, two, or something malformed."""
    found = HOST.fullmatch(asking.one("host").lower())
    return (found["name"].strip("[]"), found["port"] or "") if found else ("", "")


def is_local(address: str | None) -> bool:
    """Whether an address is this machine's own."""
    if address == "localhost":
        return True
    plain = _address(address)
    return plain is not None and plain.is_loopback


def is_one_of(address: str, named: Iterable[str]) -> bool:
    """Whether an address is among those that are named, however each is written."""
    plain = _address(address)
    return plain is not None and plain in {_address(one) for one in named}


def _address(text: str | None) -> ipaddress.IPv4Address | ipaddress.IPv6Address | None:
    try:
        found = ipaddress.ip_address(text or "")
    except ValueError:
        return None
    return (found.ipv4_mapped or found) if isinstance(found, ipaddress.IPv6Address) else found


def is_own_origin(asking: Asking, others: Iterable[str]) -> bool:
    """Whether a page of this app asks: of the same name and port, or of an origin that the operator named."""
    origins = asking.all("origin")
    if not origins:
        return True
    scheme, _, place = origins[0].lower().partition("://")
    if len(origins) > 1 or scheme not in {"http", "https"} or not place:
        return False
    return place == asking.one("host").lower() or f"{scheme}://{place}" in {one.lower().rstrip("/") for one in others}
