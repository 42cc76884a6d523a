"""The ten sections of the monthly report, in the order in which they are read."""

from collections.abc import Callable

from reports.content import Section
from reports.reading import Reading
from reports.sections import budget, delivered, delivery, method, quality, risks, roadmap, scope, summary, team

Write = Callable[[Reading], Section]
SECTIONS: tuple[Write, ...] = (
    scope.section,
    summary.section,
    roadmap.section,
    delivered.section,
    budget.section,
    delivery.section,
    quality.section,
    team.section,
    risks.section,
    method.section,
)
SHORT: tuple[Write, ...] = (roadmap.section, risks.section)  # what the page on a week tells of
