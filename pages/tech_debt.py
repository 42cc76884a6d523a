"""Technical debt: where it is, what it costs, whether it grows, who knows the code, what is old."""

from pages.ui import debt_share, tech_debt
from pages.ui.cards import cards
from pages.ui.frame import figures

if view := figures("Technical debt", "Where it is, what it costs, whether it grows, who knows the code, what is old."):
    if tech_debt.has_history(view):
        cards(view, tech_debt.FIGURES, "tech-debt")
        tech_debt.code(view)
        tech_debt.hotspots(view)
        debt_share.against_plan(view)
        tech_debt.knowledge(view)
        tech_debt.dependencies(view)
    else:
        tech_debt.no_source(view)
        cards(view, tech_debt.WITHOUT_GIT, "tech-debt")
        debt_share.against_plan(view)
