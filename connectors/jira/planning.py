"""Projects, versions, statuses, boards and sprints as rows."""

import re
from collections.abc import Mapping
from typing import Any

from connectors.jira.fields import Fields
from connectors.jira.values import category, day, moment, text
from data.store import Row

Json = Mapping[str, Any]

SPRINT_PART = re.compile(
    r"(?:^|,)(id|rapidViewId|state|name|startDate|endDate|completeDate|activatedDate|sequence|goal|synced|autoStartStop"
    r"|incompleteIssuesDestinationId)="
)


def sprints(said: Json, fields: Fields) -> list[Row]:
    """The rows of sprints that an issue is in: objects on Cloud, packed text on Data Center."""
    inside = fields.value(said["fields"], "sprint") or ()
    parts = [_unpacked(sprint) if isinstance(sprint, str) else sprint for sprint in inside]
    return [sprint(part) for part in parts if part.get("id") is not None]


def _unpacked(packed: str) -> dict[str, Any]:
    _, _, inner = packed.partition("[")
    pieces = SPRINT_PART.split(inner.removesuffix("]"))
    said = dict(zip(pieces[1::2], pieces[2::2], strict=True))
    return {name: None if value == "<null>" else value for name, value in said.items()}


def sprint(said: Json, listed_by: str | None = None) -> Row:
    """One row of sprints. `listed_by`: the board that listed it, which stands in for an unknown origin.

    `start_at` is when it was really started; until then, and where the site does not say, when it was planned to.
    """
    origin = said.get("originBoardId") or said.get("boardId") or said.get("rapidViewId") or listed_by
    return {
        "id": text(said["id"]),
        "name": said.get("name"),
        "state": (said.get("state") or "").lower() or None,
        "board_id": text(origin),
        "goal": text(said.get("goal")),
        "start_at": moment(said.get("activatedDate")) or moment(said.get("startDate")),
        "end_at": moment(said.get("endDate")),
        "complete_at": moment(said.get("completeDate")),
    }


def board(said: Json, configuration: Json, project: str) -> Row:
    """One row of boards. `columns`: [{"name", "statuses": [ids]}] from left to right."""
    columns = (configuration.get("columnConfig") or {}).get("columns") or ()
    estimation = configuration.get("estimation") or {}
    return {
        "id": text(said["id"]),
        "name": said.get("name"),
        "kind": said.get("type"),
        "project": (said.get("location") or {}).get("projectKey") or project,
        "points_field": (estimation.get("field") or {}).get("fieldId"),
        "columns": [{"name": c["name"], "statuses": [str(s["id"]) for s in c.get("statuses") or ()]} for c in columns],
    }


def version(said: Json, project_id: str, project: str) -> Row:
    """One row of versions."""
    return {
        "project_id": project_id,
        "id": text(said["id"]),
        "project": project,
        "name": said.get("name"),
        "is_released": bool(said.get("released")),
        "is_archived": bool(said.get("archived")),
        "start_on": day(said.get("startDate")),
        "release_on": day(said.get("releaseDate")),
    }


def status(said: Json) -> Row:
    """One row of statuses."""
    return {"id": text(said["id"]), "name": said.get("name"), "category": category(said)}


def project(said: Json, site: str) -> Row:
    """One row of projects."""
    return {
        "id": text(said["id"]),
        "key": said["key"],
        "name": said.get("name"),
        "url": f"{site}/browse/{said['key']}",
    }
