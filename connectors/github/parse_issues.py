"""What GitHub's answers say about its issues, as rows. Pure: dict in, rows out."""

from collections.abc import Iterable, Iterator

from connectors.github.parse import Node, account, assignees, moment, names, nodes
from data.store import Row

RESOLUTIONS = {"COMPLETED": "Completed", "NOT_PLANNED": "Not planned", "DUPLICATE": "Duplicate"}


def issue(node: Node, repository_id: str, repository: str) -> Row:
    """The row of a GitHub issue; its project is the repository."""
    is_open = node["state"] == "OPEN"
    return {
        "project_id": repository_id,
        "id": node["fullDatabaseId"],
        "project": repository,
        "key": f"{repository}#{node['number']}",
        "url": node["url"],
        "title": node["title"],
        "type": (node.get("issueType") or {}).get("name"),
        "is_subtask": False,
        "status": node["state"].lower(),
        "status_category": "new" if is_open else "done",
        "resolution": None if is_open else RESOLUTIONS.get(node.get("stateReason") or ""),
        "created_at": moment(node["createdAt"]),
        "updated_at": moment(node["updatedAt"]),
        "resolved_at": moment(node.get("closedAt")),
        "closed_at": moment(node.get("closedAt")),
        **account("author", node.get("author")),
        **issue_lists(node),
    }


def issue_lists(node: Node) -> Row:
    """The columns that follow from the lists of an issue: labels and the first assignee."""
    assigned = _assigned(node)
    return {"labels": names(node.get("labels")), **account("assignee", assigned)}


def _assigned(node: Node) -> Node | None:
    if node.get("assignees"):
        return next(iter(nodes(node["assignees"])), None)
    given = {a["login"]: a for event in nodes(node.get("timelineItems")) if (a := event.get("assignee"))}
    return next((given[login] for login in assignees(node)), None)


def issue_timeline(found: Iterable[Node], parent: Row) -> Iterator[tuple[str, Row]]:
    """Rows of `issue_changes`: closed, reopened, assigned, unassigned."""
    for position, node in enumerate(found):
        yield (
            "issue_changes",
            {
                **parent,
                "id": node["id"],
                "position": position,
                **_change(node),
                **account("actor", node.get("actor")),
                "at": moment(node["createdAt"]),
            },
        )


def _change(node: Node) -> Row:
    kind, login = node["__typename"], (node.get("assignee") or {}).get("login")
    before, after = {
        "ClosedEvent": ("open", "closed"),
        "ReopenedEvent": ("closed", "open"),
        "AssignedEvent": (None, login),
    }.get(kind, (login, None))
    field = "assignee" if kind.endswith("signedEvent") else "status"
    return {"field": field, "from_text": before, "to_text": after}
