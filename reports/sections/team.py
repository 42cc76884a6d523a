"""Team health and improvements: how work is shared, how newcomers arrive, and what came of what was changed."""

from reports.content import Section
from reports.reading import Reading
from reports.sentences import told
from reports.tables import by_team


def section(reading: Reading) -> Section:
    """The section."""
    load, breadth, joined, waits, flow, late, pulse = reading.figures(
        "review_load_gini",
        "reviewer_breadth",
        "onboarding_time",
        "cross_team_wait",
        "flow_efficiency",
        "out_of_hours_share",
        "dx_pulse",
    )
    return Section(
        "team",
        "Team health and improvements",
        (
            told(load, "Reviews are shared within teams with a Gini coefficient of {value} (0: evenly)"),
            told(joined, "Newcomers took {value} to a usual pace"),
            told(waits, "Half of the {n} items that waited for another team waited {value} or less"),
            told(flow, "Items were worked on for {value} of the time between their start and their end"),
            told(pulse, "{value} of the answers to the survey were favourable"),
        ),
        figures=(load, breadth, joined, waits, flow, late, pulse),
        charts=(reading.trend("flow_efficiency"),),
        tables=(by_team(reading, "flow_efficiency", "cross_team_wait"),),
        sources=("Reviews, memberships of teams, links between issues, surveys that were imported.",),
    )
