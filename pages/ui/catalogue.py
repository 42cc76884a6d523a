"""The catalogue of indicators: definitions to read, before any figure is reckoned."""

from collections.abc import Iterable

import streamlit as st

from metrics.catalogue import CATALOGUE, INDICATORS
from metrics.facts import tables_of
from metrics.model import Family, Indicator
from metrics.published import published_for
from metrics.targets import target_of
from pages.ui import filters, plain_table, words
from pages.ui.view import View

ALL = "All"
FIGURE_PAGE = "./figure"  # no figure is shown here that it would be the rows of
TURNED = {"lower": "lower is better", "higher": "higher is better", "band": "neither more nor less is better"}


def show(view: View) -> None:
    """The indicators of the family that the address names, or of all; those that hold a word that is looked for."""
    labels = [family.label for family in Family if any(one.family is family for one in CATALOGUE)]
    family = st.segmented_control(
        "Family", [ALL, *labels], default=ALL, required=True, key="family", bind="query-params"
    )
    wanted = st.text_input("Look for", key="look", bind="query-params", placeholder="review").strip().lower()
    found = [one for one in CATALOGUE if family in {None, ALL, one.family.label} and _holds(one, wanted)]
    st.caption(f"{len(found)} of {len(CATALOGUE)} indicators. A star: it decides how its objective stands.")
    for one in found:
        entry(view, one)


def _holds(indicator: Indicator, word: str) -> bool:
    return word in f"{indicator.id} {indicator.name} {indicator.definition}".lower()


def entry(view: View, indicator: Indicator) -> None:
    """Definition, tables, target and source, what it is read beside, misuse."""
    star = " ★" if indicator.core and not indicator.explains else ""
    with st.container(border=True):
        st.subheader(f"{indicator.name}{star}", anchor=indicator.id)
        st.markdown(indicator.definition)
        st.markdown("  \n".join(f"**{name}** {said}" for name, said in _facts(view, indicator).items() if said))
        said = f"Trend and rows of {indicator.name.lower()}"
        way = plain_table.link(FIGURE_PAGE, said, indicator=indicator.id, **filters.in_url())
        plain_table.show(f'<div class="plain">{way.html}</div>')


def _facts(view: View, indicator: Indicator) -> dict[str, str]:
    aim = words.target(indicator, target_of(indicator, view.source.settings)).removeprefix("target ")
    known = published_for(indicator.id, indicator.summary)
    return {
        "Serves": f"{indicator.objective.label} ({indicator.family.label.lower()})",
        "Unit": f"{indicator.unit.value}, {indicator.summary.value} of a period; {TURNED[indicator.better.value]}",
        "Tables": _codes(tables_of(indicator.facts)),
        "Target": aim or "none",
        "Read beside": ", ".join(INDICATORS[one].name.lower() for one in indicator.guards),
        "Misuse": indicator.misuse,
        "Published": f"{len(known)}, shown on request with its rows" if known else "",
        "Id": f"`{indicator.id}`",
    }


def _codes(names: Iterable[str]) -> str:
    return ", ".join(f"`{name}`" for name in names)
