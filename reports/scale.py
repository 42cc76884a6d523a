"""The scale of a chart: round steps from zero, and where the months of its weeks begin."""

import math
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date

from reports.words import number

LABELS = 8


@dataclass(frozen=True)
class Scale:
    """Values to places, top down; `ticks` are round and `labels` say them."""

    low: float
    high: float
    ticks: tuple[float, ...]
    labels: tuple[str, ...]
    bottom: float
    top: float

    def at(self, value: float) -> float:
        """The place of a value; what lies outside is drawn at the edge."""
        inside = min(max(value, self.low), self.high)
        return self.bottom - (inside - self.low) / (self.high - self.low) * (self.bottom - self.top)


def scale_of(values: Sequence[float], bottom: float, top: float) -> Scale:
    """A scale of three to six round steps that holds zero and all values."""
    low, high = min([*values, 0.0]), max([*values, 0.0])
    step = _step((high - low) or 1.0)
    first, last = math.floor(low / step), max(math.ceil(high / step), 1)
    ticks = tuple(place * step for place in range(first, last + 1))
    return Scale(ticks[0], ticks[-1], ticks, tuple(_said(tick, step) for tick in ticks), bottom, top)


def month_marks(starts: Sequence[date]) -> list[tuple[int, str]]:
    """Where a new month begins among the starts of weeks, and its name; at most eight, evenly."""
    begins = [place for place, day in enumerate(starts) if place == 0 or day.month != starts[place - 1].month]
    if len(begins) > 1 and begins[1] < 3:
        begins = begins[1:]
    every = math.ceil(len(begins) / LABELS)
    return [(place, _month(starts[place])) for place in begins[::every]] if begins else []


def _month(day: date) -> str:
    name = ("Jan", "Feb", "Mar", "Apr", "May", "Jun", "Jul", "Aug", "Sep", "Oct", "Nov", "Dec")[day.month - 1]
    return f"{name} {day.year}" if day.month == 1 else name


def _step(span: float) -> float:
    rough = span / 4
    power = 10.0 ** math.floor(math.log10(rough))
    return next(power * step for step in (1, 2, 2.5, 5, 10) if power * step >= rough * 0.999)


def _said(tick: float, step: float) -> str:
    return number(round(tick), "count") if step >= 1 and step == round(step) else f"{tick:.{_digits(step)}f}"


def _digits(step: float) -> int:
    return max(0, -math.floor(math.log10(step))) + (1 if f"{step:e}".startswith("2.5") else 0)
