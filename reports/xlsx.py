"""A report as a workbook: raw values, native charts, every figure with its rows, percentiles that can be re-checked."""

import re
from datetime import UTC, date, datetime
from io import BytesIO
from typing import Any

import xlsxwriter
from xlsxwriter.utility import xl_range

from reports import words
from reports.content import Bars, Cell, Chart, Column, Definition, Figure, Heading, Report, Section, Table, Trend
from reports.numbers import numbers
from reports.palette import LIGHT

# Text is written as text: never as a formula, a link or a number that it only looks like.
OPTIONS = {
    "in_memory": True,
    "strings_to_formulas": False,
    "strings_to_urls": False,
    "strings_to_numbers": False,
    "nan_inf_to_errors": False,
    "remove_timezone": True,
}
LONGEST = 2000
WIDE, NARROW = 34, 13
CHART_ROWS = 16
FIRST = 6  # the first row of the rows behind a figure
FORMULAS = {
    "median": (("median", "=MEDIAN({range})"), ("p85", "=PERCENTILE({range},0.85)")),
    "rate": (("share, %", "=100*AVERAGE({range})"),),
    "count": (("count", "=COUNTA({keys})"),),
    "level": (("count", "=COUNTA({keys})"),),
    "sum": (("sum", "=SUM({range})"),),
    "net": (("sum", "=SUM({range})"),),
}
FIGURE_HEADINGS = (
    Heading("indicator"),
    Heading("name"),
    Heading("scope"),
    Heading("value", Column.NUMBER),
    Heading("unit"),
    Heading("n", Column.NUMBER),
    Heading("p85", Column.NUMBER),
    Heading("low, 95 %", Column.NUMBER),
    Heading("high, 95 %", Column.NUMBER),
    Heading("before", Column.NUMBER),
    Heading("what may be said"),
    Heading("target"),
)


def write(report: Report) -> bytes:
    """The report as an .xlsx file."""
    out = BytesIO()
    with xlsxwriter.Workbook(out, OPTIONS) as book:
        made = report.as_of.astimezone(UTC).replace(tzinfo=None)
        book.set_properties({"title": report.title, "company": report.organisation, "created": made})
        writer = _Book(book, report)
        if report.answer:
            writer.section(report.answer, cover=True)
        for section in report.sections:
            writer.section(section)
        writer.definitions(report.definitions)
        values = {one.indicator: one for section in report.sections for one in section.figures if not one.scope}
        for indicator, table in report.rows.items():
            writer.rows(indicator, table, values.get(indicator))
    return out.getvalue()


class _Book:
    """Sheets of one workbook, each filled from the top."""

    def __init__(self, book: Any, report: Report) -> None:
        self.book, self.report = book, report
        self.summaries = {one.indicator: one.summary for one in report.definitions}
        self.bold = book.add_format({"bold": True})
        self.title = book.add_format({"bold": True, "font_size": 16})
        self.head = book.add_format({"bold": True, "bg_color": LIGHT.surface, "bottom": 1, "text_wrap": True})
        self.wrap = book.add_format({"text_wrap": True, "valign": "top"})
        self.quiet = book.add_format({"font_color": LIGHT.quiet})
        self.day = book.add_format({"num_format": "yyyy-mm-dd", "align": "left"})
        self.moment = book.add_format({"num_format": "yyyy-mm-dd hh:mm:ss", "align": "left"})

    def sheet(self, name: str) -> Any:
        """A sheet with the digest in its footer."""
        sheet = self.book.add_worksheet(name)
        sheet.set_column(0, 0, WIDE)
        sheet.set_column(1, 40, NARROW)
        sheet.set_landscape()
        sheet.fit_to_pages(1, 0)
        sheet.set_footer(f"&L&8Report {self.report.digest}&R&8&P / &N")
        return sheet

    def section(self, section: Section, cover: bool = False) -> None:
        """A sheet of a section: its sentences, figures, charts and tables."""
        sheet, row = self.sheet(section.key), 0
        for line, form in self._head(section, cover):
            self.text(sheet, row, 0, line, form)
            row += 1
        for sentence in section.sentences:
            self.text(sheet, row, 0, sentence)
            row += 1
        if section.figures:
            row = self.table(sheet, row + 1, _figures(section.figures))
        for chart in section.charts:
            row = self.chart(sheet, row + 1, chart)
        for table in section.tables:
            row = self.table(sheet, row + 1, table)
        for source in section.sources:
            self.text(sheet, row + 1, 0, f"Sources: {source}", self.quiet)

    def _head(self, section: Section, cover: bool) -> list[tuple[str, Any]]:
        if not cover:
            return [(section.title, self.title)]
        report = self.report
        lines = [
            report.organisation,
            report.audience,
            f"{report.period}, data as of {report.as_of:%Y-%m-%d %H:%M} UTC",
            f"Report {report.digest} · data {report.data} · configuration {report.configuration or 'none'}",
        ]
        lines += ["Demonstration data: an invented organisation"] if report.demonstration else []
        return [(report.title, self.title), *((line, self.quiet) for line in lines if line)]

    def text(self, sheet: Any, row: int, column: int, said: str, form: Any = None) -> None:
        """Text, and nothing but text, in a cell."""
        known = said.isascii() and said.isprintable() and len(said) <= LONGEST
        sheet.write_string(row, column, said if known else words.plain(said, LONGEST), form)

    def table(self, sheet: Any, row: int, table: Table) -> int:
        """A table from a row on; the row behind it."""
        if table.title:
            self.text(sheet, row, 0, table.title, self.bold)
        if not table.rows:
            self.text(sheet, row + 1, 0, table.empty, self.quiet)
            return row + 2
        for column, heading in enumerate(table.headings):
            unit = f", {heading.unit}" if heading.unit not in {"", "count"} else ""
            self.text(sheet, row + 1, column, f"{heading.name}{unit}", self.head)
        for at, cells in enumerate(table.rows, row + 2):
            for column, value in enumerate(cells):
                self.cell(sheet, at, column, value)
        end = row + 2 + len(table.rows)
        if table.more:
            self.text(sheet, end, 0, f"{table.more:,} more are not listed", self.quiet)
        return end + 1

    def cell(self, sheet: Any, row: int, column: int, value: Cell) -> None:
        """A raw value."""
        if isinstance(value, str):
            self.text(sheet, row, column, value)
        elif isinstance(value, datetime):
            sheet.write_datetime(row, column, value, self.moment)
        elif isinstance(value, date):
            sheet.write_datetime(row, column, datetime(value.year, value.month, value.day), self.day)  # noqa: DTZ001
        elif value is not None:
            sheet.write_number(row, column, value)

    def chart(self, sheet: Any, row: int, chart: Chart) -> int:
        """A native chart over its own numbers, which stand under it."""
        shown = numbers(chart)
        if len(shown.headings) == 1 or not shown.rows:
            return self.table(sheet, row, Table(chart.title, shown.headings, (), "Nothing to draw."))
        behind = row + CHART_ROWS
        end = self.table(sheet, behind, shown)
        drawn = self.book.add_chart(_kind(chart))
        last = behind + 1 + len(shown.rows)
        for column, heading in enumerate(shown.headings[1:], 1):
            if isinstance(chart, Trend) and heading.name in {"n", "signal"}:
                continue
            drawn.add_series(
                {
                    "name": [sheet.get_name(), behind + 1, column],
                    "categories": [sheet.get_name(), behind + 2, 0, last, 0],
                    "values": [sheet.get_name(), behind + 2, column, last, column],
                    **_drawn(chart, column),
                }
            )
        drawn.set_title({"name": _name(chart.title), "name_font": {"size": 11}})
        drawn.set_y_axis(
            {"name": _name(chart.unit), "major_gridlines": {"visible": True, "line": {"color": LIGHT.border}}}
        )
        drawn.set_legend({"position": "bottom"})
        drawn.set_size({"width": 760, "height": 300})
        sheet.insert_chart(row, 0, drawn, {"description": f"{words.plain(chart.title, 80)}; the numbers stand below"})
        return end

    def definitions(self, definitions: tuple[Definition, ...]) -> None:
        """A sheet of what each indicator means."""
        names = ("indicator", "name", "unit", "meaning", "misuse", "target", "version")
        rows = tuple(tuple(getattr(one, name) for name in names) for one in definitions)
        sheet = self.sheet("definitions")
        sheet.set_column(3, 4, 80, self.wrap)
        self.table(sheet, 0, Table("Definitions", tuple(map(Heading, names)), rows))

    def rows(self, indicator: str, table: Table, figure: Figure | None) -> None:
        """A sheet of the rows behind a figure: those that count first, so that a formula can re-check it."""
        sheet = self.sheet(indicator[:31])
        counted = [row for row in table.rows if row[-1] is None and row[2] is not None]
        others = [row for row in table.rows if row[-1] is not None or row[2] is None]
        self._checks(sheet, indicator, len(counted), figure, bool(table.more))
        listed = Table(table.title, table.headings, (*counted, *others), table.empty, table.more)
        self.table(sheet, FIRST - 2, listed)
        sheet.freeze_panes(FIRST, 1)
        sheet.set_column(1, 1, 20)
        sheet.set_column(3, 3, WIDE)

    def _checks(self, sheet: Any, indicator: str, n: int, figure: Figure | None, is_cut: bool) -> None:
        if figure is not None and figure.value is not None:
            self.text(sheet, 0, 0, "value in the report", self.bold)
            sheet.write_number(0, 1, figure.value)
        formulas = FORMULAS.get(self.summaries.get(indicator, ""), ())
        if not n or is_cut or figure is None or figure.value is None:
            return
        cells = {"range": xl_range(FIRST, 2, FIRST + n - 1, 2), "keys": xl_range(FIRST, 0, FIRST + n - 1, 0)}
        for row, (name, formula) in enumerate(formulas, 1):
            known = figure.p85 if name == "p85" else figure.value
            if known is not None:
                self.text(sheet, row, 0, f"{name}, re-checked from the rows", self.bold)
                sheet.write_formula(row, 1, formula.format(**cells), None, known)


def _figures(figures: tuple[Figure, ...]) -> Table:
    rows = tuple(
        (
            one.indicator,
            one.name,
            one.scope,
            one.value,
            one.unit,
            one.n,
            one.p85,
            one.low,
            one.high,
            one.before,
            words.said_of(one) or "not judged",
            one.target,
        )
        for one in figures
    )
    return Table("Figures", FIGURE_HEADINGS, rows)


def _kind(chart: Chart) -> dict[str, str]:
    if isinstance(chart, Bars):
        return {"type": "column", "subtype": "stacked" if chart.stacked else "clustered"}
    return {"type": "line"}


def _name(said: str) -> str:
    """What a chart or an axis is called, with nothing in it that would be taken for the place of its name."""
    return re.sub(r"!(?=\$?[A-Z])", "! ", words.plain(said, 80))


def _drawn(chart: Chart, column: int) -> dict[str, Any]:
    if isinstance(chart, Bars):
        return {"fill": {"color": LIGHT.series[(column - 1) % len(LIGHT.series)]}}
    if column == 1:
        marker = {"type": "circle", "size": 4, "fill": {"color": LIGHT.series[0]}, "border": {"color": LIGHT.series[0]}}
        return {"line": {"color": LIGHT.series[0], "width": 1.75}, "marker": marker}
    return {"line": {"color": LIGHT.quiet, "width": 1, "dash_type": "dash"}}
