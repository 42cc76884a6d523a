"""What GitHub's answers say about releases, tags, deployments and workflow runs, as rows. Pure: dict in, rows out."""

from connectors.github.parse import Node, account, moment, nodes
from data.store import Row

__all__ = ["deployment", "deployment_status", "nodes", "release", "tag", "workflow_run"]


def release(node: Node, repository_id: str) -> Row:
    """The row of a release."""
    return {
        "repository_id": repository_id,
        "id": node["id"],
        "tag": node["tagName"],
        "name": node.get("name"),
        "url": node["url"],
        "commit_id": (node.get("tagCommit") or {}).get("oid"),
        "is_draft": node["isDraft"],
        "is_prerelease": node["isPrerelease"],
        "created_at": moment(node["createdAt"]),
        "published_at": moment(node.get("publishedAt")),
        **account("author", node.get("author")),
    }


def tag(node: Node, repository_id: str) -> Row:
    """The row of a tag. Its time is the tagger's for an annotated tag, else that of the commit."""
    target = node.get("target") or {}
    commit = target.get("target") or target
    tagged = (target.get("tagger") or {}).get("date") or commit.get("committedDate")
    return {"repository_id": repository_id, "id": node["name"], "commit_id": commit.get("oid"), "at": moment(tagged)}


def deployment(node: Node, repository_id: str) -> Row:
    """The row of a deployment; `state` is the present one, which flips to inactive with the next deployment."""
    return {
        "repository_id": repository_id,
        "id": node["id"],
        "environment": node.get("environment"),
        "ref": (node.get("ref") or {}).get("name"),
        "commit_id": node["commitOid"],
        "state": (node.get("state") or "").lower() or None,
        "task": node.get("task"),
        "url": (node.get("latestStatus") or {}).get("environmentUrl"),
        "created_at": moment(node["createdAt"]),
        "updated_at": moment(node["updatedAt"]),
        **account("creator", node.get("creator")),
    }


def deployment_status(node: Node, repository_id: str, deployment_id: str) -> Row:
    """The row of a deployment's status."""
    return {
        "repository_id": repository_id,
        "deployment_id": deployment_id,
        "id": node["id"],
        "state": node["state"].lower(),
        "at": moment(node["createdAt"]),
    }


def workflow_run(run: Node, repository_id: str) -> Row:
    """The row of a workflow run, as REST tells it."""
    return {
        "repository_id": repository_id,
        "id": str(run["id"]),
        "workflow": run.get("name"),
        "path": run.get("path"),
        "name": run.get("display_title"),
        "event": run.get("event"),
        "branch": run.get("head_branch"),
        "commit_id": run.get("head_sha"),
        "status": run.get("status"),
        "conclusion": run.get("conclusion"),
        "url": run.get("html_url"),
        "attempt": run.get("run_attempt"),
        "created_at": moment(run["created_at"]),
        "started_at": moment(run.get("run_started_at")),
        "updated_at": moment(run.get("updated_at")),
    }
