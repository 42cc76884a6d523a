"""A report as JSON and back, exactly; its digest is of every figure, word and row in it."""

import base64
import hashlib
import json
import zlib
from collections.abc import Mapping
from dataclasses import is_dataclass, replace
from datetime import date, datetime
from typing import Any

from reports.content import (
    Bar,
    Bars,
    Cell,
    Chart,
    Column,
    Definition,
    Figure,
    Heading,
    Report,
    Section,
    Table,
    Trend,
)

DIGITS = 16
MOMENT, DAY = "at", "on"


def sealed(report: Report) -> Report:
    """The report with the digest of everything else in it."""
    bare = replace(report, digest="")
    return replace(bare, digest=hashlib.sha256(_text(bare).encode()).hexdigest()[:DIGITS])


def content(report: Report) -> dict[str, Any]:
    """The report as JSON; the rows, which are many, as one packed text."""
    said: dict[str, Any] = json.loads(_text(report))
    packed = zlib.compress(_text(said["rows"]).encode(), 9)
    return said | {"rows": base64.b85encode(packed).decode()}


def report_of(said: Mapping[str, Any]) -> Report:
    """The report that was kept as JSON."""
    rows = json.loads(zlib.decompress(base64.b85decode(said["rows"])))
    return Report(
        **{
            **said,
            "start": _value(said["start"]),
            "end": _value(said["end"]),
            "as_of": _value(said["as_of"]),
            "sections": tuple(map(_section, said["sections"])),
            "definitions": tuple(Definition(**one) for one in said["definitions"]),
            "answer": _section(said["answer"]) if said["answer"] else None,
            "rows": {name: _table(table) for name, table in rows.items()},
        }
    )


def _text(said: Any) -> str:
    return json.dumps(said, default=_plain, sort_keys=True, allow_nan=False, separators=(",", ":"))


def _plain(value: Any) -> Any:
    if isinstance(value, datetime):
        return {MOMENT: value.isoformat()}
    if isinstance(value, date):
        return {DAY: value.isoformat()}
    if is_dataclass(value):
        return vars(value)
    raise TypeError(f"{type(value).__name__} has no place in a report")


def _value(said: Any) -> Any:
    if isinstance(said, dict):
        return datetime.fromisoformat(said[MOMENT]) if MOMENT in said else date.fromisoformat(said[DAY])
    return said


def _section(said: Mapping[str, Any]) -> Section:
    return Section(
        **{
            **said,
            "sentences": tuple(said["sentences"]),
            "figures": tuple(Figure(**one) for one in said["figures"]),
            "charts": tuple(map(_chart, said["charts"])),
            "tables": tuple(map(_table, said["tables"])),
            "sources": tuple(said["sources"]),
        }
    )


def _chart(said: Mapping[str, Any]) -> Chart:
    if "bars" in said:
        return Bars(**{**said, "bars": tuple(Bar(**one) for one in said["bars"])})
    lists = {name: tuple(map(_value, value)) for name, value in said.items() if isinstance(value, list)}
    return Trend(**{**said, **lists, "marks": tuple((_value(day), text) for day, text in said["marks"])})


def _table(said: Mapping[str, Any]) -> Table:
    headings = tuple(Heading(**{**one, "kind": Column(one["kind"])}) for one in said["headings"])
    rows: tuple[tuple[Cell, ...], ...] = tuple(tuple(map(_value, row)) for row in said["rows"])
    return Table(**{**said, "headings": headings, "rows": rows})
