"""The parts of a screen: only the one that the address names is drawn."""

from collections.abc import Iterable

import streamlit as st


def chosen(names: Iterable[str], key: str = "part", label: str = "Part of this page") -> str:
    """The part that the address names, the first one else."""
    known = list(names)
    name = st.segmented_control(
        label, known, default=known[0], required=True, key=key, bind="query-params", label_visibility="collapsed"
    )
    return name if name in known else known[0]
