"""Why did it move: how much of a change comes from another mix of rows, and how much from within each kind of row.

The difference of two means is split exactly (Kitagawa 1955): the mix part is what the changed shares would have moved
at the kinds' average values, the within part what the changed values would have moved at their average shares. So a
team that took on more small changes is not sold as one that became quicker.
"""

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
import pandas as pd

from metrics.model import Observations, Summary, Unit

OTHER = "unknown"
SIZES = (0, 50, 200, 400, np.inf)
SIZE_NAMES = ("under 50 lines", "50–199 lines", "200–399 lines", "400 lines or more")
DIMENSIONS = ("team", "repository", "project")


@dataclass(frozen=True)
class Part:
    """One kind of row: its share and its mean before and after, and what each moved. Null: it had no rows then."""

    name: str
    share_before: float
    share_after: float
    mean_before: float | None
    mean_after: float | None
    mix: float
    within: float


@dataclass(frozen=True)
class Change:
    """A change of a mean, on the scale on which it is judged: `before` + `mix` + `within` = `after`.

    `is_log`: the scale is that of logarithms, so that exp() of a part is the factor by which it moved the typical
    value. `parts` begin with the one that moved most.
    """

    dimension: str
    before: float
    after: float
    mix: float
    within: float
    is_log: bool
    parts: tuple[Part, ...]

    @property
    def mix_share(self) -> float | None:
        """The mix's part in the whole movement, 0 to 1, counting both by their size; None when nothing moved."""
        moved = abs(self.mix) + abs(self.within)
        return abs(self.mix) / moved if moved else None


def change(
    before: Observations, after: Observations, dimension: str, unit: Unit, summary: Summary = Summary.MEDIAN
) -> Change | None:
    """Split the change between two stretches of time by a column of the observations; None where either has no rows.

    Durations and sizes are compared by the mean of their logarithms, as their charts are judged; rates by their mean.
    """
    is_log = summary is Summary.MEDIAN and (unit.is_duration or unit is Unit.LINES)
    old, new = _table(before, dimension, is_log), _table(after, dimension, is_log)
    if not old["n"].sum() or not new["n"].sum():
        return None
    both = old.merge(new, how="outer", left_index=True, right_index=True, suffixes=("_before", "_after"))
    counts = both[["n_before", "n_after"]].fillna(0).to_numpy(dtype=float)
    shares = counts / counts.sum(axis=0)
    means = both[["mean_before", "mean_after"]].to_numpy(dtype=float)
    # A kind that is only in one of the two has not changed within: its only mean stands for both.
    filled = np.where(np.isnan(means), means[:, ::-1], means)
    mix = (shares[:, 1] - shares[:, 0]) * (filled.mean(axis=1) - _centre(shares, filled))
    within = shares.mean(axis=1) * (filled[:, 1] - filled[:, 0])
    parts = _parts([str(name) for name in both.index], shares, means, mix, within)
    totals = (shares * filled).sum(axis=0)
    return Change(dimension, float(totals[0]), float(totals[1]), float(mix.sum()), float(within.sum()), is_log, parts)


def _centre(shares: np.ndarray, means: np.ndarray) -> float:
    """The common level: taking it off leaves the sum of the mix parts as it is and makes each of them meaningful."""
    return float((shares.mean(axis=1) * means.mean(axis=1)).sum())


def _table(rows: Observations, dimension: str, is_log: bool) -> pd.DataFrame:
    counted = rows[rows["excluded"].isna() & rows["value"].notna()]
    value = np.log(counted["value"].clip(lower=1 / 3600)) if is_log else counted["value"]
    groups = value.groupby(counted[dimension].fillna(OTHER))
    return pd.DataFrame({"n": groups.size(), "mean": groups.mean()})


def _parts(
    names: Sequence[str], shares: np.ndarray, means: np.ndarray, mix: np.ndarray, within: np.ndarray
) -> tuple[Part, ...]:
    parts = [
        Part(
            name,
            share_before=float(shares[i, 0]),
            share_after=float(shares[i, 1]),
            mean_before=_known(means[i, 0]),
            mean_after=_known(means[i, 1]),
            mix=float(mix[i]),
            within=float(within[i]),
        )
        for i, name in enumerate(names)
    ]
    return tuple(sorted(parts, key=lambda part: (-abs(part.mix + part.within), part.name)))


def _known(mean: float) -> float | None:
    return None if np.isnan(mean) else float(mean)


def size_class(sizes: pd.Series) -> pd.Series:
    """The class of each pull request's size in lines, for splitting a change by it."""
    return pd.cut(sizes, SIZES, right=False, labels=list(SIZE_NAMES)).astype("str")


def in_words(split: Change, name: str) -> str:
    """A change in one sentence: how much of it is mix, and what moved most."""
    share = split.mix_share
    if share is None:
        return f"{name} did not move."
    largest = split.parts[0]
    cause = "mostly another mix" if share > 0.5 else "mostly within the same kinds of work"
    return f"{name} moved {cause} ({share:.0%} by the mix of {split.dimension}); {largest.name} moved it most."
