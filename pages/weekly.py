"""The VP's Monday: three minutes, at most twelve figures."""

import streamlit as st

from pages.ui.cards import cards
from pages.ui.frame import figures

if view := figures("Weekly review", "The last complete weeks in nine figures; each opens the rows that it is made of."):
    st.subheader("Flow")
    cards(view, ("pr_cycle_time", "throughput", "open_pull_requests", "closed_pull_requests"), "flow")
    st.subheader("Review")
    cards(view, ("time_to_first_review", "review_queue", "pr_size", "review_coverage", "stale_approval_rate"), "review")
