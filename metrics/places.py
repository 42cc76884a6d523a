"""One repository, whatever source names it: files and clones know it by the name that a code host gave it."""

import pandas as pd

from metrics.model import Frame
from metrics.positions import place_in

PLACE = ["source", "repository_id"]


def places(repositories: Frame) -> Frame:
    """One row per repository of each source: source, repository_id, and the same repository as it is counted.

    Columns beside: name, default_branch, main_source, main_id (of the code host's row; one's own where none or several
    hosts know the name, for then nothing says which), is_named (the source knows it by its name alone), spelling (the
    name in lower case, as code hosts compare them).
    """
    rows = repositories.drop_duplicates(["source", "id"])[["source", "id", "name", "default_branch"]]
    rows = rows.rename(columns={"id": "repository_id"})
    rows = rows.assign(
        spelling=rows["name"].str.lower(), is_named=(rows["repository_id"] == rows["name"]).fillna(False).astype(bool)
    ).sort_values(["is_named", *PLACE], kind="stable", ignore_index=True)
    hosts = (~rows["is_named"]).astype("int64").groupby(rows["spelling"]).transform("sum")
    group = rows["spelling"].mask(hosts > 1, rows["spelling"] + rows["is_named"].map({True: " ", False: "\0"}))
    main = rows.groupby(group.fillna(""), sort=False)[[*PLACE, "name", "default_branch"]].transform("first")
    follows = (rows["is_named"] & rows["spelling"].notna()).to_numpy()
    for own, of_main in (("main_source", "source"), ("main_id", "repository_id")):
        rows[own] = rows[of_main].mask(follows, main[of_main])
    for column in ("name", "default_branch"):
        rows[column] = rows[column].mask(follows, main[column])
    return rows


def placed(rows: Frame, known: Frame) -> Frame:
    """Rows with the source and the id of the repository as it is counted, its name and how its source knows it."""
    where = known.set_index(PLACE).reindex(pd.MultiIndex.from_frame(rows[PLACE])).set_axis(rows.index)
    return rows.assign(
        source=where["main_source"].fillna(rows["source"]),
        repository_id=where["main_id"].fillna(rows["repository_id"]),
        repository=where["name"].astype("str"),
        spelling=where["spelling"].astype("str"),
        is_named=where["is_named"].fillna(False).astype(bool),
    )


def by_name(rows: Frame, known: Frame) -> Frame:
    """Rows of a clone, whose repository is a name, with the source and the id of the repository as it is counted."""
    mains = known[(known["source"] == known["main_source"]) & (known["repository_id"] == known["main_id"])]
    mains = mains.drop_duplicates("spelling")
    position = place_in(mains["spelling"], rows["repository_id"].str.lower())
    found = mains.iloc[position[position >= 0]]
    there = rows[position >= 0]
    return there.assign(source=found["source"].to_numpy(), repository_id=found["repository_id"].to_numpy())
