"""What looks like housekeeping rather than work, as lists for whoever reads the figures: listed, and never left out."""

from collections.abc import Callable
from dataclasses import dataclass

import pandas as pd

from metrics.model import Facts, Frame
from metrics.review_depth import rubber_stamp_rate
from metrics.unusual_changes import bulk_closed, hasty_changes

USUALLY_NAMED = 0.8
MOVES = ["at", "key", "url", "project", "team", "from_text", "to_text"]


@dataclass(frozen=True)
class Listing:
    """Rows of one kind under a title, the newest first; `meaning` says what they are, and what they are not."""

    title: str
    meaning: str
    rows: Frame


def listings(facts: Facts) -> tuple[Listing, ...]:
    """Every kind of housekeeping, whether anything is listed or not."""
    return tuple(Listing(title, meaning, _newest(find(facts))) for title, meaning, find in KINDS)


def rubber_stamps(review_depths: Frame) -> Frame:
    """Large pull requests that were approved at once and without a word: at, key, url, repository, team."""
    rows = rubber_stamp_rate(review_depths)
    return rows.loc[rows["excluded"].isna() & (rows["value"] == 1), ["at", "key", "url", "repository", "team"]]


def without_evidence(issues: Frame, linked_issues: Frame) -> Frame:
    """Finished issues that no pull request names, of projects that name four of five: at, key, url, project, team.

    Elsewhere naming issues is no habit, and its absence says nothing.
    """
    done = issues[issues["done_at"].notna() & issues["left_out"].isna()]
    named = pd.Series(done.index.isin(linked_issues["issue"].dropna()), index=done.index)
    usual = named.groupby(done["project"]).transform("mean") >= USUALLY_NAMED
    rows = done[usual & ~named].rename(columns={"done_at": "at"})
    return rows[["at", "key", "url", "project", "team"]]


def _newest(rows: Frame) -> Frame:
    return rows.sort_values(["at", "key"], ascending=[False, True], kind="stable", ignore_index=True)


KINDS: tuple[tuple[str, str, Callable[[Facts], Frame]], ...] = (
    (
        "Approved at once",
        "More than 200 lines, approved within two minutes and without a word. Pairs who wrote it together do so too.",
        lambda facts: rubber_stamps(facts["review_depths"]),
    ),
    (
        "Closed in bulk",
        "One account closed, within an hour, more than five times what is usual for a day: a board that was tidied up.",
        lambda facts: bulk_closed(facts["status_changes"])[MOVES],
    ),
    (
        "Moved within a minute",
        "The status changed less than 60 seconds after the change before: a board that was caught up with the work.",
        lambda facts: hasty_changes(facts["status_changes"])[MOVES],
    ),
    (
        "Finished without a trace in the code",
        "No pull request names the issue, in a project in which four of five are named. Some work needs no code.",
        lambda facts: without_evidence(facts["issues"], facts["linked_issues"]),
    ),
)
