"""What the page's charts are drawn from: traces whose colours are names, so that light and dark may fill them in."""

from typing import Any

from reports import words
from reports.content import Bar, Bars, Chart, Trend

LINE = {"width": 1.5}


def drawing(chart: Chart) -> dict[str, Any]:
    """The traces and the layout of a chart; colours are the names that the page's script knows."""
    return _bars(chart) if isinstance(chart, Bars) else _trend(chart)


def _names(chart: Bars) -> list[str]:
    return list(dict.fromkeys(name for bar in chart.bars for name in bar.parts))


def _trend(chart: Trend) -> dict[str, Any]:
    days = [day.isoformat() for day in chart.starts]
    hollow = chart.hollow or tuple(False for _ in days)
    points = {
        "type": "scatter",
        "mode": "lines+markers",
        "x": days,
        "y": list(chart.values),
        "line": {**LINE, "color": "series0"},
        "marker": {
            "size": 7,
            "color": ["background" if empty else "series0" for empty in hollow],
            "line": {"width": 2, "color": ["series1" if fired else "series0" for fired in chart.signals]},
        },
        "text": [_hover(chart, i) for i in range(len(days))],
        "hovertemplate": "%{text}<extra></extra>",
        "showlegend": False,
    }
    return {"data": [points], "layout": _layout(chart.unit) | {"shapes": _shapes(chart), "annotations": _notes(chart)}}


def _hover(chart: Trend, i: int) -> str:
    said = [f"{chart.periods[i]}: {words.measure(chart.values[i], chart.unit)}", f"n = {chart.n[i]:,}"]
    return "<br>".join([*said, "a rule fired"] if chart.signals[i] else said)


def _shapes(chart: Trend) -> list[dict[str, Any]]:
    whole = {"xref": "paper", "x0": 0, "x1": 1, "layer": "below"}
    shapes: list[dict[str, Any]] = []
    if chart.lower is not None and chart.upper is not None:
        edges = {"type": "rect", "y0": chart.lower, "y1": chart.upper, "fillcolor": "band", "line": {"width": 0}}
        shapes.append({**whole, **edges})
    for level, colour, dash in ((chart.centre, "quiet", "dot"), (chart.target, "series2", "dash")):
        if level is not None:
            line = {"color": colour, "width": 1, "dash": dash}
            shapes.append({**whole, "type": "line", "y0": level, "y1": level, "line": line})
    for day, _ in chart.marks:
        line = {"color": "quiet", "width": 1}
        shapes.append({"type": "line", "x0": day.isoformat(), "x1": day.isoformat(), "yref": "paper", "y0": 0, "y1": 1})
        shapes[-1]["line"] = line
    return shapes


def _notes(chart: Trend) -> list[dict[str, Any]]:
    """Marks at their day, and the target's name at its line; the text is escaped by the script that draws it."""
    common = {"showarrow": False, "xanchor": "left", "font": {"size": 11}}
    marks = [
        {**common, "x": day.isoformat(), "y": 1, "yref": "paper", "yanchor": "top", "text": words.plain(said, 40)}
        for day, said in chart.marks
    ]
    if chart.target is None:
        return marks
    aim = {"xref": "paper", "x": 0, "y": chart.target, "yanchor": "bottom", "text": "target"}
    return [*marks, {**common, **aim}]


def _bars(chart: Bars) -> dict[str, Any]:
    data = [_stack(chart.bars, name, turn, chart.unit) for turn, name in enumerate(_names(chart))]
    mode = "stack" if chart.stacked else "group"
    layout = _layout(chart.unit) | {"barmode": mode, "legend": {"orientation": "h", "y": 1.15, "traceorder": "normal"}}
    layout["xaxis"] = layout["xaxis"] | {"type": "category"}
    return {"data": data, "layout": layout}


def _stack(bars: tuple[Bar, ...], name: str, turn: int, unit: str) -> dict[str, Any]:
    values = [bar.parts.get(name) for bar in bars]
    return {
        "type": "bar",
        "name": words.plain(name, 40),
        "x": [words.plain(bar.label, 40) for bar in bars],
        "y": values,
        "text": [words.measure(value, unit) for value in values],
        "textposition": "none",
        "hovertemplate": "%{x}: %{text}",
        "marker": {"color": f"series{turn % 6}"},
    }


def _layout(unit: str) -> dict[str, Any]:
    axis = {"gridcolor": "border", "zeroline": False, "fixedrange": True, "linecolor": "border", "automargin": True}
    return {
        "height": 260,
        "margin": {"l": 8, "r": 8, "t": 8, "b": 8},
        "font": {"color": "text", "size": 12},
        "paper_bgcolor": "rgba(0,0,0,0)",
        "plot_bgcolor": "rgba(0,0,0,0)",
        "xaxis": axis | {"showgrid": False},
        "yaxis": axis | {"rangemode": "tozero", "title": {"text": unit}},
        "dragmode": False,
        "hovermode": "closest",
    }
