"""Delivery: what arrives, what is finished, what stays open."""

from pages.ui.cards import cards
from pages.ui.frame import figures

SHOWN = ("opened_pull_requests", "merged_pull_requests", "closed_pull_requests", "open_pull_requests", "pr_cycle_time")

if view := figures("Delivery", "What arrives, what is finished, what stays open."):
    cards(view, SHOWN, "delivery")
