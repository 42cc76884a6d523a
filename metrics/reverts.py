"""Which pull request takes which one back."""

import pandas as pd

from metrics.model import Frame

TAKES_BACK = r'^Revert "(.+)"$'
PLACE = ["source", "repository_id"]


def is_revert(pull_requests: Frame) -> pd.Series:
    """Whether each pull request takes another one back, by its link or its title, from whatever branch."""
    titled = pull_requests["title"].astype("str").str.match(r"^Revert\b").fillna(False).astype(bool)
    return titled | pull_requests["reverts"].notna()


def reverts(pull_requests: Frame) -> Frame:
    """A row per merged revert: `item`, the label of the pull request taken back, and `by`, the label of the revert.

    By the number that it names, else by the title that it quotes: the last one merged under it before. One that takes
    a revert back brings a change in again, and is no row.
    """
    merged = pull_requests[pull_requests["merged_at"].notna()]
    merged = merged.assign(label=merged.index, is_revert=is_revert(merged))
    backs = merged[merged["is_revert"]].drop(columns="label").assign(by=lambda frame: frame.index)
    found = pd.concat([_by_number(merged, backs), _by_title(merged, backs)], ignore_index=True)
    found = found.drop_duplicates("by").rename(columns={"label": "item"})
    return found[["item", "by"]].astype("int64").reset_index(drop=True)


def _by_number(merged: Frame, backs: Frame) -> Frame:
    numbers = merged.loc[~merged["is_revert"], [*PLACE, "number", "label"]]
    named = backs.loc[backs["reverts"].notna(), [*PLACE, "reverts", "by"]]
    return named.merge(numbers, left_on=[*PLACE, "reverts"], right_on=[*PLACE, "number"])


def _by_title(merged: Frame, backs: Frame) -> Frame:
    quoted = backs["title"].astype("str").str.extract(TAKES_BACK, expand=False)
    unnamed = backs.assign(title=quoted)[backs["reverts"].isna() & quoted.notna()]
    titles = merged.loc[~merged["is_revert"], [*PLACE, "title", "merged_at", "label"]].sort_values("merged_at")
    return pd.merge_asof(
        unnamed[[*PLACE, "title", "merged_at", "by"]].sort_values("merged_at"),
        titles,
        on="merged_at",
        by=[*PLACE, "title"],
        allow_exact_matches=False,
    ).dropna(subset="label")
