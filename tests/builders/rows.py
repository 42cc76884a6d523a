"""Hand-made rows: every table can be filled by naming only the columns that matter to a test."""

import pickle
from datetime import UTC, datetime
from functools import lru_cache
from typing import Any

import pandas as pd

from data.columns import UtcDateTime
from data.schema import TABLES
from data.store import Store
from metrics.facts import build
from metrics.model import Facts
from metrics.organisation import Organisation

NOW = datetime(2026, 11, 21, 12, tzinfo=UTC)
SOURCE = {"source": "github", "repository_id": "1", "project_id": "1", "seen_at": NOW}


def at(text: str) -> datetime:
    """A moment in UTC from "2026-01-05 10:00"."""
    return datetime.fromisoformat(text).replace(tzinfo=UTC)


def row(table: str, **values: Any) -> dict[str, Any]:
    """A row of a table with the common columns filled in; times may be given as text."""
    columns = TABLES[table].c
    filled = {name: value for name, value in SOURCE.items() if name in columns} | values
    return {
        name: at(value) if isinstance(value, str) and isinstance(columns[name].type, UtcDateTime) else value
        for name, value in filled.items()
    }


def pull(number: int, created: str, **values: Any) -> dict[str, Any]:
    """A pull request of ana's in acme/app, open unless it says otherwise."""
    usual = {
        "id": str(number),
        "number": number,
        "url": f"https://example.invalid/acme/app/pull/{number}",
        "author": "ana",
        "author_id": "u-ana",
        "author_kind": "User",
        "state": "merged" if "merged_at" in values else "closed" if "closed_at" in values else "open",
        "is_draft": False,
        "is_complete": True,
        "created_at": created,
        "additions": 10,
        "deletions": 5,
        "head_commit": "head",
    }
    if "merged_at" in values:
        usual["closed_at"] = values["merged_at"]
    return row("pull_requests", **(usual | values))


def review(number: int, when: str, who: str = "ben", **values: Any) -> dict[str, Any]:
    """A review of a pull request by ben, approving the last commit unless it says otherwise."""
    usual = {
        "pull_request_id": str(number),
        "id": f"{number}-{who}-{when}",
        "reviewer": who,
        "reviewer_id": f"u-{who}",
        "reviewer_kind": "User",
        "state": "approved",
        "commit_id": "head",
        "submitted_at": when,
    }
    return row("reviews", **(usual | values))


def event(number: int, kind: str, when: str) -> dict[str, Any]:
    """Something that happened to a pull request."""
    return row("pull_request_events", pull_request_id=str(number), id=f"{number}-{kind}-{when}", kind=kind, at=when)


REPOSITORY = row("repositories", id="1", name="acme/app")


@lru_cache
def empty_frames() -> dict[str, pd.DataFrame]:
    """Every table without a row."""
    store = Store.open("sqlite://")
    return {table: store.load(table) for table in TABLES}


def frame_of(table: str, rows: list[dict[str, Any]]) -> pd.DataFrame:
    """Rows as the frame that the store would give, with the schema's dtypes."""
    usual = empty_frames()[table]
    return pd.DataFrame(rows, columns=usual.columns).astype(usual.dtypes.to_dict()) if rows else usual.copy()


class Frames(dict[str, pd.DataFrame]):
    """Hand-made tables as frames, each made when it is first read."""

    def __init__(self, rows: dict[str, list[dict[str, Any]]]) -> None:
        super().__init__()
        self.rows = rows

    def __missing__(self, table: str) -> pd.DataFrame:
        self[table] = frame_of(table, self.rows.get(table, []))
        return self[table]


BUILT: dict[bytes, Facts] = {}  # of the test that runs, by what they were built from


def built(tables: dict[str, list[dict[str, Any]]], organisation: Organisation | None = None) -> Facts:
    """The facts of hand-made rows; what a test asks for again, for another indicator, is not built again."""
    known = organisation or Organisation()
    content = pickle.dumps((tables, known))
    if content not in BUILT:
        BUILT[content] = build(Frames(tables), known)
    return BUILT[content]
