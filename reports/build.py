"""A report, written once from results: every format says the same."""

from collections.abc import Callable, Collection, Iterable
from dataclasses import dataclass, replace
from datetime import datetime
from textwrap import shorten

from data.settings import Calendar
from metrics.model import Grain
from reports.content import Cell, Figure, Report, Section, Table
from reports.definitions import definition_of
from reports.frozen import sealed
from reports.reading import Reading
from reports.safe import check
from reports.sections import SECTIONS, SHORT, Write, roadmap, summary
from reports.spans import Span, label_of, month_of, week_of

ALWAYS = ("scope", "method")
LINES, LETTERS = 5, 70  # of a table on the one page


@dataclass(frozen=True)
class Kind:
    """A kind of report: its periods, its sections in order, its title.

    A `brief` one is the answer on one page, with the first lines of the tables that ask for something.
    """

    name: str
    grain: Grain
    span: Callable[[str | None, datetime, Calendar], Span]
    sections: tuple[Write, ...]
    title: str
    brief: bool = False


KINDS = {
    one.name: one
    for one in (
        Kind("monthly", Grain.MONTH, month_of, SECTIONS, "Engineering report, {day:%B %Y}"),
        Kind("weekly", Grain.WEEK, week_of, SHORT, "Engineering in the week from {day:%-d %B %Y}", brief=True),
    )
}


def report(kind: Kind, reading: Reading, version: str, demonstration: bool = False) -> Report:
    """The report on what was read; `version` is that of the data. Raises NamedPersonError."""
    sections = tuple(write(reading) for write in kind.sections)
    answer = _answer(reading, sections, kind.brief)
    if kind.brief:
        sections = ()
    named = list(dict.fromkeys(one.indicator for one in _figures((answer, *sections))))
    settings = reading.loaded.settings
    written = sealed(
        Report(
            kind=kind.name,
            title=kind.title.format(day=reading.day(reading.period.start)),
            organisation=settings.report.organisation,
            audience=settings.report.audience,
            period=label_of(reading.period, kind.grain),
            start=reading.period.start,
            end=reading.period.end,
            as_of=reading.period.now,
            data=version,
            configuration=settings.digest,
            sections=sections,
            definitions=tuple(definition_of(reading, one) for one in named),
            demonstration=demonstration,
            answer=answer,
            rows={one: reading.rows(one) for one in named},
        )
    )
    check(written, reading.names)
    return written


def only(whole: Report, keys: Collection[str]) -> Report:
    """The report with some of its sections; scope and method stay, because figures need them."""
    sections = tuple(one for one in whole.sections if one.key in {*keys, *ALWAYS})
    kept = (whole.answer, *sections) if whole.answer else sections
    named = {one.indicator for one in _figures(kept)}
    return sealed(
        replace(
            whole,
            sections=sections,
            definitions=tuple(one for one in whole.definitions if one.indicator in named),
            rows={name: table for name, table in whole.rows.items() if name in named},
        )
    )


def _figures(sections: Iterable[Section]) -> Iterable[Figure]:
    return (figure for section in sections for figure in section.figures)


def _answer(reading: Reading, sections: tuple[Section, ...], brief: bool) -> Section:
    whole = {section.key: section for section in sections}
    asking = (roadmap.undecided_table(reading), whole["risks"].tables[0]) if brief else ()
    return Section(
        "answer",
        "In short",
        (*summary.sentences(reading), whole["roadmap"].sentences[0], whole["risks"].sentences[0]),
        figures=reading.figures(*summary.HEADLINES),
        tables=(summary.objectives(reading), *map(_first_lines, asking)),
    )


def _first_lines(table: Table) -> Table:
    rows = tuple(tuple(_shortened(cell) for cell in row) for row in table.rows[:LINES])
    return replace(table, rows=rows, more=table.more + len(table.rows) - len(rows))


def _shortened(cell: Cell) -> Cell:
    return shorten(cell, LETTERS, placeholder="…") if isinstance(cell, str) else cell
