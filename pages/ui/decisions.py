"""What was decided: at most three a week, each with an owner, the signal to expect and the day to look."""

from collections.abc import Sequence
from dataclasses import replace
from datetime import datetime, timedelta

import streamlit as st

from data.notes import Kind, Note
from metrics.attention import Chart
from metrics.catalogue import INDICATORS
from metrics.decisions import MOST_A_WEEK, Outcome, Review, review
from metrics.headlines import WATCHED
from metrics.model import Result
from metrics.periods import last_complete_weeks, local_day, start_of_day
from metrics.signals import Side
from pages.ui import figures, notes, results, words
from pages.ui.judged import recent_weeks
from pages.ui.places import name_of
from pages.ui.plain_table import Cell, Markup, lines, table
from pages.ui.view import View

SIDES = {"lower": Side.LOW, "higher": Side.HIGH}
USUALLY = timedelta(weeks=6)
SHOWN = 12


def show(view: View) -> None:
    """The decisions with what came of them, and the form for another one."""
    st.subheader("Decisions")
    made = [note for note in notes.standing(view) if note.kind is Kind.DECISION]
    made.sort(key=lambda note: (note.noted_at, note.id), reverse=True)
    if made:
        table(
            "Each with what its chart has done since: moved, not moved, or too early to say.",
            ["decision", "owner", "expected", "look on", "by now"],
            [_row(view, note) for note in made[:SHOWN]],
        )
    else:
        st.caption("No decision has been noted yet.")
    if not notes.may_write():
        return
    left = MOST_A_WEEK - len(this_week(made, view))
    if left <= 0:
        st.caption(f"{MOST_A_WEEK} decisions were noted this week; more than that are seldom kept.")
        return
    with st.expander(f"Note a decision ({left} of {MOST_A_WEEK} left this week)"):
        form(view)


def this_week(made: Sequence[Note], view: View) -> list[Note]:
    """Those of the running week."""
    begins = last_complete_weeks(view.clock, 1, view.scope.timezone, view.scope.week_starts).end
    return [note for note in made if note.noted_at >= begins]


def _row(view: View, note: Note) -> list[Cell]:
    found = outcome(view, note)
    check = f"{local_day(note.ends, view.scope):%d %b %Y}" if note.ends else "–"
    said = Markup(f"<strong>{found.outcome.value}</strong>")
    made = Markup(f"<small>{local_day(note.begins or note.noted_at, view.scope):%d %b %Y}</small>")
    return [lines(note.text, made), note.author, _expected(view, note), check, lines(said, found.why)]


def _expected(view: View, note: Note) -> Cell:
    """What should be seen where, and the figure as it is over the last four complete weeks."""
    if note.indicator not in INDICATORS:
        return "–"
    said = f"{INDICATORS[note.indicator].name} {note.details.get('side', '')} for "
    result = _recent(view, note, note.indicator)
    now = figures.of_result(result, f"now {words.figure(result.indicator, result.total)}")
    return lines(said + name_of(view, note.team, note.repository), now)


def _recent(view: View, note: Note, indicator: str) -> Result:
    scope = replace(recent_weeks(view.scope), team=note.team, repository=note.repository)
    return results.answer(view.source, indicator, scope)


def outcome(view: View, note: Note) -> Review:
    """What came of a decision by now."""
    side, made = SIDES.get(str(note.details.get("side"))), note.begins or note.noted_at
    if note.indicator not in INDICATORS or side is None:
        return Review(Outcome.TOO_EARLY, "it names no signal to expect")
    chart = Chart(_recent(view, note, note.indicator))
    return review(chart, side, made, note.ends or made + USUALLY, view.clock)


def form(view: View) -> None:
    """What, who, which signal is expected where, and when to look."""
    with st.form("decision", border=False):
        text = st.text_input("What was decided", key="decision-text", max_chars=200)
        owner = st.text_input("Owner", key="decision-owner", max_chars=80)
        st.caption("What should be seen, when it helps: a signal of this indicator, on this side of its usual range.")
        indicator = st.selectbox("Indicator", WATCHED, key="decision-indicator", format_func=_name)
        side = st.segmented_control("Expected", list(SIDES), default="lower", key="decision-side", required=True)
        place = notes.place_of(view, "decision", view.scope.team)
        usual = local_day(view.clock + USUALLY, view.scope)
        check = st.date_input("Look on", value=usual, min_value=local_day(view.clock, view.scope), key="decision-check")
        sent = st.form_submit_button("Note the decision", key="decision-keep")
    if sent:
        looked: datetime = start_of_day(check, view.scope)
        details = {"side": str(side)}
        decided = Note(Kind.DECISION, text.strip(), owner.strip(), view.clock, view.clock, looked)
        notes.keep(view, replace(decided, indicator=indicator, team=place, details=details))


def _name(indicator: str) -> str:
    return INDICATORS[indicator].name
