"""The five objectives as rows: status in a word, what decided it, how much was assessed, and the teams that differ."""

from collections.abc import Sequence
from html import escape

import streamlit as st

from data import notes
from metrics.catalogue import INDICATORS
from metrics.model import Scope
from metrics.scorecard import SEVERITY, Gate, Status
from metrics.standing import Standing, standings
from metrics.targets import gates_of
from pages.ui import figures, overrides, results, words
from pages.ui.judged import Judged
from pages.ui.overrides import STATUS
from pages.ui.palette import Palette, palette
from pages.ui.places import name_of
from pages.ui.view import View

OBJECTIVES_PAGE = "objectives.py"
STYLE = """<style>
.standing { border-left: .35rem solid; padding: .1rem 0 .1rem .8rem; break-inside: avoid; }
.standing .name { font-size: 1rem; font-weight: 600; }
div.standing p { margin: 0; line-height: 1.45; font-size: .875rem; }
div.standing small { font-size: .8125rem; opacity: .8; }
</style>"""


def found(view: View) -> tuple[Standing, ...]:
    """How the five objectives stand in the scope of the view."""
    source = view.source
    return _found((source.key, notes.version(source.store), view.scope), view)


@st.cache_resource(max_entries=64, show_spinner=False)
def _found(key: tuple[tuple[str, str, str], int, Scope], _view: View) -> tuple[Standing, ...]:
    source = _view.source
    return standings(
        lambda one, scope: results.answer(source, one.id, scope),
        _view.scope,
        source.said.overrides,
        gates_of(source.settings),
    )


def show(view: View, now: tuple[Standing, ...]) -> None:
    """Five rows, each with the way to its figures."""
    st.html(STYLE)
    colours, gates = palette(st.context.theme.type), gates_of(view.source.settings)
    for one in now:
        slug = one.purpose.objective.value
        query = {"objective": slug} | ({"team": view.scope.team} if view.scope.team else {})
        said, way = st.columns([5, 1], vertical_alignment="center")
        figures.show(face(one, colours, gates), said)
        way.page_link(OBJECTIVES_PAGE, label="Its figures", query_params=query, help=one.purpose.objective.label)


def face(one: Standing, colours: Palette, gates: Sequence[Gate] = ()) -> str:
    """One objective as HTML."""
    colour = colour_of(one.state.status, colours)
    proxy = f"<p><small>Proxy. {escape(one.purpose.proxy)}</small></p>" if one.purpose.proxy else ""
    said = one.state.override
    beside = f"<p><strong>Beside it:</strong> {escape(overrides.in_words(said))}</p>" if said else ""
    return (
        f'<div class="standing" style="border-color:{colour}" data-objective="{one.purpose.objective.value}">'
        f'<div class="name" role="heading" aria-level="3">{escape(one.purpose.objective.label)}: '
        f'<span style="color:{colour}">{STATUS[one.state.status].lower()}</span></div>'
        f"<p>{why(one, gates)}</p>{beside}{proxy}</div>"
    )


def colour_of(status: Status, colours: Palette) -> str:
    """The colour of a status; the word beside it says the same."""
    return {
        Status.AT_RISK: colours.series[1],
        Status.WATCH: colours.series[4],
        Status.IMPROVING: colours.series[2],
    }.get(status, colours.quiet)


def why(one: Standing, gates: Sequence[Gate] = ()) -> str:
    """What decided a status, how it compares with four weeks ago, and how much could be assessed, as HTML."""
    told = [decided(one, gates)]
    told += (
        [f"{one.trend.value} than four weeks ago" if one.trend.value != "same" else "the same as four weeks ago"]
        if one.trend
        else []
    )
    return " · ".join(filter(None, [*told, f"{one.state.coverage} assessed"]))


def decided(one: Standing, gates: Sequence[Gate] = ()) -> str:
    """The deciding indicators with their values, as HTML; of an objective that cannot be assessed the missing ones."""
    by_id = {state.id: (state, result) for state, result in zip(one.indicators, one.results, strict=True)}
    names = []
    for name in one.state.decided_by:
        (state, result), indicator = by_id[name], INDICATORS[name]
        said = escape(indicator.name)
        if state.value is not None and state.assessable:
            said = figures.of_result(result, f"{indicator.name} {words.measure(state.value, indicator.unit)}").html
        meaning = [state.variation.value] if state.variation and state.variation.value != "steady" else []
        meaning += ["beyond its gate"] if any(gate.broken(state) for gate in gates) else []
        meaning += ["misses its target"] if state.assurance and state.assurance.value == "fails" else []
        names.append(said + (f" ({', '.join(meaning)})" if meaning else ""))
    lead = "not known: " if one.state.status is Status.NOT_ASSESSABLE else "decided by "
    return lead + ", ".join(names) if names else ""


def by_team(view: View, judged: Judged, now: tuple[Standing, ...]) -> None:
    """The teams in which an objective stands worse than in the organisation as a whole."""
    if view.scope.team or view.scope.repository:
        return
    said = [line for one in now if (line := _teams(view, judged, one))]
    if said:
        st.markdown("\n".join(["**Within teams**", *said]))


def _teams(view: View, judged: Judged, one: Standing) -> str:
    told, whole = [], SEVERITY.get(one.state.status, 0)
    for team in judged.teams:
        state = judged.standing(one.purpose, team, gates_of(view.source.settings))
        if SEVERITY.get(state.status, 0) > whole or state.status is Status.AT_RISK:
            names = ", ".join(INDICATORS[name].name for name in state.decided_by)
            told.append(f"{STATUS[state.status].lower()} in {name_of(view, team)} ({names})")
    return f"- {one.purpose.objective.label}: {'; '.join(told)}" if told else ""
