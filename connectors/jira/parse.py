"""Jira's answers as rows: pure, no clock, no connection."""

import re
from collections.abc import Iterable, Iterator, Mapping, Sequence
from datetime import UTC, date, datetime
from typing import Any

from connectors.jira.fields import Fields
from data.store import Row

Json = Mapping[str, Any]

CATEGORIES = {"new": "new", "indeterminate": "active", "done": "done"}
KINDS = {"atlassian": "User", "app": "Bot", "customer": "Customer"}
SPRINT_PART = re.compile(
    r"(?:^|,)(id|rapidViewId|state|name|startDate|endDate|completeDate|activatedDate|sequence|goal|synced|autoStartStop"
    r"|incompleteIssuesDestinationId)="
)


def moment(said: str | int | float | None) -> datetime | None:
    """A moment in UTC from ISO text or from seconds or milliseconds since 1970."""
    if said in (None, ""):
        return None
    if isinstance(said, (int, float)):
        seconds, milliseconds = divmod(int(said), 1000) if said > 10**11 else (int(said), 0)
        return datetime.fromtimestamp(seconds, UTC).replace(microsecond=milliseconds * 1000)
    return datetime.fromisoformat(str(said)).astimezone(UTC)


def day(said: str | None) -> date | None:
    """A day from the first ten characters of ISO text."""
    return date.fromisoformat(said[:10]) if said else None


def text(said: Any) -> str | None:
    """An id or word as text; None for nothing or an empty word."""
    return None if said is None or said == "" else str(said)


def named(said: Any) -> str | None:
    """The name of a thing that may be absent: {"name": …}, {"value": …} or a plain word."""
    return text(said.get("name") or said.get("value")) if isinstance(said, Mapping) else text(said)


# People --------------------------------------------------------------------------------------------------


def account_id(user: Json) -> str | None:
    """The immutable id of an account: accountId on Cloud, key on Data Center."""
    return text(user.get("accountId") or user.get("key") or user.get("name"))


def actor(name: str, user: Json | None) -> Row:
    """Who did it, in three columns; all None for nobody or a deleted account."""
    user = user or {}
    number = account_id(user)
    said = user.get("name") or user.get("displayName")
    return {name: said, f"{name}_id": number, f"{name}_kind": _kind(user) if number else None}


def account(user: Json) -> Row:
    """One row of accounts."""
    return {
        "id": account_id(user),
        "login": user.get("name"),
        "name": user.get("displayName"),
        "email": text(user.get("emailAddress")),
        "kind": _kind(user),
        "is_active": user.get("active"),
    }


def accounts(issue: Json, histories: Iterable[Json], worklogs: Iterable[Json]) -> Iterator[Row]:
    """Everybody that an issue, its histories and its worklogs name."""
    fields = issue["fields"]
    people = [fields.get("creator"), fields.get("reporter"), fields.get("assignee")]
    people += [said.get("author") for said in (*histories, *worklogs)]
    for user in people:
        if user and account_id(user):
            yield account(user)


def _kind(user: Json) -> str:
    return KINDS.get(user.get("accountType") or "atlassian", "User")


# Issues --------------------------------------------------------------------------------------------------


def issue(said: Json, fields: Fields, site: str, epics: Mapping[str, str]) -> Row:
    """One row of issues. `epics` gives the id behind an epic's key."""
    values = said["fields"]
    kind, status, project = values.get("issuetype") or {}, values.get("status") or {}, values.get("project") or {}
    resolved = moment(values.get("resolutiondate"))
    parent = values.get("parent") or {}
    return {
        "project_id": text(project.get("id")),
        "id": text(said["id"]),
        "project": project.get("key"),
        "key": said["key"],
        "url": f"{site}/browse/{said['key']}",
        "title": values.get("summary"),
        "type": kind.get("name"),
        "is_subtask": bool(kind.get("subtask")),
        "status": status.get("name"),
        "status_id": text(status.get("id")),
        "status_category": category(status),
        "resolution": named(values.get("resolution")),
        "priority": named(values.get("priority")),
        "created_at": moment(values.get("created")),
        "updated_at": moment(values.get("updated")),
        "resolved_at": resolved,
        "due_on": day(values.get("duedate")),
        "points": number(fields.value(values, "points")),
        "parent_id": text(parent.get("id")),
        "epic_id": epic_id(parent, epic_key(said, fields), epics),
        **actor("author", values.get("creator") or values.get("reporter")),
        **actor("assignee", values.get("assignee")),
        "is_flagged": bool(fields.value(values, "flagged")) if "flagged" in fields.holding else None,
        "labels": sorted(values.get("labels") or ()),
        "components": sorted(component["name"] for component in values.get("components") or ()),
        "fix_versions": sorted(str(version["id"]) for version in values.get("fixVersions") or ()),
        "sprints": [sprint["id"] for sprint in sprints(said, fields)],
        "found_in": named(fields.value(values, "found_in")),
        "severity": named(fields.value(values, "severity")),
    }


def category(status: Json) -> str | None:
    """new, active or done; None for a status that Jira puts in none of them."""
    return CATEGORIES.get((status.get("statusCategory") or {}).get("key") or "")


def number(said: Any) -> float | None:
    """A measure; None for nothing or for what is no number."""
    try:
        return None if said is None else float(said)
    except (TypeError, ValueError):
        return None


def epic_key(said: Json, fields: Fields) -> str | None:
    """The key in the epic link, where a site has one."""
    key = fields.value(said["fields"], "epic")
    return text(key.get("key") if isinstance(key, Mapping) else key)


def epic_id(parent: Json, linked: str | None, epics: Mapping[str, str]) -> str | None:
    """The epic: the parent if that is one, else what the epic link names; its key while nobody may see the epic."""
    kind = (parent.get("fields") or {}).get("issuetype") or {}
    if kind.get("hierarchyLevel") == 1 or kind.get("name") == "Epic":
        return text(parent.get("id"))
    return epics.get(linked, linked) if linked else None


def links(said: Json, histories: Sequence[Json]) -> Iterator[Row]:
    """The rows of issue_links: what this issue is to the other, such as "is blocked by"."""
    values = said["fields"]
    for link in values.get("issuelinks") or ():
        inward = "inwardIssue" in link
        other = link.get("inwardIssue" if inward else "outwardIssue") or {}
        kind = (link.get("type") or {}).get("inward" if inward else "outward")
        yield {
            **_of(said),
            "id": text(link["id"]),
            "kind": kind,
            "other_id": text(other.get("id")),
            "other_key": other.get("key"),
            "since": _linked_at(histories, other.get("key"), kind),
        }


def _linked_at(histories: Sequence[Json], other: str | None, kind: str | None) -> datetime | None:
    times = [
        moment(history["created"])
        for history in histories
        for item in history.get("items") or ()
        if item.get("field") == "Link" and item.get("to") == other and (kind or "") in (item.get("toString") or "")
    ]
    return max((time for time in times if time), default=None)


def worklogs(said: Json, logged: Iterable[Json]) -> Iterator[Row]:
    """The rows of worklogs."""
    for log in logged:
        yield {
            **_of(said),
            "id": text(log["id"]),
            **actor("author", log.get("author")),
            "seconds": log.get("timeSpentSeconds"),
            "started_at": moment(log.get("started")),
            "updated_at": moment(log.get("updated")),
        }


def _of(said: Json) -> Row:
    return {"project_id": text(said["fields"]["project"]["id"]), "issue_id": text(said["id"])}


# Histories -----------------------------------------------------------------------------------------------


def changes(said: Json, histories: Iterable[Json], fields: Fields) -> list[Row]:
    """The rows of issue_changes: every change of a field that is kept, in order."""
    kept = [
        (moment(history["created"]), int(history["id"]), index, word, history.get("author"), item)
        for history in histories
        for index, item in enumerate(history.get("items") or ())
        if (word := fields.word(item))
    ]
    kept.sort(key=lambda change: change[:3])
    return [
        {
            **_of(said),
            "id": f"{history}.{index}",
            "position": position,
            "field": word,
            "from_id": _ids(word, item.get("from")),
            "to_id": _ids(word, item.get("to")),
            "from_text": text(item.get("fromString")),
            "to_text": text(item.get("toString")),
            **actor("actor", author),
            "at": at,
        }
        for position, (at, history, index, word, author, item) in enumerate(kept)
    ]


def _ids(word: str, said: Any) -> str | None:
    return text(",".join(_split(said))) if word == "sprint" else text(said)


def _split(said: Any) -> list[str]:
    return [part.strip() for part in str(said or "").split(",") if part.strip()]


def came_from(histories: Iterable[Json]) -> set[str]:
    """The ids of the projects that an issue was moved out of."""
    items = (item for history in histories for item in history.get("items") or () if item.get("field") == "project")
    return {str(item["from"]) for item in items if item.get("from")}


# Sprints, boards, versions, statuses, projects -----------------------------------------------------------


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
    """One row of sprints. `listed_by`: the board that listed it, which stands in for an unknown origin."""
    origin = said.get("originBoardId") or said.get("boardId") or said.get("rapidViewId") or listed_by
    return {
        "id": text(said["id"]),
        "name": said.get("name"),
        "state": (said.get("state") or "").lower() or None,
        "board_id": text(origin),
        "goal": text(said.get("goal")),
        "start_at": moment(said.get("startDate")),
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
