"""Code review: how long changes wait, how large they are, how many are looked at, and who is asked."""

from pages.ui import code_review
from pages.ui.frame import figures
from pages.ui.parts import chosen

if view := figures("Code review", "How long changes wait, how large they are, how carefully they are looked at."):
    code_review.PARTS[chosen(code_review.PARTS)](view)
