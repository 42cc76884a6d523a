"""What became of each deployment: whether it failed in production, by which evidence, and when that was over."""

import pandas as pd

from metrics.changes import labelled
from metrics.incidents import incidents as all_incidents
from metrics.matching import named_deployments
from metrics.model import Frame
from metrics.organisation import UNASSIGNED, Organisation

PLACE = ["source", "repository_id"]
EVIDENCE = {
    "deployment": "str",
    "kind": "str",
    "key": "str",
    "seen_at": "datetime64[us, UTC]",
    "over_at": "datetime64[us, UTC]",
}
INCIDENT, REVERT, HOTFIX, ROLLBACK = "incidents", "reverts", "hotfixes", "rollbacks"


def outcomes(
    deployment_facts: Frame,
    change_facts: Frame,
    issues: Frame,
    incidents: Frame,
    repositories: Frame,
    organisation: Organisation,
) -> Frame:
    """One row per successful deployment to production, with what followed from it.

    Beside the columns of deployments: failed (an incident, a revert, a hotfix or a rollback is blamed on it),
    evidence (the kinds), recovered_at (the last of its incidents is resolved, else the first mending deployment; null:
    not yet), is_rework (all that it ships is unplanned mending, or it is a rollback; null: contents unknown),
    told_by (the kinds of evidence that its place is known to have; empty: nothing would tell a failure), is_unmapped
    (there are incidents, but nothing says what they concern).
    """
    rows = deployment_facts[deployment_facts["succeeded"]].sort_values("at", kind="stable").reset_index(drop=True)
    known = all_incidents(issues, incidents, repositories, organisation)
    blame = evidence(rows, change_facts, known, organisation.incidents.window_days)
    return rows.assign(
        failed=rows["key"].isin(blame["deployment"]),
        evidence=rows["key"].map(_joined(blame, "deployment")).astype("str"),
        recovered_at=_recovered(rows, blame),
        is_rework=_rework(rows, change_facts, known),
        told_by=_told_by(rows, blame, known),
        is_unmapped=len(known) > 0 and not _can_match(known).any(),
    )


def evidence(rows: Frame, changes: Frame, incidents: Frame, window_days: int) -> Frame:
    """Each piece of evidence with the one deployment that it is blamed on: the nearest before it, within the window.

    Columns: deployment (key), kind, key, seen_at, over_at. An incident is matched by the deployment or the repository
    that it names, else by the team that owns its project; never with another service's deployment.
    """
    window = pd.Timedelta(days=window_days)
    parts = [
        _named_deployment(rows, incidents),
        _nearest(rows, incidents[incidents["repository"].notna()], "repository", window),
        _nearest(rows, incidents[incidents["repository"].isna() & incidents["team"].notna()], "team", window),
        _reverted(rows, changes, window),
        _hotfixed(rows, changes, window),
        _rolled_back(rows, window),
    ]
    found = pd.concat([part[list(EVIDENCE)].astype(EVIDENCE) for part in parts], ignore_index=True)
    return found.drop_duplicates(["kind", "key"]).reset_index(drop=True)


def _named_deployment(rows: Frame, incidents: Frame) -> Frame:
    found, _ = named_deployments(rows, incidents)
    return _of_incidents(found)


def _nearest(rows: Frame, incidents: Frame, by: str, window: pd.Timedelta) -> Frame:
    """The last deployment before each incident in the same place; one that names its deployment needs none."""
    those = incidents[incidents["started_at"].notna() & incidents["deployment_id"].isna()]
    places = rows[["key", "at", by]].rename(columns={"key": "deployment"})
    found = pd.merge_asof(
        those.sort_values("started_at", kind="stable"),
        places[places[by] != UNASSIGNED],
        left_on="started_at",
        right_on="at",
        by=by,
        tolerance=window,
    )
    return _of_incidents(found[found["deployment"].notna()])


def _of_incidents(found: Frame) -> Frame:
    return found.assign(kind=INCIDENT, seen_at=found["started_at"], over_at=found["resolved_at"])


def _reverted(rows: Frame, changes: Frame, window: pd.Timedelta) -> Frame:
    """Changes taken back after they were deployed; documentation taken back is no failure."""
    since = changes["reverted_at"] - changes["deployed_at"]
    in_time = (since > pd.Timedelta(0)) & (since <= window) & ~labelled(changes, r"(?i)^doc(?:s|umentation)$")
    taken = changes[in_time]
    over = changes.drop_duplicates("key").set_index("key")["deployed_at"].reindex(taken["reverted_by"])
    return taken.assign(kind=REVERT, key=taken["reverted_by"], seen_at=taken["reverted_at"], over_at=over.array)


def _hotfixed(rows: Frame, changes: Frame, window: pd.Timedelta) -> Frame:
    """The deployment before a hotfix was opened."""
    fixes = changes.loc[changes["is_hotfix"], [*PLACE, "key", "created_at", "deployed_at"]]
    found = pd.merge_asof(
        fixes.sort_values("created_at", kind="stable"),
        rows[[*PLACE, "key", "at"]].rename(columns={"key": "deployment"}),
        left_on="created_at",
        right_on="at",
        by=PLACE,
        tolerance=window,
    )
    found = found[found["deployment"].notna()]
    return found.assign(kind=HOTFIX, seen_at=found["created_at"], over_at=found["deployed_at"])


def _rolled_back(rows: Frame, window: pd.Timedelta) -> Frame:
    """The deployment that a rollback replaces."""
    at = rows.drop_duplicates("key").set_index("key")["at"]
    before = at.reindex(rows["replaces"]).set_axis(rows.index)
    replaced = rows.assign(deployment=rows["replaces"], before=before, kind=ROLLBACK)
    back = replaced[replaced["is_rollback"] & (replaced["at"] - replaced["before"] <= window)]
    return back.assign(seen_at=back["at"], over_at=back["at"])


def _joined(pairs: Frame, by: str) -> pd.Series:
    """The kinds of evidence of each, in words."""
    kinds = pairs[[by, "kind"]].drop_duplicates().sort_values("kind")
    return pd.Series({name: ", ".join(some["kind"]) for name, some in kinds.groupby(by)}, dtype="str")


def _recovered(rows: Frame, blame: Frame) -> pd.Series:
    """Its incidents say when it was over: all of them; without any, the first deployment that mends it."""
    told = blame[blame["kind"] == INCIDENT].sort_values("over_at", na_position="last")
    last = told.drop_duplicates("deployment", keep="last").set_index("deployment")["over_at"]
    mended = blame[blame["kind"] != INCIDENT].groupby("deployment")["over_at"].min()
    over = pd.concat([last, mended[~mended.index.isin(last.index)]])
    recovered: pd.Series = over.reindex(rows["key"]).set_axis(rows.index)
    return recovered


def _rework(rows: Frame, changes: Frame, incidents: Frame) -> pd.Series:
    """Whether every change that it ships is a revert, a hotfix or mends an incident."""
    shipped = changes[changes["deployment"].notna()]
    named = shipped["mentions"].explode().astype("str")
    named = named.mask(named.str.startswith("#").fillna(False), shipped["repository"].reindex(named.index) + named)
    mends = named.isin(incidents["key"]).groupby(level=0).any().reindex(shipped.index, fill_value=False)
    unplanned = shipped["is_revert"] | shipped["is_hotfix"] | mends
    all_of_it = unplanned.groupby(shipped["deployment"]).all().astype("boolean")
    return rows["key"].map(all_of_it).astype("boolean").mask(rows["is_rollback"], True)


def _told_by(rows: Frame, blame: Frame, incidents: Frame) -> pd.Series:
    """Which kinds of evidence each repository has ever had; incidents are known everywhere once one can be matched."""
    places = rows[["key", "repository"]].rename(columns={"key": "deployment"})
    pairs = blame[blame["kind"] != INCIDENT].merge(places, on="deployment")
    kinds = rows["repository"].map(_joined(pairs, "repository")).astype("str").fillna("")
    return (f"{INCIDENT}, " + kinds).str.removesuffix(", ") if _can_match(incidents).any() else kinds


def _can_match(incidents: Frame) -> pd.Series:
    return incidents[["deployment_id", "repository", "team"]].notna().any(axis=1)
