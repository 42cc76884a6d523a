"""The VP's Monday: what changed, what needs a decision, where work waits; three minutes, or an agenda of fifteen."""

from pages.ui import weekly
from pages.ui.frame import figures

if view := figures("Weekly review", "What changed last week, which plans need a decision, and where work waits."):
    weekly.show(view)
