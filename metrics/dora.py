"""Software delivery: how fast changes reach production, how often, and how many of them fail there."""

import pandas as pd

from metrics.model import Better, Family, Frame, Indicator, Objective, Observations, Reason, Summary, Unit
from metrics.observations import from_source, hours, observe
from metrics.organisation import DELETED, PERSON

NO_SOURCE = "no deployment source"
UNMATCHED = "unmatched incident"


def change_lead_time(changes: Frame) -> Observations:
    """Hours from a change's first commit (author time) to the first deployment to production that holds it.

    A change is a pull request merged into the default branch. A deployment holds what was merged up to the merge that
    it deploys; one of another commit, what was merged before it. A first commit after the pull request's creation
    counts as the creation; so does one more than 90 days off, whose date cannot be trusted. Counted in the period of
    the deployment. Where nothing but merges is known there is no lead time: see merge lead time.
    """
    took = hours(changes["deployed_at"] - changes["begun_at"])
    rows = changes.assign(said=changes["sources"] + "; matched by " + changes["matched_by"])
    excluded = {
        "bot": _by_a_bot(changes),
        NO_SOURCE: changes["is_inferred"].astype("boolean"),
        "commits unknown": changes["begun_at"].isna(),
    }
    seen = observe(rows, at=changes["deployed_at"], value=took.where(took >= 0), excluded=excluded)
    return from_source(seen, _words(rows[rows["deployed_at"].notna() & ~rows["is_inferred"].eq(True)], "said"))


def merge_lead_time(changes: Frame) -> Observations:
    """Hours from a change's first commit (author time) to its merge into the default branch.

    What can be said of speed where no deployments are known; it is no lead time to production.
    """
    took = hours(changes["merged_at"] - changes["begun_at"])
    excluded = {"bot": _by_a_bot(changes), "commits unknown": changes["begun_at"].isna()}
    return observe(changes, at=changes["merged_at"], value=took.where(took >= 0), excluded=excluded)


def deployment_frequency(deployments: Frame) -> Observations:
    """How many deployments to production succeeded, rollbacks included.

    Taken, for each repository, from the first of these that it has: deployments, workflow runs named like one,
    releases, version tags, merges to the default branch. A deployment has the time of its first success; the same
    commit again within ten minutes is the same one; one that never succeeded is left out.
    """
    seen = observe(deployments, at=deployments["at"], excluded={"failed": ~deployments["succeeded"]})
    return from_source(seen, _words(deployments, "sources"))


def change_fail_rate(outcomes: Frame, unmatched_incidents: Frame) -> Observations:
    """Share of deployments to production that failed there.

    One failed when an incident of its service began within the window after it and no other deployment came between,
    when a change that it shipped was taken back, when a hotfix followed, or when it was rolled back. One piece of
    evidence is blamed on one deployment. Where neither incidents nor any of the others are known, there is no rate. An
    incident that names a deployment is looked for in its own service; where that has none or several of this name, or
    nothing tells the service, the incident is listed as unmatched and fails nothing.
    """
    failed = outcomes["failed"].astype("float64")
    seen = observe(outcomes, at=outcomes["at"], value=failed, excluded=_untold(outcomes))
    lost = unmatched_incidents
    every = pd.Series(True, index=lost.index)
    beside = observe(lost, at=lost["started_at"], value=float("nan"), excluded={UNMATCHED: every})
    return _judged(outcomes, pd.concat([seen, beside], ignore_index=True) if len(beside) else seen)


def failed_deployment_recovery_time(outcomes: Frame) -> Observations:
    """Hours from a deployment that failed in production until that was over.

    Over is the resolution of the last of its incidents; without an incident, the first deployment that ships the
    revert or hotfix, or rolls it back. Nights and weekends count. Counted in the period in which it was over; those
    not over yet are left out and listed at their deployment.
    """
    rows = outcomes[outcomes["failed"]]
    took = rows["recovered_at"] - rows["at"]
    excluded = {"not over yet": rows["recovered_at"].isna()}
    at = rows["recovered_at"].fillna(rows["at"])
    return _judged(outcomes, observe(rows, at=at, value=hours(took.where(took >= pd.Timedelta(0))), excluded=excluded))


def deployment_rework_rate(outcomes: Frame) -> Observations:
    """Share of deployments to production that were unplanned: they shipped nothing but reverts, hotfixes and changes
    that name an incident, or rolled back.

    Planned corrections in a normal deployment do not count. A deployment whose changes are not known is left out.
    """
    excluded = _untold(outcomes) | {"contents unknown": outcomes["is_rework"].isna()}
    rework = outcomes["is_rework"].astype("float64")
    return _judged(outcomes, observe(outcomes, at=outcomes["at"], value=rework, excluded=excluded))


def revert_rate(changes: Frame) -> Observations:
    """Share of changes merged into the default branch that were taken back within 14 days.

    Known by the revert's link or by the title that it quotes, from whatever branch. Reverts are no changes of their
    own. The last two weeks may still grow.
    """
    soon = changes["reverted_at"] - changes["merged_at"] <= pd.Timedelta(days=14)
    excluded = {"bot": _by_a_bot(changes), "revert": changes["is_revert"]}
    return observe(changes, at=changes["merged_at"], value=soon.astype("float64"), excluded=excluded)


def _by_a_bot(changes: Frame) -> pd.Series:
    return ~changes["author_class"].isin([PERSON, DELETED])


def _untold(outcomes: Frame) -> dict[str, pd.Series]:
    return {"nothing would tell a failure": outcomes["told_by"] == ""}


def _judged(outcomes: Frame, seen: Observations) -> Observations:
    told = outcomes[outcomes["told_by"] != ""]
    words = _words(told.assign(said=told["sources"] + "; failures from " + told["told_by"]), "said")
    return from_source(seen, words, Reason.UNMAPPED if outcomes["is_unmapped"].any() else Reason.NO_SOURCE)


def _words(rows: Frame, column: str) -> dict[str, str]:
    """What is said of each repository; of several things the one said last."""
    return dict(zip(rows["repository"], rows[column], strict=True))


INDICATORS = (
    Indicator(
        "change_lead_time",
        "Change lead time",
        objective=Objective.PROJECT_SUCCESS,
        family=Family.DELIVERY,
        unit=Unit.HOURS,
        better=Better.LOWER,
        summary=Summary.MEDIAN,
        formula=change_lead_time,
        core=True,
        guards=("change_fail_rate", "revert_rate"),
        misuse="The time of a pull request is not a lead time; read it beside the change fail rate.",
    ),
    Indicator(
        "merge_lead_time",
        "Merge lead time",
        objective=Objective.PROJECT_SUCCESS,
        family=Family.DELIVERY,
        unit=Unit.HOURS,
        better=Better.LOWER,
        summary=Summary.MEDIAN,
        formula=merge_lead_time,
        guards=("review_coverage", "revert_rate"),
        misuse="Merged is not delivered: what waits for a release does not show here.",
    ),
    Indicator(
        "deployment_frequency",
        "Deployment frequency",
        objective=Objective.TECHNICAL_INNOVATION,
        family=Family.DELIVERY,
        unit=Unit.COUNT,
        better=Better.HIGHER,
        summary=Summary.COUNT,
        formula=deployment_frequency,
        core=True,
        guards=("change_fail_rate", "deployment_rework_rate"),
        misuse="Splitting deployments raises it and delivers nothing more.",
    ),
    Indicator(
        "change_fail_rate",
        "Change fail rate",
        objective=Objective.CODE_QUALITY,
        family=Family.QUALITY,
        unit=Unit.PERCENT,
        better=Better.LOWER,
        summary=Summary.RATE,
        formula=change_fail_rate,
        core=True,
        misuse="Incidents that nobody records lower it.",
    ),
    Indicator(
        "failed_deployment_recovery_time",
        "Failed deployment recovery time",
        objective=Objective.CODE_QUALITY,
        family=Family.QUALITY,
        unit=Unit.HOURS,
        better=Better.LOWER,
        summary=Summary.MEDIAN,
        formula=failed_deployment_recovery_time,
        core=True,
        guards=("change_fail_rate", "deployment_rework_rate"),
        misuse="Only failures that a deployment caused: other outages are not in it.",
    ),
    Indicator(
        "deployment_rework_rate",
        "Deployment rework rate",
        objective=Objective.CODE_QUALITY,
        family=Family.QUALITY,
        unit=Unit.PERCENT,
        better=Better.LOWER,
        summary=Summary.RATE,
        formula=deployment_rework_rate,
        misuse="Not every bug fix is rework: those planned into a normal deployment are not in it.",
    ),
    Indicator(
        "revert_rate",
        "Revert rate",
        objective=Objective.CODE_QUALITY,
        family=Family.QUALITY,
        unit=Unit.PERCENT,
        better=Better.LOWER,
        summary=Summary.RATE,
        formula=revert_rate,
        misuse="A quick revert is good practice: discouraging it leaves the fault in place.",
    ),
)
