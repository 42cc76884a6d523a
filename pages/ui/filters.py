"""The filters that all pages share; each is a word of the URL, so that a view can be sent as a link."""

from collections.abc import Iterable
from dataclasses import replace
from datetime import datetime

import streamlit as st

from data.config import Config
from data.record import Walk
from metrics.model import Scope
from metrics.organisation import UNASSIGNED
from metrics.periods import last_complete_weeks

WEEKS = ("4", "13", "26", "52", "78")
USUAL_WEEKS = "26"
ALL = "all"
KEYS = ("weeks", "team", "repository", "bots")
PAGE = "plumbline page of the filters"


def carry_over(page: str) -> None:
    """Keep the filters on another page, also where a browser was sent there before it had drawn them.

    It has nothing to say of them then: neither in the address of the page nor of what is chosen.
    """
    if st.session_state.get(PAGE, page) != page:
        for key in set(KEYS) & set(st.session_state) - set(st.query_params):
            st.session_state[key] = st.session_state[key]
    st.session_state[PAGE] = page


def chosen(settings: Config, status: Iterable[Walk], now: datetime) -> Scope:
    """Show the filters; the scope that they choose, in complete weeks."""
    calendar = settings.calendar
    with st.sidebar:
        weeks = st.segmented_control(
            "Complete weeks", WEEKS, default=USUAL_WEEKS, required=True, key="weeks", bind="query-params"
        )
        team = st.selectbox("Team", teams(settings, now), key="team", bind="query-params")
        place = st.selectbox("Repository", [ALL, *repositories(status)], key="repository", bind="query-params")
        bots = st.toggle("Count bots", key="bots", bind="query-params", help="Pull requests that bots opened")
    whole = last_complete_weeks(now, int(weeks or USUAL_WEEKS), calendar.timezone, calendar.week_starts)
    return replace(whole, team=_one(team), repository=_one(place), bots=bots)


def in_url() -> dict[str, str]:
    """The filters that differ from their defaults, as words of a link to another page."""
    usual = {"weeks": USUAL_WEEKS, "team": ALL, "repository": ALL}
    state = {name: st.session_state.get(name) for name in usual}
    said = {name: value for name, value in state.items() if value and value != usual[name]}
    return said | ({"bots": "true"} if st.session_state.get("bots") else {})


def teams(settings: Config, now: datetime) -> list[str]:
    """The teams that may be shown by themselves: none with fewer members today than the privacy setting allows."""
    shown = [key for key in settings.teams if settings.stands_alone(key, now.date())]
    return [ALL, *shown, UNASSIGNED] if settings.teams else [ALL]


def repositories(status: Iterable[Walk]) -> list[str]:
    """The repositories that have been synced, by name."""
    return sorted({line.scope for line in status if line.stream == "pull_requests"})


def _one(word: str | None) -> str | None:
    return None if word in {None, ALL} else word
