"""One figure: its trend, what it is made of, how it is spread, and the rows behind it."""

from pages.ui import figure
from pages.ui.frame import figures

if view := figures("Figure and rows", "One indicator in full: its trend, what stands behind it, and every row."):
    figure.show(view)
