"""What an indicator, a scope and a result are."""

import inspect
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from datetime import date, datetime
from enum import StrEnum
from functools import cached_property
from math import inf

import pandas as pd

from metrics.grain import Grain as Grain
from metrics.marks import Mark, Place, Shift
from metrics.signals import Judgement

Frame = pd.DataFrame
Observations = pd.DataFrame
Facts = Mapping[str, Frame]


class Objective(StrEnum):
    """The five objectives of a VP of Engineering."""

    TECHNICAL_INNOVATION = "technical_innovation"
    PROJECT_SUCCESS = "project_success"
    TEAM_EMPOWERMENT = "team_empowerment"
    STRATEGIC_ALIGNMENT = "strategic_alignment"
    CODE_QUALITY = "code_quality"

    @property
    def label(self) -> str:
        """The objective's name for people."""
        return self.value.replace("_", " ").capitalize()


class Family(StrEnum):
    """What an indicator is about; signals from two families corroborate each other."""

    DELIVERY = "delivery"
    FLOW = "flow"
    PLANNING = "planning"
    CODE_REVIEW = "code_review"
    QUALITY = "quality"
    TECH_DEBT = "tech_debt"
    PEOPLE = "people"

    @property
    def label(self) -> str:
        """The family's name for people."""
        return self.value.replace("_", " ").capitalize()


class Unit(StrEnum):
    """What a value is counted in."""

    HOURS = "h"
    DAYS = "d"
    MINUTES = "min"
    PERCENT = "%"
    COUNT = "count"
    LINES = "lines"
    PEOPLE = "people"
    RATIO = "ratio"
    LIBYEARS = "libyears"

    @property
    def is_duration(self) -> bool:
        """Whether it is a time."""
        return self in {Unit.HOURS, Unit.DAYS, Unit.MINUTES}


class Better(StrEnum):
    """Which way is good; a band is neither."""

    LOWER = "lower"
    HIGHER = "higher"
    BAND = "band"


class Summary(StrEnum):
    """How the rows of a period become its value."""

    MEDIAN = "median"  # with p85 beside it
    RATE = "rate"  # rows are 1 or 0, the value a percentage
    COUNT = "count"  # how many rows
    SUM = "sum"  # of their values
    NET = "net"  # of rows of 1 and -1
    LEVEL = "level"  # how many rows are open at the period's end
    AGE = "age"  # the median age of what is open at the period's end, with p85; a row's value: its age at its beginning
    SHARE = "share"  # rows are percentages of their weight, the value the percentage of all weights together
    OPEN_RATE = "open_rate"  # as a rate, of the rows that are open at the period's end
    OPEN_SUM = "open_sum"  # of the values that hold at the period's end, of all their rows
    OPEN_SHARE = "open_share"  # as a share, of the rows that hold at the period's end
    OPEN_MEDIAN = "open_median"  # of the values that hold at the period's end, with p85
    OPEN_LOWEST = "open_lowest"  # of the values that hold at the period's end
    WINDOW = "window"  # each row sums up the weeks before it, for one team: the median of the teams' latest rows


class Reason(StrEnum):
    """Why there is no value, or none to judge by."""

    NO_SOURCE = "no_source"
    NOT_SYNCED = "not_synced"
    UNMAPPED = "unmapped"
    NO_DATA = "no_data"
    TOO_FEW = "too_few"


@dataclass(frozen=True)
class Target:
    """What is aimed at: a value or a band, who says so, and since when."""

    value: float | None = None
    low: float | None = None
    high: float | None = None
    source: str = ""
    since: date | None = None


@dataclass(frozen=True)
class Indicator:
    """One figure, declared once. Its definition is its formula's docstring, its facts the formula's parameters."""

    id: str
    name: str
    objective: Objective
    family: Family
    unit: Unit
    better: Better
    summary: Summary
    formula: Callable[..., Observations]
    core: bool = False
    explains: bool = False  # core, and yet it never decides how an objective stands
    target: Target | None = None
    misuse: str = ""
    parts: tuple[str, ...] = ()  # of a share of several parts: those that make the value
    guards: tuple[str, ...] = ()  # of speed: what it must not cost; it is never shown without them
    exceeds_100: bool = False  # of a percentage: whether it may be more than everything, as growth may

    @property
    def definition(self) -> str:
        """What it means, in words."""
        return inspect.cleandoc(self.formula.__doc__ or "")

    @property
    def largest(self) -> float:
        """The largest value that can occur, in the unit."""
        return 100.0 if self.unit is Unit.PERCENT and not self.exceeds_100 else inf

    @property
    def facts(self) -> tuple[str, ...]:
        """The fact frames that the formula reads."""
        return tuple(inspect.signature(self.formula).parameters)


@dataclass(frozen=True)
class Scope:
    """Which rows, over which time: half-open [start, end), cut into periods of the calendar."""

    start: datetime
    end: datetime
    now: datetime
    grain: Grain = Grain.WEEK
    team: str | None = None
    repository: str | None = None
    project: str | None = None
    bots: bool = False
    timezone: str = "UTC"
    week_starts: str = "monday"

    @property
    def place(self) -> Place:
        """The team, repository and project."""
        return self.team, self.repository, self.project


@dataclass(frozen=True)
class Point:
    """One period of a series; `value` is null with a `reason`, never a stand-in.

    `excluded`: a holiday, drawn hollow; no signal comes from it and no usual range is made of it.
    """

    period: str
    start: datetime
    end: datetime
    n: int
    value: float | None
    p85: float | None = None
    low: float | None = None
    high: float | None = None
    reason: Reason | None = None
    partial: bool = False
    signal: str | None = None
    excluded: bool = False


@dataclass(frozen=True)
class Part:
    """One part of a share over the same periods, such as a stage or a class of work; the parts make 100 % together."""

    name: str
    series: tuple[Point, ...]
    total: Point


@dataclass(frozen=True)
class Limits:
    """The range that a series usually stays in, from its own baseline; in the indicator's unit.

    `periods`: how many periods of the series each judged point holds, because fewer would be too rare to judge.
    `begins` and `ends` are the half-open time for which they hold; null: from the first row, until today.
    """

    centre: float
    lower: float
    upper: float
    baseline: tuple[datetime, datetime]
    provisional: bool = False
    periods: int = 1
    begins: datetime | None = None
    ends: datetime | None = None

    @property
    def is_of_one_period(self) -> bool:
        """Whether it can be drawn over the points of the series."""
        return self.periods == 1


@dataclass(frozen=True)
class Result:
    """An indicator over a scope: its series, its total, and the rows behind them.

    `history` is every complete period since the first row, from which the limits were reckoned; `badge` says in a few
    words what the rows were taken from, where there is a choice. `marks` are what is said of the range.

    `no_limits` says why there are none: filling (the first sync still brings its history), too_few, too_rare, constant.
    Where somebody confirmed that the level moved, `limits` are the last, `earlier` those before, oldest first, and
    `moved` the places in `history` where each begins; `refused` are confirmations that the series does not bear out.
    `suggestion` is a shift that nobody has confirmed yet; `judgement` has every signal, by its place in `history`.
    `behind` is how many rows are behind the total, those left out included; `listed` reads them, and `between` those of
    any half-open time.
    """

    indicator: Indicator
    scope: Scope
    series: tuple[Point, ...]
    total: Point
    limits: Limits | None
    listed: Callable[[], Observations] = field(repr=False, compare=False)
    behind: int = 0
    left_out: Mapping[str, int] = field(default_factory=dict)
    target: Target | None = None
    history: tuple[Point, ...] = ()
    badge: str = ""
    parts: tuple[Part, ...] = ()
    marks: tuple[Mark, ...] = ()
    no_limits: str | None = None
    earlier: tuple[Limits, ...] = ()
    moved: tuple[int, ...] = ()
    refused: tuple[Mark, ...] = ()
    suggestion: Shift | None = None
    judgement: Judgement | None = None
    between: Callable[[datetime, datetime], Observations] | None = field(default=None, repr=False, compare=False)

    @cached_property
    def observations(self) -> Observations:
        """The rows behind the total, those left out included, newest first; of a level, what is open at its end."""
        return self.listed()
