"""What somebody says of an objective, beside its computed status and never instead of it."""

from datetime import timedelta

import streamlit as st

from data.notes import OVERRIDE_LONGEST, Kind, Note
from metrics.model import Objective
from metrics.objectives import Purpose
from metrics.periods import local_day, start_of_day
from metrics.scorecard import Override, Status
from pages.ui import notes
from pages.ui.places import name_of
from pages.ui.view import View
from pages.ui.words import literal

STATUS = {
    Status.AT_RISK: "At risk",
    Status.WATCH: "Watch",
    Status.STEADY: "Steady",
    Status.IMPROVING: "Improving",
    Status.NOT_ASSESSABLE: "Not assessable",
}
DAY, USUALLY = timedelta(days=1), timedelta(days=27)


def in_words(one: Override) -> str:
    """What is said, by whom, why, and until when."""
    return f"{one.name} says {STATUS[one.status].lower()}: {one.reason} (until {one.expires:%d %B %Y})"


def form(view: View, purpose: Purpose) -> None:
    """Say something else of an objective than what was computed, for 35 days at most."""
    notes.confirm_kept()
    if not notes.may_write():
        return
    today = local_day(view.clock, view.scope)
    with st.popover("Say something else beside it", type="tertiary"):
        st.caption(
            f"The computed status stays as it is. What you say is shown beside it, with your name, for "
            f"{OVERRIDE_LONGEST.days} days at most."
        )
        with st.form(f"override-{purpose.objective.value}", border=False):
            status = st.selectbox("Status", [one.value for one in STATUS], key="override-status", format_func=_name)
            reason = st.text_input("Why", key="override-reason", max_chars=200)
            last = today + OVERRIDE_LONGEST - DAY
            until = st.date_input(
                "Until", value=today + 27 * DAY, min_value=today, max_value=last, key="override-until"
            )
            author = notes.name_input("override")
            sent = st.form_submit_button("Keep", key="override-keep")
    if sent:
        begins, ends = start_of_day(today, view.scope), start_of_day(until + DAY, view.scope)
        note = Note(
            Kind.OVERRIDE,
            reason.strip(),
            author.strip(),
            view.clock,
            begins,
            ends,
            purpose.objective.value,
            team=view.scope.team,
            repository=view.scope.repository,
            details={"status": str(status)},
        )
        notes.keep(view, note)


def in_force(view: View) -> None:
    """The overrides that hold today."""
    today = local_day(view.clock, view.scope)
    holding = [one for one in view.source.said.overrides if one.holds(today)]
    if not holding:
        return
    st.subheader("Overrides in force")
    said = [
        f"- {Objective(one.objective).label}, {name_of(view, *one.place[:2])}: {literal(in_words(one))}"
        for one in holding
    ]
    st.markdown("\n".join(said))


def _name(status: str) -> str:
    return STATUS[Status(status)]
