"""Who is looking, and what they may do: from OpenID Connect, from a trusted proxy, or the machine's own user."""

from collections.abc import Iterable
from dataclasses import dataclass
from enum import IntEnum
from typing import Any

import streamlit as st

from data.settings import SignIn
from pages.ui.words import literal

PLACE = "plumbline visitor"


class Role(IntEnum):
    """What somebody may do; each may do what those below may."""

    NOBODY = 0
    VIEWER = 1
    LEAD = 2  # notes, decisions, reports
    ADMIN = 3  # syncs, configuration


@dataclass(frozen=True)
class Visitor:
    """Somebody who looks."""

    name: str
    role: Role


OWNER = Visitor("", Role.ADMIN)


def gate(said: SignIn) -> Visitor:
    """The visitor of this run; nothing is drawn for anybody who has not signed in or may not look."""
    visitor = _visitor(said)
    st.session_state[PLACE] = visitor
    if visitor.role is Role.NOBODY:
        _closed(visitor, said)
        st.stop()
    return visitor


def here() -> Visitor:
    """The visitor of this run."""
    visitor: Visitor = st.session_state.get(PLACE, Visitor("", Role.NOBODY))
    return visitor


def may(role: Role) -> bool:
    """Whether the visitor of this run may do what needs a role."""
    return here().role >= role


def sign_out(said: SignIn) -> None:
    """Who is signed in, and the way out; nothing where nobody has to sign in."""
    visitor = here()
    if said.kind == "none":
        return
    st.sidebar.caption(f"{literal(visitor.name)} · {visitor.role.name.lower()}")
    if said.kind == "oidc":
        st.sidebar.button("Sign out", on_click=st.logout)


def _visitor(said: SignIn) -> Visitor:
    if said.kind == "none":
        return OWNER
    if said.kind == "proxy":
        headers = st.context.headers
        name = headers.get(said.user_header) or ""
        groups = (headers.get(said.groups_header) or "").split(",")
        return Visitor(name, role_of([name, *groups], said) if name else Role.NOBODY)
    if not getattr(st.user, "is_logged_in", False):
        return Visitor("", Role.NOBODY)
    claims: dict[str, Any] = st.user.to_dict()
    name = str(claims.get("email") or claims.get("name") or claims.get("sub") or "")
    known = [name] if claims.get("email_verified", True) else []
    return Visitor(name, role_of([*known, *_words(claims.get(said.groups_claim))], said))


def _words(claim: Any) -> list[str]:
    """A claim as words: providers give a list, or one word."""
    if isinstance(claim, str):
        return [claim]
    return [str(word) for word in claim] if isinstance(claim, (list, tuple)) else []


def role_of(names: Iterable[str], said: SignIn) -> Role:
    """The highest role that any of a visitor's groups, or their address, is named for."""
    mine = {name.strip().lower() for name in names if name.strip()}
    for role, named in ((Role.ADMIN, said.admins), (Role.LEAD, said.leads), (Role.VIEWER, said.viewers)):
        if mine & {name.lower() for name in named}:
            return role
    return Role.NOBODY if said.viewers else Role.VIEWER


def _closed(visitor: Visitor, said: SignIn) -> None:
    st.title("Plumbline")
    if visitor.name:
        st.warning(
            f"{literal(visitor.name)} is signed in but may not look: none of their groups is named in [sign_in]."
        )
        if said.kind == "oidc":
            st.button("Sign in as somebody else", on_click=st.logout)
    else:
        st.markdown("These figures are for people of the organisation.")
        st.button("Sign in", type="primary", on_click=st.login)
