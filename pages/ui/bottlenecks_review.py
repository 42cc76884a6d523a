"""Bottlenecks of one team, continued: reviews, sprints and continuous integration, and what it may finish."""

from datetime import date, timedelta

import streamlit as st

from metrics.model import Frame, Scope
from metrics.periods import as_of_midnight
from metrics.review_lens import Load, SizeWait, by_size, load, reviewed
from metrics.team_flow import TeamFlow, percent
from metrics.team_forecast import LEVELS, TeamForecast
from metrics.track_record import record_of
from pages.ui import duration_charts, sprints
from pages.ui.cards import cards
from pages.ui.charts import draw
from pages.ui.palette import palette
from pages.ui.plain_table import table
from pages.ui.team_flows import forecast_of
from pages.ui.view import View

AHEAD = timedelta(weeks=4)
MOST = 1000


def review(view: View, flow: TeamFlow) -> None:
    """How long reviews are waited for, by size, and how their load is spread."""
    cards(view, ("time_to_first_review_bh", "pr_size", "review_rounds"), "review")
    size_and_wait(view)
    load_of_reviews(view)


def size_and_wait(view: View) -> None:
    """The wait for a first review by the size of the change, over the weeks of the scope."""
    found, waits = _reviewed((view.source.key, as_of_midnight(view.scope)), view)
    st.subheader("Wait for the first review, by size")
    if found.empty:
        st.caption("No pull request was reviewed in these weeks.")
        return
    chart = duration_charts.size_chart(found, waits, palette(st.context.theme.type))
    draw(chart, "size-and-wait", f"Hours to the first review of {len(found)} pull requests by size")
    st.caption(
        "A dot per pull request; bars: the median of each size with its 95 % interval. Below 20: too few to compare."
        f"{duration_charts.left_undrawn(found)}"
    )


@st.cache_resource(max_entries=8, show_spinner=False)
def _reviewed(key: tuple[tuple[str, str, str], Scope], _view: View) -> tuple[Frame, tuple[SizeWait, ...]]:
    found = reviewed(_view.loaded.first_reviews(key[1].start, key[1].end), key[1])
    return found, by_size(found)


def load_of_reviews(view: View, with_cards: bool = True) -> None:
    """How many members gave how many reviews in the last 13 weeks; nobody is named or ranked."""
    team, end = view.scope.team, view.scope.end
    if team is None:
        return
    loaded = view.loaded
    found = load(loaded.facts["reviews"], loaded.organisation, team, end - timedelta(weeks=13), end)
    st.subheader("How reviews are spread over the team")
    if found is None:
        st.caption("Not shown: too few members are listed for this team. A distribution of few would name them.")
        return
    _spread(found)
    if with_cards:
        cards(view, ("review_load_gini", "review_load_top_two", "reviewer_breadth"), "load")


def _spread(found: Load) -> None:
    draw(duration_charts.load_chart(found, palette(st.context.theme.type)), "load", "Members by reviews given")
    st.caption(f"{found.reviews:,} reviews by {found.people} members in the last 13 weeks; nobody is named.")


def sprints_and_ci(view: View, flow: TeamFlow) -> None:
    """Whether sprints keep what they promise, and how the default branch is."""
    st.subheader("Sprints")
    sprints.sprints(view)
    st.subheader("Continuous integration")
    cards(view, ("ci_feedback_time", "ci_success_rate", "main_red_time"), "ci")


def forecast(view: View, flow: TeamFlow) -> None:
    """How many issues by a day, and when so many are finished, with how often such forecasts came true."""
    team = view.scope.team
    if team is None:
        st.info("A forecast is made for one team: choose it at the left.")
        return
    answer = forecast_of(view, team)
    if answer.refusal:
        st.info(f"No forecast: {answer.refusal}.")
        return
    left, right = st.columns(2)
    with left:
        _by(answer, view.scope.now.date() + AHEAD)
    with right:
        _of(answer)
    made = view.loaded.facts["throughput_forecasts"]
    st.markdown(f"**Were we right before?** {record_of(made.loc[made['team'] == team, 'needed']).words}")
    weeks = ", ".join(f"{n:.0f}" for n in answer.past.finished)
    st.caption(f"Drawn from {len(answer.past.chosen)} weeks of work, issues finished in each: {weeks}.")


def _by(answer: TeamForecast, usual: date) -> None:
    st.subheader("How many by a day")
    day = st.date_input("Day", usual, key="by", bind="query-params")
    found = answer.by(day) if isinstance(day, date) else None
    if found is None:
        st.caption("No whole week ends by then: choose a later day.")
        return
    rows = [[percent(level), f"at least {found[level]:,.0f} issues"] for level in LEVELS]
    table(f"Finished by {day:%d %B %Y}, the running week counted.", ["with", "finished"], rows)


def _of(answer: TeamForecast) -> None:
    st.subheader("When so many are finished")
    issues = int(st.number_input("Issues", 1, MOST, 20, key="issues", bind="query-params"))
    found = answer.of(issues)
    rows = [[percent(level), f"{day:%d %B %Y}" if (day := found[level]) else "no credible date"] for level in LEVELS]
    table(f"{issues} issues are finished by", ["with", "the day"], rows)
