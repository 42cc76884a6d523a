"""Results as plain words and numbers: the JSON, CSV and tables of the commands."""

import csv
from collections.abc import Mapping, Sequence
from datetime import date, datetime
from math import isfinite
from typing import Any, TextIO

import pandas as pd

from data.config import Config
from data.redaction import one_line
from metrics.facts import tables_of
from metrics.model import Indicator, Limits, Observations, Point, Result, Scope, Target
from metrics.standing import Standing
from metrics.targets import target_of

POINT_COLUMNS = ("period", "start", "end", "n", "value", "p85", "low", "high", "reason", "partial", "signal")
ROW_COLUMNS = ("key", "at", "value", "url", "team", "repository", "excluded")
STANDING_COLUMNS = ("objective", "name", "status", "trend", "coverage", "decided_by")
LIST_COLUMNS = ("id", "name", "objective", "family", "unit", "better", "summary", "core")


def indicator(one: Indicator, settings: Config, day: date | None = None) -> dict[str, Any]:
    """An indicator as `metrics list` shows it, with the target in force on a day, the newest without one."""
    return {
        "id": one.id,
        "name": one.name,
        "objective": one.objective.value,
        "family": one.family.value,
        "unit": one.unit.value,
        "better": one.better.value,
        "summary": one.summary.value,
        "definition": one.definition,
        "tables": list(tables_of(one.facts)),
        "core": one.core,
        "target": target(target_of(one, settings, day)),
    }


def target(aim: Target | None) -> dict[str, Any] | None:
    """A target as JSON."""
    if aim is None:
        return None
    return {"value": aim.value, "low": aim.low, "high": aim.high, "source": aim.source, "from": plain(aim.since)}


def result(answer: Result, rows: bool) -> dict[str, Any]:
    """A result as `metrics show` prints it; `rows` adds the rows behind it."""
    said = {
        "id": answer.indicator.id,
        "unit": answer.indicator.unit.value,
        "scope": scope(answer.scope),
        "as_of": plain(answer.scope.now),
        "definition": answer.indicator.definition,
        "series": [point(one) for one in answer.series],
        "total": point(answer.total),
        "limits": limits(answer.limits),
        "excluded": [{"reason": reason, "n": int(n)} for reason, n in answer.left_out.items()],
    }
    return said | {"rows": row_list(answer.observations)} if rows else said


def scope(of: Scope) -> dict[str, Any]:
    """A scope as JSON."""
    return {
        "from": plain(of.start),
        "to": plain(of.end),
        "grain": of.grain.value,
        "team": of.team,
        "repository": of.repository,
        "project": of.project,
        "bots": of.bots,
        "timezone": of.timezone,
    }


def point(one: Point) -> dict[str, Any]:
    """A point as JSON."""
    return {name: plain(getattr(one, name)) for name in POINT_COLUMNS}


def limits(of: Limits | None) -> dict[str, Any] | None:
    """The usual range as JSON."""
    if of is None:
        return None
    baseline = [plain(moment) for moment in of.baseline]
    edges = {"centre": plain(of.centre), "lower": plain(of.lower), "upper": plain(of.upper)}
    return edges | {"baseline": baseline, "provisional": of.provisional, "periods": of.periods}


def standing(of: Standing) -> dict[str, Any]:
    """How an objective stands, as JSON."""
    return {
        "objective": of.purpose.objective.value,
        "name": of.purpose.objective.label,
        "status": of.state.status.value,
        "trend": plain(of.trend),
        "coverage": {"assessable": of.state.assessable, "core": of.state.core},
        "decided_by": list(of.state.decided_by),
        "indicators": [
            {name: plain(getattr(one, name)) for name in ("id", "variation", "assurance", "value", "n", "reason")}
            for one in of.indicators
        ],
    }


def row_list(rows: Observations) -> list[dict[str, Any]]:
    """Observations as JSON rows: the value unrounded, nothing that is unknown stands for something."""
    said = rows.loc[:, list(ROW_COLUMNS)].astype(object)
    said = said.where(said.notna(), None)
    return [{str(name): plain(value) for name, value in row.items()} for row in said.to_dict("records")]


def plain(value: Any) -> Any:
    """A value that JSON knows: times as ISO in UTC, no NaN, enumerations as their words."""
    if isinstance(value, datetime):
        moment = value.to_pydatetime() if isinstance(value, pd.Timestamp) else value
        return moment.isoformat().replace("+00:00", "Z")
    if isinstance(value, date):
        return value.isoformat()
    if isinstance(value, float):
        return value if isfinite(value) else None
    return str(value) if isinstance(value, str) else value


def csv_rows(rows: Sequence[Mapping[str, Any]], columns: Sequence[str], out: TextIO) -> None:
    """Write rows as CSV with a header; text that a spreadsheet would run as a formula is quoted with an apostrophe."""
    writer = csv.writer(out, lineterminator="\n")
    writer.writerow(columns)
    writer.writerows([[harmless(row[name]) for name in columns] for row in rows])


def harmless(value: Any) -> Any:
    """Text that no spreadsheet takes for a formula."""
    return f"'{value}" if isinstance(value, str) and value[:1] in {"=", "+", "-", "@", "\t", "\r"} else value


def table(rows: Sequence[Mapping[str, Any]], columns: Sequence[str]) -> None:
    """Print rows as a table for people."""
    from rich.console import Console
    from rich.table import Table
    from rich.text import Text

    shown = Table(*columns, box=None)
    for row in rows:
        shown.add_row(*(Text(_short(row[name])) for name in columns))
    console = Console()
    console.print(shown) if console.is_terminal else Console(width=200).print(shown)


def _short(value: Any) -> str:
    if value is None:
        return "–"
    return f"{value:,.2f}" if isinstance(value, float) else one_line(str(value))
