"""Choices whose value is a key and whose words are something else: the address holds the key, and decides."""

from collections.abc import Callable, Mapping
from typing import Any

import streamlit as st

from pages.ui.address import AddressError

LISTED = 10


def by_key(draw: Callable[..., Any], label: str, names: Mapping[str, str], key: str, usual: str, **more: Any) -> str:
    """One of several by its key, in the words of `names`, drawn as a select box or the like.

    Raises AddressError where the address names one that is not among them, before anything is drawn.
    """
    said = st.query_params.get(key) or usual
    if said not in names:
        raise AddressError(_missing(label, said, names))
    state = _state(key)
    st.session_state[state] = said
    draw(label, list(names), key=state, format_func=names.__getitem__, on_change=_write, args=(key,), **more)
    return said


def several_by_key(label: str, names: Mapping[str, str], key: str) -> list[str]:
    """Any of several by their keys, in their order in the address. Raises AddressError as `by_key` does."""
    said = st.query_params.get_all(key)
    for one in said:
        if one not in names:
            raise AddressError(_missing(label, one, names))
    st.session_state[_state(key)] = said
    chosen = {"format_func": names.__getitem__, "on_change": _write, "args": (key,)}
    st.multiselect(label, list(names), key=_state(key), **chosen)
    return list(said)


def _state(key: str) -> str:
    return f"{key} by key"


def _write(key: str) -> None:
    st.query_params[key] = st.session_state[_state(key)]


def _missing(label: str, said: str, names: Mapping[str, str]) -> str:
    known = ", ".join(list(names)[:LISTED]) or "none"
    more = " …" if len(names) > LISTED else ""
    return f"{label}: there is no “{said}” here; it was removed, is closed, or lies outside the filters. {known}{more}."
