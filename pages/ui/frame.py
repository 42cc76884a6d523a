"""The frame of every page: what is shared above and below what the page itself says."""

import streamlit as st

from data.errors import PlumblineError
from pages.ui import demonstration, freshness
from pages.ui.view import View, here, weeks_in_words


def title(words: str, purpose: str) -> View:
    """The page's title, whom it serves, how new the data is; the view of this run."""
    view = here()
    st.title(words)
    st.markdown(purpose)
    freshness.strip(view)
    return view


def figures(words: str, purpose: str) -> View | None:
    """The title of a page of figures, and what they cover; None while the first load has nothing to draw yet."""
    view = title(words, purpose)
    if freshness.loading(view):
        return None
    st.caption(scope_in_words(view))
    return view


def scope_in_words(view: View) -> str:
    """What the figures of a page cover."""
    scope = view.scope
    said = [weeks_in_words(scope)]
    said += [f"team {scope.team}"] if scope.team else []
    said += [scope.repository] if scope.repository else []
    return " · ".join([*said, "bots counted" if scope.bots else "bots left out"])


def failed(error: PlumblineError) -> None:
    """Something that the reader can mend, in plain words."""
    st.title("Plumbline")
    st.error(str(error))
    st.caption("Mend it and reload the page.")


def banner(view: View) -> None:
    """The demonstration says on every page what it is."""
    if view.is_demonstration:
        demonstration.banner(view.source.url)
