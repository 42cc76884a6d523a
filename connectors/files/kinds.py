"""What a file may tell: each kind with its columns and the rows that they become."""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any

from connectors.files.notation import DAY, NUMBER
from connectors.files.values import amount, at_least, count, day, moment, one_of, percent, repository, url, words
from data.store import Row

Record = Mapping[str, Any]
Rows = dict[str, list[Row]]


@dataclass(frozen=True)
class Column:
    """One column of a file. `read` makes a value of its text, or raises ValueError with what was expected."""

    name: str
    read: Callable[[str], Any]
    required: bool = True
    form: str = ""  # of notation.py: what may be written in several ways


@dataclass(frozen=True)
class Kind:
    """One kind of file. `key`: the columns that tell its lines apart; `span`: those of a beginning and its end."""

    name: str
    columns: tuple[Column, ...]
    key: tuple[str, ...]
    rows: Callable[[Sequence[Record]], Rows]
    fills: tuple[str, ...] = ()
    span: tuple[str, str] | None = None

    @property
    def tables(self) -> tuple[str, ...]:
        """Every table that it fills, its own first."""
        return (self.name, *self.fills)


def _deployments(records: Sequence[Record]) -> Rows:
    names = dict.fromkeys(record["repository"] for record in records)
    return {
        "repositories": [{"id": name, "name": name} for name in names],
        "deployments": [_deployment(record) for record in records],
        "deployment_statuses": [
            {
                "repository_id": record["repository"],
                "deployment_id": record["id"],
                "id": record["id"],
                "state": record["state"],
                "at": record["finished_at"],
            }
            for record in records
        ],
    }


def _deployment(record: Record) -> Row:
    return {
        "repository_id": record["repository"],
        "id": record["id"],
        "environment": record["environment"],
        "ref": record["ref"],
        "commit_id": record["commit"],
        "state": record["state"],
        "url": record["url"],
        "created_at": record["started_at"] or record["finished_at"],
        "updated_at": record["finished_at"],
    }


def _as_they_are(table: str, key: tuple[str, ...]) -> Callable[[Sequence[Record]], Rows]:
    def rows(records: Sequence[Record]) -> Rows:
        return {table: [{"id": identity(record, key)} | dict(record) for record in records]}

    return rows


def identity(record: Record, key: Sequence[str]) -> str:
    """What tells a line apart from all others of its file."""
    return "/".join(_written(record[name]) for name in key)


def _written(value: Any) -> str:
    return value.isoformat() if isinstance(value, (date, datetime)) else str(value)


def _plain(name: str, key: tuple[str, ...], columns: tuple[Column, ...], span: tuple[str, str] | None = None) -> Kind:
    return Kind(name, columns, key, _as_they_are(name, key), span=span)


SPAN = ("start_on", "end_on")

KINDS = {
    kind.name: kind
    for kind in (
        Kind(
            "deployments",
            (
                Column("id", words),
                Column("repository", repository),
                Column("environment", words),
                Column("state", one_of("success", "failure")),
                Column("finished_at", moment),
                Column("started_at", moment, required=False),
                Column("ref", words, required=False),
                Column("commit", words, required=False),
                Column("url", url, required=False),
            ),
            ("repository", "id"),
            _deployments,
            ("repositories", "deployment_statuses"),
            ("started_at", "finished_at"),
        ),
        _plain(
            "incidents",
            ("id",),
            (
                Column("id", words),
                Column("title", words),
                Column("started_at", moment),
                Column("resolved_at", moment, required=False),
                Column("service", words, required=False),
                Column("severity", words, required=False),
                Column("deployment_id", words, required=False),
                Column("url", url, required=False),
            ),
            ("started_at", "resolved_at"),
        ),
        _plain(
            "survey_results",
            ("survey", "team", "question"),
            (
                Column("survey", words),
                Column("team", words),
                Column("question", words),
                Column("closed_on", day, form=DAY),
                Column("answers", at_least(5), form=NUMBER),  # fewer would show what single people said
                Column("invited", count, required=False, form=NUMBER),
                Column("mean", percent, form=NUMBER),
            ),
        ),
        _plain(
            "debt_ratios",
            ("repository", "measured_on"),
            (
                Column("repository", repository),
                Column("measured_on", day, form=DAY),
                Column("ratio", amount, form=NUMBER),
            ),
        ),
        _plain(
            "capacity",
            ("team", "start_on"),
            (
                Column("team", words),
                Column("start_on", day, form=DAY),
                Column("end_on", day, form=DAY),
                Column("person_days", amount, form=NUMBER),
            ),
            SPAN,
        ),
        _plain(
            "costs",
            ("team", "start_on", "currency"),
            (
                Column("team", words),
                Column("start_on", day, form=DAY),
                Column("end_on", day, form=DAY),
                Column("amount", amount, form=NUMBER),
                Column("currency", words),
            ),
            SPAN,
        ),
    )
}
