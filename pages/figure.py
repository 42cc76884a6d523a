"""One figure: its trend, and the rows that it is made of."""

import streamlit as st

from metrics.catalogue import INDICATORS
from pages.ui import figure
from pages.ui.frame import figures

if view := figures("Figure and rows", "The trend of one indicator, the rows counted in it, and those left out."):
    name = st.selectbox("Indicator", list(INDICATORS), key="indicator", bind="query-params")
    figure.show(view, INDICATORS[name])
