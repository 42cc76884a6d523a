"""Coverage: what was synced, what is missing, how good the data is, and a button to sync now."""

from pages.ui import coverage
from pages.ui.frame import title
from pages.ui.parts import chosen

view = title("Coverage", "What was synced and how far back, what is missing, and how good the data is.")
coverage.PARTS[chosen(coverage.PARTS)](view)
