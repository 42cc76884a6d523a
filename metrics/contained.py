"""What a deployment contains: by ancestry where parents of commits are known; and which are of other branches."""

from dataclasses import dataclass

import numpy as np
import pandas as pd
from numpy.typing import NDArray

from metrics.model import Frame
from metrics.places import PLACE
from metrics.positions import place_in
from metrics.production import of_older_lines

Flags = NDArray[np.bool_]
NEVER = np.iinfo(np.int64).max


@dataclass(frozen=True)
class Contained:
    """The label of the first deployment that contains each change, and of which of both the history is known."""

    first: pd.Series
    known_changes: Flags
    known_deployments: Flags


def contained(changes: Frame, deployments: Frame, history: Frame) -> Contained:
    """Walk from each deployed commit to all that came before it; `history` has id, position and parent_ids.

    Commits without known parents are not walked: nothing is said of them. Rollbacks bring nothing new.
    """
    known = history[history["parent_ids"].notna()].sort_values("position", ascending=False, ignore_index=True)
    ids = _in_place(known, known["id"])
    merged = place_in(ids, _in_place(changes, changes["merge_commit"]))
    deployed = place_in(ids, _in_place(deployments, deployments["commit_id"]))
    order = deployments["at"].argsort(kind="stable").to_numpy()
    counts = (deployed >= 0) & ~deployments["is_rollback"].to_numpy(dtype=bool)
    earliest = np.full(len(known), NEVER, dtype=np.int64)
    turns = np.arange(len(order))[counts[order]]
    np.minimum.at(earliest, deployed[order][counts[order]], turns)
    for parent, child in _edges(known, ids):
        earliest[parent] = min(earliest[parent], earliest[child])
    reached = np.where(merged >= 0, earliest[merged] if len(known) else NEVER, NEVER)
    there = reached < NEVER
    first = pd.Series(deployments.index.to_numpy()[order[reached[there]]], index=changes.index[there])
    return Contained(first, merged >= 0, deployed >= 0)


def _edges(known: Frame, ids: pd.Series) -> list[tuple[int, int]]:
    """The place of each parent and of its child, children before their parents."""
    parents = known["parent_ids"].str.split().explode()
    children = parents.index.to_numpy()
    parent = place_in(ids, _in_place(known.loc[children], pd.Series(parents.to_numpy(), index=children, dtype="str")))
    there = parent >= 0
    return list(zip(parent[there].tolist(), children[there].tolist(), strict=True))


def _in_place(rows: Frame, commits: pd.Series) -> pd.Series:
    return rows["source"] + "\0" + rows["repository_id"] + "\0" + commits.astype("str")


def on_main(deployments: Frame, changes: Frame, elsewhere: Frame, history: Frame) -> Frame:
    """The deployments that may bring what was merged into the default branch.

    One of a maintenance line does not: its commit is the merge of a pull request to another branch (`elsewhere`), or a
    whole history of the default branch lacks it, or it is of a version that was left behind by a higher one. What such
    a line took over when it began is not known, so nothing is said to be shipped by it.
    """
    commit = _in_place(deployments, deployments["commit_id"])
    is_merge = commit.isin(_in_place(changes, changes["merge_commit"]).dropna()).fillna(False).astype(bool)
    others = [_in_place(elsewhere, elsewhere[name]).dropna() for name in ("merge_commit", "head_commit")]
    is_other = commit.isin(pd.concat(others)).fillna(False).astype(bool)
    is_there = commit.isin(_in_place(history, history["id"])).fillna(False).astype(bool)
    is_lost = commit.notna() & _is_whole(deployments, history) & ~is_there
    is_known = is_merge | is_there
    return deployments[is_known | ~(is_other | is_lost | _is_older(deployments))]


def _is_whole(deployments: Frame, history: Frame) -> pd.Series:
    """Whether the default branch is known from its beginning until after each deployment."""
    place = [history[name] for name in PLACE]
    begins = (history["parents"] == 0).fillna(False).astype(bool).groupby(place).any()
    read = history["seen_at"].groupby(place).max()
    where = pd.MultiIndex.from_frame(deployments[PLACE])
    until = read.reindex(where).set_axis(deployments.index)
    whole = begins.reindex(where, fill_value=False).to_numpy(dtype=bool)
    return pd.Series(whole & (deployments["at"] <= until).to_numpy(dtype=bool), index=deployments.index)


def _is_older(deployments: Frame) -> pd.Series:
    """Whether each is a release or a tag of a version that a higher one had left behind."""
    tagged = deployments[deployments["basis"].isin(["releases", "tags"])].sort_values("at", kind="stable")
    older = pd.Series(False, index=deployments.index)
    for _, some in tagged.groupby(PLACE, sort=False):
        older.loc[some.index] = np.array(of_older_lines(some["ref"].fillna("").tolist()), dtype=bool)
    return older
