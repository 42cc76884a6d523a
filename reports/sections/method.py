"""Method and definitions: how the figures are reckoned, what is left out, and what they cannot say."""

from reports.content import Column, Heading, Section, Table
from reports.reading import Reading

HEADINGS = (Heading("indicator"), Heading("left out because"), Heading("rows", Column.NUMBER, "count"))
SHOWN = (
    "pr_cycle_time",
    "time_to_first_review",
    "review_coverage",
    "change_fail_rate",
    "issue_cycle_time",
    "throughput",
    "sprint_say_do",
    "epic_on_time_rate",
    "roadmap_linkage",
)


def section(reading: Reading) -> Section:
    """The section."""
    return Section(
        "method",
        "Method and definitions",
        (
            "A figure is pooled from the rows of the period; percentiles are interpolated and never averaged.",
            "A word of change needs a rule: a week outside its usual range, eight weeks in a row on one side of the "
            "usual level, or three of four near the limit. Weeks that end in the period are judged.",
            "A median is judged from 6 rows, an 85th percentile is given from 20, a rate is judged from 10.",
            "What is not known is said with its reason and is never a zero.",
            "Figures are of teams and places, never of a person; teams of fewer than "
            f"{reading.loaded.settings.privacy.minimum_team_size} people are not shown by themselves.",
            "Forecasts are those of the last Monday before the report was made; all else is of the period.",
        ),
        tables=(Table("Left out", HEADINGS, _left_out(reading), "Nothing was left out."),),
        sources=("The catalogue of indicators; each definition follows with its version.",),
    )


def _left_out(reading: Reading) -> tuple[tuple[str, str, int], ...]:
    results = [reading.result(one) for one in SHOWN]
    return tuple((result.indicator.name, why, n) for result in results for why, n in result.left_out.items())
