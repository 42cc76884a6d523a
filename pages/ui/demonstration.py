"""The demonstration organisation: loaded when there is neither configuration nor data, and named on every page."""

from datetime import datetime

import streamlit as st

from data import record
from data.config import Config
from data.demonstration import NOTICE
from data.store import Store
from metrics.periods import last_complete_weeks
from pages.ui import commands

NAME = "demo"
CONNECT = """\
[[github]]
repositories = ["owner/name"]     # or: organization = "acme"

export GITHUB_TOKEN=…             # read access is enough
python -m connectors demo --remove && python -m connectors sync
"""


def load_if_nothing_else(url: str, store: Store, settings: Config, now: datetime) -> None:
    """Start loading it, once a process, when there is neither configuration nor data, or when it has grown old."""
    running = commands.started(url)
    if settings.file is None and NAME not in running and _is_due(store, now):
        running[NAME] = commands.start("demo", "--quiet")


def _is_due(store: Store, now: datetime) -> bool:
    made = store.notice(NOTICE)
    if made is None:
        return store.is_empty()
    run = record.latest_run(store)
    is_whole = run is not None and run["outcome"] == "complete"
    return not is_whole or datetime.fromisoformat(made) < last_complete_weeks(now, 1).end


def banner(url: str) -> None:
    """Say on a page that the data is made up, and how to connect one's own."""
    with st.container(horizontal=True, vertical_alignment="center", key="demonstration"):
        st.markdown("**Demonstration data.** An invented organisation: connect your own to see it here.")
        with st.popover("Connect GitHub"):
            st.page_link("connect.py", label="The guide does it step by step")
            st.markdown("Or in `data/config.toml`, then in a terminal; the app shows rows as they arrive:")
            st.code(CONNECT, language="toml")
    command = commands.started(url).get(NAME)
    if command and command.failure and "already running" not in command.failure:
        st.error(f"Loading the demonstration failed: {command.failure}")
