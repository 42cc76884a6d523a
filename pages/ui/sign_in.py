"""What the visitor of a page may do: the door decided who they are, and whoever does something asks here first."""

from collections.abc import Callable

import streamlit as st
from streamlit import runtime

from data.errors import PlumblineError
from data.settings import SignIn
from pages.ui import connections
from pages.ui.visitors import OWNER, STRANGER, Role, Visitor
from pages.ui.words import literal

SEEN = "plumbline visitor"
NEEDS = {Role.VIEWER: "somebody who may look", Role.LEAD: "a lead", Role.ADMIN: "an administrator"}


class NotAllowedError(PlumblineError):
    """Somebody asked for what their role may not do, or their sign-in is over."""


def gate() -> Visitor:
    """The visitor of this run; nothing is drawn for anybody who may not look."""
    visitor = here()
    if visitor.role is Role.NOBODY:
        st.title("Plumbline")
        st.markdown("Sign in first: reload this page.")
        st.stop()
    whose = (visitor.person, visitor.name)
    if st.session_state.setdefault(SEEN, whose) != whose:
        st.session_state.clear()  # a page that somebody else left behind
        st.session_state[SEEN] = whose
    return visitor


def here() -> Visitor:
    """The visitor of this run, as the connection of their page stands now: nobody once they have signed out."""
    return _looking()()


def _looking() -> Callable[[], Visitor]:
    if not (runtime.exists() and type(runtime.get_instance()) is runtime.Runtime):
        return lambda: OWNER  # a page that is drawn without a server, as tests do
    token = st.context.headers.get(connections.HEADER)

    def look() -> Visitor:
        found = connections.of(token)
        return found.visitor if found is not None else STRANGER

    return look


def may(role: Role) -> bool:
    """Whether the visitor of this run may do what needs a role: what is drawn goes by it."""
    return here().role >= role


def require(role: Role) -> None:
    """Raise NotAllowedError unless the visitor of this run has a role: whoever does something calls it."""
    required(role)()


def required(role: Role) -> Callable[[], None]:
    """What raises NotAllowedError unless the visitor of this run has a role when it is called, after the run too."""
    look = _looking()

    def check() -> None:
        if look().role < role:
            raise NotAllowedError(f"This needs {NEEDS[role]}; if you are one, reload the page and sign in again.")

    return check


def sign_out(said: SignIn) -> None:
    """Who is signed in, and the way out; nothing where nobody has to sign in."""
    visitor = here()
    if said.kind == "none":
        return
    st.sidebar.caption(f"{literal(visitor.name)} · {visitor.role.name.lower()}")
    if said.kind == "oidc":
        st.sidebar.button("Sign out", on_click=st.logout)
