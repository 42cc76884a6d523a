"""Issues, their links, worklogs and histories as rows."""

from collections.abc import Iterable, Iterator, Mapping, Sequence
from datetime import datetime
from typing import Any

from connectors.jira.fields import Fields
from connectors.jira.people import actor
from connectors.jira.planning import sprints
from connectors.jira.values import EPOCH, category, day, moment, named, number, text
from data.store import Row

Json = Mapping[str, Any]


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
        "level": level(kind, fields.value(values, "epic_name") is not None),
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


def level(kind: Json, has_epic_name: bool = False) -> int | None:
    """The level of an issue type: -1 sub-tasks, 0 work, 1 epics, more above them; None where the site has no levels.

    Data Center says no level: only epics have an epic name there, whatever their type is called.
    """
    said = kind.get("hierarchyLevel")
    if said is not None:
        return int(said)
    return -1 if kind.get("subtask") else 1 if has_epic_name else None


def epic_key(said: Json, fields: Fields) -> str | None:
    """The key in the epic link, where a site has one."""
    key = fields.value(said["fields"], "epic")
    return text(key.get("key") if isinstance(key, Mapping) else key)


def epic_id(parent: Json, linked: str | None, epics: Mapping[str, str]) -> str | None:
    """The epic: the parent if that is one, else what the epic link names; its key while nobody may see the epic."""
    kind = (parent.get("fields") or {}).get("issuetype") or {}
    height = level(kind)
    if height == 1 or (height is None and kind.get("name") == "Epic"):
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
    kept.sort(key=lambda change: (change[0] or EPOCH, *change[1:3]))
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
