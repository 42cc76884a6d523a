"""A report as one web page that asks nobody for anything: charts that answer to the pointer, for screen and paper."""

import base64
import hashlib
import json
from datetime import date
from html import escape
from importlib.util import find_spec
from pathlib import Path

from reports import html_charts, words
from reports.content import Bars, Cell, Chart, Column, Figure, Heading, Report, Section, Table, Trend
from reports.numbers import numbers

HERE = Path(__file__).parent
NUMERIC = {Column.NUMBER, Column.PERCENT, Column.DURATION}
SAFE = ("https://", "http://")


def write(report: Report) -> bytes:
    """The report as one file, UTF-8."""
    style, script, plotly = _own("html.css"), _own("html.js"), _plotly()
    hashes = " ".join(f"'sha256-{_hash(code)}'" for code in (plotly, script))
    policy = f"default-src 'none'; script-src {hashes}; style-src 'unsafe-inline'; img-src data:; base-uri 'none'"
    charts: list[Chart] = []
    body = "".join(
        [
            _cover(report),
            _contents(report),
            _section(report.answer, charts) if report.answer else "",
            *(_section(section, charts) for section in report.sections),
            _definitions(report),
            f"<footer>{text(_footer(report))}</footer>",
        ]
    )
    drawn = json.dumps([html_charts.drawing(chart) for chart in charts], sort_keys=True).replace("<", "\\u003c")
    page = (
        f'<!DOCTYPE html>\n<html lang="en"><head><meta charset="utf-8">'
        f'<meta http-equiv="Content-Security-Policy" content="{policy}">'
        f'<meta name="viewport" content="width=device-width, initial-scale=1">'
        f'<meta name="referrer" content="no-referrer">'
        f"<title>{text(report.title)}</title><style>{style}</style></head>\n<body>{body}"
        f'<script type="application/json" id="charts">{drawn}</script>'
        f"<script>{plotly}</script><script>{script}</script></body></html>\n"
    )
    return page.encode()


def text(said: str, longest: int = 400) -> str:
    """Words that stay words, in a text and in an attribute."""
    return escape(words.plain(said, longest), quote=True)


def _own(name: str) -> str:
    return (HERE / name).read_text()


def _plotly() -> str:
    """The drawing library as it is installed, without importing it."""
    found = find_spec("plotly")
    folder = Path((found.submodule_search_locations or [""])[0]) if found else HERE
    return (folder / "package_data" / "plotly.min.js").read_text()


def _hash(code: str) -> str:
    return base64.b64encode(hashlib.sha256(code.encode()).digest()).decode()


def _footer(report: Report) -> str:
    return f"Report {report.digest} · data {report.data} · configuration {report.configuration or 'none'}"


def _cover(report: Report) -> str:
    lines = [report.audience, f"Data as of {report.as_of:%Y-%m-%d %H:%M} UTC"]
    lines += ["Demonstration data: an invented organisation"] if report.demonstration else []
    said = " · ".join(text(line) for line in lines if line)
    return f"<header><p>{text(report.organisation)}</p><h1>{text(report.title)}</h1><p>{said}</p></header>"


def _contents(report: Report) -> str:
    links = "".join(f'<li><a href="#{one.key}">{text(one.title)}</a></li>' for one in report.sections)
    return f'<nav aria-label="Contents"><ol>{links}</ol></nav>'


def _section(section: Section, charts: list[Chart]) -> str:
    drawn = []
    for chart in section.charts:
        drawn.append(_chart(chart, len(charts)))
        charts.append(chart)
    parts = [
        f'<section id="{section.key}"><h2>{text(section.title)}</h2>',
        *(f"<p>{text(sentence)}</p>" for sentence in section.sentences),
        f'<div class="figures">{"".join(map(_figure, section.figures))}</div>' if section.figures else "",
        f'<div class="charts">{"".join(drawn)}</div>' if drawn else "",
        *map(_table, section.tables),
        f'<p class="quiet">Sources: {text(" ".join(section.sources))}</p>' if section.sources else "",
    ]
    return "".join(parts) + "</section>"


def _figure(one: Figure) -> str:
    before = f"before {words.measure(one.before, one.unit)}" if one.before is not None else ""
    basis = f"n = {one.n:,}" if one.value is not None else ""
    spread = f"85 % within {words.measure(one.p85, one.unit)}" if one.p85 is not None else ""
    lines = [", ".join(part for part in (basis, spread, before) if part), words.said_of(one)]
    lines += [f"target {one.target}"] if one.target else []
    side = {True: ' class="good"', False: ' class="other"', None: ""}[one.better]
    name = f"{one.name} ({one.scope})" if one.scope else one.name
    notes = "".join(f"<p>{text(line)}</p>" for line in lines if line)
    return (
        f"<article{side}><h3>{text(name)}</h3>"
        f'<p class="value" {_data(one.indicator, one.value, one.unit, one.scope)}>'
        f"{text(words.measure(one.value, one.unit))}</p>{notes}</article>"
    )


def _data(indicator: str, value: float | None, unit: str, scope: str) -> str:
    raw = "" if value is None else repr(float(value))
    place = f' data-scope="{text(scope)}"' if scope else ""
    return f'data-indicator="{text(indicator)}" data-value="{raw}" data-unit="{text(unit)}"{place}'


def _chart(chart: Chart, place: int) -> str:
    said = f"<p>{text(chart.said)}</p>" if isinstance(chart, Bars) and chart.said else ""
    return (
        f"<figure><figcaption>{text(chart.title)}, {text(chart.unit)}</figcaption>"
        f'<div class="chart" data-chart="{place}" role="img" aria-label="{text(_alternative(chart))}"></div>{said}'
        f"<details><summary>Numbers</summary>{_table(numbers(chart))}</details></figure>"
    )


def _alternative(chart: Chart) -> str:
    if isinstance(chart, Trend):
        return f"{chart.title} by week; the numbers follow as a table"
    return f"{chart.title}; the numbers follow as a table"


def _table(table: Table) -> str:
    title = f"<h4>{text(table.title)}</h4>" if table.title else ""
    if not table.rows:
        return f'{title}<p class="quiet">{text(table.empty)}</p>'
    head = "".join(f'<th scope="col"{_align(one)}>{text(_heading(one))}</th>' for one in table.headings)
    rows = "".join(f"<tr>{_row(row, table.headings)}</tr>" for row in table.rows)
    more = f'<p class="quiet">{table.more:,} more are not listed.</p>' if table.more else ""
    return f'{title}<div class="wide"><table><thead><tr>{head}</tr></thead><tbody>{rows}</tbody></table></div>{more}'


def _row(row: tuple[Cell, ...], headings: tuple[Heading, ...]) -> str:
    return "".join(_cell(value, heading, str(row[0])) for value, heading in zip(row, headings, strict=True))


def _cell(value: Cell, heading: Heading, first: str) -> str:
    if heading.kind is Column.LINK and isinstance(value, str) and value.startswith(SAFE):
        return f'<td><a href="{text(value, 2000)}" rel="noopener noreferrer">{text(value)}</a></td>'
    raw = value if isinstance(value, (int, float)) and not isinstance(value, (bool, date)) else None
    data = f" {_data(heading.indicator, raw, heading.unit, first)}" if heading.indicator else ""
    return f"<td{_align(heading)}{data}>{text(words.cell(value, heading))}</td>"


def _align(heading: Heading) -> str:
    if heading.kind in NUMERIC:
        return ' class="number"'
    return ' class="day"' if heading.kind is Column.DAY else ""


def _heading(heading: Heading) -> str:
    return f"{heading.name}, {heading.unit}" if heading.unit not in {"", "count"} else heading.name


def _definitions(report: Report) -> str:
    if not report.definitions:
        return ""
    entries = "".join(
        f'<dt id="definition-{text(one.indicator)}">{text(one.name)} <span>{text(one.unit)} · {text(one.indicator)} · '
        f"version {text(one.version)}</span></dt><dd>{text(one.meaning, 4000)}"
        f"{f' <em>Misread: {text(one.misuse)}</em>' if one.misuse else ''}"
        f"{f' Target: {text(one.target)}.' if one.target else ''}</dd>"
        for one in report.definitions
    )
    return f'<section id="definitions"><h2>Definitions</h2><dl>{entries}</dl></section>'
