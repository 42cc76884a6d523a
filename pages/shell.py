"""The main script: opens the store, shows what all pages share, and runs the page that the address names."""

import time
from datetime import datetime

import streamlit as st

from data import clock, config
from data.demonstration import is_in, settings_for
from data.errors import PlumblineError
from data.generations import Overtaken
from pages.ui import demonstration, door, filters, frame, freshness, results, sign_in
from pages.ui.view import View, keep

SECTIONS = {
    "Review": [
        st.Page("weekly.py", title="Weekly review", url_path="home", default=True),  # leaves /weekly to the page below
        st.Page("objectives.py", title="Objectives"),
        st.Page("bottlenecks.py", title="Bottlenecks"),
        st.Page("delivery.py", title="Delivery"),
        st.Page("code_review.py", title="Code review"),
        st.Page("tech_debt.py", title="Technical debt"),
        st.Page("forecasts.py", title="Forecasts"),
        st.Page("monthly_report.py", title="Monthly report"),
    ],
    "Trust": [
        st.Page("coverage.py", title="Coverage"),
        st.Page("indicators.py", title="Indicators"),
        st.Page("privacy.py", title="What is stored of people"),
        st.Page("connect.py", title="Connect your own"),
        st.Page("figure.py", title="Figure and rows", visibility="hidden"),
        st.Page("weekly.py", title="Weekly review", url_path="weekly", visibility="hidden"),
    ],
}


def source(now: datetime) -> results.Source:
    """What the figures are computed from; the demonstration where there is nothing else."""
    own = config.read()
    store = results.open_store(own.store_url)
    demonstration.load_if_nothing_else(own.store_url, store, own, now)
    settings = settings_for(store, own)
    return results.Source(own.store_url, settings.digest, results.drawn(own.store_url).follow(store), store, settings)


def run() -> None:
    """Draw one page."""
    now = clock.now()
    sign_in.gate()
    data = source(now)
    filters.carry_over(page.url_path)
    ended = not results.is_syncing(data.store)
    scope = filters.chosen(data.settings, results.status(data), now.replace(minute=0, second=0, microsecond=0))
    view = View(data, scope, now, is_demonstration=is_in(data.store))
    keep(view)
    frame.banner(view)
    sign_in.sign_out(door.sign_in_of_the_start())
    page.run()
    freshness.watch(data, ended)


st.set_page_config(page_title="Plumbline", page_icon="📏", layout="wide")
page = st.navigation(SECTIONS)
began = time.thread_time()
try:
    with results.turns():  # one after the other all are served sooner than all at once
        run()
    results.settle(time.thread_time() - began)
except Overtaken:  # what this page began to read is gone: it is drawn from what there is now
    st.rerun()
except PlumblineError as error:
    frame.failed(error)
