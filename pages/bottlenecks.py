"""Bottlenecks: where one team's work waits today, and what changed."""

from pages.ui import bottlenecks
from pages.ui.frame import figures

if view := figures("Bottlenecks", "Where the work of a team waits today, for whom, and what changed."):
    if view.scope.team or not bottlenecks.teams(view):
        bottlenecks.show(view)
    else:
        bottlenecks.choose(view)
