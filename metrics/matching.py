"""Which deployment an incident names: looked for in its own service only, and never guessed."""

import pandas as pd

from metrics.incidents import incidents as all_incidents
from metrics.model import Frame
from metrics.organisation import Organisation

COLUMNS = ["key", "url", "title", "started_at", "repository", "team", "service", "deployment_id", "why"]


def named_deployments(rows: Frame, incidents: Frame) -> tuple[Frame, pd.Series]:
    """Incidents with the one deployment that each names (`deployment`: its key), and why the others have none.

    `rows` are successful deployments; the reasons are by the label of the incident. Only the repository that the
    incident names is looked at, else the team's, else all of them.
    """
    named = incidents[incidents["deployment_id"].notna()].rename_axis("incident").reset_index()
    ids = rows[["key", "ids", "repository", "team"]].explode("ids").astype({"ids": "str"})
    keys = rows.assign(ids=rows["key"])[["key", "ids", "repository", "team"]]
    known = pd.concat([ids, keys], ignore_index=True).rename(columns={"key": "deployment", "ids": "deployment_id"})
    pairs = named.merge(known, on="deployment_id", suffixes=("", "_there")).drop_duplicates(["incident", "deployment"])
    same = pairs["repository"] == pairs["repository_there"]
    of_team = pairs["repository"].isna() & (pairs["team"] == pairs["team_there"])
    nowhere = pairs["repository"].isna() & pairs["team"].isna() & pairs["service"].isna()
    pairs = pairs[(same | of_team | nowhere).fillna(False).astype(bool)]
    many = pairs.groupby("incident")["deployment"].size().reindex(named["incident"], fill_value=0)
    why = pd.Series("several deployments are called so", index=named["incident"], dtype="str")
    why = why.mask((many == 0).to_numpy(), "no successful deployment to production of its service is called so")
    trouble = named.set_index("incident")["trouble"]
    why = trouble.where(named.set_index("incident")["service"].notna()).fillna(why).astype("str")
    one = pairs[pairs["incident"].map(many) == 1]
    return one.drop(columns="incident"), why[(many != 1).to_numpy()]


def unmatched_incidents(
    deployment_facts: Frame, issues: Frame, incidents: Frame, repositories: Frame, organisation: Organisation
) -> Frame:
    """One row per incident that no deployment can be blamed for: key, url, title, started_at, repository, team,
    service, deployment_id, why (in words).

    It names a deployment that its service does not have, or several have; or nothing tells which service it concerns.
    """
    known = all_incidents(issues, incidents, repositories, organisation)
    rows = deployment_facts[deployment_facts["succeeded"]]
    _, why = named_deployments(rows, known)
    lost = known.loc[known["deployment_id"].isna(), "trouble"].dropna()
    reasons = pd.concat([why, lost]).sort_index()
    found: Frame = known.loc[reasons.index].assign(why=reasons)[COLUMNS].reset_index(drop=True)
    return found
