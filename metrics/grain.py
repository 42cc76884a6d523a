"""How long a period may be: what the commands offer before anything of an indicator is imported."""

from enum import StrEnum


class Grain(StrEnum):
    """How long a period is."""

    WEEK = "week"
    MONTH = "month"
    QUARTER = "quarter"
    TOTAL = "total"
