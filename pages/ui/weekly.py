"""The weekly review: its sections in order, all at once or one after the other as an agenda of fifteen minutes."""

from collections.abc import Callable
from dataclasses import dataclass

import streamlit as st

from pages.ui import decisions, notes, overrides, quality, service_delivery, signals, standings, watch_list, weekly_work
from pages.ui.cards import cards
from pages.ui.judged import judged
from pages.ui.view import View, weeks_in_words

FIGURES = (
    "pr_cycle_time",
    "time_to_first_review",
    "throughput",
    "review_queue",
    "open_pull_requests",
    "pr_size",
    "review_coverage",
    "work_item_age",
    "issue_cycle_time",
)
KEY, WHOLE = "agenda", "whole"


@dataclass(frozen=True)
class Step:
    """A step of the agenda: what is looked at, for how many minutes, and what to ask."""

    name: str
    minutes: int
    question: str
    sections: tuple[Callable[[View], None], ...]


def objectives(view: View) -> None:
    """The five objectives, and the teams that differ."""
    st.subheader("Objectives")
    st.caption(f"Figures of the last four complete weeks, {weeks_in_words(view.recent().scope)}.")
    quality.in_short(view)
    now = standings.found(view)
    standings.show(view, now)
    standings.by_team(view, judged(view), now)


def figures(view: View) -> None:
    """Nine figures of the last four complete weeks, drawn over the weeks of the filter."""
    st.subheader("Flow and review in figures")
    cards(view.recent(), FIGURES, "weekly")


def signals_of_the_week(view: View) -> None:
    """What stands out."""
    signals.show(view, judged(view))


def delivery(view: View) -> None:
    """Each service."""
    service_delivery.show(view, judged(view))


def waits(view: View) -> None:
    """Each team."""
    weekly_work.waits(view, judged(view))


def said(view: View) -> None:
    """What people say: decisions, overrides, annotations."""
    decisions.show(view)
    overrides.in_force(view)
    notes.show(view)


STEPS = (
    Step("Objectives", 2, "Is the data complete, and which objective needs us?", (objectives,)),
    Step("Signals", 4, "What happened there, and does somebody know why?", (signals_of_the_week,)),
    Step("Delivery", 2, "Which service needs help?", (delivery,)),
    Step("Plans", 3, "Which date, scope or team do we change?", (weekly_work.plans,)),
    Step("Waiting and mix", 2, "Who clears the largest wait? Is the work as planned?", (waits, weekly_work.mix)),
    Step("Watch list", 1, "Does any of it need an owner?", (watch_list.show,)),
    Step("Decisions", 1, "What do we decide, who does it, and what should we see by when?", (said,)),
)


def show(view: View) -> None:
    """The whole review, or the step that the address names."""
    total = sum(one.minutes for one in STEPS)
    chosen = st.segmented_control(
        f"Agenda: {total} minutes in {len(STEPS)} steps",
        [WHOLE, *(str(i) for i in range(1, len(STEPS) + 1))],
        default=WHOLE,
        key=KEY,
        bind="query-params",
        required=True,
    )
    if chosen in {None, WHOLE}:
        whole(view)
    else:
        step(view, int(str(chosen)))


def whole(view: View) -> None:
    """Every section, one below the other."""
    minutes = sum(step.minutes for step in STEPS)
    st.button(f"Walk through it in {minutes} minutes", on_click=go, args=("1",), key="start-agenda")
    every = [section for one in STEPS for section in one.sections]
    every.insert(-1, figures)
    places = {section: st.container() for section in every}
    for section in (figures, *(one for one in every if one is not figures)):  # what is quickly reckoned comes first
        with places[section]:
            section(view)


def step(view: View, number: int) -> None:
    """One step of the agenda."""
    one = STEPS[number - 1]
    begins = sum(step.minutes for step in STEPS[: number - 1])
    st.markdown(f"**{number}. {one.name}** — minute {begins} to {begins + one.minutes}. {one.question}")
    for section in one.sections:
        section(view)
    with st.container(horizontal=True, gap="small", key="agenda-steps"):
        st.button("Back", on_click=go, args=(str(number - 1),), disabled=number == 1, key="agenda-back")
        st.button("Next", on_click=go, args=(str(number + 1),), disabled=number == len(STEPS), key="agenda-next")
        st.button("End the agenda", on_click=go, args=(WHOLE,), key="agenda-end")


def go(step: str) -> None:
    """Go to a step of the agenda, or back to the whole review."""
    st.session_state[KEY] = step
