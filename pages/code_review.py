"""Code review: how long changes wait, how large they are, how many are looked at."""

from metrics.code_review import INDICATORS
from pages.ui.cards import cards
from pages.ui.frame import figures

if view := figures("Code review", "How long changes wait, how large they are, how many are looked at."):
    cards(view, [indicator.id for indicator in INDICATORS], "code-review")
