"""The five objectives, in order, with what they mean and what code hosts and trackers can show of them."""

from dataclasses import dataclass

from metrics.model import Objective


@dataclass(frozen=True)
class Purpose:
    """An objective in words; `proxy` says what stays out of sight."""

    objective: Objective
    meaning: str
    proxy: str = ""


OBJECTIVES = (
    Purpose(
        Objective.TECHNICAL_INNOVATION,
        "New technologies and approaches reach production and stay current.",
        "Shows what repositories and trackers can show; ideas and their worth are not in them.",
    ),
    Purpose(Objective.PROJECT_SUCCESS, "Projects meet their dates, their budget and their quality."),
    Purpose(
        Objective.TEAM_EMPOWERMENT,
        "Teams work together, learn and are not kept waiting.",
        "Shows how work flows between people; how they feel is not in it.",
    ),
    Purpose(
        Objective.STRATEGIC_ALIGNMENT,
        "Work serves the goals that were agreed.",
        "Shows what work is linked to; the worth of the goals is not in it.",
    ),
    Purpose(Objective.CODE_QUALITY, "Reviews, tests and standards keep the code sound."),
)
