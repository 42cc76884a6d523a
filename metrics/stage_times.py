"""One fact row per finished issue and stage: the time that it spent there between its start and its finish."""

import pandas as pd

from metrics.model import Frame
from metrics.stages import UNMAPPED

OF_ISSUE = ["key", "url", "project", "team", "left_out", "done_at", "cycle"]


def stage_times(issue_facts: Frame, status_time_facts: Frame) -> Frame:
    """One row per finished issue and stage. Times in one stage add up; the stages of an issue add up to its cycle.

    Columns: those of the issue, stage, took (timedelta), is_named (its stage is told by the configuration or a board).
    """
    finished = issue_facts[issue_facts["cycle"].notna()]
    times = status_time_facts[status_time_facts["item"].isin(finished.index)]
    begins, ends = (finished[name].reindex(times["item"]).set_axis(times.index) for name in ("started_at", "done_at"))
    start = times["start"].where(times["start"] >= begins, begins)
    end = times["end"].where(times["end"] <= ends, ends)
    took = end - start
    inside = times.assign(took=took, stage=times["stage"].fillna(UNMAPPED))[took > pd.Timedelta(0)]
    sums = inside.groupby(["item", "stage"], as_index=False).agg({"took": "sum", "is_named": "any"})
    rows: Frame = sums.join(issue_facts[OF_ISSUE], on="item").drop(columns="item")
    return rows
