"""Delivery: how fast, how often and how safely changes reach production, and how work flows."""

from pages.ui import delivery
from pages.ui.frame import figures
from pages.ui.parts import chosen

if view := figures("Delivery", "How fast, how often and how safely changes reach production, and how work flows."):
    delivery.PARTS[chosen(delivery.PARTS)](view)
