"""The frame of every page: what is shared above and below what the page itself says."""

import streamlit as st

from data.errors import PlumblineError
from pages.ui import demonstration, freshness
from pages.ui.address import AddressError
from pages.ui.view import View, here, weeks_in_words

STYLE = """<style>
[data-testid="stMainBlockContainer"] a:not([data-testid]) { color: var(--st-link-color, inherit); }
[class*="st-key-grid-"] { display: grid; grid-template-columns: repeat(auto-fill, minmax(min(100%, 17rem), 1fr)); }
@media (max-width: 640px) {
  [data-testid="stMainBlockContainer"] { padding-inline: 1rem; }
  h1 { font-size: 1.9rem !important; }
}
@media print {
  [data-testid="stSidebar"], [data-testid="stHeader"], [data-testid="stToolbar"], [data-testid="stExpandSidebarButton"],
  [data-testid="stDownloadButton"], [data-testid="stPopover"], [data-testid="stElementToolbar"],
  .st-key-demonstration [data-testid="stPopover"] { display: none !important; }
  [data-testid="stApp"], [data-testid="stAppViewContainer"], [data-testid="stMain"] {
    position: static !important; overflow: visible !important; height: auto !important; display: block !important;
  }
  [data-testid="stMainBlockContainer"] { max-width: none; padding: 0 !important; }
  .card, [data-testid="stPlotlyChart"], [data-testid="stDataFrame"], .plain tr { break-inside: avoid; }
  h2, h3 { break-after: avoid; }
  * { -webkit-print-color-adjust: exact; print-color-adjust: exact; }
}
</style>"""


def title(words: str, purpose: str, about: str = "") -> View:
    """The page's title, whom it serves, how new the data is and what it covers; the view of this run."""
    view = here()
    st.html(STYLE)
    st.title(words)
    st.markdown(purpose)
    freshness.strip(view, about)
    return view


def figures(words: str, purpose: str) -> View | None:
    """The title of a page of figures, and what they cover; None while the first load has nothing to draw yet."""
    view = title(words, purpose, scope_in_words(here()))
    return None if freshness.loading(view) else view


def scope_in_words(view: View) -> str:
    """What the figures of a page cover."""
    scope = view.scope
    said = [weeks_in_words(scope)]
    said += [f"team {scope.team}"] if scope.team else []
    said += [scope.repository] if scope.repository else []
    return " · ".join([*said, "bots counted" if scope.bots else "bots left out"])


def failed(error: PlumblineError) -> None:
    """Something that the reader can mend, in plain words."""
    if isinstance(error, AddressError):
        st.error(str(error))
        st.page_link("weekly.py", label="The weekly review, without a filter")
        return
    st.title("Plumbline")
    st.error(str(error))
    st.caption("Mend it and reload the page.")


def banner(view: View) -> None:
    """The demonstration says on every page what it is."""
    if view.is_demonstration:
        demonstration.banner(view.source.url)
