"""A card per indicator: the figure, what it is made of, its trend, its definition, and the way to its rows."""

from collections.abc import Sequence
from html import escape

import streamlit as st

from metrics.catalogue import INDICATORS
from metrics.marks import EXPLAINING
from metrics.model import Indicator, Result
from metrics.summaries import OPEN
from pages.ui import figures, words
from pages.ui.address import Address
from pages.ui.sparkline import as_image, sparkline
from pages.ui.view import View, weeks_in_words

STYLE = """<style>
.card { min-height: 15.5rem; display: flex; flex-direction: column; }
.card .name { font-size: 1rem; font-weight: 600; }
.card .value { font-size: 2rem; font-weight: 600; line-height: 1.25; font-variant-numeric: tabular-nums; }
div.card p { font-size: .8125rem; margin: 0; opacity: .8; line-height: 1.4; }
div.card p.way { font-size: .875rem; opacity: 1; margin-top: .35rem; }
.card img { width: 100%; height: auto; margin: .4rem 0; }
.card .axis { display: flex; justify-content: space-between; }
[class*="st-key-card-"] { position: relative; }
[class*="st-key-card-"] [data-testid="stPopover"] { position: absolute; right: .75rem; bottom: .5rem; width: auto; }
[class*="st-key-cards"] { display: grid; grid-template-columns: repeat(auto-fill, minmax(min(100%, 17rem), 1fr)); }
</style>"""


def cards(view: View, names: Sequence[str], key: str) -> None:
    """A grid of cards: as many in a row as there is room for."""
    st.html(STYLE)
    with st.container(key=f"cards-{key}", gap="small"):
        for name in names:
            card(view, INDICATORS[name])


def card(view: View, indicator: Indicator) -> None:
    """One indicator over the scope of the view."""
    result = view.answer(indicator.id)
    with st.container(border=True, gap="small", key=f"card-{indicator.id}"):
        figures.show(face(result, view.trend(indicator.id), view.guards(indicator.id)))
        with st.popover("Definition", type="tertiary"):
            definition(indicator)


def face(result: Result, trend: Result, guards: Sequence[Result] = ()) -> str:
    """The words and the drawing of a card, as HTML; beside a speed what it must not cost."""
    indicator, point = result.indicator, result.total
    first, last = trend.series[0].period, trend.series[-1].period
    alt = f"{indicator.name}, weekly from {first} to {last}"
    told = [mark for mark in trend.marks if mark.kind in EXPLAINING]
    notes = [
        words.interval(indicator, point),
        words.usual_range(trend),
        words.signal(trend.series),
        words.target(indicator, result.target),
        words.left_out(result),
        *map(words.mark, told),
    ]
    lines = "".join(f"<p>{escape(note)}</p>" for note in notes if note)
    axis = f'<p class="axis"><span>{first}</span><span>{last}, running</span></p>'
    image = as_image(sparkline(trend.series, trend.limits, told), escape(alt, quote=True))
    value, basis = escape(words.figure(indicator, point)), escape(dated_basis(result))
    address, pair = Address.of(indicator.id, result.scope), figures.beside(guards)
    return (
        f'<div class="card"><div{figures.attributes(address, point)}>'
        f'<div class="name" role="heading" aria-level="3">{escape(indicator.name)}</div>'
        f'<div class="value">{value}</div><p>{basis}</p>{image + axis if image else ""}{lines}'
        f'<p class="way">{figures.anchor(address, f"Show {result.behind:,} rows")}</p></div>'
        f"{f'<p>{pair}</p>' if pair else ''}</div>"
    )


def dated_basis(result: Result) -> str:
    """What a figure is made of and its weeks; of what is open at their end, the last week or the moment alone."""
    basis, weeks = words.basis(result.indicator, result.total), weeks_in_words(result.scope)
    if result.total.value is None:
        return basis
    return f"{basis} · {weeks.rpartition(' to ')[2] if result.indicator.summary in OPEN else weeks}"


def definition(indicator: Indicator) -> None:
    """What an indicator means, and how it is misread."""
    st.markdown(indicator.definition)
    if indicator.misuse:
        st.markdown(f"**Misuse.** {indicator.misuse}")
    st.caption(f"`{indicator.id}` · {indicator.objective.label} · unit: {indicator.unit.value}")
