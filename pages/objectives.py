"""The five objectives: how each stands, what decided it, and every figure behind it."""

from pages.ui.frame import figures
from pages.ui.objectives import chosen, show

if view := figures("Objectives", "How each objective stands, what decided it, and how much of it could be assessed."):
    show(view, chosen())
