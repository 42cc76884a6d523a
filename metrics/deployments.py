"""Deployments to production: for each repository, from the first source that has any."""

from collections.abc import Mapping

import numpy as np
import pandas as pd

from metrics.model import Frame
from metrics.organisation import Organisation, team_of

SOURCES = {
    "deployments": "deployments to production",
    "workflow": "workflow runs that deploy",
    "releases": "releases",
    "tags": "version tags",
    "merges": "merges to the default branch (no deployment data)",
}
KEYS = {
    "deployments": " deployment ",
    "workflow": " workflow run ",
    "releases": " release ",
    "tags": " tag ",
    "merges": "#",
}
PREVIEW = r"(?i)preview|review|staging|stage|test|qa|dev|sandbox|github-pages|(?:^|[/-])pr-?\d"
PRODUCTION = r"(?i)^(?:prod|live|main$|release)"
DEPLOYS = r"(?i)(?:^|[^a-z])(?:deploy|release|publish|ship)"
BY_HAND_OR_PUSH = ("push", "release", "workflow_dispatch", "deployment")
VERSION = r"^v?\d+\.\d+(?:\.\d+)?$"
SUCCEEDED, FAILED = ("success", "active"), ("failure", "error")
HAD_SUCCEEDED = ("success", "active", "inactive")
RED = ("failure", "timed_out", "startup_failure")
SAME_DEPLOYMENT = pd.Timedelta(minutes=10)
PLACE = ["source", "repository_id"]
COLUMNS = [*PLACE, "id", "at", "succeeded", "commit_id", "environment", "url", "creator"]


def production_deployments(
    deployments: Frame,
    deployment_statuses: Frame,
    workflow_runs: Frame,
    releases: Frame,
    tags: Frame,
    pull_requests: Frame,
    repositories: Frame,
    organisation: Organisation,
) -> Frame:
    """One row per deployment to production that ended.

    Columns: key, url, repository, repository_id, source, team (of the repository's owner, else of who deployed), at,
    commit_id, environment, basis (the kind of source), sources (the basis in words), succeeded, is_configured (the
    configuration chose the basis), is_rollback (of a commit that was there before another one).
    """
    found = {
        "deployments": _deployed(deployments, deployment_statuses),
        "workflow": _ran(workflow_runs),
        "releases": _released(releases),
        "tags": _tagged(tags),
    }
    found["merges"] = _merged(_without(found, pull_requests, repositories, organisation), repositories)
    rows = pd.concat([frame[COLUMNS].assign(basis=name) for name, frame in found.items()], ignore_index=True)
    rows = _chosen(_placed(rows[rows["at"].notna()], repositories), organisation)
    rows = _once(rows.sort_values([*PLACE, "environment", "at", "id"], kind="stable")).reset_index(drop=True)
    rows["is_rollback"] = _rollbacks(rows)
    rows["key"] = rows["repository"] + rows["basis"].map(KEYS).astype("str") + rows["id"]
    owner = rows["repository"].map(organisation.owners.get("repository", {})).astype("str")
    rows["team"] = owner.fillna(
        team_of(rows["creator"], "github", rows["at"], rows["repository"], organisation, "repository")
    )
    return rows


def _deployed(deployments: Frame, statuses: Frame) -> Frame:
    """Those to production; an old one turns inactive when the next succeeds, so only the first success has its time.

    One that must have succeeded, though no status tells when, has the time of its creation.
    """
    rows = deployments[_to_production(deployments)].reset_index(drop=True)
    place = pd.MultiIndex.from_frame(rows[[*PLACE, "id"]])

    def first(states: tuple[str, ...]) -> pd.Series:
        those = statuses[statuses["state"].isin(states)]
        times = those.groupby([*PLACE, "deployment_id"])["at"].min()
        return times.reindex(place).set_axis(rows.index)

    succeeded, failed = first(SUCCEEDED), first(FAILED)
    untold = rows["state"].isin(HAD_SUCCEEDED) & succeeded.isna() & failed.isna()
    succeeded = succeeded.mask(untold, rows["created_at"])
    return rows.assign(at=succeeded.fillna(failed), succeeded=succeeded.notna())


def _to_production(rows: Frame) -> pd.Series:
    """A production-like environment; where there is none, the only one that is no preview."""
    name = rows["environment"].astype("str")
    real = ~name.str.contains(PREVIEW).fillna(False).astype(bool)
    likely = real & name.str.contains(PRODUCTION).fillna(False).astype(bool)
    by_place = [rows[one] for one in PLACE]
    has_likely = likely.groupby(by_place).transform("any")
    only_one = name.where(real).groupby(by_place).transform("nunique") == 1
    return (likely | (real & ~has_likely & only_one)).astype(bool)


def _ran(runs: Frame) -> Frame:
    ended = runs["conclusion"].isin(["success", *RED])
    rows = runs[is_deploying(runs) & ended & runs["event"].isin(BY_HAND_OR_PUSH)]
    return rows.assign(
        at=rows["updated_at"], succeeded=rows["conclusion"] == "success", environment=rows["workflow"], creator=None
    )


def is_deploying(workflow_runs: Frame) -> pd.Series:
    """Whether each run is of a workflow named like a deployment, by its name or its file."""
    words = workflow_runs["workflow"].astype("str").fillna("") + " " + workflow_runs["path"].astype("str").fillna("")
    return words.str.contains(DEPLOYS).astype(bool)


def _released(releases: Frame) -> Frame:
    hidden = releases["is_draft"].fillna(False) | releases["is_prerelease"].fillna(False)
    rows = releases[~hidden.astype(bool)]
    return rows.assign(
        id=rows["tag"], at=rows["published_at"], succeeded=True, environment=None, creator=rows["author"]
    )


def _tagged(tags: Frame) -> Frame:
    rows = tags[tags["id"].astype("str").str.match(VERSION).fillna(False).astype(bool)]
    return rows.assign(succeeded=True, environment=None, url=None, creator=None)


def _without(found: Mapping[str, Frame], rows: Frame, repositories: Frame, organisation: Organisation) -> Frame:
    """The pull requests of repositories in which nothing better was found, or whose merges are configured to count."""
    better = pd.concat([frame.loc[frame["succeeded"].astype(bool), PLACE] for frame in found.values()])
    configured = [name for name, source in organisation.deployment_sources.items() if source == "merges"]
    wanted = repositories[~_is_among(repositories[["source", "id"]], better) | repositories["name"].isin(configured)]
    return rows[_is_among(rows[PLACE], wanted[["source", "id"]])]


def _is_among(places: Frame, known: Frame) -> np.ndarray:
    keys = known.drop_duplicates()
    return np.asarray(pd.MultiIndex.from_frame(places).isin(pd.MultiIndex.from_frame(keys)))


def _merged(pull_requests: Frame, repositories: Frame) -> Frame:
    rows = pull_requests[pull_requests["merged_at"].notna()]
    rows = rows[to_default_branch(rows, repositories)]
    return rows.assign(
        id=rows["number"].astype("str"),
        at=rows["merged_at"],
        succeeded=True,
        commit_id=rows["merge_commit"],
        environment=None,
        creator=rows["author"],
    )


def to_default_branch(pull_requests: Frame, repositories: Frame) -> pd.Series:
    """Whether each pull request goes to its repository's default branch, or nobody knows where it goes."""
    default = _of_repository(pull_requests, repositories, "default_branch")
    base = pull_requests["base_branch"]
    return base.isna() | default.isna() | (base == default)


def _of_repository(rows: Frame, repositories: Frame, column: str) -> pd.Series:
    known = repositories.drop_duplicates(["source", "id"]).set_index(["source", "id"])[column]
    found = known.reindex(pd.MultiIndex.from_frame(rows[PLACE])).to_numpy()
    return pd.Series(found, index=rows.index, dtype="str")


def _placed(rows: Frame, repositories: Frame) -> Frame:
    rows = rows.assign(repository=_of_repository(rows, repositories, "name"))
    kinds = dict.fromkeys(("id", "commit_id", "environment", "url", "creator", "basis"), "str")
    return rows.astype(kinds | {"succeeded": "bool", "at": "datetime64[us, UTC]"})


def _chosen(rows: Frame, organisation: Organisation) -> Frame:
    """The rows of each repository's source: the one configured, else the first that has a success."""
    configured = rows["repository"].map(organisation.deployment_sources).astype("str")
    rank = rows["basis"].map({name: place for place, name in enumerate(SOURCES)})
    is_first = rank == rank.where(rows["succeeded"]).groupby([rows[name] for name in PLACE]).transform("min")
    chosen = (rows["basis"] == configured).where(configured.notna(), is_first).astype(bool)
    words = rows["basis"].map(SOURCES).astype("str")
    said = words.str.replace("(no deployment data)", "", regex=False).str.strip() + " as configured"
    rows = rows.assign(is_configured=configured.notna(), sources=words.mask(configured.notna(), said))
    return rows[chosen]


def _once(rows: Frame) -> Frame:
    """The same commit in the same environment again within ten minutes is the same deployment."""
    good = rows[rows["succeeded"]].sort_values([*PLACE, "environment", "commit_id", "at"], kind="stable")
    same = [*PLACE, "environment", "commit_id"]
    again = good["commit_id"].notna() & good.duplicated(same) & (good["at"].diff() < SAME_DEPLOYMENT)
    return rows[~rows.index.isin(good.index[again])]


def _rollbacks(rows: Frame) -> pd.Series:
    """A success of a commit that had been deployed before, with another one in between."""
    good = rows[rows["succeeded"] & rows["commit_id"].notna() & rows["basis"].isin(["deployments", "workflow"])]
    same = [*PLACE, "environment"]
    before = good.groupby(same, dropna=False)["commit_id"].shift()
    back = good.duplicated([*same, "commit_id"]) & (before != good["commit_id"])
    return pd.Series(np.isin(rows.index, good.index[back]), index=rows.index)
