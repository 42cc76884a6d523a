"""One fact row per finished workflow run on the default branch."""

import pandas as pd

from metrics.deployments import RED, is_deploying
from metrics.model import Frame
from metrics.organisation import UNASSIGNED, Organisation

PLACE = ["source", "repository_id"]
GREEN = "success"


def workflow_runs(workflow_runs: Frame, repositories: Frame, organisation: Organisation) -> Frame:
    """One row per run that ended green or red, in the order of its end.

    Columns: key, url, repository, team (of the repository's owner), workflow, commit_id, event, attempt, created_at,
    ended_at, is_green, is_first (it was not run again), is_deploying (it is named like a deployment); broken_for (the
    time for which the default branch had been broken, where this run mended the last workflow; deploying ones aside).
    """
    known = repositories.drop_duplicates(["source", "id"]).set_index(["source", "id"])[["name", "default_branch"]]
    rows = workflow_runs[workflow_runs["conclusion"].isin([GREEN, *RED]) & workflow_runs["updated_at"].notna()]
    place = known.reindex(pd.MultiIndex.from_frame(rows[PLACE])).set_axis(rows.index)
    rows = rows.assign(repository=place["name"].astype("str"), default_branch=place["default_branch"].astype("str"))
    elsewhere = rows["branch"].notna() & rows["default_branch"].notna() & (rows["branch"] != rows["default_branch"])
    rows = rows[~elsewhere].sort_values([*PLACE, "updated_at", "id"], kind="stable").reset_index(drop=True)
    rows = rows.assign(
        key=rows["repository"] + " run " + rows["id"],
        team=rows["repository"].map(organisation.owners.get("repository", {})).astype("str").fillna(UNASSIGNED),
        ended_at=rows["updated_at"],
        is_green=rows["conclusion"] == GREEN,
        is_first=rows["attempt"].fillna(1) == 1,
        is_deploying=is_deploying(rows),
    )
    return rows.assign(broken_for=_broken_for(rows))


def _broken_for(rows: Frame) -> pd.Series:
    """From the first workflow that turned red to the run after which none is red any more; null for other runs."""
    red = (~rows["is_green"] & ~rows["is_deploying"]).astype("int64")
    was_red = red.groupby([rows["source"], rows["repository_id"], rows["workflow"].fillna("")]).shift(fill_value=0)
    place = [rows["source"], rows["repository_id"]]
    many = (red - was_red).groupby(place).cumsum()
    before = many.groupby(place).shift(fill_value=0)
    began = rows["ended_at"].where((before == 0) & (many > 0)).groupby(place).ffill()
    took: pd.Series = (rows["ended_at"] - began).where((before > 0) & (many == 0))
    return took
