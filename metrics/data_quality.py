"""What is wrong with pull requests as they were read: each is counted all the same, and these are told beside."""

import pandas as pd

from metrics.model import Frame
from metrics.organisation import AI_REVIEWER, BOT, DELETED, UNASSIGNED

Flags = pd.Series  # of bool, by pull request


def incomplete(pull_requests: Frame) -> Flags:
    """Those of which some reviews or events are not here yet."""
    return ~pull_requests["is_complete"].fillna(False).astype(bool)


def impossible(pull_requests: Frame) -> Flags:
    """Those that end before they begin: merged without a cycle time, or reviewed without a wait."""
    unended = pull_requests["merged_at"].notna() & pull_requests["cycle"].isna()
    return unended | (pull_requests["reviewed_at"].notna() & pull_requests["review_wait"].isna())


def without_team(rows: Frame) -> Flags:
    """Those of pull requests or issues that belong to no team."""
    return rows["team"] == UNASSIGNED


def doubtful(pull_requests: Frame) -> int:
    """How many pull requests are any of it; bots' are among them."""
    any_of = incomplete(pull_requests) | impossible(pull_requests) | without_team(pull_requests)
    return int(any_of.sum())


def acting_accounts(pull_request_facts: Frame, review_facts: Frame) -> Frame:
    """One row per account that opened or reviewed a pull request: account."""
    every = pd.concat([pull_request_facts["author"], review_facts["reviewer"]])
    return pd.DataFrame({"account": every.dropna().drop_duplicates().sort_values()}).reset_index(drop=True)


def issue_counts(issue_facts: Frame) -> Frame:
    """How many issues there are, and how many of them have no team; one row: every, without_team."""
    return pd.DataFrame({"every": [len(issue_facts)], "without_team": [int(without_team(issue_facts).sum())]})


def pull_request_counts(pull_request_facts: Frame) -> Frame:
    """How many pull requests there are, and with how many something is wrong or to be known; one row.

    Columns: every, doubtful, incomplete, impossible, without_team, of_bots, of_deleted, and the list bots: their names.
    """
    rows = pull_request_facts
    of_bots = rows["author_class"].isin([BOT, AI_REVIEWER])
    return pd.DataFrame(
        {
            "every": [len(rows)],
            "doubtful": [doubtful(rows)],
            "incomplete": [int(incomplete(rows).sum())],
            "impossible": [int(impossible(rows).sum())],
            "without_team": [int(without_team(rows).sum())],
            "of_bots": [int(of_bots.sum())],
            "of_deleted": [int((rows["author_class"] == DELETED).sum())],
            "bots": [sorted(rows.loc[of_bots, "author"].dropna().unique())],
        }
    )
