"""Planning: what was promised at a sprint's start, what became of it, and how much was put in and taken out."""

from metrics.flow import is_tracker_missing
from metrics.model import Better, Family, Frame, Indicator, Objective, Observations, Summary, Target, Unit
from metrics.observations import observe, unless_missing
from metrics.sprints import by_sprint

NOTHING = "nothing was committed"


def sprint_say_do(sprint_items: Frame, issues: Frame) -> Observations:
    """Of the issues in a sprint at its start and not yet done, the share that was done at its end.

    A row is a completed sprint, by its id, with its own percentage; several sprints are pooled by the number of issues
    committed. An issue that left the sprint and was done all the same counts as done. Issues that were added later
    never count. Sub-tasks and running sprints are left out.
    """
    rows = by_sprint(sprint_items)
    share = 100 * rows["kept"] / rows["open"].where(rows["open"] > 0)
    empty = {NOTHING: rows["open"] == 0}
    seen = observe(rows, at=rows["complete_at"], value=share, weight=rows["open"], excluded=empty)
    return unless_missing(seen, is_tracker_missing(issues))


def sprint_scope_change(sprint_items: Frame, issues: Frame) -> Observations:
    """Issues put into a sprint or taken out of it after its start, in percent of those in it at its start.

    A row is a completed sprint, by its id; several sprints are pooled by the number of issues at their start. An issue
    that was put in and taken out again counts as both. Sub-tasks and running sprints are left out.
    """
    rows = by_sprint(sprint_items)
    change = 100 * (rows["added"] + rows["removed"]) / rows["committed"].where(rows["committed"] > 0)
    empty = {NOTHING: rows["committed"] == 0}
    seen = observe(rows, at=rows["complete_at"], value=change, weight=rows["committed"], excluded=empty)
    return unless_missing(seen, is_tracker_missing(issues))


INDICATORS = (
    Indicator(
        "sprint_say_do",
        "Sprint predictability",
        objective=Objective.PROJECT_SUCCESS,
        family=Family.PLANNING,
        unit=Unit.PERCENT,
        better=Better.BAND,
        summary=Summary.SHARE,
        formula=sprint_say_do,
        core=True,
        target=Target(low=80, high=100, source="SAFe predictability measure: 80 to 100 %"),
        misuse="Promising less makes it look better; a bonus on it makes that certain.",
    ),
    Indicator(
        "sprint_scope_change",
        "Sprint scope change",
        objective=Objective.PROJECT_SUCCESS,
        family=Family.PLANNING,
        unit=Unit.PERCENT,
        better=Better.LOWER,
        summary=Summary.SHARE,
        formula=sprint_scope_change,
        exceeds_100=True,
        misuse="Forbidding real interruptions lowers it and helps nobody.",
    ),
)
