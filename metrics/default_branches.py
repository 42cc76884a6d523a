"""Which branch was a repository's default branch when something was merged: a source names only that of today."""

import pandas as pd

from metrics.model import Frame

PLACE = ["source", "repository_id"]
STEPS = 5  # of default branches that followed one another


def to_default_branch(pull_requests: Frame, repositories: Frame) -> pd.Series:
    """Whether each pull request goes to the default branch of its time, or nobody knows where it goes.

    A branch was the default before another one where the merged pull requests show a switch: before the first merge
    into the later one more than half went to it, after that none did, and it is no pull request's own branch. Without
    such a switch today's default branch is that of all times. `pull_requests`: all of a repository, merged or not.
    """
    base, wanted = pull_requests["base_branch"], _of_repository(pull_requests, repositories)
    found = base.isna() | wanted.isna() | (base == wanted)
    merged = _merged(pull_requests.assign(default=wanted))
    for _ in range(STEPS):
        before = _predecessors(merged)
        if before.empty:
            break
        place = pd.MultiIndex.from_frame(pull_requests[PLACE])
        former = before.reindex(place).set_axis(pull_requests.index)
        found |= (base == former["base_branch"]).fillna(False).astype(bool)
        merged = merged.drop(columns="default").merge(
            before["base_branch"].rename("default").reset_index(), on=PLACE, how="inner"
        )
    return found


def _of_repository(rows: Frame, repositories: Frame) -> pd.Series:
    known = repositories.drop_duplicates(["source", "id"]).set_index(["source", "id"])["default_branch"]
    found = known.reindex(pd.MultiIndex.from_frame(rows[PLACE])).to_numpy()
    return pd.Series(found, index=rows.index, dtype="str")


def _merged(rows: Frame) -> Frame:
    """Merges into branches that are no pull request's own: where, into what, when, and what follows it by default."""
    fork = rows["is_from_fork"].fillna(False).astype(bool)
    own = pd.MultiIndex.from_frame(rows.loc[~fork, [*PLACE, "head_branch"]])
    is_own = pd.MultiIndex.from_frame(rows[[*PLACE, "base_branch"]]).isin(own)
    counts = rows["merged_at"].notna() & rows["base_branch"].notna() & rows["default"].notna()
    kept = counts & (~is_own | (rows["base_branch"] == rows["default"]))
    return rows.loc[kept, [*PLACE, "base_branch", "merged_at", "default"]].reset_index(drop=True)


def _predecessors(merged: Frame) -> Frame:
    """The default branch before each repository's `default`, by PLACE; none where the merges show no switch."""
    is_later = merged["base_branch"] == merged["default"]
    switch = merged["merged_at"].where(is_later).groupby([merged[name] for name in PLACE]).transform("min")
    before = merged[merged["merged_at"] < switch]
    counts = before.groupby([*PLACE, "base_branch"]).size().rename("many").reset_index()
    counts = counts[counts["many"] * 2 > counts.groupby(PLACE)["many"].transform("sum")]
    after = merged[(merged["merged_at"] >= switch) & ~is_later]
    goes_on = pd.MultiIndex.from_frame(counts[[*PLACE, "base_branch"]]).isin(
        pd.MultiIndex.from_frame(after[[*PLACE, "base_branch"]])
    )
    return counts[~goes_on].set_index(PLACE)
