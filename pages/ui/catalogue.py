"""An entry of the catalogue of indicators."""

import streamlit as st

from metrics.facts import tables_of
from metrics.model import Indicator
from metrics.targets import target_of
from pages.ui import words
from pages.ui.cards import show_rows
from pages.ui.view import View

TURNED = {"lower": "lower is better", "higher": "higher is better", "band": "neither more nor less is better"}


def entry(view: View, indicator: Indicator) -> None:
    """Definition, tables, exclusions, target and source, misuse."""
    result = view.answer(indicator.id)
    with st.container(border=True):
        st.subheader(indicator.name, anchor=indicator.id)
        st.markdown(indicator.definition)
        st.markdown("  \n".join(f"**{name}** {said}" for name, said in _facts(view, indicator).items() if said))
        if result.left_out:
            st.caption(f"In the chosen period {words.left_out(result)}")
        show_rows(result)


def _facts(view: View, indicator: Indicator) -> dict[str, str]:
    aim = words.target(indicator, target_of(indicator, view.source.settings)).removeprefix("target ")
    return {
        "Serves": f"{indicator.objective.label} ({indicator.family.label.lower()})",
        "Unit": f"{indicator.unit.value}, {indicator.summary.value} of a period; {TURNED[indicator.better.value]}",
        "Tables": ", ".join(f"`{table}`" for table in tables_of(indicator.facts)),
        "Target": aim or "none",
        "Misuse": indicator.misuse,
        "Id": f"`{indicator.id}`",
    }
