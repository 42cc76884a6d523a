"""Observations as plain arrays in the order of time: made once, then cut by scope and period without copying frames."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from functools import cached_property

import numpy as np
import pandas as pd
from numpy.typing import NDArray

from metrics.model import Observations, Scope
from metrics.observations import BOT

Places = NDArray[np.int64]
Numbers = NDArray[np.float64]
FOREVER = np.iinfo(np.int64).max
EPOCH, MICROSECOND = datetime(1970, 1, 1, tzinfo=UTC), timedelta(microseconds=1)
FILTERS = ("team", "repository", "project")


def ticks(moments: Sequence[datetime]) -> Places:
    """Moments as microseconds since 1970."""
    return np.array([(moment - EPOCH) // MICROSECOND for moment in moments], dtype=np.int64)


@dataclass(frozen=True)
class Names:
    """A column of words as numbers, with the rows of each word in the order of time."""

    words: tuple[str, ...]
    codes: Places

    @classmethod
    def of(cls, column: pd.Series, order: Places) -> "Names":
        """The column's words, -1 for none; its rows taken in an order."""
        codes, words = pd.factorize(column, sort=True)
        return cls(tuple(str(word) for word in words), codes.astype(np.int64)[order])

    @cached_property
    def rows(self) -> dict[str, Places]:
        """The positions of each word."""
        order: Places = np.argsort(self.codes, kind="stable").astype(np.int64)
        edges = np.searchsorted(self.codes[order], np.arange(len(self.words) + 1)).tolist()
        return {word: order[edges[i] : edges[i + 1]] for i, word in enumerate(self.words)}


class Ledger:
    """All observations of an indicator in the order of time; `attrs` is what the formula says of them as a whole."""

    def __init__(self, seen: Observations) -> None:
        self.attrs = seen.attrs
        self.seen = pd.DataFrame(seen, copy=False)
        self.seen.attrs = {}  # else copied whole with every piece of the frame
        at, until = seen["at"].astype("int64").to_numpy(), seen["until"].astype("int64").to_numpy()
        self.order: Places = np.argsort(at, kind="stable").astype(np.int64)
        self.moments: Places = at[self.order].astype(np.int64)
        self.until: Places = np.where(seen["until"].isna().to_numpy(), FOREVER, until)[self.order]
        self.value: Numbers = seen["value"].to_numpy(dtype=np.float64)[self.order]
        self.excluded = Names.of(seen["excluded"], self.order)
        self._names: dict[str, Names] = {"excluded": self.excluded}

    def names(self, column: str) -> Names:
        """A column of words as numbers, made when it is first asked for."""
        if column not in self._names:
            self._names[column] = Names.of(self.seen[column], self.order)
        return self._names[column]

    @cached_property
    def weight(self) -> Numbers:
        """What each value is a percentage of."""
        return self.seen["weight"].to_numpy(dtype=np.float64)[self.order]

    def within(self, scope: Scope) -> "Rows":
        """The observations of the scope's team, repository and project; bots counted in where the scope says so."""
        chosen: Places | None = None
        for column in FILTERS:
            wanted = getattr(scope, column)
            if wanted is not None:
                mine = self.names(column).rows.get(wanted, np.empty(0, dtype=np.int64))
                chosen = mine if chosen is None else np.intersect1d(chosen, mine, assume_unique=True)
        return Rows(self, np.arange(len(self.moments)) if chosen is None else chosen, scope.bots)


@dataclass(frozen=True)
class Rows:
    """Some rows of a ledger, in the order of time; `bots` lets in what was left out as a bot's."""

    ledger: Ledger
    places: Places
    bots: bool = False

    @cached_property
    def counted(self) -> "Rows":
        """Those that are not left out."""
        codes = self.ledger.excluded.codes[self.places]
        kept = codes < 0
        if self.bots and BOT in self.ledger.excluded.words:
            kept |= codes == self.ledger.excluded.words.index(BOT)
        return Rows(self.ledger, self.places[kept], self.bots)

    @cached_property
    def valued(self) -> "Rows":
        """Those that have a value."""
        return Rows(self.ledger, self.places[~np.isnan(self.value)], self.bots)

    def where(self, chosen: NDArray[np.bool_] | Places) -> "Rows":
        """Some of them."""
        return Rows(self.ledger, self.places[chosen], self.bots)

    def __len__(self) -> int:
        return len(self.places)

    @cached_property
    def at(self) -> Places:
        """When each was observed, or began."""
        return self.ledger.moments[self.places]

    @cached_property
    def until(self) -> Places:
        """When each ended."""
        return self.ledger.until[self.places]

    @cached_property
    def value(self) -> Numbers:
        """Each one's value."""
        return self.ledger.value[self.places]

    @cached_property
    def weight(self) -> Numbers:
        """What each one's value is a percentage of."""
        return self.ledger.weight[self.places]

    def codes(self, column: str) -> Places:
        """Each one's word in a column, by its place among the ledger's names of that column; -1 for none."""
        return self.ledger.names(column).codes[self.places]

    def words(self, column: str) -> list[str]:
        """The words of a column, each once, in the order of time."""
        known = self.ledger.names(column).words
        return [known[code] for code in pd.unique(self.codes(column)).tolist() if code >= 0]

    def is_any(self, column: str, words: Sequence[str]) -> NDArray[np.bool_]:
        """Whether each one's word in a column is one of some."""
        known = self.ledger.names(column).words
        return np.isin(self.codes(column), [code for code, word in enumerate(known) if word in words])

    def open_at(self, end: int) -> "Rows":
        """Those that had begun before and had not ended by then."""
        return self.where((self.at < end) & (self.until >= end))

    def open_counts(self, ends: Places) -> Places:
        """How many are open at each of some moments."""
        ended = np.sort(np.maximum(self.until, self.at))
        return np.searchsorted(self.at, ends, side="left") - np.searchsorted(ended, ends, side="left")

    def open_at_each(self, ends: Places) -> tuple["Rows", Places]:
        """Those that are open at each of some ascending moments, moment by moment; and which moment each one is for."""
        first, last = np.searchsorted(ends, self.at, side="right"), np.searchsorted(ends, self.until, side="right")
        times = np.maximum(last - first, 0)
        mine = np.repeat(np.arange(len(self)), times)
        moment = np.arange(len(mine)) - np.repeat(np.cumsum(times) - times, times) + first[mine]
        order = np.argsort(moment, kind="stable")
        return Rows(self.ledger, self.places[mine[order]], self.bots), moment[order]

    def between(self, start: int, end: int) -> "Rows":
        """Those of a half-open stretch of time."""
        first, last = np.searchsorted(self.at, [start, end], side="left")
        return Rows(self.ledger, self.places[first:last], self.bots)

    @property
    def frame(self) -> Observations:
        """The rows as observations, with what is let in no longer marked as left out."""
        rows = self.ledger.seen.take(self.ledger.order[self.places]).set_axis(self.places)
        rows.attrs = self.ledger.attrs
        return rows.assign(excluded=rows["excluded"].mask(rows["excluded"] == BOT)) if self.bots else rows
