"""The filters that all pages share; each is a word of the URL, so that a view can be sent as a link."""

from collections.abc import Iterable, Sequence
from dataclasses import replace
from datetime import datetime

import streamlit as st

from data.config import Config
from data.record import Walk
from metrics.model import Scope
from metrics.organisation import UNASSIGNED
from metrics.periods import last_complete_weeks
from pages.ui.address import AddressError

WEEKS = ("4", "13", "26", "52", "78")
USUAL_WEEKS = "26"
ALL = "all"
KEYS = ("weeks", "team", "repository", "bots")
PAGE = "plumbline page of the filters"


def carry_over(page: str) -> None:
    """What the address of another page says of the filters holds there; what it leaves out is kept from the one before.

    A browser that was sent there before it had drawn them says nothing of them: neither in the address nor of what is
    chosen.
    """
    if st.session_state.get(PAGE, page) != page:
        said = dict(st.query_params)
        for key in set(KEYS) & set(st.session_state):
            st.session_state[key] = _value(key, said[key]) if key in said else st.session_state[key]
    st.session_state[PAGE] = page


def _value(key: str, word: str) -> str | bool:
    return word == "true" if key == "bots" else word


def chosen(settings: Config, status: Iterable[Walk], now: datetime) -> Scope:
    """Show the filters; the scope that they choose, in complete weeks."""
    calendar, known = settings.calendar, {"team": teams(settings, now), "repository": [ALL, *repositories(status)]}
    for name, keys in known.items():
        _resolve(name, keys)
    with st.sidebar:
        weeks = st.segmented_control(
            "Complete weeks",
            WEEKS,
            default=USUAL_WEEKS,
            required=True,
            key="weeks",
            bind="query-params",
            on_change=forget,
            args=(("from", "to"),),
        )
        team = st.selectbox("Team", known["team"], key="team", bind="query-params")
        place = st.selectbox("Repository", known["repository"], key="repository", bind="query-params")
        bots = st.toggle("Count bots", key="bots", bind="query-params", help="Pull requests that bots opened")
    whole = last_complete_weeks(now, int(weeks or USUAL_WEEKS), calendar.timezone, calendar.week_starts)
    return replace(whole, team=_one(team), repository=_one(place), bots=bots)


def _resolve(name: str, keys: Sequence[str]) -> None:
    """Before anything is drawn: the place that the address names, as its source writes it.

    Raises AddressError for one that is not there: figures of anything else would be taken for its own.
    """
    said = st.query_params.get(name)
    if not said or said in keys:
        return
    same = [key for key in keys if name == "repository" and key.lower() == said.lower()]
    if not same:
        known = ", ".join(keys[1:11]) or "none"
        raise AddressError(
            f"There is no {name} “{said}” to show: it was removed or renamed, or is too small to stand alone. "
            f"Those that can be shown: {known}{' …' if len(keys) > 11 else ''}."
        )
    st.session_state[name] = same[0]


def forget(names: Iterable[str]) -> None:
    """Take words out of the address that belong to another figure, or to another choice of weeks."""
    for name in names:
        st.query_params.pop(name, None)


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
