"""Quality, review and technical debt: how changes are looked at, where defects are found, what the code costs."""

from metrics.hotspots import current
from reports.content import Section
from reports.reading import Reading
from reports.sentences import counted, told
from reports.tables import by_team


def section(reading: Reading) -> Section:
    """The section."""
    covered, wait, size, escaped, hot, complexity, knowledge, age = reading.figures(
        "review_coverage",
        "time_to_first_review_bh",
        "pr_size",
        "defect_escape_rate",
        "hotspot_score",
        "complexity_trend",
        "truck_factor",
        "libyear",
    )
    share = "85 % of changes had a first response within {p85} of working hours, half within {value}"
    half = "Half of the changes had a first response within {value} of working hours"
    return Section(
        "quality",
        "Quality, review and technical debt",
        (
            told(covered, "{value} of {n} merged changes were reviewed by another person before"),
            told(wait, share if wait.p85 is not None else half),
            told(escaped, "{value} of {n} reported bugs were found in production"),
            told(hot, f"{_hotspots(reading)} took {{value}} of the changes to code"),
            told(complexity, "Hotspots get more complicated by {value} a month (the median; below zero: simpler)"),
            told(knowledge, f"{_alone(reading)}; the one with the fewest keepers depends on {{value}}"),
            told(age, "Dependencies are {value} behind, {before} in the period before"),
        ),
        figures=(covered, wait, size, escaped, hot, complexity, knowledge, age),
        charts=(reading.trend("review_coverage"), reading.trend("time_to_first_review")),
        tables=(by_team(reading, "review_coverage", "time_to_first_review", "pr_size"),),
        sources=("Pull requests and reviews; bugs of the tracker; the history of the code.",),
    )


def _hotspots(reading: Reading) -> str:
    """How many files are hotspots, and how much of the code they are."""
    files = current(reading.loaded.facts["hotspots"])
    hot, lines = files[files["is_hotspot"]], files["lines"].sum()
    share = f" ({100 * hot['lines'].sum() / lines:.0f} % of the code)" if lines else ""
    return f"{counted(len(hot), 'file')}{share}"


def _alone(reading: Reading) -> str:
    seen = reading.result("truck_factor").observations
    n = int(seen.loc[seen["excluded"].isna() & (seen["value"] <= 1), "key"].nunique())
    return f"{counted(n, 'repository depends', 'repositories depend')} on one person"
