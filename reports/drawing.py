"""Charts as vector pictures: trends with their usual range, and bars, in the colours and the face of the report."""

from collections.abc import Sequence
from itertools import pairwise
from xml.sax.saxutils import escape, quoteattr

from reports.content import Bar, Bars, Chart, Trend
from reports.palette import Palette
from reports.scale import Scale, month_marks, scale_of
from reports.words import measure, plain

SIZE = 8  # of letters, in points
LETTER = 0.56  # mean width of a letter of the face, by its size
ROW = 15
SHOWN = 24


def drawn(chart: Chart, colours: Palette, width: float, height: float = 120) -> str:
    """A chart as SVG, `width` points wide; bars are as high as there are bars."""
    if isinstance(chart, Trend):
        return trend(chart, colours, width, height)
    return bars(chart, colours, width)


def trend(chart: Trend, colours: Palette, width: float, height: float) -> str:
    """Points and their line over the usual range; a diamond where a rule fired, hollow where no verdict is drawn."""
    known = [value for value in chart.values if value is not None]
    edges = [value for value in (chart.lower, chart.upper, chart.target) if value is not None]
    y = scale_of([*known, *edges], height - 16, 10)
    left = _width(max(y.labels, key=len)) + 6
    x = _across(len(chart.periods), left, width)
    body = [_usual(chart, colours, y, left, width), _grid(colours, y, left, width)]
    body += [_months(chart, colours, x, height), _marks(chart, colours, x, y)]
    body += [_line(chart, colours, x, y), *_points(chart, colours, x, y)]
    return _picture(width, height, body)


def bars(chart: Bars, colours: Palette, width: float) -> str:
    """A bar or a stack a row, its label before it and its value behind it."""
    shown, names = chart.bars[:SHOWN], tuple(dict.fromkeys(name for bar in chart.bars for name in bar.parts))
    label = min(width * 0.36, max((_width(plain(bar.label, 60)) for bar in shown), default=0)) + 6
    legend, top = _legend(names, colours, width) if len(names) > 1 else ("", 2.0)
    rows = 1 if chart.stacked else max(len(names), 1)
    x = scale_of([sum(_parts(bar)) if chart.stacked else max(_parts(bar), default=0) for bar in shown], 0, 0).high
    body, reach = [legend], width - label - 64
    for place, bar in enumerate(shown):
        at = top + place * (rows * (ROW - 3) + 5)
        body.append(_text(label - 6, at + rows * (ROW - 3) / 2 + 3, _cut(bar.label, label), colours.text, "end"))
        body.append(_stack(bar, names, chart, colours, (label, at, reach / x)))
    height = top + len(shown) * (rows * (ROW - 3) + 5)
    if len(chart.bars) > SHOWN:
        body.append(_text(label, height + 8, f"and {len(chart.bars) - SHOWN} more", colours.quiet))
        height += 12
    return _picture(width, height + 2, body)


def _stack(bar: Bar, names: Sequence[str], chart: Bars, colours: Palette, place: tuple[float, float, float]) -> str:
    left, top, by = place
    drawn, end = [], left
    for row, name in enumerate(names):
        value = bar.parts.get(name)
        at = top if chart.stacked else top + row * (ROW - 3)
        start = end if chart.stacked else left
        long = max(value or 0, 0) * by
        colour = colours.series[row % len(colours.series)]
        drawn.append(f'<rect x="{start:.2f}" y="{at:.2f}" width="{long:.2f}" height="{ROW - 5}" fill="{colour}"/>')
        end = start + long
        if not chart.stacked:
            drawn.append(_text(end + 4, at + 8, measure(value, plain(chart.unit, 12)), colours.text))
        elif value and long > _width(measure(value)) + 4:
            drawn.append(_text(start + long / 2, at + 8, measure(value), "#ffffff", "middle"))
    if chart.stacked and len(names) > 1 and chart.unit != "%":
        drawn.append(_text(end + 4, top + 8, measure(sum(_parts(bar)), plain(chart.unit, 12)), colours.text))
    return "".join(drawn)


def _legend(names: Sequence[str], colours: Palette, width: float) -> tuple[str, float]:
    drawn, x, y = [], 0.0, 9.0
    for place, name in enumerate(plain(name, 30) for name in names):
        if x and x + _width(name) + 22 > width:
            x, y = 0.0, y + 12
        colour = colours.series[place % len(colours.series)]
        drawn.append(f'<rect x="{x:.2f}" y="{y - 7:.2f}" width="8" height="8" fill="{colour}"/>')
        drawn.append(_text(x + 12, y, name, colours.text))
        x += _width(name) + 22
    return "".join(drawn), y + 8


def _usual(chart: Trend, colours: Palette, y: Scale, left: float, width: float) -> str:
    drawn = ""
    if chart.lower is not None and chart.upper is not None:
        top, bottom = y.at(chart.upper), y.at(chart.lower)
        size = f'x="{left:.2f}" y="{top:.2f}" width="{width - left:.2f}" height="{bottom - top:.2f}"'
        drawn += f'<rect {size} fill="{colours.band}"/>'
    if chart.centre is not None:
        drawn += _level(y.at(chart.centre), left, width, colours.quiet, "1.5 2")
    if chart.target is not None:
        drawn += _level(y.at(chart.target), left, width, colours.series[1], "5 3")
        drawn += _text(width, y.at(chart.target) - 2.5, "target", colours.series[1], "end", 6.5)
    return drawn


def _grid(colours: Palette, y: Scale, left: float, width: float) -> str:
    lines = (_level(y.at(tick), left, width, colours.border, "") for tick in y.ticks)
    words = (
        _text(left - 5, y.at(t) + 2.8, said, colours.quiet, "end") for t, said in zip(y.ticks, y.labels, strict=True)
    )
    return "".join([*lines, *words])


def _months(chart: Trend, colours: Palette, x: Sequence[float], height: float) -> str:
    return "".join(_text(x[at], height - 3, said, colours.quiet) for at, said in month_marks(chart.starts))


def _marks(chart: Trend, colours: Palette, x: Sequence[float], y: Scale) -> str:
    drawn = []
    for number, (day, _) in enumerate(chart.marks, start=1):
        later = [place for place, start in enumerate(chart.starts) if start <= day]
        if later:
            at = x[later[-1]]
            line = f'x1="{at:.2f}" x2="{at:.2f}" y1="9" y2="{y.at(y.low):.2f}"'
            drawn.append(f'<line {line} stroke="{colours.quiet}" stroke-width="0.7" stroke-dasharray="2 2"/>')
            drawn.append(_text(at, 7, str(number), colours.quiet, "middle", 7))
    return "".join(drawn)


def _line(chart: Trend, colours: Palette, x: Sequence[float], y: Scale) -> str:
    whole = [None if hollow else value for value, hollow in zip(chart.values, _hollow(chart), strict=True)]
    steps = [
        f"M{x[i]:.2f} {y.at(a):.2f}L{x[i + 1]:.2f} {y.at(b):.2f}"
        for i, (a, b) in enumerate(pairwise(whole))
        if a is not None and b is not None
    ]
    return f'<path d="{"".join(steps)}" fill="none" stroke="{colours.series[0]}" stroke-width="1.2"/>' if steps else ""


def _points(chart: Trend, colours: Palette, x: Sequence[float], y: Scale) -> list[str]:
    drawn = []
    for place, value in enumerate(chart.values):
        if value is None:
            continue
        at, hollow = f'transform="translate({x[place]:.2f} {y.at(value):.2f})"', _hollow(chart)[place]
        colour = colours.series[1] if chart.signals[place] else colours.series[0]
        paint = f'fill="{colours.background if hollow else colour}" stroke="{colour}"'
        shape = '<path d="M0 -4L4 0L0 4L-4 0Z"' if chart.signals[place] else '<circle r="2"'
        drawn.append(f"{shape} {at} {paint}/>")
    return drawn


def _hollow(chart: Trend) -> tuple[bool, ...]:
    return chart.hollow or (False,) * len(chart.values)


def _parts(bar: Bar) -> list[float]:
    return [max(value, 0) for value in bar.parts.values() if value is not None]


def _across(n: int, left: float, width: float) -> list[float]:
    first, step = left + 6, (width - left - 12) / max(n - 1, 1)
    return [first + place * step for place in range(n)]


def _level(at: float, left: float, right: float, colour: str, dashes: str) -> str:
    line = f'x1="{left:.2f}" x2="{right:.2f}" y1="{at:.2f}" y2="{at:.2f}" stroke="{colour}"'
    return f'<line {line} stroke-width="{0.9 if dashes else 0.4}" stroke-dasharray="{dashes or "none"}"/>'


def _text(x: float, y: float, said: str, colour: str, anchor: str = "start", size: float = SIZE) -> str:
    place = f'x="{x:.2f}" y="{y:.2f}" font-size="{size}" text-anchor="{anchor}" fill="{colour}"'
    return f"<text {place}>{escape(said)}</text>"


def _cut(said: str, width: float) -> str:
    return plain(said, max(int(width / SIZE / LETTER), 4))


def _width(said: str) -> float:
    return len(said) * SIZE * LETTER


def _picture(width: float, height: float, body: Sequence[str]) -> str:
    size = f'width="{width:.2f}" height="{height:.2f}" viewBox="0 0 {width:.2f} {height:.2f}"'
    face = quoteattr("Inter")
    return f'<svg xmlns="http://www.w3.org/2000/svg" {size} font-family={face}>{"".join(body)}</svg>'
