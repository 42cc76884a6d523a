"""What a chart says in words: under it, and in place of it for readers who cannot see it."""

from reports.content import Bars, Chart, Trend
from reports.words import UNKNOWN, measure, number, plain

TOLD = 12


def is_known(chart: Chart) -> bool:
    """Whether there is anything to draw."""
    if isinstance(chart, Trend):
        return any(value is not None for value in chart.values)
    return any(value is not None for bar in chart.bars for value in bar.parts.values())


def caption(chart: Chart) -> str:
    """The usual range and the target of a trend; what may be said of bars."""
    if isinstance(chart, Bars):
        return plain(chart.said, 300)
    unit, said = plain(chart.unit, 12), []
    if chart.lower is not None and chart.upper is not None:
        said.append(f"usual range {number(chart.lower, unit)} to {measure(chart.upper, unit)}")
    if chart.target is not None:
        said.append(f"target {measure(chart.target, unit)}")
    if any(chart.signals):
        said.append("diamonds: a rule fired")
    if any(chart.hollow):
        said.append("hollow: still running or too few for a verdict")
    return " · ".join(said)


def marks(chart: Trend) -> list[str]:
    """What is marked in a trend, by its number in the drawing."""
    return [f"{n} {day.isoformat()}: {plain(said, 160)}" for n, (day, said) in enumerate(chart.marks, start=1)]


def described(chart: Chart) -> str:
    """A chart for readers who cannot see it: what it shows, its ends and its extremes, in a sentence or two."""
    title = plain(chart.title, 160)
    if not is_known(chart):
        return f"{title}: nothing to draw."
    said = _trend(chart) if isinstance(chart, Trend) else _bars(chart)
    return ". ".join(part for part in (f"{title}: {said}", caption(chart)) if part) + "."


def _trend(chart: Trend) -> str:
    unit = plain(chart.unit, 12)
    known = [(name, value) for name, value in zip(chart.periods, chart.values, strict=True) if value is not None]
    lowest, highest = min(value for _, value in known), max(value for _, value in known)
    ends = f"{plain(known[0][0], 20)} to {plain(known[-1][0], 20)}, last {measure(known[-1][1], unit)}"
    return f"{ends}; lowest {number(lowest, unit)}, highest {measure(highest, unit)}"


def _bars(chart: Bars) -> str:
    unit = plain(chart.unit, 12)
    told = []
    for bar in chart.bars[:TOLD]:
        parts = [
            (f"{plain(name, 30)} " if len(bar.parts) > 1 else "") + (UNKNOWN if value is None else measure(value, unit))
            for name, value in bar.parts.items()
        ]
        told.append(f"{plain(bar.label, 40)} {', '.join(parts)}")
    more = f"; and {len(chart.bars) - TOLD} more" if len(chart.bars) > TOLD else ""
    return "; ".join(told) + more
