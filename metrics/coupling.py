"""Which files change together although they live apart."""

import pandas as pd

from metrics.model import Frame
from metrics.month_ends import held, moments

YEAR = pd.Timedelta(days=365)
LARGEST = 30  # files; a commit of more couples nothing
SHARED = 10  # commits that two files must share
CHANGE = ["repository", "commit_id"]


def couplings(file_change_facts: Frame, file_facts: Frame) -> Frame:
    """One row per pair of source files of different components and month's end: key ("a.py ↔ b.py"), repository, team,
    at, until, shared (commits of the year before that changed both), value (shared, in percent of the average of both
    files' commits). Pairs that share fewer than 10 commits are none; commits of more than 30 files couple nothing.
    """
    files = file_facts[file_facts["left_out"].isna()]
    changes = file_change_facts[file_change_facts["left_out"].isna() & file_change_facts["key"].isin(files["key"])]
    rows = changes[["repository", "team", "component", "path", "commit_id", "at", "seen_at", "changed_files"]]
    small = rows[(rows["changed_files"] <= LARGEST).fillna(False).astype(bool)]
    pairs = _pairs(small)
    taken = moments(file_change_facts)
    return held(lambda at: _coupled(pairs, small, at), taken)


def _pairs(rows: Frame) -> Frame:
    """Every two files of different components in one commit, those that ever share enough."""
    left = rows[[*CHANGE, "at", "path", "component", "team"]]
    right = rows[[*CHANGE, "path", "component"]]
    both = left.merge(right, on=CHANGE, suffixes=("", "_other"))
    both = both[(both["path"] < both["path_other"]) & (both["component"] != both["component_other"])]
    often = both.groupby(["repository", "path", "path_other"])["commit_id"].transform("nunique")
    return both[often >= SHARED]


def _coupled(pairs: Frame, rows: Frame, at: pd.Timestamp) -> Frame:
    recent = pairs[(pairs["at"] > at - YEAR) & (pairs["at"] <= at)]
    found = recent.groupby(["repository", "path", "path_other"], as_index=False).agg(
        shared=("commit_id", "nunique"), team=("team", "first")
    )
    found = found[found["shared"] >= SHARED]
    year = rows[(rows["at"] > at - YEAR) & (rows["at"] <= at)]
    commits = year.groupby(["repository", "path"])["commit_id"].nunique()
    mine, other = (commits.reindex(pd.MultiIndex.from_frame(found[["repository", n]])) for n in ("path", "path_other"))
    average = (mine.to_numpy() + other.to_numpy()) / 2
    key = found["repository"] + ":" + found["path"] + " ↔ " + found["path_other"]
    return found.assign(key=key.astype("str"), value=100 * found["shared"] / average)
