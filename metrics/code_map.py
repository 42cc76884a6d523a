"""The code as a map: folders and files by their lines, told apart by their hotspot score."""

import pandas as pd

from metrics.debt_lists import within
from metrics.hotspots import current
from metrics.model import Frame

MOST = 120  # files with a place of their own, and as many for the rest: a map of more shows nothing
TOP = "all"
COLUMNS = ["id", "parent", "label", "files", "lines", "commits", "score"]


def code_map(hotspot_facts: Frame, team: str | None = None, repository: str | None = None, most: int = MOST) -> Frame:
    """One row per rectangle of a map of the code: id, parent (an id, or "" for the top), label, files, lines, commits
    (of the year before, to each file), score (of a file; of several the average by lines).

    The `most` files with the highest scores stand for themselves, each in its first folder and repository. The rest of
    a folder is one rectangle; where the folders are more than `most`, the rest of a repository, at last of everything.
    """
    files = current(within(hotspot_facts, team, repository))
    if files.empty:
        return pd.DataFrame(columns=COLUMNS)
    folder, name = files["repository"] + ":" + files["component"], files["repository"]
    own = pd.Series(range(len(files)), index=files.index) < most
    levels = (folder, name, pd.Series(TOP, index=files.index))
    place = next((level for level in levels if level.nunique() <= most), levels[-1])
    leaves = files.assign(
        id=files["key"].where(own, place + ":*"),
        parent=folder.where(own, place),
        label=_told_apart(files["path"], folder, own).where(own, "other files"),
        lines=files["lines"].astype("float64").clip(lower=1).fillna(1.0),
    )
    parts = (
        leaves.assign(id=TOP, parent="", label="all code"),
        leaves.assign(id=name, parent=TOP, label=name)[leaves["parent"] != TOP],
        leaves.assign(id=folder, parent=name, label=files["component"])[leaves["parent"] == folder],
        leaves,
    )
    return pd.concat([_summed(rows) for rows in parts if len(rows)], ignore_index=True)


def _told_apart(paths: pd.Series, folder: pd.Series, shown: pd.Series) -> pd.Series:
    """The names of files; where a folder shows several of a name, with as many folders above as tell them apart."""
    labels = paths.str.rpartition("/")[2]
    for parts in range(2, int(paths.str.count("/").max()) + 2):
        again = pd.DataFrame({"folder": folder, "label": labels})[shown].duplicated(keep=False)
        again = again.reindex(labels.index, fill_value=False)
        if not again.any():
            break
        labels = labels.where(~again, paths.str.rsplit("/", n=parts).str[-parts:].str.join("/"))
    return labels


def _summed(rows: Frame) -> Frame:
    """The rectangles of one level, in the order in which they come."""
    weighted = rows.assign(weight=rows["score"] * rows["lines"])
    grouped = weighted.groupby("id", sort=False).agg(
        parent=("parent", "first"),
        label=("label", "first"),
        files=("key", "size"),
        lines=("lines", "sum"),
        commits=("commits", "sum"),
        weight=("weight", "sum"),
    )
    return grouped.assign(score=grouped["weight"] / grouped["lines"]).reset_index()[COLUMNS]
