"""The text of a file as checked records: pure. One wrong cell refuses the whole file, in words that find it."""

import csv
import re
from collections import Counter
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field
from io import StringIO
from typing import Any

from connectors.base import ConnectorError
from connectors.files.kinds import Column, Kind, Record, identity
from connectors.files.notation import USUAL, Notation

DELIMITERS = ",;\t"
DECLARED = re.compile(r'"?sep=([,;\t|])"?\r?\n?')  # the first line, as Excel writes it
SHOWN = 3
MOST, MOST_WRONG = 500_000, 10_000  # lines that are read, and what is wrong with them: a gigabyte of memory


class WrongFileError(ConnectorError):
    """A file says something that cannot be; nothing of it is stored."""


@dataclass
class Reading:
    """What has been read of one file so far, and what is wrong with it."""

    kind: Kind
    header: list[str]
    notation: Notation = USUAL
    records: list[Record] = field(default_factory=list)
    problems: list[str] = field(default_factory=list)
    lines: dict[str, int] = field(default_factory=dict)  # where each record stands

    def take(self, cells: Sequence[str], line: int) -> None:
        """Read one line; empty cells behind the last column are none."""
        cells = cells if any(cell.strip() for cell in cells[len(self.header) :]) else cells[: len(self.header)]
        if len(cells) != len(self.header):
            self.problems.append(f"line {line}: {len(cells)} cells; expected {len(self.header)}, as in the first line")
            return
        given = dict(zip(self.header, (cell.strip() for cell in cells), strict=True))
        record: dict[str, Any] = {}
        wrong = list(_read_cells(given, self.kind.columns, self.notation, record)) or list(
            self._contradictions(record, line)
        )
        self.problems += [f"line {line}, {problem}" for problem in wrong]
        self.records.append(record)

    def _contradictions(self, record: Record, line: int) -> Iterator[str]:
        kind, name = self.kind, identity(record, self.kind.key)
        if (first := self.lines.setdefault(name, line)) != line:
            expected = f"each {' and '.join(kind.key)} once"
            yield f"column {kind.key[-1]}: {name!r} is on line {first} already; expected {expected}"
        if kind.span:
            start, end = (record[column] for column in kind.span)
            if start is not None and end is not None and end < start:
                yield f"column {kind.span[1]}: {end.isoformat()} is before {kind.span[0]}; expected the end after it"


def read(text: str, kind: Kind, file: str, notation: Notation = USUAL) -> list[Record]:
    """Every line as a record with all of the kind's columns. Raises WrongFileError: file, line, column, expectation."""
    declared = DECLARED.match(text)
    delimiter = declared[1] if declared else _delimiter(text)
    lines = csv.reader(StringIO(text, newline=""), delimiter=delimiter, strict=True)
    reading = Reading(kind, [], notation)
    try:
        if declared:
            next(lines)
        reading.header = _without_empty_ends([name.strip() for name in next(lines, [])])
        _check_header(reading.header, kind, file)
        for cells in lines:
            if any(cell.strip() for cell in cells):
                reading.take(cells, lines.line_num)
            if len(reading.records) > MOST or len(reading.problems) > MOST_WRONG:
                raise WrongFileError(_told(file, reading.problems or [f"more than {MOST:,} lines; split the file"]))
    except csv.Error as error:
        reading.problems.append(f"line {lines.line_num}: not CSV ({error}); expected quotes in pairs")
    if reading.problems:
        raise WrongFileError(_told(file, reading.problems))
    return reading.records


def _told(file: str, problems: Sequence[str]) -> str:
    more = f" (and {len(problems) - SHOWN} more)" if len(problems) > SHOWN else ""
    return f"{file}: {'; '.join(problems[:SHOWN])}{more}. Nothing of this file was stored"


def _without_empty_ends(names: list[str]) -> list[str]:
    last = max((place for place, name in enumerate(names, 1) if name), default=0)
    return names[:last]


def _delimiter(text: str) -> str:
    first = text.split("\n", 1)[0]
    return max(DELIMITERS, key=first.count)


def _check_header(header: Sequence[str], kind: Kind, file: str) -> None:
    known = [column.name for column in kind.columns]
    problems = [f"column {c.name!r} is missing" for c in kind.columns if c.required and c.name not in header]
    problems += [f"column {name!r} is not known" for name in header if name not in known]
    problems += [f"column {name!r} is there twice" for name, times in Counter(header).items() if times > 1]
    if problems:
        named = ", ".join(c.name if c.required else f"[{c.name}]" for c in kind.columns)
        raise WrongFileError(_told(file, [f"line 1: {'; '.join(problems[:SHOWN])}; expected {named}"]))


def _read_cells(
    given: dict[str, str], columns: Sequence[Column], notation: Notation, record: dict[str, Any]
) -> Iterator[str]:
    for column in columns:
        text = given.get(column.name, "")
        record[column.name] = None
        if not text:
            if column.required:
                yield f"column {column.name}: is empty; expected a value"
            continue
        try:
            record[column.name] = column.read(notation.plain(text, column.form))
        except ValueError as expected:
            yield f"column {column.name}: {text[:60]!r}; expected {expected}"
