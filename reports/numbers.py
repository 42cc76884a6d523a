"""The numbers of a chart as a table: for whoever reads instead of looking, and for the workbook to draw from."""

from reports.content import Bars, Cell, Chart, Column, Heading, Table, Trend

FIRED = "a rule fired"


def numbers(chart: Chart) -> Table:
    """A row per point or bar; its name first."""
    return _bars(chart) if isinstance(chart, Bars) else _trend(chart)


def _bars(chart: Bars) -> Table:
    names = list(dict.fromkeys(name for bar in chart.bars for name in bar.parts))
    headings = (Heading(""), *(Heading(name, Column.NUMBER, chart.unit) for name in names))
    return Table("", headings, tuple((bar.label, *(bar.parts.get(name) for name in names)) for bar in chart.bars))


def _trend(chart: Trend) -> Table:
    known = [("lower limit", chart.lower), ("upper limit", chart.upper), ("target", chart.target)]
    levels = [(name, level) for name, level in known if level is not None]
    headings = (
        Heading("week"),
        Heading("value", Column.NUMBER, chart.unit),
        *(Heading(name, Column.NUMBER, chart.unit) for name, _ in levels),
        Heading("n", Column.NUMBER, "count"),
        Heading("signal"),
    )
    points = zip(chart.periods, chart.values, chart.n, chart.signals, strict=True)
    rows: tuple[tuple[Cell, ...], ...] = tuple(
        (period, value, *(level for _, level in levels), n, FIRED if signal else "")
        for period, value, n, signal in points
    )
    return Table("", headings, rows)
