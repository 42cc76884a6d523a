"""The parts of code review: waiting, the queue, care, and load."""

from collections.abc import Callable

import streamlit as st

from pages.ui.bottlenecks_review import load_of_reviews, size_and_wait
from pages.ui.bottlenecks_today import queue
from pages.ui.cards import cards
from pages.ui.view import View


def waiting(view: View) -> None:
    """How long changes wait, and how that depends on their size."""
    cards(view, ("time_to_first_review", "time_to_first_review_bh", "review_coverage"), "waiting")
    size_and_wait(view)
    cards(view, ("pr_cycle_time", "time_to_approval", "pr_size"), "approval")


def in_queue(view: View) -> None:
    """What is open now, and whose turn it is."""
    cards(view.right_now(), ("review_queue", "open_pull_requests"), "queue")
    queue(view)
    cards(view, ("closed_pull_requests",), "closed")


def care(view: View) -> None:
    """How carefully changes are looked at."""
    cards(
        view,
        (
            "review_coverage",
            "approval_coverage",
            "review_participation",
            "review_rounds",
            "rubber_stamp_rate",
            "stale_approval_rate",
            "revert_rate",
            "ai_review_share",
        ),
        "care",
    )


def load(view: View) -> None:
    """How reviews are spread, as a whole and never by name."""
    cards(view, ("review_load_gini", "review_load_top_two", "reviewer_breadth", "cross_team_review_share"), "load")
    if view.scope.team:
        load_of_reviews(view, with_cards=False)
    else:
        st.caption("Choose a team at the left to see how its reviews are spread over its members.")


PARTS: dict[str, Callable[[View], None]] = {"Waiting": waiting, "Queue": in_queue, "Care": care, "Load": load}
