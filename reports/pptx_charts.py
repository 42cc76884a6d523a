"""Charts of a slide that can be edited: lines with their usual range, bars and stacks."""

from typing import Any

from pptx.chart.data import CategoryChartData
from pptx.enum.chart import XL_CHART_TYPE, XL_LEGEND_POSITION, XL_MARKER_STYLE
from pptx.oxml.ns import qn
from pptx.util import Emu, Inches, Pt

from reports import captions
from reports.content import Bars, Chart, Trend
from reports.palette import LIGHT
from reports.pptx_words import Place, ink, write_words
from reports.words import plain

TICK_SKIP, NO_MULTI = qn("c:tickLblSkip"), qn("c:noMultiLvlLbl")
EVERY = 4  # weeks between two labels
BARS = 12  # that can be read on a slide; the rest is in the other formats
ALL = 100.5  # percent, rounded


def add_chart(slide: Any, chart: Chart, place: Place) -> None:
    """Put a chart on a slide, with its title above, its caption below and its description for who cannot see it."""
    left, top, width, height = place
    write_words(slide, (left, top, width, Inches(0.3)), [_titled(chart)], 12)
    drawn = _trend(slide, chart, place) if isinstance(chart, Trend) else _bars(slide, chart, place)
    described = drawn._element.nvGraphicFramePr.cNvPr
    described.set("descr", captions.described(chart))
    described.set("name", plain(chart.title, 120))
    caption = plain(captions.caption(chart), 160)
    if isinstance(chart, Bars) and len(chart.bars) > BARS:
        caption = f"{BARS} of {len(chart.bars)}. {caption}"
    write_words(slide, (left, Emu(top + height - Inches(0.28)), width, Inches(0.28)), [caption], 9, quiet=True)


def _titled(chart: Chart) -> str:
    unit = plain(chart.unit, 12)
    return f"{plain(chart.title, 90)}, {unit}" if unit not in {"", "count"} else plain(chart.title, 90)


def _below(place: Place) -> Place:
    left, top, width, height = place
    return left, Emu(top + Inches(0.3)), width, Emu(height - Inches(0.6))


def _trend(slide: Any, chart: Trend, place: Place) -> Any:
    data = CategoryChartData()
    data.categories = [plain(name, 20) for name in chart.periods]
    levels = (("usual, upper", chart.upper), ("usual, lower", chart.lower), ("target", chart.target))
    data.add_series(plain(chart.title, 60), chart.values)
    for name, level in levels:
        if level is not None:
            data.add_series(name, [level] * len(chart.periods))
    frame = slide.shapes.add_chart(XL_CHART_TYPE.LINE_MARKERS, *_below(place), data)
    drawn = frame.chart
    _quiet(drawn)
    skip = drawn.category_axis._element.makeelement(TICK_SKIP, {"val": str(EVERY)})
    drawn.category_axis._element.find(NO_MULTI).addprevious(skip)
    first, *others = drawn.plots[0].series
    _line(first, LIGHT.series[0], 1.75, XL_MARKER_STYLE.CIRCLE)
    for series in others:
        _line(series, LIGHT.series[1] if series.name == "target" else LIGHT.quiet, 1.0, XL_MARKER_STYLE.NONE)
    hollow = chart.hollow or (False,) * len(chart.values)
    for place_, (fired, open_) in enumerate(zip(chart.signals, hollow, strict=True)):
        if fired or open_:
            _marked(first.points[place_], fired, open_)
    return frame


def _line(series: Any, colour: str, width: float, marker: Any) -> None:
    series.smooth = False
    series.format.line.color.rgb = ink(colour)
    series.format.line.width = Pt(width)
    series.marker.style = marker
    if marker is not XL_MARKER_STYLE.NONE:
        series.marker.size = 5
        series.marker.format.fill.solid()
        series.marker.format.fill.fore_color.rgb = ink(colour)


def _marked(point: Any, fired: bool, hollow: bool) -> None:
    """A diamond where a rule fired, hollow where no verdict is drawn."""
    colour = ink(LIGHT.series[1] if fired else LIGHT.series[0])
    point.marker.style = XL_MARKER_STYLE.DIAMOND if fired else XL_MARKER_STYLE.CIRCLE
    point.marker.size = 9 if fired else 6
    point.marker.format.fill.solid()
    point.marker.format.fill.fore_color.rgb = ink("#ffffff") if hollow else colour
    point.marker.format.line.color.rgb = colour
    point.format.fill.solid()  # some programs take the marker's colour from here
    point.format.fill.fore_color.rgb = colour


def _bars(slide: Any, chart: Bars, place: Place) -> Any:
    data, bars = CategoryChartData(), chart.bars[:BARS]
    data.categories = [plain(bar.label, 40) for bar in bars]
    names = list(dict.fromkeys(name for bar in bars for name in bar.parts))
    for name in names:
        data.add_series(plain(name, 40), [bar.parts.get(name) for bar in bars])
    kind = XL_CHART_TYPE.BAR_STACKED if chart.stacked else XL_CHART_TYPE.BAR_CLUSTERED
    frame = slide.shapes.add_chart(kind, *_below(place), data)
    drawn = frame.chart
    _quiet(drawn)
    drawn.category_axis.reverse_order = True
    drawn.plots[0].gap_width = 60
    if chart.stacked and chart.unit == "%" and all(sum(v or 0 for v in bar.parts.values()) <= ALL for bar in bars):
        drawn.value_axis.maximum_scale = 100
    if len(names) > 1:
        drawn.has_legend, drawn.legend.include_in_layout = True, False
        drawn.legend.position, drawn.legend.font.size = XL_LEGEND_POSITION.BOTTOM, Pt(9)
    for place_, series in enumerate(drawn.plots[0].series):
        series.format.fill.solid()
        series.format.fill.fore_color.rgb = ink(LIGHT.series[place_ % len(LIGHT.series)])
    return frame


def _quiet(drawn: Any) -> None:
    """Small letters, thin lines, no title: the slide has one."""
    drawn.has_title, drawn.has_legend, drawn.font.size = False, False, Pt(9)
    drawn.font.color.rgb = ink(LIGHT.quiet)
    drawn.value_axis.major_gridlines.format.line.color.rgb = ink(LIGHT.border)
    drawn.value_axis.format.line.fill.background()
