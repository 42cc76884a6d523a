"""The signals of the week: each in one sentence, with its drawing, what moved, and the way to its rows."""

from collections.abc import Sequence
from dataclasses import replace
from datetime import timedelta
from html import escape

import streamlit as st

from data.notes import Kind, Note
from metrics.attention import Standout, by_chance
from metrics.marks import EXPLAINING
from pages.ui import figures, notes, results, words
from pages.ui.address import Address
from pages.ui.cards import definition
from pages.ui.judged import Judged, why
from pages.ui.palette import palette
from pages.ui.places import name_of
from pages.ui.sparkline import as_image, sparkline
from pages.ui.view import View

MOST, WEEKS = 7, 26
NEAR = timedelta(weeks=2)
STYLE = """<style>
.signal { display: flex; flex-wrap: wrap; gap: .25rem 1.25rem; align-items: center; break-inside: avoid; }
.signal .drawing { flex: 0 0 12rem; }
.signal .drawing img { width: 100%; height: auto; display: block; }
.signal .said { flex: 1 1 20rem; }
div.signal p { margin: 0; line-height: 1.45; }
div.signal small { font-size: .8125rem; opacity: .8; }
.judgement { display: inline-block; font-size: .8125rem; font-weight: 600; padding: 0 .45rem; border-radius: .25rem;
  border: 1px solid; margin-right: .4rem; }
</style>"""


def show(view: View, judged: Judged) -> None:
    """At most seven signals, the furthest from usual first, and how many chance alone would bring."""
    found = judged.standouts(view.scope)
    st.subheader("Signals this week")
    st.html(STYLE)
    for one in found[:MOST]:
        _signal(view, one)
    if not found:
        st.markdown("Nothing stands out: every judged chart is within its usual range this week.")
    st.caption(footer(len(found), judged.limited(view.scope), len(found[MOST:])))
    _others(view, found[MOST:])


def footer(signals: int, charts: int, more: int = 0) -> str:
    """How many signals there are on how many charts, and how many would be there if nothing had happened."""
    if not charts:
        return "No chart has a usual range yet: it takes eight complete weeks with enough rows."
    said = f"{_counted(signals, 'signal')} on {_counted(charts, 'chart')}, about {by_chance(charts):.1f} expected by"
    said += " chance in a typical week"
    return f"{said}; the {MOST} furthest from usual are shown, {more} more below." if more else f"{said}."


def _counted(n: int, word: str) -> str:
    return f"{n} {word}" if n == 1 else f"{n} {word}s"


def sentence(one: Standout, place: str, notes: Sequence[str] = ()) -> str:
    """What stands out where, by which rule, against what, since when, and what is known of it."""
    indicator, result, judgement = one.result.indicator, one.result, one.chart.judgement
    low, high = (result.limits.lower, result.limits.upper) if result.limits else (judgement.lower, judgement.upper)
    week = one.chart.points[-1].period
    rule = f"{one.signal.words(judgement.periods)} ({words.SIDES[one.signal.side]})"
    said = f"{lead(one, place)}: {words.measure(one.value, indicator.unit)} in {week} — {rule}; "
    said += f"usual {words.PERIODS[one.periods]} range {words.span(low or 0.0, high or 0.0, indicator.unit)}"
    said += ", provisional. " if judgement.provisional else ". "
    said += f"Since {one.since:%d %B %Y}. "
    return f"{said}Annotation: {'; '.join(notes) or 'none'}."


def lead(one: Standout, place: str) -> str:
    """What stands out, and where."""
    return f"{one.result.indicator.name} for {place}"


def judgement_of(one: Standout) -> str:
    """What a signal means for the reader."""
    return {True: "better", False: "concern", None: "to explain"}[one.is_good]


def _signal(view: View, one: Standout) -> None:
    scope, indicator = one.result.scope, one.result.indicator
    place = name_of(view, scope.team, scope.repository)
    key = "-".join(filter(None, (indicator.id, scope.team, scope.repository))).replace("/", "-")
    said, way = st.columns([5, 1], vertical_alignment="center", gap="small")
    figures.show(face(view, one, place), said)
    with way.container(gap=None, key=f"signal-{key}"):
        with st.popover("Definition", type="tertiary"):
            definition(indicator)
        _confirm(view, one, key)


def _confirm(view: View, one: Standout, key: str) -> None:
    """Where the level seems to have moved for good, one click with a name starts new limits from there."""
    shift = one.result.suggestion
    if shift is None or not notes.may_write():
        return
    with st.popover("New level?", type="tertiary"):
        near = f"Near it: {'; '.join(mark.text for mark in shift.near)}. " if shift.near else ""
        run = f"{shift.length} {shift.points} in a row {words.SIDES[shift.side]} the old level"
        st.markdown(
            f"{run}, from {shift.period} to this day. {near}If you know that it moved for good, its usual range "
            "starts anew there; the old one stays drawn before it."
        )
        author = notes.name_input(f"rebase-{key}")
        if st.button("Confirm the new level", key=f"rebase-{key}"):
            scope, about = one.result.scope, f"the level moved in {shift.period}"
            note = Note(Kind.REBASE, about, author.strip(), view.clock, shift.begins, indicator=one.result.indicator.id)
            notes.keep(view, replace(note, team=scope.team, repository=scope.repository))


def said_near(view: View, one: Standout) -> list[str]:
    """The annotations and decisions from two weeks before a signal began until now."""
    scope = replace(one.result.scope, start=one.since - NEAR, end=view.scope.now)
    marks = results.marks(view.source, one.result.indicator.id, scope)
    return [words.mark(one) for one in marks if one.kind in EXPLAINING and one.touches(scope.start, scope.end)]


def face(view: View, one: Standout, place: str) -> str:
    """The drawing and the words of a signal, as HTML."""
    indicator, points = one.result.indicator, one.chart.points[-WEEKS:]
    alt = f"{indicator.name} for {place}, weekly from {points[0].period} to {points[-1].period}"
    image = as_image(sparkline(points, one.result.limits), escape(alt, quote=True))
    colours = palette(st.context.theme.type)
    colour = {True: colours.series[2], False: colours.series[1], None: colours.quiet}[one.is_good]
    badge = f'<span class="judgement" style="color:{colour}">{judgement_of(one)}</span>'
    badge += '<span class="judgement">new this week</span>' if one.is_new else ""
    basis = " · ".join(filter(None, (words.basis(indicator, one.chart.points[-1]), words.left_out(one.result))))
    because = why(view, one.chart)
    told = f"<p><small>{escape(because.words)}</small></p>" if because else ""
    guards = [results.answer(view.source, name, one.result.scope) for name in indicator.guards]
    pair = figures.beside(guards)
    said = marked(view, one, place)
    return (
        f'<div class="signal" data-signal="{indicator.id}"><div class="drawing">{image}</div><div class="said">'
        f"<p>{badge}{said}</p>{told}<p><small>{escape(basis)}</small></p>"
        f"<p><small>{pair}</small></p></div></div>"
    )


def marked(view: View, one: Standout, place: str) -> str:
    """The sentence of a signal as HTML; what stands out in it leads to its rows."""
    value = words.measure(one.value, one.result.indicator.unit)
    first = f"{lead(one, place)}: {value}"
    rest = sentence(one, place, said_near(view, one)).removeprefix(first)
    weeks = one.chart.points[-one.periods :]
    scope = replace(one.result.scope, start=weeks[0].start, end=weeks[-1].end)
    indicator, total = one.result.indicator, results.totals(view.source, one.result.indicator.id, scope)[0]
    if words.figure(indicator, total) == value:
        shown = figures.linked(Address.of(indicator.id, scope), total, first)
        return f"<strong>{shown.html}</strong>{escape(rest)}"
    last = weeks[-1]  # what is judged of several weeks together is no value of the indicator: that of the last one is
    said = f"{last.period} alone: {words.figure(indicator, last)}"
    alone = figures.linked(Address.of(indicator.id, scope, last), last, said)
    return f"<strong>{escape(first)}</strong>{escape(rest)} {alone.html}."


def _others(view: View, more: Sequence[Standout]) -> None:
    if not more:
        return
    with st.expander(f"{len(more)} more signals"):
        lines = [f"<li>{judgement_of(one)}: {_told(view, one)}</li>" for one in more]
        figures.show(f"<ul>{''.join(lines)}</ul>")


def _told(view: View, one: Standout) -> str:
    scope = one.result.scope
    return marked(view, one, name_of(view, scope.team, scope.repository))
