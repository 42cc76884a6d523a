"""What a report says, once, before any format: sections of sentences, figures, charts and tables.

Every text in it is plain text, as it came: each format makes it harmless in its own way.
"""

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import date, datetime
from enum import StrEnum


class Column(StrEnum):
    """How the cells of a column are written; a raw value stays raw in the spreadsheet."""

    WORDS = "words"
    NUMBER = "number"
    PERCENT = "percent"
    DURATION = "duration"  # in the unit of the table's row or column
    DAY = "day"
    LINK = "link"


Cell = str | float | int | date | None


@dataclass(frozen=True)
class Figure:
    """One headline number of an indicator: the month's value, its month before, and what may be said of it."""

    indicator: str
    name: str
    unit: str
    value: float | None
    n: int
    p85: float | None = None
    low: float | None = None
    high: float | None = None
    before: float | None = None
    reason: str | None = None  # why there is no value, or no verdict, in words
    said: str = ""  # the rule that fired in words, or "within its usual range 3–9"; empty: not judged
    better: bool | None = (
        None  # of a rule that fired: whether it is the good side; None: no rule fired, or no good side
    )
    target: str = ""
    scope: str = ""  # a service or a team; empty: the whole organisation
    fired: bool = False  # whether `said` is a rule that fired


@dataclass(frozen=True)
class Bar:
    """One bar, or one stack of named parts."""

    label: str
    parts: Mapping[str, float | None]


@dataclass(frozen=True)
class Trend:
    """Weekly points of one indicator with the range that it usually stays in."""

    title: str
    indicator: str
    unit: str
    periods: tuple[str, ...]
    starts: tuple[date, ...]
    values: tuple[float | None, ...]
    n: tuple[int, ...]
    signals: tuple[bool, ...]
    centre: float | None = None
    lower: float | None = None
    upper: float | None = None
    marks: tuple[tuple[date, str], ...] = ()  # annotations and changed targets
    target: float | None = None
    hollow: tuple[bool, ...] = ()  # still running, or too few for a verdict; empty: none


@dataclass(frozen=True)
class Bars:
    """Bars side by side or stacked, such as the mix of work by month against its plan."""

    title: str
    unit: str
    bars: tuple[Bar, ...]
    stacked: bool = False
    said: str = ""


Chart = Trend | Bars


@dataclass(frozen=True)
class Heading:
    """The name of a column and how its cells are written."""

    name: str
    kind: Column = Column.WORDS
    unit: str = ""
    indicator: str = ""  # whose figures stand under it


@dataclass(frozen=True)
class Table:
    """Rows under headings; `empty` is what is said instead of no rows, `more` how many rows were cut."""

    title: str
    headings: tuple[Heading, ...]
    rows: tuple[tuple[Cell, ...], ...]
    empty: str = "Nothing to list."
    more: int = 0


@dataclass(frozen=True)
class Section:
    """One of the ten sections: its sentence first, then figures, charts and tables."""

    key: str
    title: str
    sentences: tuple[str, ...]
    figures: tuple[Figure, ...] = ()
    charts: tuple[Chart, ...] = ()
    tables: tuple[Table, ...] = ()
    sources: tuple[str, ...] = ()  # where the numbers are from, for notes under a slide


@dataclass(frozen=True)
class Definition:
    """An indicator's meaning as it was when the report was made."""

    indicator: str
    name: str
    unit: str
    meaning: str
    misuse: str
    target: str
    version: str  # a digest of meaning and formula: it changes when they do
    summary: str = ""  # how rows become its value: median, rate, count …


@dataclass(frozen=True)
class Report:
    """A whole report. `digest` is of everything else in it: equal digests, equal bytes."""

    kind: str
    title: str
    organisation: str
    audience: str
    period: str
    start: datetime
    end: datetime
    as_of: datetime
    data: str  # the version of the data
    configuration: str  # the digest of the configuration
    sections: tuple[Section, ...]
    definitions: tuple[Definition, ...] = ()
    digest: str = ""
    demonstration: bool = False
    answer: Section | None = None  # the first page: the whole report in a few sentences, figures and one table
    rows: Mapping[str, Table] = field(
        default_factory=dict
    )  # by indicator: the rows behind its figure, for the workbook
