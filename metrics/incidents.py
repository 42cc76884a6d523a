"""Incidents: issues that the configuration calls so, and those imported from elsewhere."""

import pandas as pd

from metrics.model import Frame
from metrics.organisation import Organisation
from metrics.places import places

COLUMNS = {
    "key": "str",
    "url": "str",
    "title": "str",
    "started_at": "datetime64[us, UTC]",
    "resolved_at": "datetime64[us, UTC]",
    "team": "str",
    "repository": "str",
    "deployment_id": "str",
    "service": "str",
    "trouble": "str",
}


def incidents(issues: Frame, incidents: Frame, repositories: Frame, organisation: Organisation) -> Frame:
    """One row per incident: key, url, title, started_at, resolved_at, and what it concerns.

    `repository` where the incident names one, by its short name only where no two have it; `team` that owns its project
    or service; `deployment_id` where it names the deployment; `service` as it is written. An incident without any of
    the three cannot be matched; `trouble` says why nothing could be found by its service.
    """
    rows = pd.concat([_tracked(issues, organisation), _imported(incidents)], ignore_index=True)
    service = rows["service"].astype("str")
    written = service.str.strip().str.lower()
    names = places(repositories)["name"].dropna().drop_duplicates()
    repository = written.map(_by_name(names)).astype("str")
    owners = organisation.owners.get("project", {}) | organisation.owners.get("repository", {})
    teams = {name: key for key, name in organisation.names.items()} | {key: key for key in organisation.names} | owners
    team = service.map(teams).astype("str").fillna(repository.map(teams).astype("str"))
    nothing = repository.isna() & team.isna()
    trouble = written.map(_shared(names)).astype("str").fillna("no repository and no team is called " + service)
    trouble = trouble.fillna("names no service").where(nothing).astype("str")
    return rows.assign(repository=repository, team=team, trouble=trouble)[list(COLUMNS)].astype(COLUMNS)


def _by_name(names: pd.Series) -> dict[str, str]:
    """Repositories by their name and by their short name, in lower case; a short name that several have is none."""
    lower = names.str.lower()
    short = lower.str.split("/").str[-1]
    only = ~short.duplicated(keep=False)
    return dict(zip(short[only], names[only], strict=True)) | dict(zip(lower, names, strict=True))


def _shared(names: pd.Series) -> dict[str, str]:
    """For each short name of several repositories: which have it, in words."""
    short = names.str.lower().str.split("/").str[-1]
    several = names[short.duplicated(keep=False)].sort_values()
    return {
        str(name): f"several repositories are called {name}: {', '.join(those)}; write the owner too"
        for name, those in several.groupby(short)
    }


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
