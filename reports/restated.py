"""Restatements: figures of the report before this one that read differently today, and why."""

from collections.abc import Iterable, Iterator

from metrics.catalogue import INDICATORS
from reports.content import Cell, Column, Figure, Heading, Report, Table
from reports.definitions import definition_of
from reports.reading import Reading
from reports.sentences import counted, joined

HEADINGS = (
    Heading("indicator"),
    Heading("unit"),
    Heading("as reported", Column.NUMBER),
    Heading("n then", Column.NUMBER, "count"),
    Heading("today", Column.NUMBER),
    Heading("n today", Column.NUMBER, "count"),
    Heading("why"),
)
KEY, VALUE, LEFT_OUT = 0, 2, -1


def restated(reading: Reading) -> tuple[str, Table]:
    """A sentence and a table of the figures of the earlier report that read differently today."""
    earlier = reading.earlier
    if earlier is None:
        return "No report on the period before was kept, so nothing can be restated.", _table(())
    rows = tuple(_differences(reading, earlier))
    said = f"{counted(len(rows), 'figure')} of the report on {earlier.period} ({earlier.digest})"
    return f"{said} {'reads' if len(rows) == 1 else 'read'} differently today." if rows else _none(earlier), _table(
        rows
    )


def _none(earlier: Report) -> str:
    return f"Every figure of the report on {earlier.period} ({earlier.digest}) reads the same today."


def _table(rows: tuple[tuple[Cell, ...], ...]) -> Table:
    return Table("Restated", HEADINGS, rows, "No figure is restated.")


def _differences(reading: Reading, earlier: Report) -> Iterator[tuple[Cell, ...]]:
    for then in unscoped(earlier):
        if then.indicator not in INDICATORS:
            continue
        today = reading.answer(INDICATORS[then.indicator], reading.before).total
        if (today.value, today.n) != (then.value, then.n):
            why = joined(list(_why(reading, earlier, then)))
            yield then.name, then.unit, then.value, then.n, today.value, today.n, why


def unscoped(report: Report) -> Iterable[Figure]:
    """The figures of a whole organisation, each once."""
    found = (figure for section in report.sections for figure in section.figures if not figure.scope)
    return {figure.indicator: figure for figure in found}.values()


def _why(reading: Reading, earlier: Report, then: Figure) -> Iterator[str]:
    versions = {one.indicator: one.version for one in earlier.definitions}
    if versions.get(then.indicator) != definition_of(reading, then.indicator).version:
        yield "the definition changed"
    if earlier.configuration != reading.loaded.settings.digest:
        yield "the configuration changed"
    known = earlier.rows.get(then.indicator)
    if known is None or known.more:
        yield "rows changed"
        return
    old = {row[KEY]: (row[VALUE], row[LEFT_OUT]) for row in known.rows}
    new = {row[KEY]: (row[VALUE], row[LEFT_OUT]) for row in reading.rows(then.indicator, reading.before).rows}
    yield from _moves(len(new.keys() - old.keys()), len(old.keys() - new.keys()), _edited(old, new))


def _edited(old: dict[Cell, tuple[Cell, Cell]], new: dict[Cell, tuple[Cell, Cell]]) -> int:
    return sum(1 for key in old.keys() & new.keys() if old[key] != new[key])


def _moves(late: int, gone: int, edited: int) -> Iterator[str]:
    for n, said in ((late, "came later"), (gone, "are gone"), (edited, "were edited")):
        if n:
            yield f"{counted(n, 'row')} {said}"
