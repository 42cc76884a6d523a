"""One fact row per change: a pull request merged into the default branch, and the deployment that shipped it."""

import pandas as pd

from metrics.contained import contained, on_main
from metrics.default_branches import to_default_branch
from metrics.model import Frame
from metrics.places import PLACE, by_name, places
from metrics.positions import position_of
from metrics.reverts import is_revert, reverts

UNRELIABLE = pd.Timedelta(days=90)
HOTFIX = r"(?i)^hot-?fix(?:$|[/_-])"
SHIPPED = ["deployment", "deployed_at", "basis", "sources", "is_inferred", "matched_by"]
KEPT = [
    *("key", "url", "repository", "team", "project", *PLACE, "number", "title", "author_class", "labels", "mentions"),
    *("created_at", "merged_at"),
]


def changes(
    pull_request_facts: Frame, commits: Frame, deployment_facts: Frame, repositories: Frame, git_commits: Frame
) -> Frame:
    """One row per pull request merged into the default branch.

    Columns: key, url, repository, team, number, title, author_class, labels, mentions, created_at, merged_at; begun_at
    (its first commit's author time, no later than its creation; its creation where that is over 90 days off; null
    without commits), is_reliable (it was not); deployment (key), deployed_at (null: not deployed), basis, sources,
    is_inferred (of the deployment's source: merges that nobody configured), matched_by; is_revert, is_hotfix,
    reverted_at (merge of the first pull request that takes it back), reverted_by (its key).
    """
    merged = pull_request_facts[pull_request_facts["merged_at"].notna()]
    is_main = to_default_branch(pull_request_facts, repositories)[merged.index]
    rows = merged[is_main]
    taken_back = _taken_back(rows)
    branch = rows["head_branch"].astype("str")
    rows = rows.assign(
        is_revert=is_revert(rows),
        is_hotfix=branch.str.match(HOTFIX).fillna(False).astype(bool) | labelled(rows, r"(?i)^hot-?fix$"),
        **_begun(rows, commits),
        **taken_back,
    )
    history = by_name(git_commits, places(repositories))
    of_main = on_main(deployment_facts[deployment_facts["succeeded"]], rows, merged[~is_main], history)
    shipped = _shipped(rows, of_main, history)
    kept = [name for name in KEPT if name in rows]
    made = ["begun_at", "is_reliable", "is_revert", "is_hotfix", "reverted_at", "reverted_by"]
    return rows[kept + made].join(shipped).reset_index(drop=True)


def labelled(rows: Frame, pattern: str) -> pd.Series:
    """Whether a label of each row matches."""
    labels = rows["labels"].explode().astype("str")
    matches = labels.str.match(pattern).fillna(False).astype(bool)
    return matches.groupby(level=0).any().reindex(rows.index, fill_value=False)


def _begun(rows: Frame, commits: Frame) -> dict[str, pd.Series]:
    first = commits["authored_at"].groupby(position_of(rows, commits).to_numpy()).min()
    begun = first.reindex(range(len(rows))).set_axis(rows.index).astype("datetime64[us, UTC]")
    created = rows["created_at"]
    is_reliable = begun.isna() | ((begun - created).abs() <= UNRELIABLE)
    earlier = begun.where(begun.isna() | (begun <= created), created)
    return {"begun_at": earlier.where(is_reliable, created), "is_reliable": is_reliable}


def _taken_back(rows: Frame) -> dict[str, pd.Series]:
    pairs = reverts(rows)
    by = rows.loc[pairs["by"], ["merged_at", "key"]].set_axis(pairs["item"]).sort_values("merged_at", kind="stable")
    first = by[~by.index.duplicated()].reindex(rows.index)
    return {"reverted_at": first["merged_at"], "reverted_by": first["key"]}


def _shipped(rows: Frame, deployments: Frame, history: Frame) -> Frame:
    """The first deployment that holds each change: by the history of commits where a clone tells it, else as below.

    Else of its own commit or of one merged later, else by time alone: a deployment of a commit that is not a merge of a
    known change holds all that was merged before it.
    """
    by_commits = contained(rows, deployments, history)
    is_known, is_told = by_commits.known_deployments, by_commits.known_changes
    rest = [_by_order(rows[is_told], deployments[~is_known], rows), _by_order(rows[~is_told], deployments, rows)]
    found = pd.concat([_named(by_commits.first, deployments), *rest])
    found = found[found["deployment"].notna()].sort_values("deployed_at", kind="stable")
    return found[~found.index.duplicated()].reindex(rows.index)[SHIPPED].astype({"is_inferred": "boolean"})


def _named(first: pd.Series, deployments: Frame) -> Frame:
    """The deployments of these labels, by change."""
    found = _said(deployments).reindex(first.to_numpy()).set_axis(first.index)
    return found.assign(matched_by="history of commits")[SHIPPED]


def _by_order(rows: Frame, deployments: Frame, every: Frame) -> Frame:
    good = _reach(every, deployments)
    merged = rows[[*PLACE, "merged_at"]].rename_axis("label").reset_index().sort_values("merged_at", kind="stable")
    found = pd.merge_asof(
        merged, good, left_on="merged_at", right_on="reach", by=PLACE, direction="forward", allow_exact_matches=True
    ).set_index("label")
    return found[SHIPPED]


def _said(deployments: Frame) -> Frame:
    return deployments.assign(
        is_inferred=((deployments["basis"] == "merges") & ~deployments["is_configured"]).astype("boolean"),
        deployment=deployments["key"],
        deployed_at=deployments["at"],
    )


def _reach(rows: Frame, deployments: Frame) -> Frame:
    """Deployments that bring something new, each with the time of the last merge that it holds."""
    commits = rows.dropna(subset="merge_commit").drop_duplicates([*PLACE, "merge_commit"])
    merged = commits.set_index([*PLACE, "merge_commit"])["merged_at"]
    of_commit = merged.reindex(pd.MultiIndex.from_frame(deployments[[*PLACE, "commit_id"]]))
    known = of_commit.set_axis(deployments.index).astype("datetime64[us, UTC]")
    good = _said(deployments).assign(
        reach=known.fillna(deployments["at"]),
        matched_by=known.notna().map({True: "order of merges", False: "time"}).astype("str"),
    )
    good = good[~good["is_rollback"]].sort_values("at", kind="stable")
    good["reach"] = good.groupby(PLACE)["reach"].cummax()
    good = good.drop_duplicates([*PLACE, "reach"])
    return good[[*PLACE, "reach", *SHIPPED]].sort_values("reach", kind="stable")
