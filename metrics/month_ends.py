"""The moments at which the state of the code is taken: the end of each month, and the present copy."""

from collections.abc import Callable
from typing import Any

import pandas as pd

from metrics.model import Frame

MONTHS = 13
ANYWHERE = pd.Timedelta(hours=14)  # a month's state is taken before the month has ended in any time zone
KIND: Any = "datetime64[us, UTC]"


def moments(rows: Frame, first: str = "at") -> pd.DatetimeIndex:
    """The ends of the last months from the first row on, and the time of the newest copy (`seen_at`); oldest first."""
    if rows.empty:
        return pd.DatetimeIndex([], dtype=KIND)
    present = rows["seen_at"].max()
    newest = present.normalize().replace(day=1)
    ends = pd.date_range(end=newest, periods=MONTHS, freq="MS").as_unit("us") - ANYWHERE
    ends = ends[ends > rows[first].min()]
    return pd.DatetimeIndex([*ends, present]).as_unit("us")


def held(state: Callable[[pd.Timestamp], Frame], taken: pd.DatetimeIndex) -> Frame:
    """The states at some moments, one below the other: each from `at` `until` the next was taken (null: it holds)."""
    moments = taken if len(taken) else pd.DatetimeIndex([0], tz="UTC")
    states = [state(at).assign(at=at) for at in moments]
    rows = pd.concat(states if len(taken) else [states[0].iloc[:0]], ignore_index=True)
    following = taken.to_series().shift(-1)
    until = following.reindex(rows["at"]).set_axis(rows.index)
    return rows.assign(until=until).astype({"at": KIND, "until": KIND})
