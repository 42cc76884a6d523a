"""One row per stretch of time in which an issue was in progress: started and not done."""

from metrics.issues import exits_from_done
from metrics.model import Frame

OF_ISSUE = ["key", "url", "title", "project", "team", "left_out", "is_tracked", "status", "stage", "seen_at"]


def work_in_progress(issue_facts: Frame, status_time_facts: Frame) -> Frame:
    """One row per stretch: from the start, or from being reopened, to the next entry into done.

    Work that is put back to the queue is still in progress. Columns: those of the issue, item, start, end (null: still
    in progress), since (the first start) and before (the age at `start`, as a timedelta: none but after a reopening).
    """
    times = status_time_facts
    begun = times["starts"].groupby(times["item"]).cummax()
    first = begun & ~begun.groupby(times["item"]).shift(fill_value=False)
    begins = begun & ~times["is_done"] & (first | exits_from_done(times))
    open_times = times.assign(stretch=begins.cumsum())[begun & ~times["is_done"]]
    last = open_times.drop_duplicates("stretch", keep="last").set_index("stretch")["end"]
    spans = open_times.drop_duplicates("stretch")[["item", "start", "stretch"]]
    spans = spans.join(last, on="stretch").drop(columns="stretch")
    rows = spans.join(issue_facts[OF_ISSUE], on="item")
    rows["since"] = rows.groupby("item")["start"].transform("min")
    return rows.assign(before=rows["start"] - rows["since"]).reset_index(drop=True)
