"""Why the latest signal of a series fired: another mix of work, or the same work done otherwise."""

from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from datetime import datetime

import pandas as pd

from metrics.change import OTHER, Change, change, size_class
from metrics.model import Frame, Limits, Observations, Result, Summary
from metrics.signals import Side, Signal

RARE = "others"
LEAST = 6  # rows before and after, and of a kind that is told from the others


@dataclass(frozen=True)
class Explained:
    """Why the latest signal fired: the rows of its points against those of the usual range, split by one dimension.

    `begins` and `ends` are the half-open time of the signal's points.
    """

    signal: Signal
    begins: datetime
    ends: datetime
    split: Change
    words: str

    @property
    def is_mix(self) -> bool:
        """Whether most of the movement is another mix of rows, so that it is no news of the work itself."""
        return (self.split.mix_share or 0) > 0.5


def row_kinds(pull_request_facts: Frame, issue_facts: Frame) -> Frame:
    """What rows may be split by beside their team: key, dimension (size of pull requests, type of issues), kind."""
    sizes, types = pull_request_facts[["key"]], issue_facts[["key"]]
    sizes = sizes.assign(dimension="size", kind=size_class(pull_request_facts["size"]))
    return pd.concat([sizes, types.assign(dimension="type", kind=issue_facts["type"])], ignore_index=True).astype(
        {"dimension": "category"}
    )


def explained(result: Result, kinds: Callable[[], Frame] | None = None) -> Explained | None:
    """How much of the latest signal is another mix and how much comes from within, by the dimension that says most.

    `kinds` gives the facts `row_kinds`, where rows may be split by more than their team.

    None without a signal in the range, without rows enough on both sides, and for what is no median and no rate of its
    rows: of a count the mix is the figure itself.
    """
    signal = _latest(result)
    if signal is None or result.between is None or result.indicator.summary not in {Summary.MEDIAN, Summary.RATE}:
        return None
    begins, ends = result.history[signal.first].start, result.history[signal.index].end
    usual = next((one for one in (*result.earlier, result.limits) if one and _holds(one, begins)), None)
    if usual is None:
        return None
    before = result.between(usual.baseline[0], min(usual.baseline[1], begins)) if begins > usual.baseline[0] else None
    after = result.between(begins, ends)
    splits = [] if before is None else _splits(result, before, after, kinds)
    if not splits:
        return None
    split = max(splits, key=lambda one: abs(one.mix))
    return Explained(signal, begins, ends, split, _told(split, result.indicator.name, signal))


def _latest(result: Result) -> Signal | None:
    shown = {point.period for point in result.series if not point.partial}
    fired = result.judgement.signals if result.judgement else ()
    return max(
        (one for one in fired if result.history[one.index].period in shown), key=lambda one: one.index, default=None
    )


def _holds(limits: Limits, moment: datetime) -> bool:
    return (limits.begins is None or limits.begins <= moment) and (limits.ends is None or moment < limits.ends)


def _splits(
    result: Result, before: Observations, after: Observations, kinds: Callable[[], Frame] | None
) -> Sequence[Change]:
    sides = [rows[rows["excluded"].isna() & rows["value"].notna()] for rows in (before, after)]
    if min(map(len, sides)) < LEAST:
        return []
    found = []
    for name, old, new in _classed(sides[0], sides[1], kinds() if kinds else None):
        counts = pd.concat([old, new])[name].value_counts()
        often = counts.index[counts >= LEAST]
        old, new = (rows.assign(**{name: rows[name].where(rows[name].isin(often), RARE)}) for rows in (old, new))
        split = change(old, new, name, result.indicator.unit, result.indicator.summary)
        if split and len(split.parts) > 1:
            found.append(split)
    return found


def _classed(
    old: Observations, new: Observations, kinds: Frame | None
) -> Iterator[tuple[str, Observations, Observations]]:
    """Both sides with a column of kinds, dimension by dimension."""
    yield "team", old.assign(team=old["team"].fillna(OTHER)), new.assign(team=new["team"].fillna(OTHER))
    if kinds is None:
        return
    mine = kinds[kinds["key"].isin(pd.concat([old["key"], new["key"]]))].drop_duplicates(["dimension", "key"])
    for name in kinds["dimension"].cat.categories:
        known = mine[mine["dimension"] == name].set_index("key")["kind"]
        before, after = (rows["key"].map(known).astype("str").fillna(OTHER) for rows in (old, new))
        yield name, old.assign(**{name: before}), new.assign(**{name: after})


def _told(split: Change, name: str, signal: Signal) -> str:
    side = "above" if signal.side is Side.HIGH else "below"
    share = split.mix_share or 0.0
    lead = f"{name} lies {side} its usual level mostly because"
    if share > 0.5:
        moved = max(split.parts, key=lambda part: part.share_after - part.share_before)
        shares = f"{moved.name} from {moved.share_before:.0%} to {moved.share_after:.0%} of the rows"
        return (
            f"{lead} other work came in: {share:.0%} of the movement is the mix of {split.dimension} ({shares}),"
            f" {1 - share:.0%} comes from within."
        )
    largest = max(split.parts, key=lambda part: abs(part.within))
    return (
        f"{lead} the same kind of work moved: {1 - share:.0%} of the movement comes from within each"
        f" {split.dimension}, most of it in {largest.name}; {share:.0%} is another mix."
    )
