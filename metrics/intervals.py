"""Time covered by intervals, per item, each moment counted once."""

import numpy as np
import pandas as pd

from metrics.model import Frame


def covered(intervals: Frame, start: pd.Series, end: pd.Series) -> pd.Series:
    """How much of each item's window [start, end) its intervals cover; overlapping intervals count once.

    `intervals`: item (a label of the windows' index), start, end (null: still open). The answer is a timedelta for
    every label of `start`, zero where nothing is covered, and zero too where the window itself is null.
    """
    window = pd.DataFrame({"from": start, "to": end})
    cut = intervals.join(window, on="item", how="inner")
    cut["start"] = cut["start"].where(cut["start"] >= cut["from"], cut["from"])
    cut["end"] = cut["end"].where(cut["end"] <= cut["to"], cut["to"])
    cut = cut[cut["start"] < cut["end"]].sort_values(["item", "start"], kind="stable")
    if cut.empty:
        return pd.Series(pd.Timedelta(0), index=start.index).astype("timedelta64[us]")
    ends = cut["end"].astype("int64")
    so_far = ends.groupby(cut["item"]).cummax().groupby(cut["item"]).shift()
    starts = np.maximum(cut["start"].astype("int64"), so_far.fillna(np.iinfo(np.int64).min).astype("int64"))
    fresh = (ends - starts).clip(lower=0).groupby(cut["item"]).sum()
    return pd.to_timedelta(fresh.reindex(start.index, fill_value=0), unit="us")
