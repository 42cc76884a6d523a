"""What people say beside the numbers: annotations and holidays that charts show; added, edited, taken back."""

from collections.abc import Sequence
from dataclasses import replace
from datetime import date, timedelta

import streamlit as st

from data import notes
from data.errors import PlumblineError
from data.notes import Kind, Note
from metrics.periods import local_day, start_of_day
from pages.ui import sign_in
from pages.ui.judged import shown_teams
from pages.ui.places import name_of
from pages.ui.sign_in import Role, require
from pages.ui.view import View
from pages.ui.words import literal

EVERYWHERE = "organisation"
SAID = (Kind.ANNOTATION, Kind.HOLIDAY)
KINDS = {
    "annotation": "Something changed: a release process, a reorganisation. Charts show it; it changes no figure.",
    "holiday": "A time that is drawn, but neither judged nor part of a usual range.",
}
DAY, WEEK = timedelta(days=1), timedelta(weeks=1)
ADDED = "note added"


def standing(view: View) -> tuple[Note, ...]:
    """The notes that stand now."""
    return notes.standing(view.source.store)


def may_write() -> bool:
    """Whether the visitor may add notes."""
    return sign_in.may(Role.LEAD)


def keep(view: View, note: Note) -> None:
    """Add a note and draw the page with it; what is wrong with it is said in place.

    Raises NotAllowedError unless the visitor may write.
    """
    require(Role.LEAD)
    try:
        notes.add(view.source.store, note)
    except PlumblineError as error:
        st.error(str(error))
    else:
        st.session_state[ADDED] = f"Kept: {note.text}"
        st.rerun()


def confirm_kept() -> None:
    """Say once that a note was kept."""
    if said := st.session_state.pop(ADDED, None):
        st.toast(said)


def show(view: View) -> None:
    """The annotations, those of this week first, and the form for another one."""
    confirm_kept()
    st.subheader("Annotations")
    said = [note for note in standing(view) if note.kind in SAID and _is_in_scope(note, view)]
    said.sort(key=lambda note: (note.noted_at, note.id), reverse=True)
    fresh = [note for note in said if note.noted_at > view.clock - WEEK]
    _list(view, fresh, "No annotation was added in the last seven days.")
    older = [note for note in said if note not in fresh]
    if older:
        with st.expander(f"{len(older)} older annotations"):
            _list(view, older, "")
    if may_write():
        with st.expander("Add an annotation"):
            form(view, "add")
    else:
        st.caption("Leads may add annotations; you may read them.")


def _is_in_scope(note: Note, view: View) -> bool:
    scope = view.scope
    return scope.team in {None, note.team} or note.team is None


def _list(view: View, said: Sequence[Note], none: str) -> None:
    if not said and none:
        st.caption(none)
    for note in said:
        st.markdown(f"- {in_words(view, note)}")
        if may_write():
            with st.popover("Edit or take back", type="tertiary", key=f"edit-{note.id}"):
                form(view, f"edit-{note.id}", note)
                _take_back(view, note)


def in_words(view: View, note: Note) -> str:
    """When, where, what, and who says so."""
    place = name_of(view, note.team, note.repository)
    kind = "holiday, " if note.kind is Kind.HOLIDAY else ""
    return f"**{when(view, note)}**, {place}: {kind}{literal(note.text)} ({literal(note.author)})"


def when(view: View, note: Note) -> str:
    """The days that a note speaks of."""
    first = local_day(note.begins or note.noted_at, view.scope)
    if note.ends is None:
        return f"{first:%d %B %Y}"
    last = local_day(note.ends - timedelta(microseconds=1), view.scope)
    return f"{first:%d %B %Y}" if last == first else f"{first:%d %B} to {last:%d %B %Y}"


def form(view: View, key: str, before: Note | None = None) -> None:
    """The form of an annotation, empty or with what it says now."""
    with st.form(f"note-{key}", border=False):
        kind = st.segmented_control(
            "Kind", list(KINDS), default=before.kind.value if before else "annotation", key=f"kind-{key}", required=True
        )
        st.caption(" ".join(f"{name.capitalize()}: {words}" for name, words in KINDS.items()))
        text = st.text_input("What happened", value=before.text if before else "", key=f"text-{key}", max_chars=200)
        first, last = st.columns(2)
        begins = first.date_input("First day", value=_first(view, before), key=f"first-{key}")
        ends = last.date_input("Last day, where it has one", value=_last(view, before), key=f"last-{key}")
        place = place_of(view, key, before.team if before else view.scope.team)
        author = name_input(key, before.author if before else "")
        sent = st.form_submit_button("Keep" if before is None else "Keep the change", key=f"keep-{key}")
    if sent:
        until = start_of_day(ends + DAY, view.scope) if ends else None
        note = Note(Kind(str(kind)), text.strip(), author.strip(), view.clock, start_of_day(begins, view.scope), until)
        keep(view, replace(note, team=place, replaces=before.id if before else None))


def place_of(view: View, key: str, now: str | None) -> str | None:
    """Where something holds: a team, or none for the organisation."""
    places = [EVERYWHERE, *shown_teams(view)]
    index = places.index(now) if now in places else 0
    chosen = st.selectbox("Where", places, index=index, key=f"place-{key}")
    return None if chosen == EVERYWHERE else chosen


def name_input(key: str, now: str = "") -> str:
    """Who says so: the visitor's own name where it is known."""
    mine = sign_in.here().name
    return mine or st.text_input("Your name", value=now, key=f"name-{key}", max_chars=80)


def _first(view: View, before: Note | None) -> date:
    return local_day((before.begins or before.noted_at) if before else view.clock, view.scope)


def _last(view: View, before: Note | None) -> date | None:
    return local_day(before.ends - DAY, view.scope) if before and before.ends else None


def _take_back(view: View, note: Note) -> None:
    if st.button("Take it back", key=f"take-back-{note.id}", help="Charts show it no longer; it stays on record."):
        require(Role.LEAD)
        notes.take_back(view.source.store, note, sign_in.here().name or note.author, view.clock)
        st.rerun()
