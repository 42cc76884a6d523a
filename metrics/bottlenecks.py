"""Where work waits: stage shares, what changed, open work against its own history, and candidates with reasons.

Frames of stage times have one row per finished item and one column per stage; an item that never was in a stage has 0
there. A missing time means that the item's history is not known: such items are left out and counted.
"""

from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass

import numpy as np
import pandas as pd

from metrics.statistics import P85_NEEDS, Interval, percentile, share_intervals

TOP = 2
GROWING_WEEKS, OF_WEEKS = 3, 4
UNSTEADY = 0.25


@dataclass(frozen=True)
class StageShare:
    """A stage's part in all the time that finished items took; `p85` is per item, None below 20 items."""

    stage: str
    total: float
    share: float
    interval: Interval
    p85: float | None


@dataclass(frozen=True)
class Shares:
    """Where finished items spent their time: `n` items, `left_out` with an unknown history."""

    stages: tuple[StageShare, ...]
    n: int
    left_out: int

    def of(self, stages: Collection[str]) -> float:
        """The share of several stages together; of the active ones it is the flow efficiency."""
        return sum(stage.share for stage in self.stages if stage.stage in stages)


def stage_shares(times: pd.DataFrame, draws: int = 1000, seed: int = 0) -> Shares:
    """The stages' shares, pooled over items, with 95 % bootstrap intervals over items; no stage when no time passed."""
    whole = times.dropna()
    totals = whole.sum()
    intervals = share_intervals(whole.to_numpy(dtype=np.float64), draws, seed)
    enough = len(whole) >= P85_NEEDS
    stages = tuple(
        StageShare(str(name), float(total), float(total / totals.sum()), spread, _p85(whole[name]) if enough else None)
        for (name, total), spread in zip(totals.items(), intervals, strict=False)
    )
    return Shares(stages, len(whole), len(times) - len(whole))


def _p85(values: pd.Series) -> float | None:
    return percentile(values.to_numpy(dtype=np.float64), 0.85)


@dataclass(frozen=True)
class Contribution:
    """What each stage adds to the change of the mean time per item; the parts sum to `change`."""

    stages: Mapping[str, float]
    before: float
    change: float


def contribution(before: pd.DataFrame, after: pd.DataFrame) -> Contribution | None:
    """The steps from one window's mean time to the next one's, by stage; None when either window has no known item.

    A stage that one window does not have took no time in it.
    """
    earlier, later = before.dropna(), after.dropna()
    if earlier.empty or later.empty:
        return None
    stages = list(dict.fromkeys([*map(str, before.columns), *map(str, after.columns)]))
    means = earlier.mean().reindex(stages, fill_value=0.0)
    deltas = later.mean().reindex(stages, fill_value=0.0) - means
    parts = dict(zip(stages, deltas.tolist(), strict=True))
    return Contribution(parts, float(means.sum()), sum(parts.values()))


@dataclass(frozen=True)
class OpenStage:
    """The open work in a stage: how many, the oldest and the summed age there, and the keys late by own history.

    `usual` is the p85 of finished items' time in the stage; None below 20 of them, and then nothing is called late.
    """

    stage: str
    n: int
    oldest: float | None
    age: float
    usual: float | None
    late: tuple[str, ...]


def open_work(items: pd.DataFrame, history: pd.DataFrame) -> tuple[OpenStage, ...]:
    """Open items (key, stage, age in it) against finished items' stage times in the same unit: most age first."""
    stages = [_open_stage(str(stage), rows, history) for stage, rows in items.groupby("stage")]
    return tuple(sorted(stages, key=lambda s: (-s.age, s.stage)))


def _open_stage(stage: str, rows: pd.DataFrame, history: pd.DataFrame) -> OpenStage:
    spent = history[stage].dropna() if stage in history else pd.Series(dtype=np.float64)
    # Those that skipped the stage say nothing of how long it takes.
    spent = spent[spent > 0]
    usual = _p85(spent) if len(spent) >= P85_NEEDS else None
    late = rows[rows["age"] > usual].sort_values(["age", "key"], ascending=[False, True]) if usual else rows[:0]
    ages = rows["age"].dropna().sort_values()
    oldest = float(ages.max()) if len(ages) else None
    return OpenStage(stage, len(rows), oldest, float(ages.sum()), usual, tuple(late["key"]))


@dataclass(frozen=True)
class Balance:
    """Arrivals against departures of a stage, per week.

    `growing` counts those of the last `weeks` (four, or as many as there are) in which more came than left.
    """

    arrivals: float
    departures: float
    waiting: int
    growing: int
    weeks: int

    @property
    def growth(self) -> float:
        """How many items a week the stage gains."""
        return self.arrivals - self.departures

    @property
    def drain(self) -> float | None:
        """How many weeks until nothing waits at this pace; None for never."""
        if not self.waiting:
            return 0.0
        return self.waiting / -self.growth if self.growth < 0 else None

    @property
    def drain_words(self) -> str:
        """The time to drain in words."""
        return "never" if self.drain is None else f"{self.drain:.3g} weeks"


def queue_balance(arrivals: Sequence[float], departures: Sequence[float], waiting: int) -> Balance:
    """The balance of a stage over complete weeks, oldest first, with `waiting` items in it now.

    Raises ValueError where the weeks of arrivals and departures differ or there is none.
    """
    came, left = np.asarray(arrivals, dtype=np.float64), np.asarray(departures, dtype=np.float64)
    if came.shape != left.shape or not len(came):
        raise ValueError(f"a balance needs arrivals and departures of the same weeks, not {len(came)} and {len(left)}")
    recent = slice(-OF_WEEKS, None)
    growing = int((came[recent] > left[recent]).sum())
    return Balance(float(came.mean()), float(left.mean()), waiting, growing, len(came[recent]))


def time_in_system(work: float, throughput: float) -> float | None:
    """How long an item takes by Little's law, given the mean work in progress; None when nothing leaves."""
    return work / throughput if throughput > 0 else None


@dataclass(frozen=True)
class LittleCheck:
    """The time an item takes by Little's law beside the observed mean, and how far they lie apart."""

    expected: float
    observed: float

    @property
    def gap(self) -> float:
        """How much longer the law says than was observed: 0.25 is a quarter."""
        return self.expected / self.observed - 1

    @property
    def steady(self) -> bool:
        """Whether they agree within a quarter."""
        return abs(self.gap) <= UNSTEADY

    @property
    def words(self) -> str:
        """What follows for the reader."""
        return "in steady state" if self.steady else "not in steady state: averages mislead, trust ages"


def little_check(work: float, throughput: float, cycle: float) -> LittleCheck | None:
    """Mean daily work in progress against throughput times mean cycle time, all in one unit; None if one is 0."""
    expected = time_in_system(work, throughput)
    return LittleCheck(expected, cycle) if expected is not None and cycle > 0 else None


def ageing(items: pd.DataFrame, history: pd.DataFrame, expectation: float | None) -> pd.DataFrame:
    """Open items with `late` and `at_risk`, the most urgent first.

    `items` has key, stage, blocked, age (since start) and age_in_stage. Late is older than `expectation` (p85 of cycle
    time over the previous 13 weeks); at risk is longer in its stage than half of the finished items were.
    """
    medians = history.where(history > 0).median()
    late = items["age"] > (np.inf if expectation is None else expectation)
    at_risk = items["age_in_stage"] > items["stage"].map(medians).astype("float64")
    order = ["late", "blocked", "age", "key"]
    return items.assign(late=late, at_risk=at_risk).sort_values(order, ascending=[False, False, False, True])


@dataclass(frozen=True)
class Evidence:
    """What is known of a stage: its share, its queue's balance, and what the signals say of its queue and its p85."""

    stage: str
    share: float
    waits: bool = True
    balance: Balance | None = None
    queue_above_usual: bool = False
    slower: bool = False

    @property
    def reasons(self) -> tuple[str, ...]:
        """Why work piles up here, in words."""
        said = []
        if self.balance and self.balance.growing >= GROWING_WEEKS:
            said.append(f"more arrived than left in {self.balance.growing} of {self.balance.weeks} weeks")
        if self.queue_above_usual:
            said.append("more items wait than usual")
        if self.slower:
            said.append("items take longer than usual")
        return tuple(said)


@dataclass(frozen=True)
class Verdict:
    """The queues that hold work up, the largest share first, or none; `words` say it in a sentence."""

    candidates: tuple[Evidence, ...]
    words: str


def bottlenecks(evidence: Sequence[Evidence]) -> Verdict:
    """The queues among the two largest shares of all stages that also grow, are fuller than usual or got slower."""
    by_share = sorted(evidence, key=lambda e: (-e.share, e.stage))
    candidates = tuple(e for e in by_share[:TOP] if e.waits and e.share > 0 and e.reasons)
    if candidates:
        said = [f"{e.stage} ({100 * e.share:.0f} % of the time): {', '.join(e.reasons)}" for e in candidates]
        return Verdict(candidates, "; ".join(said))
    largest = next((e for e in by_share if e.waits and e.share > 0), None)
    wait = f"; largest wait is {largest.stage} ({100 * largest.share:.0f} %)" if largest else ""
    return Verdict((), f"no bottleneck stands out{wait}")
