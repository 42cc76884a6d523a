"""Which pull request takes which one back."""

import re
from functools import lru_cache

import pandas as pd

from metrics.model import Frame

TAKES_BACK = r'(?i)^\s*revert "(.+)"\s*$'
LEADING = re.compile(
    r"[\W_]*(?:(?P<back>revert)(?:\^(?P<times>\d{1,3}))?|re-?land|re-?apply)\b(?:\([^)]*\))?:?(?:\s+of\b)?(?:\s+the\b)?",
    re.IGNORECASE,
)
MOST = 20  # reverts of reverts that are followed by their numbers
PLACE = ["source", "repository_id"]


@lru_cache(maxsize=65_536)
def takes_back(title: str) -> bool:
    """Whether a title says to take something back: an odd number of reverts at its beginning.

    Two of them, a "Reland" or a "Reapply" bring a change in again.
    """
    times, place = 0, 0
    while found := LEADING.match(title, place):
        times += int(found["times"] or 1) if found["back"] else 0
        place = found.end()
    return times % 2 == 1


def is_revert(pull_requests: Frame) -> pd.Series:
    """Whether each pull request takes a change back, by the number that it names or its title, from whatever branch.

    One that takes a revert back is a change like any other; one that takes that back is a revert again. Where the
    number is not known here, a title that says anything of reverts decides.
    """
    title = pull_requests["title"].astype("str")
    titles = title.dropna().unique()
    titled = title.map({one: takes_back(one) for one in titles}).eq(True)
    named = pull_requests["reverts"].notna()
    speaks = title.map({one: bool(LEADING.match(one)) for one in titles}).eq(True)
    numbered = pull_requests.drop_duplicates([*PLACE, "number"])
    target = pd.MultiIndex.from_frame(pull_requests[PLACE].assign(number=pull_requests["reverts"]))
    numbers = pd.MultiIndex.from_frame(numbered[[*PLACE, "number"]])
    at = numbers.get_indexer(target)
    follows = named & (at >= 0)
    found = titled | (named & ~speaks)
    for _ in range(MOST):
        of_number = found.reindex(numbered.index).to_numpy()
        after = found.mask(follows, ~pd.Series(of_number[at], index=found.index)).astype(bool)
        if after.equals(found):
            break
        found = after
    return found


def reverts(pull_requests: Frame) -> Frame:
    """A row per merged revert: `item`, the label of the pull request taken back, and `by`, the label of the revert.

    By the number that it names, else by the title that it quotes: the last one merged under it before. One that takes
    a revert back brings a change in again, and is no row.
    """
    merged = pull_requests[pull_requests["merged_at"].notna()]
    merged = merged.assign(label=merged.index, is_revert=is_revert(pull_requests)[merged.index])
    backs = merged[merged["is_revert"]].drop(columns="label").assign(by=lambda frame: frame.index)
    found = pd.concat([_by_number(merged, backs), _by_title(merged, backs)], ignore_index=True)
    found = found.drop_duplicates("by").rename(columns={"label": "item"})
    return found[["item", "by"]].astype("int64").reset_index(drop=True)


def _by_number(merged: Frame, backs: Frame) -> Frame:
    numbers = merged.loc[~merged["is_revert"], [*PLACE, "number", "label"]]
    named = backs.loc[backs["reverts"].notna(), [*PLACE, "reverts", "by"]]
    return named.merge(numbers, left_on=[*PLACE, "reverts"], right_on=[*PLACE, "number"])


def _by_title(merged: Frame, backs: Frame) -> Frame:
    quoted = backs["title"].astype("str").str.extract(TAKES_BACK, expand=False).str.lower()
    unnamed = backs.assign(title=quoted)[backs["reverts"].isna() & quoted.notna()]
    titles = merged.loc[~merged["is_revert"], [*PLACE, "title", "merged_at", "label"]].sort_values("merged_at")
    if unnamed.empty or titles.empty:
        return pd.DataFrame({"label": [], "by": []})
    return pd.merge_asof(
        unnamed[[*PLACE, "title", "merged_at", "by"]].sort_values("merged_at"),
        titles.assign(title=titles["title"].str.strip().str.lower()),
        on="merged_at",
        by=[*PLACE, "title"],
        allow_exact_matches=False,
    ).dropna(subset="label")
