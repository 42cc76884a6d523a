"""Hashes of commits that were written in short, made whole."""

import pandas as pd

from metrics.model import Frame
from metrics.places import PLACE

LEAST, WHOLE = 7, 40  # characters of a short hash, and of a whole one


def whole(rows: Frame, known: Frame) -> pd.Series:
    """Each row's commit_id in lower case, and whole where it begins exactly one of the repository's `known` ones.

    One that begins several, or fewer than seven characters of one, stays as it is.
    """
    commits = rows["commit_id"].str.strip().str.lower()
    there = known[[*PLACE, "commit_id"]].dropna().assign(commit_id=known["commit_id"].str.lower()).drop_duplicates()
    exact = pd.MultiIndex.from_frame(there)
    wanted = pd.MultiIndex.from_frame(rows[PLACE].assign(commit_id=commits))
    length = commits.str.len().fillna(0).astype("int64")
    is_short = (length >= LEAST) & (length < WHOLE) & ~wanted.isin(exact)
    for size in sorted(length[is_short].unique()):
        longer = there[there["commit_id"].str.len() > size]
        begins = longer.assign(short=longer["commit_id"].str[:size])
        only = begins.drop_duplicates([*PLACE, "short"], keep=False).set_index([*PLACE, "short"])["commit_id"]
        mine = is_short & (length == size)
        found = only.reindex(pd.MultiIndex.from_frame(rows.loc[mine, PLACE].assign(commit_id=commits[mine])))
        commits = commits.mask(mine, pd.Series(found.to_numpy(), index=commits.index[mine], dtype="str"))
        commits = commits.fillna(rows["commit_id"].str.strip().str.lower())
    return commits
