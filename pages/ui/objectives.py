"""One objective: its status in words, the states that decided it, and a card for each of its indicators."""

import streamlit as st

from metrics.catalogue import CATALOGUE, INDICATORS
from metrics.objectives import OBJECTIVES, Purpose
from metrics.scorecard import IndicatorState
from metrics.standing import DECIDING, Standing, standing
from metrics.targets import gates_of
from pages.ui import overrides, results
from pages.ui.cards import cards
from pages.ui.overrides import STATUS
from pages.ui.selections import by_key
from pages.ui.view import View, weeks_in_words
from pages.ui.words import literal

REASONS = {
    "no_source": "no source",
    "not_synced": "not synced yet",
    "unmapped": "not mapped",
    "no_data": "no data",
    "too_few": "too few to judge",
    "too_rare": "too rare to judge",
    "no_target": "no target to hold it against",
    "constant": "it does not vary",
}


def chosen() -> Purpose:
    """The objective that the address names, the second one else. Raises AddressError for one that is none."""
    names = {purpose.objective.value: purpose.objective.label for purpose in OBJECTIVES}
    usual = OBJECTIVES[1].objective.value
    key = by_key(st.segmented_control, "Objective", names, "objective", usual, required=True)
    return next(purpose for purpose in OBJECTIVES if purpose.objective.value == key)


def show(view: View, purpose: Purpose) -> None:
    """How the objective stands, and its figures: those that decide first."""
    source, said = view.source, view.source.said
    now = standing(
        purpose,
        lambda one, scope: results.answer(source, one.id, scope),
        view.scope,
        said.overrides,
        gates_of(source.settings),
    )
    st.subheader(f"{purpose.objective.label}: {STATUS[now.state.status].lower()}")
    if now.state.override:
        st.markdown(f"**Beside it:** {literal(overrides.in_words(now.state.override))}")
    st.markdown(f"{purpose.meaning} {purpose.proxy}")
    st.caption(_basis(now, weeks_in_words(view.recent().scope)))
    overrides.form(view, purpose)
    st.dataframe(
        [_row(state, now) for state in now.indicators],
        hide_index=True,
        alt=f"The core indicators of {purpose.objective.label} over the last four complete weeks",
    )
    deciding = [one.id for one in DECIDING if one.objective is purpose.objective]
    others = [one.id for one in CATALOGUE if one.objective is purpose.objective and one.id not in deciding]
    cards(view.recent(), deciding, "deciding")
    if others:
        st.subheader("Beside them")
        cards(view.recent(), others, "others")


def _basis(now: Standing, weeks: str) -> str:
    said = [f"{now.state.coverage} could be assessed over the last four complete weeks, {weeks}"]
    said += [f"{now.trend.value} than four weeks ago"] if now.trend and now.trend.value != "same" else []
    decided = ", ".join(INDICATORS[one].name for one in now.state.decided_by)
    said += [f"decided by {decided}"] if decided else []
    return " · ".join(said)


def _row(state: IndicatorState, now: Standing) -> dict[str, str | int | None]:
    return {
        "indicator": INDICATORS[state.id].name,
        "variation": state.variation.value if state.variation else "–",
        "target": state.assurance.value.replace("_", " ") if state.assurance else "–",
        "n": state.n,
        "not assessed because": REASONS.get(state.reason, state.reason) if state.reason else "",
        "decides": "yes" if state.id in now.state.decided_by else "",
    }
