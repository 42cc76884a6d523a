"""Who knows which file, as its history tells; told of teams and repositories, never of a person."""

from collections import Counter

import numpy as np
import pandas as pd

from metrics.model import Frame
from metrics.month_ends import KIND, held, moments
from metrics.organisation import Organisation

LEAST, NORMAL = 3.293, 0.75  # an author's degree of authorship, and its share of the highest of the file
COVERED = 0.5
FEW = 0.1  # of the files of the one who knows most: who knows fewer does not count
FILES, AUTHORS = 20, 3
IDLE = pd.Timedelta(days=180)
YEAR = pd.Timedelta(days=365)
KNOWN_BY = ["key", "author"]


def degree_of_authorship(first: pd.Series, own: pd.Series, others: pd.Series) -> pd.Series:
    """3.293 + 1.098 if they wrote its first version + 0.164 a change of their own - 0.321 ln(1 + others' changes)."""
    degree: pd.Series = LEAST + 1.098 * first + 0.164 * own - 0.321 * np.log1p(others)
    return degree


def authorships(changes: Frame) -> Frame:
    """The authors of each file: key, author, and the degree of authorship that makes them one.

    `changes`: key, author, is_first and counts (whether it is a change of theirs) per file, author and commit. The
    first version of a file is no change of it. An author's degree is at least 3.293, and over 0.75 of the highest.
    """
    later = changes[~changes["is_first"] & changes["counts"]]
    own = later.groupby(KNOWN_BY).size().rename("own")
    first = changes[changes["is_first"]].groupby(KNOWN_BY).size().clip(upper=1).rename("first")
    pairs = pd.concat([first, own], axis=1).reindex(columns=["first", "own"])
    pairs = pairs.where(pairs.notna(), 0.0).reset_index()
    others = later.drop_duplicates(["key", "commit_id"]).groupby("key").size().reindex(pairs["key"]).to_numpy()
    pairs["others"] = np.clip(np.nan_to_num(others.astype("float64")) - pairs["own"], 0, None)
    pairs["degree"] = degree_of_authorship(pairs["first"], pairs["own"], pairs["others"])
    highest = pairs.groupby("key")["degree"].transform("max")
    known = pairs[(pairs["degree"] >= LEAST) & (pairs["degree"] > NORMAL * highest)]
    return known[["key", "author", "degree"]].reset_index(drop=True)


def truck_factor(authors: Frame, files: int) -> int:
    """How many authors must leave until fewer than half of the files have one left.

    The one with the most files goes first (of equals the first by name); those with less than a tenth of the files of
    the first do not count. `authors`: key, author; `files`: how many files there are.
    """
    pairs = set(zip(authors["key"].tolist(), authors["author"].tolist(), strict=True))
    counts = Counter(author for _, author in pairs)
    order = sorted(counts, key=lambda author: (-counts[author], author))
    turns = {author: turn for turn, author in enumerate(order) if counts[author] >= FEW * counts[order[0]]}
    last: dict[str, int] = {}  # file → the turn in which its last author goes
    for file, author in pairs:
        if author in turns:
            last[file] = max(last.get(file, -1), turns[author])
    still = Counter(last.values())
    covered, gone = len(last), 0
    while covered >= COVERED * files and covered:
        covered -= still[gone]
        gone += 1
    return gone


# Facts ---------------------------------------------------------------------------------------------------


def authors(file_change_facts: Frame, file_facts: Frame) -> Frame:
    """One row per source file, author of it and month's end: key, author, at, until. For what follows from it only."""
    changes = _credited(file_change_facts, file_facts)
    taken = moments(file_change_facts)
    return held(lambda at: authorships(changes[changes["at"] <= at])[KNOWN_BY], taken)


def knowledge(author_facts: Frame, file_change_facts: Frame, file_facts: Frame, organisation: Organisation) -> Frame:
    """One row per source file and month's end: key, repository, team, at, until, commits (of the year before), authors
    (how many), is_at_risk (every author has left: no commit in 180 days, or the membership of a team ended).
    """
    changes = _credited(file_change_facts, file_facts)
    active = _credited(file_change_facts)[["author", "at"]]
    left = _left(organisation)
    known = dict(iter(author_facts.groupby("at")))
    return held(
        lambda at: _risks(file_facts, known.get(at, author_facts.iloc[:0]), changes, active, left, at),
        moments(file_change_facts),
    )


def _risks(files: Frame, authors: Frame, changes: Frame, active: Frame, left: pd.Series, at: pd.Timestamp) -> Frame:
    recent = active.loc[(active["at"] > at - IDLE) & (active["at"] <= at), "author"].unique()
    ended = left.reindex(authors["author"]).set_axis(authors.index) <= at
    gone = ~authors["author"].isin(recent) | ended
    per_file = authors.assign(gone=gone).groupby("key").agg(authors=("gone", "size"), is_at_risk=("gone", "all"))
    year = changes[(changes["at"] > at - YEAR) & (changes["at"] <= at)].groupby("key")["commit_id"].nunique()
    rows = files.loc[files["key"].isin(per_file.index), ["key", "repository", "team"]].reset_index(drop=True)
    for name in ("authors", "is_at_risk"):
        rows[name] = per_file[name].reindex(rows["key"]).to_numpy()
    commits = year.reindex(rows["key"]).to_numpy(dtype="float64")
    return rows.assign(commits=np.nan_to_num(commits))


def truck_factors(author_facts: Frame, file_change_facts: Frame, file_facts: Frame) -> Frame:
    """One row per repository and month's end: key and repository, team (its owner), at, until, files, authors, value
    (the truck factor), top_share (percent of the files whose author is the one who knows most; of nobody by name),
    is_small (fewer than 20 files or 3 authors: nothing follows from it).
    """
    born = _credited(file_change_facts, file_facts).groupby("key")["at"].min()
    files = file_facts.loc[file_facts["key"].isin(born.index), ["key", "repository", "team"]]
    files = files.assign(born=born.reindex(files["key"]).set_axis(files.index).astype(KIND))
    known = dict(iter(author_facts.groupby("at")))
    return held(
        lambda at: _factors(files[files["born"] <= at], known.get(at, author_facts.iloc[:0])),
        moments(file_change_facts),
    )


def _factors(files: Frame, authors: Frame) -> Frame:
    rows = files.groupby("repository", sort=True).size().rename("files").reset_index()
    known = authors[KNOWN_BY].merge(files[["key", "repository"]], on="key")
    pairs = known.groupby(["repository", "author"]).size().groupby("repository").agg(["size", "max"])
    pairs = pairs.reindex(rows["repository"]).set_axis(rows.index)
    known_in = dict(iter(known.groupby("repository")))
    sizes = zip(rows["repository"], rows["files"], strict=True)
    factors = [float(truck_factor(known_in.get(name, known.iloc[:0]), n)) for name, n in sizes]
    authors_of = pairs["size"].fillna(0).astype("int64")
    return rows.assign(
        key=rows["repository"],
        team=_main_teams(files).reindex(rows["repository"]).to_numpy(),
        authors=authors_of,
        value=np.array(factors, dtype="float64"),
        top_share=100 * pairs["max"].astype("float64") / rows["files"],
        is_small=(rows["files"] < FILES) | (authors_of < AUTHORS),
    )[["key", "repository", "team", "files", "authors", "value", "top_share", "is_small"]]


def _main_teams(files: Frame) -> pd.Series:
    """The team of most files of each repository; of equals the first by name."""
    counts = files.groupby(["repository", "team"]).size().rename("files").reset_index()
    ordered = counts.sort_values(["files", "team"], ascending=[False, True]).drop_duplicates("repository")
    return ordered.set_index("repository")["team"]


def _credited(changes: Frame, files: Frame | None = None) -> Frame:
    """A row for the author and for each co-author of a change, of these source files: key, author, commit_id, at,
    is_first, counts (reformatting and bulk commits teach nobody the code).
    """
    here = (changes["left_out"] != "bot").fillna(True).astype(bool)
    if files is not None:
        here &= changes["key"].isin(files.loc[files["left_out"].isna(), "key"])
    rows = changes.loc[here, ["key", "author", "co_authors", "commit_id", "at", "is_first"]]
    rows["counts"] = ~changes.loc[here, "left_out"].isin(["reformat", "bulk"])
    shared = rows[rows["co_authors"].str.len() > 0]
    others = shared.assign(author=shared["co_authors"]).explode("author")
    both = pd.concat([rows, others], ignore_index=True).drop(columns="co_authors")
    return both.dropna(subset="author").drop_duplicates(["key", "author", "commit_id"]).reset_index(drop=True)


def _left(organisation: Organisation) -> pd.Series:
    """When the last membership of each person ended; nobody who is still in a team."""
    members = organisation.memberships[organisation.memberships["kind"] == "person"]
    still = members.loc[members["until"].isna(), "account"]
    ended = members[~members["account"].isin(still)]
    return ended.groupby("account")["until"].max()
