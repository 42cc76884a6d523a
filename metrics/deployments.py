"""Deployments to production: for each repository, from the first source that has any."""

import numpy as np
import pandas as pd

from metrics.commit_ids import WHOLE, whole
from metrics.default_branches import to_default_branch
from metrics.deployment_candidates import KINDS, RED, candidates
from metrics.model import Frame
from metrics.organisation import Organisation, team_of
from metrics.places import PLACE, by_name, placed, places

SOURCES = {
    "deployments": "deployments to production",
    "workflow": "workflow runs that deploy",
    "releases": "releases",
    "tags": "version tags",
    "merges": "merges to the default branch (no deployment data)",
    "files": "deployments from files",
}
KEYS = {
    "deployments": " deployment ",
    "workflow": " workflow run ",
    "releases": " release ",
    "tags": " tag ",
    "merges": "#",
}
RANKS = {"deployments": 0, "workflow": 1, "releases": 2, "tags": 4, "merges": 5}
OF_RELEASE_TOOLS = 3  # workflow runs that are only called releases: releases say better when there was one
DEPLOYS = r"(?i)(?:^|[^a-z])(?:deploy|release|publish|ship)"
SAME_DEPLOYMENT = pd.Timedelta(minutes=10)  # the same commit in the same environment again
SAME_ROLLOUT = pd.Timedelta(hours=1)  # the same commit in the next region
UNUSED = ["is_production", "is_release_tool", "is_named", "spelling", "event"]

__all__ = ["RED", "SOURCES", "is_deploying", "production_deployments"]


def production_deployments(
    deployments: Frame,
    deployment_statuses: Frame,
    workflow_runs: Frame,
    releases: Frame,
    tags: Frame,
    pull_requests: Frame,
    repositories: Frame,
    git_commits: Frame,
    organisation: Organisation,
) -> Frame:
    """One row per deployment to production that ended; of one rollout to several regions the first.

    Columns: key, url, repository, repository_id, source, team (of the repository's owner, else of who deployed), at,
    commit_id (whole where a source wrote it in short), environment, ref, basis (the kind of source), sources (the basis
    in words), succeeded, is_configured (the configuration chose the basis), is_rollback (of a commit that was there
    before another one), replaces (the key of the deployment that a rollback replaces), ids (of all that it is one of).
    """
    known = places(repositories)
    found = candidates(deployments, deployment_statuses, workflow_runs, releases, tags, known, organisation)
    pulls = placed(pull_requests, known)
    rows = chosen(pd.concat([found, _merged(pulls, repositories)], ignore_index=True), organisation)
    history = by_name(git_commits.rename(columns={"id": "commit_id"}), known)
    rows = rows.assign(commit_id=whole(rows, _commits(rows, pulls, history)))
    rows = rows.sort_values([*PLACE, "environment", "at", "id"], kind="stable", ignore_index=True)
    rows["key"] = _keys(rows)
    rows = _once(_with_rollbacks(rows)).reset_index(drop=True)
    owner = rows["repository"].map(organisation.owners.get("repository", {})).astype("str")
    rows["team"] = owner.fillna(
        team_of(rows["creator"], "github", rows["at"], rows["repository"], organisation, "repository")
    )
    return rows.drop(columns=UNUSED)


def is_deploying(workflow_runs: Frame) -> pd.Series:
    """Whether each run is of a workflow named like a deployment, to wherever, by its name or its file."""
    words = workflow_runs["workflow"].astype("str").fillna("") + " " + workflow_runs["path"].astype("str").fillna("")
    return words.str.contains(DEPLOYS).astype(bool)


def chosen(rows: Frame, organisation: Organisation) -> Frame:
    """The rows of each repository's source: the one configured, else the first that has a success."""
    sources = {name.lower(): source for name, source in organisation.deployment_sources.items()}
    configured = rows["spelling"].map(sources).astype("str")
    place = [rows[name] for name in PLACE]
    has_releases = (rows["basis"] == "releases").groupby(place).transform("any").astype(bool)
    rank = rows["basis"].map(RANKS).mask(rows["is_release_tool"] & has_releases, OF_RELEASE_TOOLS)
    counts = rows["succeeded"] & rows["is_production"]
    is_first = rank == rank.where(counts).groupby(place).transform("min")
    is_wanted = (rows["basis"] == configured) | ((configured == "files") & rows["is_named"])
    taken = rows["is_production"] & is_wanted.where(configured.notna(), is_first).astype(bool)
    words = configured.fillna(rows["basis"]).map(SOURCES).astype("str")
    said = words.str.replace("(no deployment data)", "", regex=False).str.strip() + " as configured"
    rows = rows.assign(is_configured=configured.notna(), sources=words.mask(configured.notna(), said))
    return rows[taken]


def _merged(pull_requests: Frame, repositories: Frame) -> Frame:
    """Merges stand in where nothing better is known, or where they are configured to count."""
    rows = pull_requests[to_default_branch(pull_requests, repositories) & pull_requests["merged_at"].notna()]
    made = rows.assign(
        id=rows["number"].astype("str"),
        at=rows["merged_at"],
        succeeded=True,
        commit_id=rows["merge_commit"],
        environment=None,
        event=None,
        ref=None,
        creator=rows["author"],
        basis="merges",
        is_production=True,
        is_release_tool=False,
    )
    return made[[*PLACE, "repository", "spelling", *KINDS]].astype(KINDS)


def _commits(rows: Frame, pulls: Frame, commits: Frame) -> Frame:
    """Every whole hash that is known of a repository."""
    merged = pulls[[*PLACE, "merge_commit"]].rename(columns={"merge_commit": "commit_id"})
    heads = pulls[[*PLACE, "head_commit"]].rename(columns={"head_commit": "commit_id"})
    named = rows.loc[(rows["commit_id"].str.len() >= WHOLE).fillna(False).astype(bool), [*PLACE, "commit_id"]]
    return pd.concat([merged, heads, commits[[*PLACE, "commit_id"]], named], ignore_index=True)


def _keys(rows: Frame) -> pd.Series:
    """The repository, what it is, and its id; with the source of an id that another source uses too."""
    key = rows["repository"] + rows["basis"].map(KEYS).astype("str") + rows["id"]
    twice = key.duplicated(keep=False) & rows["is_named"]
    return key.mask(twice, key + " of a file")


def _with_rollbacks(rows: Frame) -> Frame:
    """Each row with is_rollback and replaces: a success of a commit that had been there before another one."""
    good = rows[rows["succeeded"] & rows["commit_id"].notna() & rows["basis"].isin(["deployments", "workflow"])]
    same = [*PLACE, "environment"]
    before = good.groupby(same, dropna=False)[["commit_id", "key"]].shift()
    back = good.duplicated([*same, "commit_id"]) & (before["commit_id"] != good["commit_id"])
    replaced = before["key"].where(back).reindex(rows.index).astype("str")
    return rows.assign(is_rollback=np.isin(rows.index, good.index[back]), replaces=replaced)


def _once(rows: Frame) -> Frame:
    """The same commit again in the same environment within ten minutes, or in another within the hour, is the same.

    What several sources tell of one deployment is one, also where one of them names no commit.
    """
    first = _first_of_sources(rows, _first_of_rollout(rows))
    ids = rows["id"].groupby(first).agg(list)
    back = rows["is_rollback"].groupby(first).any()
    replaced = rows["replaces"].groupby(first).first()
    kept = rows[first == rows.index]
    key_of = pd.Series(rows["key"].reindex(first).to_numpy(), index=rows["key"])
    key_of = key_of[~key_of.index.duplicated()]
    return kept.assign(
        ids=ids.reindex(kept.index),
        is_rollback=back.reindex(kept.index),
        replaces=replaced.reindex(kept.index).map(key_of).astype("str"),
    )


def _first_of_rollout(rows: Frame) -> pd.Series:
    """For each row the label of the first row of the deployment that it belongs to."""
    good = rows[rows["succeeded"] & rows["commit_id"].notna()]
    same = [*PLACE, "environment", "commit_id"]
    retries = _first_of_chain(good, same, SAME_DEPLOYMENT)
    begun = good[retries == good.index]
    turn = begun.groupby(same, dropna=False).cumcount()
    rollouts = _first_of_chain(begun.assign(turn=turn), [*PLACE, "commit_id", "turn"], SAME_ROLLOUT)
    alone = pd.Series(rows.index, index=rows.index)
    return retries.map(rollouts).reindex(rows.index).fillna(alone).astype("int64")


def _first_of_chain(rows: Frame, same: list[str], gap: pd.Timedelta) -> pd.Series:
    """For each row the label of the first row that leads to it in steps shorter than the gap."""
    order = rows.sort_values([*same, "at"], kind="stable")
    begins = ~order.duplicated(same) | (order["at"].diff() >= gap)
    label = pd.Series(order.index, index=order.index).where(begins).ffill().astype("int64")
    return label.reindex(rows.index)


def _first_of_sources(rows: Frame, first: pd.Series) -> pd.Series:
    """A line of a file that names no commit is the deployment that a code host tells of within ten minutes."""
    good = rows.assign(first=first)[rows["succeeded"] & (rows["basis"] == "deployments")].sort_values("at")
    of_file = good[good["is_named"] & good["commit_id"].isna()].rename_axis("line").reset_index()
    of_host = good[~good["is_named"]][[*PLACE, "at", "first"]].assign(then=lambda frame: frame["at"])
    found = pd.merge_asof(
        of_file.drop(columns="first"), of_host, on="at", by=PLACE, direction="nearest", tolerance=SAME_DEPLOYMENT
    )
    found = found.assign(off=(found["at"] - found["then"]).abs()).dropna(subset="first").sort_values("off")
    one = found.drop_duplicates("first").set_index("line")["first"]
    return first.mask(first.index.isin(one.index), one.reindex(first.index)).astype("int64")
