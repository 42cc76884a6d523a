"""Method and definitions: how the figures are reckoned, what is left out, and what they cannot say."""

from reports.content import Section
from reports.reading import Reading


def section(reading: Reading) -> Section:
    """The section."""
    return Section(
        "method",
        "Method and definitions",
        (
            "A figure is pooled from the rows of the period; percentiles are interpolated and never averaged.",
            "A word of change needs a rule: a week outside its usual range, eight weeks in a row on one side of the "
            "usual level, or three of four near the limit.",
            "What is not known is said with its reason and is never a zero.",
            "Figures are of teams and places, never of a person; teams below the smallest size are not shown alone.",
        ),
        sources=("The catalogue of indicators.",),
    )
