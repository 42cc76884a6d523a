"""Incidents: issues that the configuration calls so, and those imported from elsewhere."""

import pandas as pd

from metrics.model import Frame
from metrics.organisation import Organisation

COLUMNS = {
    "key": "str",
    "url": "str",
    "title": "str",
    "started_at": "datetime64[us, UTC]",
    "resolved_at": "datetime64[us, UTC]",
    "team": "str",
    "repository": "str",
    "deployment_id": "str",
}


def incidents(issues: Frame, incidents: Frame, repositories: Frame, organisation: Organisation) -> Frame:
    """One row per incident: key, url, title, started_at, resolved_at, and what it concerns.

    `repository` where the incident names one; `team` that owns its project or service; `deployment_id` where it names
    the deployment. An incident without any of the three cannot be matched.
    """
    rows = pd.concat([_tracked(issues, organisation), _imported(incidents)], ignore_index=True)
    service = rows["service"].astype("str")
    names = repositories["name"].dropna()
    short = dict(zip(names.str.split("/").str[-1], names, strict=True)) | dict(zip(names, names, strict=True))
    owners = organisation.owners.get("project", {}) | organisation.owners.get("repository", {})
    teams = {name: key for key, name in organisation.names.items()} | {key: key for key in organisation.names} | owners
    repository = service.map(short).astype("str")
    team = service.map(teams).astype("str").fillna(repository.map(teams).astype("str"))
    return rows.assign(repository=repository, team=team)[list(COLUMNS)].astype(COLUMNS)


def _tracked(issues: Frame, organisation: Organisation) -> Frame:
    rule = organisation.incidents
    labels = issues["labels"].explode().astype("str").str.lower().isin(rule.labels).groupby(level=0).any()
    is_one = issues["type"].str.lower().isin(rule.types) | labels.reindex(issues.index, fill_value=False)
    rows = issues[is_one.astype(bool)]
    return pd.DataFrame(
        {
            "key": rows["key"],
            "url": rows["url"],
            "title": rows["title"],
            "started_at": rows["created_at"],
            "resolved_at": rows["resolved_at"].fillna(rows["closed_at"]),
            "service": rows["project"],
            "deployment_id": None,
        }
    )


def _imported(incidents: Frame) -> Frame:
    return incidents.assign(key=incidents["id"])[
        ["key", "url", "title", "started_at", "resolved_at", "service", "deployment_id"]
    ]
