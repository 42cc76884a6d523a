"""Where complicated code changes often: every file's score at the end of each month."""

import numpy as np
import pandas as pd

from metrics.model import Frame
from metrics.month_ends import KIND, held, moments

YEAR = pd.Timedelta(days=365)
NEW = pd.Timedelta(days=90)
SHARE = 0.03  # of a repository's files are its hotspots
ABOUT = ["key", "repository", "team", "path", "component", "language", "lines", "complexity", "indentation"]


def hotspots(file_change_facts: Frame, file_facts: Frame) -> Frame:
    """One row per source file and month's end: at, until, commits (that touched it in the year before), score (0 to 1),
    place (1 is the highest of its repository), is_hotspot (the first 3 % of its repository's files), is_new (less than
    90 days old), and what it is: key, repository, team, path, component, language, lines, complexity.

    score = the file's rank by commits, times its rank by complexity at the head, both as shares of the files of its
    repository. Generated and vendored files, bulk commits, reformatting and bots are left out.
    """
    files = file_facts[file_facts["left_out"].isna()]
    changes = file_change_facts[file_change_facts["left_out"].isna() & file_change_facts["key"].isin(files["key"])]
    born = file_change_facts.groupby("key")["at"].min().reindex(files["key"]).set_axis(files.index)
    known = files[ABOUT].assign(born=born.astype(KIND), complicated=_complicated(files))
    taken = moments(file_change_facts)
    return held(lambda at: _scored(known[_there(known, at)], changes, at), taken)


def _there(files: Frame, at: pd.Timestamp) -> pd.Series:
    return files["born"].isna() | (files["born"] <= at)


def _complicated(files: Frame) -> pd.Series:
    """What a file is ranked by: cyclomatic complexity, or indentation where that is not known."""
    return files["complexity"].astype("float64").fillna(files["indentation"].astype("float64"))


def _scored(files: Frame, changes: Frame, at: pd.Timestamp) -> Frame:
    recent = changes[(changes["at"] > at - YEAR) & (changes["at"] <= at)]
    commits = recent.groupby("key")["commit_id"].nunique().reindex(files["key"], fill_value=0).to_numpy()
    rows = files.assign(commits=commits)
    measured = rows["complexity"].notna()
    often = rows.groupby("repository")["commits"].rank(pct=True)
    complicated = rows.groupby(["repository", measured])["complicated"].rank(pct=True)
    rows["score"] = (often * complicated).where(rows["commits"] > 0, 0.0).fillna(0.0)
    rows = rows.sort_values(["repository", "score", "commits", "key"], ascending=[True, False, False, True])
    rows["place"] = rows.groupby("repository").cumcount() + 1
    many = np.ceil(SHARE * rows.groupby("repository")["key"].transform("size"))
    rows["is_hotspot"] = (rows["place"] <= many) & (rows["score"] > 0)
    return rows.assign(is_new=rows["born"] > at - NEW).drop(columns=["born", "complicated"])


def current(hotspots: Frame) -> Frame:
    """The files as they are now: those of the newest copy, the highest score first."""
    rows = hotspots[hotspots["until"].isna()]
    return rows.sort_values(["score", "commits", "key"], ascending=[False, False, True]).reset_index(drop=True)
