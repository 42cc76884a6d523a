"""The parts of coverage: what was synced, its quality, deployments, what is not mapped, figures without a source."""

from collections.abc import Callable

import streamlit as st

from metrics.catalogue import CATALOGUE
from metrics.facts import tables_of
from metrics.model import Indicator, Reason
from pages.ui import figures as shown
from pages.ui import production, quality, syncing, words
from pages.ui.plain_table import Cell, table
from pages.ui.view import View


def synced(view: View) -> None:
    """When the last sync was, every stream, and a button."""
    syncing.latest(view)
    syncing.button(view)
    syncing.streams(view.source.url)


def figures(view: View) -> None:
    """Which figures are known over the chosen weeks, and what would give the others."""
    with st.spinner("Looking at every figure …"):
        unknown = [one for one in CATALOGUE if view.answer(one.id).total.value is None]
    st.markdown(f"**{len(CATALOGUE) - len(unknown)} of {len(CATALOGUE)} indicators are known** over the chosen weeks.")
    if unknown:
        rows = [_missing(view, one) for one in unknown]
        table("Those that are not, and what would give them.", ["indicator", "why", "made of"], rows)


def _missing(view: View, indicator: Indicator) -> list[Cell]:
    reason = view.answer(indicator.id).total.reason or Reason.NO_DATA
    made_of = ", ".join(table.replace("_", " ") for table in tables_of(indicator.facts)[:4])
    name = shown.of_result(view.answer(indicator.id), indicator.name, "definition and rows")
    return [name, words.WHY[reason], made_of]


PARTS: dict[str, Callable[[View], None]] = {
    "Synced": synced,
    "Quality": quality.show,
    "Deployments": production.show,
    "Not mapped": quality.unmapped,
    "Figures": figures,
}
