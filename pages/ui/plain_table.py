"""A table of words, numbers and small drawings that prints, folds on a narrow screen, and needs no script."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from html import escape
from typing import Any
from urllib.parse import urlencode

import streamlit as st

COLUMNS = 4
STYLE = """<style>
div.plain { overflow-x: auto; }
div.plain table { border-collapse: collapse; width: 100%; font-size: .875rem; }
div p.about { font-size: .8125rem; opacity: .8; margin: 0 0 .4rem; }
div.plain th, div.plain td { border: 0; text-align: left; padding: .35rem .6rem .35rem 0; vertical-align: top; }
div.plain thead th { font-weight: 600; border-bottom: 1px solid #8c9aa6; vertical-align: bottom; }
div.plain tbody th { font-weight: 500; min-width: 8.5rem; }
div.plain a { color: inherit; text-decoration: underline; text-underline-offset: .15em; }
div.plain tbody tr + tr > * { border-top: 1px solid #8c9aa640; }
div.plain td { font-variant-numeric: tabular-nums; }
div.plain img { max-width: none; width: 6rem; height: 1.35rem; display: block; }
div.plain .pair { display: flex; gap: .6rem; align-items: center; }
div.plain .pair div { flex: 0 0 4.4rem; line-height: 1.3; white-space: nowrap; }
div.plain small { opacity: .8; font-size: .8125rem; }
div.plain tr { break-inside: avoid; }
@media screen and (max-width: 640px) {
  div.plain table.many { width: max-content; min-width: 100%; }
  div.plain table.many td { max-width: 13rem; }
}
</style>"""


@dataclass(frozen=True)
class Markup:
    """Text that is HTML already; everything else is escaped."""

    html: str


Cell = Markup | str


def link(page: str, words: str, title: str = "", **query: str) -> Markup:
    """A link to a page of the app."""
    about = f' title="{escape(title, quote=True)}"' if title else ""
    return Markup(f'<a href="{page}?{escape(urlencode(query))}" target="_self"{about}>{escape(words)}</a>')


def outside(url: str, words: str) -> Cell:
    """A link to where a thing lives; plain words where that is not known or no web address."""
    if not url.startswith(("https://", "http://")):
        return words
    return Markup(f'<a href="{escape(url, quote=True)}" target="_blank" rel="noopener">{escape(words)}</a>')


def lines(*parts: Cell) -> Markup:
    """Several lines in one cell; empty ones are left away."""
    return Markup("<br>".join(markup(part) for part in parts if part))


def markup(cell: Cell) -> str:
    """A cell as HTML."""
    return cell.html if isinstance(cell, Markup) else escape(cell)


def show(body: str, place: Any = st) -> None:
    """Put HTML with links on the page; `st.html` would take away where they open. Whoever makes it has escaped it."""
    place.markdown(f"<div>{body}</div>".replace("\n", " ").replace("\r", " "), unsafe_allow_html=True)


def table(caption: str, head: Sequence[Cell], rows: Iterable[Sequence[Cell]]) -> None:
    """Show a table; the first cell of each row names it."""
    top = "".join(f'<th scope="col">{markup(cell)}</th>' for cell in head)
    body = "".join(_row(row) for row in rows)
    label = escape(caption, quote=True)
    kind = ' class="many"' if len(head) > COLUMNS else ""  # on a narrow screen it is moved sideways, not squeezed
    st.html(STYLE)
    show(
        f'<p class="about">{escape(caption)}</p><div class="plain" tabindex="0" role="region" '
        f'aria-label="{label}"><table{kind} aria-label="{label}"><thead><tr>{top}</tr></thead>'
        f"<tbody>{body}</tbody></table></div>"
    )


def _row(row: Sequence[Cell]) -> str:
    name, *cells = (markup(cell) for cell in row)
    return f'<tr><th scope="row">{name}</th>{"".join(f"<td>{cell}</td>" for cell in cells)}</tr>'
