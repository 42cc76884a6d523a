"""A report as a document to hand over: A4, tagged, with contents, page numbers and vector charts."""

import json
import re
from datetime import timedelta
from pathlib import Path
from typing import Any

import typst

from reports import captions, words
from reports.content import Cell, Chart, Column, Definition, Figure, Heading, Report, Section, Table, Trend
from reports.drawing import drawn
from reports.palette import LIGHT
from reports.words import plain

HERE = Path(__file__).parent
WIDE, NARROW = 483.0, 233.5  # points: the text's width, and a column of two
CARDS, CARD_LETTERS = 8, 44
TONES = {True: "good", False: "bad", None: "plain"}
SHORT = 14  # letters of a cell that stay on one line
PADDING = 2.5  # of a column, in letters
LONG, PIECE = 16, 7  # letters without a break; of a longer word
BREAK = "\u200b"
UNIT = re.compile(r"(?<=\d) (?=(?:%|h|d|min|lines|people|ratio|libyears)\b|%)")


def write(report: Report) -> bytes:
    """The PDF of a report: the same report, the same bytes. All text reaches the template as data."""
    content = json.dumps(_document(report), ensure_ascii=False).encode("utf-8", "replace").decode()
    made = typst.compile(
        str(HERE / "document.typ"),
        root=str(HERE),
        font_paths=[str(HERE / "fonts")],
        ignore_system_fonts=True,
        sys_inputs={"report": content},
        timestamp=0,
    )
    return bytes(made)


def _document(report: Report) -> dict[str, Any]:
    last = report.end - timedelta(microseconds=1)
    return {
        "title": plain(report.title, 120),
        "organisation": plain(report.organisation, 80),
        "audience": plain(report.audience, 120),
        "period": plain(report.period, 80),
        "span": f"{report.start.date().isoformat()} to {last.date().isoformat()}",
        "as_of": f"{report.as_of.isoformat()[:16].replace('T', ' ')} UTC",
        "data": plain(report.data, 80),
        "configuration": plain(report.configuration, 80),
        "digest": plain(report.digest, 80),
        "demonstration": report.demonstration,
        "colours": {name: getattr(LIGHT, name) for name in ("primary", "text", "quiet", "border", "surface")}
        | {"good": LIGHT.series[2], "bad": LIGHT.series[1]},
        "answer": _answer(report.answer) if report.answer else None,
        "sections": [_section(section) for section in report.sections],
        "definitions": [_definition(one) for one in report.definitions],
    }


def _answer(answer: Section) -> dict[str, Any]:
    cards, rest = answer.figures[:CARDS], answer.figures[CARDS:]
    return _section(Section(**(vars(answer) | {"figures": rest}))) | {
        "cards": [_card(figure, CARD_LETTERS) for figure in cards]
    }


def _section(section: Section) -> dict[str, Any]:
    charts = section.charts
    return {
        "title": _breakable(plain(section.title, 120)),
        "sentences": [_breakable(plain(sentence, 1200)) for sentence in section.sentences],
        "figures": [_card(figure) for figure in section.figures],
        "charts": [_chart(chart, WIDE if len(charts) == 1 else NARROW) for chart in charts],
        "tables": [_table(table) for table in section.tables],
        "sources": _breakable("; ".join(plain(source, 200) for source in section.sources)),
    }


def _card(figure: Figure, letters: int = 160) -> dict[str, str]:
    name = f"{figure.name}, {figure.scope}" if figure.scope else figure.name
    return {
        "name": _breakable(plain(name, 120)),
        "value": _measure(figure.value, figure.unit),
        "before": _measure(figure.before, figure.unit),
        "basis": "" if figure.value is None else f"n = {figure.n:,}",
        "spread": _spread(figure),
        "said": _breakable(plain(words.said_of(figure), 300)),
        "tone": TONES[figure.better] if figure.said else "plain",
        "target": _breakable(plain(figure.target, letters)),
    }


def _measure(value: float | None, unit: str) -> str:
    return words.measure(value, plain(unit, 12))


def _spread(figure: Figure) -> str:
    unit = plain(figure.unit, 12)
    said = [f"85 % within {words.measure(figure.p85, unit)}"] if figure.p85 is not None else []
    if figure.low is not None and figure.high is not None:
        said.append(f"95 %: {words.number(figure.low, unit)} to {words.measure(figure.high, unit)}")
    return " · ".join(said)


def _chart(chart: Chart, width: float) -> dict[str, Any]:
    return {
        "title": _breakable(plain(chart.title, 160)),
        "unit": plain(chart.unit, 12),
        "picture": drawn(chart, LIGHT, width) if captions.is_known(chart) else "",
        "alt": captions.described(chart),
        "caption": _breakable(captions.caption(chart)),
        "marks": [_breakable(mark) for mark in captions.marks(chart)] if isinstance(chart, Trend) else [],
    }


def _table(table: Table) -> dict[str, Any]:
    return {
        "title": _breakable(plain(table.title, 160)),
        "headings": [_breakable(plain(heading.name, 60)) for heading in table.headings],
        "right": [heading.kind not in {Column.WORDS, Column.LINK} for heading in table.headings],
        "widths": [_width(place, table) for place in range(len(table.headings))],
        "rows": [[_cell(*pair) for pair in zip(row, table.headings, strict=True)] for row in table.rows],
        "note": f"and {table.more:,} more" if table.more else "",
        "empty": _breakable(plain(table.empty)),
    }


def _cell(value: Cell, heading: Heading) -> dict[str, str]:
    said = words.cell(value, heading)
    if heading.kind is Column.LINK and said.startswith("https://"):
        return {"text": _breakable(said.removeprefix("https://")[:120]), "link": said}
    if heading.kind not in {Column.WORDS, Column.LINK}:
        return {"text": said.replace(" ", "\u00a0"), "link": ""}
    return {"text": _breakable(said[:300]), "link": ""}


def _width(place: int, table: Table) -> float:
    """The weight of a column: its longest cell, of long words less than all, and no less than a word of its heading."""
    heading = table.headings[place]
    longest = max((len(words.cell(row[place], heading)) for row in table.rows), default=0)
    least = max([len(word) for word in heading.name.split()] + [len(heading.name) // 2 + 1])
    return max(min(longest, SHORT) + 0.4 * max(min(longest, 60) - SHORT, 0), min(least, SHORT)) + PADDING


def _definition(one: Definition) -> dict[str, str]:
    return {
        "name": _breakable(plain(one.name, 120)),
        "unit": plain(one.unit, 12),
        "meaning": _breakable(plain(one.meaning, 4000)),
        "misuse": _breakable(plain(one.misuse, 600)),
        "target": _breakable(plain(one.target, 200)),
        "version": plain(one.version, 20),
    }


def _breakable(text: str) -> str:
    """Where a word is too long for a line, it may break: after a sign that joins, else anywhere."""
    broken = " ".join(word if len(word) <= LONG else _broken(word) for word in text.split(" "))
    return UNIT.sub("\u00a0", broken)


def _broken(word: str) -> str:
    parts = (part for part in re.split(r"(?<=[/_.:@-])", word) if part)
    return BREAK.join(BREAK.join(part[at : at + PIECE] for at in range(0, len(part), PIECE)) for part in parts)
