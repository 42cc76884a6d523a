"""A report as Markdown for a wiki: what came from elsewhere is text in it, never markup."""

import re
from dataclasses import replace

from reports import words
from reports.content import Cell, Chart, Column, Definition, Figure, Heading, Report, Section, Table
from reports.numbers import numbers

MARKUP = re.compile(r"([\\`*_{}\[\]|~$^])")
AT_START = re.compile(r"^(\d*)([#+\-.)=])(?=\s|$|[#\-=])")
ENTITIES = {"&": "&amp;", "<": "&lt;", ">": "&gt;", "@": "&#64;", "://": "&#58;//", "www.": "www&#46;"}
SPECIAL = re.compile("|".join(map(re.escape, ENTITIES)), re.IGNORECASE)
LONGEST = 4000  # of a definition
SAFE_LINK = re.compile(r"https?://[^\s()<>\[\]\\|]+", re.ASCII)


def write(report: Report) -> bytes:
    """The report as UTF-8 text."""
    blocks = [f"# {text(report.title)}", _cover(report)]
    blocks += _section(report.answer, 2) if report.answer else []
    for section in report.sections:
        blocks += _section(section, 2)
    blocks += _definitions(report.definitions)
    blocks.append(f"---\n\n{text(_footer(report))}")
    return ("\n\n".join(blocks) + "\n").encode()


def text(said: str, longest: int = 400) -> str:
    """Words that stay words: no markup, no tag, no link, no mention, in one line."""
    entities = SPECIAL.sub(lambda found: ENTITIES[found[0].lower()], words.plain(said, longest))
    return AT_START.sub(r"\1\\\2", MARKUP.sub(r"\\\1", entities))


def _cover(report: Report) -> str:
    lines = [report.organisation, report.audience, f"{report.period}, data as of {report.as_of:%Y-%m-%d %H:%M} UTC"]
    lines += ["Demonstration data: an invented organisation."] if report.demonstration else []
    return "  \n".join(text(line) for line in lines if line)


def _footer(report: Report) -> str:
    return f"Report {report.digest} · data {report.data} · configuration {report.configuration or 'none'}"


def _section(section: Section, depth: int) -> list[str]:
    blocks = [f"{'#' * depth} {text(section.title)}"]
    blocks += [text(sentence) for sentence in section.sentences]
    blocks += [_figures(section.figures)] if section.figures else []
    blocks += [_chart(chart) for chart in section.charts]
    blocks += [_table(table) for table in section.tables]
    blocks += [f"*Sources: {text(' '.join(section.sources))}*"] if section.sources else []
    return blocks


def _figures(figures: tuple[Figure, ...]) -> str:
    head = ("Figure", "Value", "n", "Before", "What may be said", "Target")
    rows = [
        (
            f"{one.name} ({one.scope})" if one.scope else one.name,
            words.measure(one.value, one.unit),
            f"{one.n:,}",
            words.measure(one.before, one.unit),
            words.said_of(one) or "not judged",
            one.target or words.UNKNOWN,
        )
        for one in figures
    ]
    return _grid(head, [[text(cell) for cell in row] for row in rows], (False, True, True, True, False, False))


def _chart(chart: Chart) -> str:
    return _table(replace(numbers(chart), title=chart.title))


def _table(table: Table) -> str:
    if not table.rows:
        return f"**{text(table.title)}** {text(table.empty)}"
    head = [text(_heading(one)) for one in table.headings]
    rows = [[_cell(c, h) for c, h in zip(row, table.headings, strict=True)] for row in table.rows]
    more = f"\n\n{table.more:,} more are not listed." if table.more else ""
    numeric = tuple(one.kind in {Column.NUMBER, Column.PERCENT, Column.DURATION} for one in table.headings)
    return f"**{text(table.title)}**\n\n{_grid(head, rows, numeric)}{more}"


def _heading(heading: Heading) -> str:
    return f"{heading.name}, {heading.unit}" if heading.unit not in {"", "count"} else heading.name


def _cell(value: Cell, heading: Heading) -> str:
    if heading.kind is Column.LINK and isinstance(value, str) and SAFE_LINK.fullmatch(value):
        return f"<{value}>"
    return text(words.cell(value, heading))


def _grid(head: "list[str] | tuple[str, ...]", rows: list[list[str]], numeric: tuple[bool, ...]) -> str:
    rule = ["---:" if right else "---" for right in numeric]
    return "\n".join(f"| {' | '.join(line)} |" for line in [list(head), rule, *rows])


def _definitions(definitions: tuple[Definition, ...]) -> list[str]:
    if not definitions:
        return []
    blocks = ["## Definitions"]
    for one in definitions:
        lines = [
            one.meaning,
            f"Misread: {one.misuse}" if one.misuse else "",
            f"Target: {one.target}" if one.target else "",
        ]
        said = text(" ".join(line for line in lines if line), LONGEST)
        blocks.append(f"**{text(one.name)}** ({text(one.unit)}, `{one.indicator}`, version {one.version}). {said}")
    return blocks
