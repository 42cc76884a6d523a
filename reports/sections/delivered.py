"""Delivered and predictability: what was finished, whether by the day that was promised, and how long it took."""

from reports.content import Section
from reports.reading import Reading
from reports.sentences import told
from reports.tables import by_team


def section(reading: Reading) -> Section:
    """The section."""
    throughput, on_time, kept, took, lead = reading.figures(
        "throughput", "epic_on_time_rate", "sprint_say_do", "issue_cycle_time", "issue_lead_time"
    )
    half = "Half of the items took {value} or less" + (", 85 % took {p85} or less" if took.p85 is not None else "")
    return Section(
        "delivered",
        "Delivered and predictability",
        (
            told(throughput, "{value} items were finished, {before} in the period before"),
            told(on_time, "{value} of {n} finished epics were done by the date promised at their start"),
            told(kept, "Teams finished {value} of what {n} sprints started with"),
            told(took, half),
        ),
        figures=(throughput, on_time, kept, took, lead),
        charts=(reading.trend("throughput"), reading.trend("issue_cycle_time")),
        tables=(by_team(reading, "throughput", "issue_cycle_time", "sprint_say_do"),),
        sources=("Issues and their histories; sprints as they were started and closed.",),
    )
