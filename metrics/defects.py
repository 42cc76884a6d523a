"""Defects: bugs that come and go, and where they are found."""

import pandas as pd

from metrics.flow import is_tracker_missing
from metrics.issues import excluded
from metrics.model import Better, Family, Frame, Indicator, Objective, Observations, Reason, Summary, Unit
from metrics.observations import observe, unless_missing

IN_PRODUCTION = "prod|live|customer|field"


def bug_net_flow(issues: Frame) -> Observations:
    """Bugs reported less bugs finished: by how much the open bugs grew.

    A row of 1 is a bug that was created, a row of -1 one that was finished (its last entry into done). Bugs are what
    [work_mix] says, else issues of the type Bug. Left out: sub-tasks and cancelled resolutions such as duplicates.
    """
    bugs = issues[issues["is_bug"]]
    done = bugs[bugs["done_at"].notna()]
    moves = pd.concat([bugs.assign(at=bugs["created_at"], by=1.0), done.assign(at=done["done_at"], by=-1.0)])
    moves = moves.reset_index(drop=True)
    seen = observe(moves, at=moves["at"], value=moves["by"], excluded=excluded(moves))
    return unless_missing(seen, is_tracker_missing(issues))


def defect_escape_rate(issues: Frame) -> Observations:
    """Of the bugs reported, the share that was found in production.

    Counted by the day of creation. Known only where bugs say where they were found. Left out: bugs that do not say,
    sub-tasks and cancelled resolutions such as duplicates.
    """
    bugs = issues[issues["is_bug"]]
    escaped = bugs["found_in"].str.contains(IN_PRODUCTION, case=False, na=False).astype("float64")
    unsaid = excluded(bugs) | {"not said where it was found": bugs["found_in"].isna()}
    seen = observe(bugs, at=bugs["created_at"], value=escaped.where(bugs["found_in"].notna()), excluded=unsaid)
    unmapped = unless_missing(seen, not bugs["found_in"].notna().any(), Reason.UNMAPPED)
    return unless_missing(unmapped, is_tracker_missing(issues))


INDICATORS = (
    Indicator(
        "bug_net_flow",
        "Bugs reported less finished",
        objective=Objective.CODE_QUALITY,
        family=Family.QUALITY,
        unit=Unit.COUNT,
        better=Better.LOWER,
        summary=Summary.NET,
        formula=bug_net_flow,
        misuse="Closing bugs unfixed lowers it.",
    ),
    Indicator(
        "defect_escape_rate",
        "Defects found in production",
        objective=Objective.CODE_QUALITY,
        family=Family.QUALITY,
        unit=Unit.PERCENT,
        better=Better.LOWER,
        summary=Summary.RATE,
        formula=defect_escape_rate,
        core=True,
        misuse="Not reporting what production shows lowers it to nothing.",
    ),
)
