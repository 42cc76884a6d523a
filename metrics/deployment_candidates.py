"""Whatever may be a deployment to production, from every source, and whether it is taken for one."""

from collections.abc import Callable
from fnmatch import fnmatchcase

import numpy as np
import pandas as pd

from metrics.model import Frame
from metrics.organisation import Organisation
from metrics.places import PLACE, placed
from metrics.production import (
    deploys,
    is_production,
    is_release_tool,
    may_be_production,
    version_of,
)

SUCCEEDED, FAILED = ("success", "active"), ("failure", "error")
HAD_SUCCEEDED = ("success", "active", "inactive")
GREEN, RED = "success", ("failure", "timed_out", "startup_failure")
EVENTS = ("push", "release", "workflow_dispatch", "deployment", "workflow_run", "repository_dispatch")
KINDS = {
    **dict.fromkeys(("id", "commit_id", "environment", "event", "ref", "url", "creator", "basis"), "str"),
    **dict.fromkeys(("succeeded", "is_production", "is_release_tool", "is_named"), "bool"),
    "at": "datetime64[us, UTC]",
}
COLUMNS = [*PLACE, "repository", "spelling", *KINDS]


def candidates(
    deployments: Frame,
    deployment_statuses: Frame,
    workflow_runs: Frame,
    releases: Frame,
    tags: Frame,
    known: Frame,
    organisation: Organisation,
) -> Frame:
    """One row per deployment, workflow run, release and tag that ended, in the repository as it is counted.

    `known` are the places of repositories. Columns: source, repository_id, repository, spelling, id, commit_id,
    environment (or the workflow's name), event (that a run began by), ref, url, creator, basis, succeeded,
    is_production (it is taken for a deployment to production), is_release_tool, is_named (a file told it), at.
    """
    parts = {
        "deployments": _deployed(placed(_ended(deployments, deployment_statuses), known), organisation),
        "workflow": _ran(placed(workflow_runs, known), organisation),
        "releases": _released(placed(releases, known), organisation),
        "tags": _tagged(placed(tags, known), organisation),
    }
    usual = {"is_release_tool": False, **dict.fromkeys(("ref", "environment", "event", "creator", "url"))}
    frames = [
        frame.assign(basis=name, **{column: value for column, value in usual.items() if column not in frame})
        for name, frame in parts.items()
    ]
    rows = pd.concat([frame[COLUMNS].astype(KINDS) for frame in frames], ignore_index=True)
    return rows[rows["at"].notna()].reset_index(drop=True)


def _ended(deployments: Frame, statuses: Frame) -> Frame:
    """When each succeeded or failed; an old one turns inactive when the next succeeds, so only the first success has
    its time.

    One that must have succeeded, though no status tells when, has the time of its creation.
    """
    place = pd.MultiIndex.from_frame(deployments[[*PLACE, "id"]])

    def first(states: tuple[str, ...]) -> pd.Series:
        those = statuses[statuses["state"].isin(states)]
        times = those.groupby([*PLACE, "deployment_id"])["at"].min()
        return times.reindex(place).set_axis(deployments.index)

    succeeded, failed = first(SUCCEEDED), first(FAILED)
    untold = deployments["state"].isin(HAD_SUCCEEDED) & succeeded.isna() & failed.isna()
    succeeded = succeeded.mask(untold, deployments["created_at"])
    return deployments.assign(at=succeeded.fillna(failed), succeeded=succeeded.notna())


def _deployed(rows: Frame, organisation: Organisation) -> Frame:
    """To production: what the configuration names, else production-like environments, else the only one that may be."""
    name = rows["environment"].astype("str")
    likely, possible = _each(name, is_production), _each(name, may_be_production)
    by_place = [rows[one] for one in PLACE]
    has_likely = likely.groupby(by_place).transform("any").astype(bool)
    only_one = name.where(possible).groupby(by_place).transform("nunique") == 1
    guessed = likely | (possible & ~has_likely & only_one)
    folded = name.str.lower()  # GitHub compares names of environments so
    globs = {place: tuple(map(str.lower, one.environments)) for place, one in organisation.deployment_names.items()}
    return rows.assign(is_production=_named(rows, globs, [folded], guessed))


def _ran(runs: Frame, organisation: Organisation) -> Frame:
    rows = runs[runs["conclusion"].isin([GREEN, *RED])]
    name, path = rows["workflow"].astype("str").fillna(""), rows["path"].astype("str").fillna("")
    file = path.str.split("@").str[0].str.split("/").str[-1]
    stem = file.str.replace(r"\.ya?ml$", "", regex=True)
    by_event = rows["event"].isin(EVENTS)
    globs = {place: one.workflows for place, one in organisation.deployment_names.items()}
    is_named = rows["spelling"].isin([place.lower() for place, one in globs.items() if one])
    return rows.assign(
        at=rows["updated_at"],
        succeeded=rows["conclusion"] == GREEN,
        environment=rows["workflow"].astype("str").fillna(file),
        is_production=_named(rows, globs, [file, path, name], _of_pairs(name, stem, deploys) & by_event),
        is_release_tool=_of_pairs(name, stem, is_release_tool) & ~is_named,
    )


def _released(releases: Frame, organisation: Organisation) -> Frame:
    hidden = releases["is_draft"].fillna(False) | releases["is_prerelease"].fillna(False)
    rows = releases[~hidden.astype(bool)]
    every = pd.Series(True, index=rows.index)
    return rows.assign(
        id=rows["tag"],
        at=rows["published_at"],
        succeeded=True,
        ref=rows["tag"],
        creator=rows["author"],
        is_production=_named(rows, _tag_globs(organisation), [rows["tag"].astype("str")], every),
    )


def _tagged(tags: Frame, organisation: Organisation) -> Frame:
    name = tags["id"].astype("str")
    versions = _each(name, lambda tag: version_of(tag) is not None)
    named = _named(tags, _tag_globs(organisation), [name], versions)
    return tags.assign(succeeded=True, ref=name, is_production=named)


def _tag_globs(organisation: Organisation) -> dict[str, tuple[str, ...]]:
    return {place: one.tags for place, one in organisation.deployment_names.items()}


def _named(rows: Frame, globs: dict[str, tuple[str, ...]], names: list[pd.Series], usual: pd.Series) -> pd.Series:
    """Whether one of the names of each row matches a glob of its repository; `usual` where there is none."""
    found = usual.astype(bool)
    for place, patterns in globs.items():
        if not patterns:
            continue
        mine = (rows["spelling"] == place.lower()).fillna(False).astype(bool)
        matches = np.logical_or.reduce([_each(name[mine], _matcher(patterns)) for name in names])
        found = found.mask(mine, pd.Series(matches, index=rows.index[mine], dtype=bool).reindex(rows.index))
    return found.astype(bool)


def _matcher(patterns: tuple[str, ...]) -> Callable[[str], bool]:
    return lambda name: any(fnmatchcase(name, pattern) for pattern in patterns)


def _each(names: pd.Series, says: Callable[[str], bool]) -> pd.Series:
    """What is said of each name, which is looked at once."""
    known = {name: says(name) for name in names.dropna().unique()}
    return names.map(known).eq(True)


def _of_pairs(first: pd.Series, second: pd.Series, says: Callable[[str, str], bool]) -> pd.Series:
    """The same of two names together."""
    return _each(first + "\0" + second, lambda both: says(*both.split("\0", 1)))
