"""Pull requests and the issues that they name in their title, branch and text."""

import re

import pandas as pd

from metrics.model import Better, Family, Frame, Indicator, Objective, Observations, Reason, Summary, Unit
from metrics.observations import observe, unless_missing
from metrics.pull_requests import is_judged


def linked_issues(pull_request_facts: Frame, projects: Frame, issue_facts: Frame) -> Frame:
    """One row per pull request and issue key that it names, of known projects only: UTF-8 is no issue.

    Columns: pull_request (the position of its facts), key, repository and url of the pull request; issue_key, project,
    issue (the position of the issue's facts; null where it is not known, as after a move or a deletion).
    """
    named = pull_request_facts[["key", "repository", "url", "head_branch", "mentions"]].explode("mentions")
    named = named.rename(columns={"mentions": "issue_key"}).rename_axis("pull_request").reset_index()
    named["issue_key"] = named["issue_key"].astype("str")
    named[["project", "issue_key"]] = _known_keys(named, projects["key"])
    named = named[named["project"].notna()].drop_duplicates(["pull_request", "issue_key"]).drop(columns="head_branch")
    known = issue_facts.drop_duplicates("key").rename_axis("issue").reset_index().set_index("key")["issue"]
    return named.assign(issue=named["issue_key"].map(known)).reset_index(drop=True)


def _known_keys(named: Frame, projects: pd.Series) -> Frame:
    """The project and the key that each mention names; null where no such project is known.

    A branch parts its words by underscores, which a key may hold too: of ANA_PAY-7 the longest known key counts.
    """
    longest = sorted(map(re.escape, projects.dropna().unique()), key=len, reverse=True)
    key = rf"(?P<project>{'|'.join(longest) or '(?!)'})-(?P<number>[0-9]+)$"
    found = named["issue_key"].str.extract(rf"^{key}")
    branch = named["head_branch"].fillna("").str.upper()
    pairs = zip(named["issue_key"].fillna(""), branch, strict=True)
    is_of_branch = pd.Series([word in text for word, text in pairs], index=named.index)
    of_branch = named["issue_key"].where(is_of_branch).astype("str").str.extract(rf"_{key}")
    found = found.fillna(of_branch)
    return pd.DataFrame({"project": found["project"], "issue_key": found["project"] + "-" + found["number"]})


def issue_linkage(pull_requests: Frame, linked_issues: Frame) -> Observations:
    """The share of merged pull requests that name an issue of a known project in their title, branch or text.

    Left out: pull requests by bots.
    """
    rows = pull_requests[pull_requests["merged_at"].notna()]
    linked = pd.Series(rows.index.isin(linked_issues["pull_request"]), index=rows.index).astype("float64")
    seen = observe(rows, at=rows["merged_at"], value=linked, excluded={"bot": ~is_judged(rows)})
    return unless_missing(seen, linked_issues.empty, Reason.UNMAPPED)


INDICATORS = (
    Indicator(
        "issue_linkage",
        "Pull requests linked to issues",
        objective=Objective.STRATEGIC_ALIGNMENT,
        family=Family.PLANNING,
        unit=Unit.PERCENT,
        better=Better.HIGHER,
        summary=Summary.RATE,
        formula=issue_linkage,
        misuse="A key in the title proves no plan.",
    ),
)
