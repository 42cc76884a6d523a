"""The app: streamlit run app.py. Its main script lies beside the pages, so that every page has its frame and gate."""

import streamlit as st

from pages.ui.door import DOOR
from pages.ui.health import ROUTES
from pages.ui.peers import hold_to_limits
from pages.ui.start import before_visitors

hold_to_limits()
app = st.App("pages/shell.py", lifespan=before_visitors, routes=ROUTES, middleware=DOOR)
