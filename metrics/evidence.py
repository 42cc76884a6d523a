"""What a result is reckoned from: the rows of an indicator in a place, or what was reckoned from them beforehand."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from functools import cached_property
from typing import NamedTuple, Protocol

import numpy as np

from metrics.ledger import EPOCH, MICROSECOND, Ledger, Rows, ticks
from metrics.model import Indicator, Observations, Reason, Scope, Summary
from metrics.observations import BOT, badge_of, facts_of, why_none
from metrics.periods import Period
from metrics.summaries import OPEN, Figure, figures, open_values


class Behind(NamedTuple):
    """How many rows are behind a total, those left out included, and how many are left out, by the reason."""

    rows: int
    left_out: Mapping[str, int]


class Evidence(Protocol):
    """The rows of one indicator in one place, whoever holds them.

    `facts` are what they are made of, `badge` says in words what they were taken from, `without` why none counts, if
    that is known, and `parts` are the parts of the whole that they belong to.
    """

    @property
    def facts(self) -> tuple[str, ...]: ...  # noqa: D102

    @property
    def badge(self) -> str: ...  # noqa: D102

    @property
    def without(self) -> Reason | None: ...  # noqa: D102

    @property
    def parts(self) -> tuple[str, ...]: ...  # noqa: D102

    @property
    def first(self) -> datetime | None:
        """When the first row was observed, one that is left out included; None without any."""

    def figures(self, cut: Sequence[Period], scope: Scope, part: str | None = None) -> Sequence[Figure]:
        """What the rows of each of some periods add up to; of one part where there are several."""

    def behind(self, scope: Scope) -> "Behind":
        """How many rows are behind a scope's total."""

    def listed(self, scope: Scope) -> Observations:
        """These rows, the newest first; of a level what is open at its end, the oldest first."""

    def between(self, start: datetime, end: datetime) -> Observations:
        """The rows of a half-open time, in its order."""


@dataclass(frozen=True)
class OfRows:
    """Evidence that is reckoned when it is asked for, from the rows themselves."""

    indicator: Indicator
    rows: Rows

    @classmethod
    def of(cls, indicator: Indicator, seen: Observations | Ledger, scope: Scope) -> "OfRows":
        """The rows of a scope's place; who asks for many places makes a Ledger of the observations once."""
        ledger = seen if isinstance(seen, Ledger) else Ledger(seen)
        return cls(indicator, ledger.within(scope))

    @property
    def facts(self) -> tuple[str, ...]:
        """The facts that the rows were taken from."""
        return facts_of(self.rows.ledger.attrs, self.indicator.facts)

    @property
    def badge(self) -> str:
        """What the rows were taken from."""
        attrs = self.rows.ledger.attrs
        return badge_of(attrs, self.rows.words("repository")) if attrs else ""

    @cached_property
    def without(self) -> Reason | None:
        """Why none counts."""
        return why_none(self.rows.ledger.attrs) if len(self.rows.counted) == 0 else None

    @cached_property
    def parts(self) -> tuple[str, ...]:
        """The parts that the rows belong to, by name."""
        return tuple(sorted(self.rows.words("part"))) if self.indicator.parts else ()

    @property
    def first(self) -> datetime | None:
        """When the first row was observed."""
        return EPOCH + int(self.rows.at[0]) * MICROSECOND if len(self.rows) else None

    def figures(self, cut: Sequence[Period], scope: Scope, part: str | None = None) -> Sequence[Figure]:
        """What the rows of each period add up to."""
        return figures(self.indicator, self.rows, cut, scope, (part,) if part else self.indicator.parts)

    def behind(self, scope: Scope) -> Behind:
        """How many rows there are."""
        chosen, words = self._behind(scope), self.rows.ledger.excluded.words
        if not words:
            return Behind(len(chosen), {})
        codes = chosen.codes("excluded")
        counts = np.bincount(codes[codes >= 0], minlength=len(words)).tolist()
        is_let_in = {BOT} if self.rows.bots else set()
        left_out = {word: n for word, n in zip(words, counts, strict=True) if n and word not in is_let_in}
        return Behind(len(chosen), left_out)

    def listed(self, scope: Scope) -> Observations:
        """The rows behind the scope's total."""
        indicator, chosen = self.indicator, self._behind(scope)
        frame = chosen.frame
        if indicator.summary not in OPEN:
            return frame.sort_values(["at", "key"], ascending=[False, True], kind="stable")
        if indicator.summary in {Summary.LEVEL, Summary.AGE}:
            known = chosen if indicator.summary is Summary.LEVEL else chosen.valued
            values = np.full(len(chosen), np.nan)
            values[np.isin(chosen.places, known.places)] = open_values(indicator, known, _end(scope))
            frame = frame.assign(value=values)
        return frame.sort_values(["at", "key"], kind="stable")

    def between(self, start: datetime, end: datetime) -> Observations:
        """The rows of a half-open time."""
        return self.rows.between(*ticks([start, end]).tolist()).frame

    def _behind(self, scope: Scope) -> Rows:
        if self.indicator.summary in OPEN:
            return self.rows.open_at(_end(scope))
        start, end = ticks([scope.start, scope.end]).tolist()
        return self.rows.between(start, end)


def _end(scope: Scope) -> int:
    return int(ticks([min(scope.end, scope.now)])[0])
