"""Rows of deployments, workflow runs, commits and incidents."""

from rows import row


def deployed(number, environment="production", commit="c1", **values):
    return row(
        "deployments", id=str(number), environment=environment, commit_id=commit, **({"state": "inactive"} | values)
    )


def status(number, state, when):
    return row("deployment_statuses", deployment_id=str(number), id=f"{number}-{when}", state=state, at=when)


def run(number, name="deploy", conclusion="success", done="2026-01-05 10:00", **values):
    usual = {"workflow": name, "path": f".github/workflows/{name}.yaml", "event": "push", "branch": "main"}
    return row("workflow_runs", id=str(number), conclusion=conclusion, updated_at=done, **(usual | values))


def commit(number, when, name="c"):
    return row("commits", pull_request_id=str(number), id=f"{number}-{name}", authored_at=when)


def shipping(*deployments):
    """Deployments to production as (id, commit, time)."""
    return {
        "deployments": [deployed(n, commit=commit) for n, commit, _ in deployments],
        "deployment_statuses": [status(n, "success", when) for n, _, when in deployments],
    }


def incident(key, started, resolved=None, **values):
    usual = {"id": key, "key": key, "type": "Incident", "project": key.partition("-")[0], "labels": []}
    return row("issues", created_at=started, resolved_at=resolved, **(usual | values))
