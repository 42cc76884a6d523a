"""Cumulative flow: how many issues are in each stage day by day, and how many come and go week by week."""

from dataclasses import dataclass
from datetime import datetime, timedelta

import numpy as np
import pandas as pd
from numpy.typing import NDArray

from metrics.bottlenecks import Balance, LittleCheck, little_check, queue_balance
from metrics.ledger import ticks
from metrics.model import Frame
from metrics.stage_windows import ORDER, counted
from metrics.stages import DONE, UNMAPPED

Counts = NDArray[np.int64]
DAY = timedelta(days=1)


@dataclass(frozen=True)
class CumulativeFlow:
    """Issues after their start, by stage at the end of each day; `done` counts those finished since the first day."""

    days: tuple[datetime, ...]
    stages: dict[str, Counts]
    done: Counts

    @property
    def work(self) -> Counts:
        """The work in progress at the end of each day."""
        return sum(self.stages.values(), np.zeros(len(self.days), dtype=np.int64))


@dataclass(frozen=True)
class Weekly:
    """Arrivals and departures per complete week, oldest first: of the whole, and of each stage."""

    weeks: tuple[datetime, ...]
    started: Counts
    finished: Counts
    balances: dict[str, Balance]

    @property
    def exceeded(self) -> tuple[int, int]:
        """In how many of the last (up to four) weeks more was started than finished, and of how many."""
        recent = slice(-4, None)
        return int((self.started[recent] > self.finished[recent]).sum()), len(self.weeks[recent])


def stretches(issues: Frame, status_times: Frame, team: str | None) -> Frame:
    """The stretches of counted issues since their start, by stage: item, stage, start, end (null: still)."""
    mine = counted(issues, team)
    mine = mine[mine["started_at"].notna() & mine["is_tracked"]]
    rows = status_times.loc[status_times["item"].isin(mine.index), ["item", "stage", "start", "end"]]
    begun = mine["started_at"].reindex(rows["item"]).set_axis(rows.index)
    rows = rows[rows["end"].isna() | (rows["end"] > begun)]
    begun = begun.reindex(rows.index)
    start = rows["start"].where(rows["start"] >= begun, begun)
    return rows.assign(start=start, stage=rows["stage"].fillna(UNMAPPED))


def cumulative_flow(rows: Frame, start: datetime, end: datetime) -> CumulativeFlow:
    """The stretches counted at the end of every day of [start, end)."""
    moments = [start + DAY * (n + 1) for n in range((end - start) // DAY)]
    ends = ticks(moments)
    present = {stage: rows[rows["stage"] == stage] for stage in ORDER if (rows["stage"] == stage).any()}
    done = _held(rows[rows["stage"] == DONE], ends)
    before = _held(rows[rows["stage"] == DONE], ticks([start]))
    return CumulativeFlow(
        tuple(moments), {stage: _held(part, ends) for stage, part in present.items()}, done - before[0]
    )


def _held(rows: Frame, moments: Counts) -> Counts:
    """How many stretches had begun and not ended at each moment."""
    begun = np.sort(rows["start"].astype("int64").to_numpy())
    ended = np.sort(rows.loc[rows["end"].notna(), "end"].astype("int64").to_numpy())
    return np.asarray(np.searchsorted(begun, moments) - np.searchsorted(ended, moments), dtype=np.int64)


def weekly(rows: Frame, work: Frame, team: str | None, weeks: tuple[datetime, ...], end: datetime) -> Weekly:
    """Arrivals and departures of complete weeks that begin at `weeks`, the last of which ends at `end`.

    `work`: the stretches of work in progress. A stage is entered from another one, and left for another one.
    """
    edges = ticks([*weeks, end])
    mine = counted(work, team)
    turned = rows["stage"] != rows["stage"].shift()
    another = rows["item"] != rows["item"].shift()
    entries = rows[turned | another]
    exits = rows[(turned | another).shift(-1, fill_value=True) & rows["end"].notna()]
    balances = {}
    for stage in ORDER:
        here = (rows["stage"] == stage) & (rows["start"] < end) & (rows["end"].isna() | (rows["end"] >= end))
        came = _per_week(entries.loc[entries["stage"] == stage, "start"], edges)
        left = _per_week(exits.loc[exits["stage"] == stage, "end"], edges)
        if len(weeks) and (came.any() or left.any() or here.any()):
            balances[stage] = queue_balance(came.tolist(), left.tolist(), int(here.sum()))
    return Weekly(weeks, _per_week(mine["start"], edges), _per_week(mine["end"].dropna(), edges), balances)


def _per_week(moments: pd.Series, edges: Counts) -> Counts:
    places = np.searchsorted(np.sort(moments.astype("int64").to_numpy()), edges)
    return np.asarray(np.diff(places), dtype=np.int64)


def steadiness(flow: CumulativeFlow, done: Frame) -> LittleCheck | None:
    """Little's law over the days of the flow: mean work in progress against what `done` (its issues) says."""
    if not len(flow.days) or done.empty:
        return None
    return little_check(float(flow.work.mean()), len(done) / len(flow.days), float(done["days"].mean()))
