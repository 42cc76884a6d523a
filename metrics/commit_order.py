"""The commits of each repository in the order of history, with their parents and the times that they can have."""

from collections.abc import Hashable, Mapping, Sequence
from itertools import chain

import numpy as np
import pandas as pd

from data.commit_times import NEVER_SET, plausible_times
from metrics.model import Frame

PLACE = ["source", "repository_id"]
CLOCKS = 86_400  # seconds by which the clocks of two people may differ: such dates are left as they are
UNREAD = -1
Parents = Mapping[tuple[Hashable, ...], Sequence[Sequence[int]]]


def in_order(git_commits: Frame) -> tuple[Frame, Parents]:
    """Commits with `place` (in their repository's order) and `at` (their time); repository → the places of parents.

    The time of a commit is its date; where that is more than a day before its parent's, after the copy was made, or in
    1970, it is the latest that the order allows. A parent that is not stored is -1; parents that were never read are
    the commit before.
    """
    rows = git_commits.sort_values([*PLACE, "position"], kind="stable").reset_index(drop=True)
    rows["place"] = rows.groupby(PLACE).cumcount()
    groups = dict(iter(rows.groupby(PLACE)))
    parents = {repository: _parents(own) for repository, own in groups.items()}
    times = [_times(own, parents[repository]) for repository, own in groups.items()]
    return rows.assign(at=pd.concat(times) if times else rows["committed_at"]), parents


def _parents(commits: Frame) -> list[list[int]]:
    places = {id_: place for place, id_ in enumerate(commits["id"])}
    given = commits["parent_ids"].astype(object).where(commits["parent_ids"].notna(), None)
    return [
        [places.get(parent, UNREAD) for parent in ids.split()] if ids is not None else [place - 1] * (place > 0)
        for place, ids in enumerate(given)
    ]


def _times(commits: Frame, parents: Sequence[Sequence[int]]) -> pd.Series:
    known = [[parent for parent in own if parent != UNREAD] for own in parents]
    dates = commits["committed_at"].to_numpy(dtype="datetime64[s]").astype("int64")
    now = int(commits["seen_at"].max().timestamp())
    if _can_be_true(dates, known, now):
        return commits["committed_at"]
    times = np.array(plausible_times(dates.tolist(), known, now))
    moments = pd.Series(pd.to_datetime(times, unit="s", utc=True), index=commits.index)
    moments = moments.astype(commits["committed_at"].dtype)
    return commits["committed_at"].where(np.abs(times - dates) <= CLOCKS, moments)


def _can_be_true(dates: np.ndarray, parents: Sequence[Sequence[int]], now: int) -> bool:
    """Whether every date lies after 1970, before now, and no more than what clocks differ by before its parents'."""
    own = np.repeat(np.arange(len(parents)), [len(one) for one in parents])
    before = np.fromiter(chain.from_iterable(parents), dtype="int64", count=len(own))
    in_bounds = (dates >= NEVER_SET) & (dates <= now + CLOCKS)
    return bool(in_bounds.all() and (dates[own] >= dates[before] - CLOCKS).all())
