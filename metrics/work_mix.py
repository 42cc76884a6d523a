"""What finished work was for: new capabilities, upkeep, debt; and whether it served an epic."""

from metrics.flow import is_tracker_missing
from metrics.issues import excluded
from metrics.model import Better, Family, Frame, Indicator, Objective, Observations, Reason, Summary, Unit
from metrics.observations import observe, unless_missing
from metrics.work_classes import DEBT, NEW, UNCLASSIFIED


def allocation_mix(issues: Frame) -> Observations:
    """Of the finished issues, the share of each class of work of [work_mix]; the value is that of new capabilities.

    Counted by issues, not by effort. An issue belongs to the class of its labels, else of its epic, else of its type;
    what belongs to none is "unclassified", a class of its own. Left out: epics and above, sub-tasks, cancelled issues.
    """
    rows = issues[issues["done_at"].notna()]
    seen = observe(rows, at=rows["done_at"], value=100.0, part=rows["work_class"], excluded=excluded(rows))
    return _mapped(seen, issues)


def debt_work_share(issues: Frame) -> Observations:
    """The share of finished issues that [work_mix] classes as technical debt.

    Left out: epics and above, sub-tasks, cancelled issues.
    """
    rows = issues[issues["done_at"].notna()]
    is_debt = (rows["work_class"] == DEBT).astype("float64")
    return _mapped(observe(rows, at=rows["done_at"], value=is_debt, excluded=excluded(rows)), issues)


def roadmap_linkage(issues: Frame) -> Observations:
    """The share of finished issues that belonged to an epic when they were finished.

    Known only where there are epics. Left out: epics and above, sub-tasks, cancelled issues.
    """
    rows = issues[issues["done_at"].notna()]
    linked = rows["epic_id"].notna().astype("float64")
    seen = observe(rows, at=rows["done_at"], value=linked, excluded=excluded(rows))
    no_epics = unless_missing(seen, not issues["epic_id"].notna().any(), Reason.UNMAPPED)
    return unless_missing(no_epics, is_tracker_missing(issues))


def _mapped(seen: Observations, issues: Frame) -> Observations:
    unmapped = unless_missing(seen, bool((issues["work_class"] == UNCLASSIFIED).all()), Reason.UNMAPPED)
    return unless_missing(unmapped, is_tracker_missing(issues))


INDICATORS = (
    Indicator(
        "allocation_mix",
        "Work on new capabilities",
        objective=Objective.STRATEGIC_ALIGNMENT,
        family=Family.PLANNING,
        unit=Unit.PERCENT,
        better=Better.BAND,
        summary=Summary.SHARE,
        formula=allocation_mix,
        core=True,
        parts=(NEW,),
        misuse="Issues are no effort: a small bug counts as much as a large story.",
    ),
    Indicator(
        "roadmap_linkage",
        "Work linked to the roadmap",
        objective=Objective.STRATEGIC_ALIGNMENT,
        family=Family.PLANNING,
        unit=Unit.PERCENT,
        better=Better.HIGHER,
        summary=Summary.RATE,
        formula=roadmap_linkage,
        core=True,
        misuse="Epics that hold everything link all work and say nothing; 100 % is no goal.",
    ),
    Indicator(
        "debt_work_share",
        "Work on technical debt",
        objective=Objective.CODE_QUALITY,
        family=Family.TECH_DEBT,
        unit=Unit.PERCENT,
        better=Better.BAND,
        summary=Summary.RATE,
        formula=debt_work_share,
        core=True,
        explains=True,
        misuse="0 % looks fast for a while.",
    ),
)
