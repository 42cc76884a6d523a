"""Continuous integration: whether the default branch is green, how soon one knows, and how long it stays broken."""

import pandas as pd

from metrics.model import Better, Family, Frame, Indicator, Objective, Observations, Summary, Target, Unit
from metrics.observations import HOUR, from_source, observe

DEPLOYMENT, NOT_A_PUSH, AGAIN = "deployment", "not a push", "run again"
PUSHES = ("push", "merge_group")


def ci_success_rate(workflow_runs: Frame) -> Observations:
    """Share of the runs on the default branch that were green at the first attempt.

    One that was run again is no success, whatever came of it. Cancelled and skipped runs are no runs; deploying ones,
    and those that no push caused, are left out. Counted in the period in which the run was made.
    """
    green = (workflow_runs["is_green"] & workflow_runs["is_first"]).astype("float64")
    return _seen(workflow_runs, workflow_runs["created_at"], green)


def ci_feedback_time(workflow_runs: Frame) -> Observations:
    """Minutes from a push to the default branch until the last of its runs has ended.

    One row per commit; one with a run that was run again is left out, as its first end is not known.
    """
    pushed = workflow_runs[workflow_runs["event"].isin(PUSHES) & ~workflow_runs["is_deploying"]]
    commits = pushed.groupby(["source", "repository", "commit_id"], sort=False, as_index=False)
    rows = commits.agg(
        created_at=("created_at", "min"),
        ended_at=("ended_at", "max"),
        is_first=("is_first", "min"),
        team=("team", "first"),
        url=("url", "first"),
    )
    rows["key"] = rows["repository"] + "@" + rows["commit_id"].str.slice(0, 12)
    took = (rows["ended_at"] - rows["created_at"]).dt.total_seconds() / 60
    seen = observe(
        rows, at=rows["ended_at"], value=took.where(took >= 0), excluded={AGAIN: ~rows["is_first"].astype(bool)}
    )
    return from_source(seen, _source(rows))


def main_red_time(workflow_runs: Frame) -> Observations:
    """Hours for which the default branch was broken: from the first red run to the run after which all are green.

    Counted, whole, in the period in which it was mended; each run that mended nothing counts 0. Nights count. A
    branch that is still broken shows when it is mended.
    """
    hours = workflow_runs["broken_for"].dt.total_seconds() / HOUR
    return _seen(workflow_runs, workflow_runs["ended_at"], hours.mask(workflow_runs["broken_for"].isna(), 0.0))


def _seen(runs: Frame, at: pd.Series, value: pd.Series) -> Observations:
    excluded = {DEPLOYMENT: runs["is_deploying"], NOT_A_PUSH: ~runs["event"].isin(PUSHES)}
    return from_source(observe(runs, at=at, value=value, excluded=excluded), _source(runs))


def _source(rows: Frame) -> dict[str, str]:
    return dict.fromkeys(rows["repository"].dropna().unique(), "workflow runs on the default branch")


INDICATORS = (
    Indicator(
        "ci_success_rate",
        "CI success on the default branch",
        objective=Objective.CODE_QUALITY,
        family=Family.QUALITY,
        unit=Unit.PERCENT,
        better=Better.HIGHER,
        summary=Summary.RATE,
        formula=ci_success_rate,
        misuse="Deleting tests raises it.",
    ),
    Indicator(
        "ci_feedback_time",
        "CI feedback time",
        objective=Objective.TECHNICAL_INNOVATION,
        family=Family.DELIVERY,
        unit=Unit.MINUTES,
        better=Better.LOWER,
        summary=Summary.MEDIAN,
        formula=ci_feedback_time,
        target=Target(value=10, source="DORA, continuous integration: feedback within about ten minutes"),
        guards=("ci_success_rate", "test_touch_rate"),
        misuse="Checks that only look at style are quick, and say little.",
    ),
    Indicator(
        "main_red_time",
        "Time with a broken default branch",
        objective=Objective.CODE_QUALITY,
        family=Family.QUALITY,
        unit=Unit.HOURS,
        better=Better.LOWER,
        summary=Summary.SUM,
        formula=main_red_time,
        misuse="It says nothing of whoever merged last: a red branch is everybody's.",
    ),
)
