"""One fact row per finished issue that waited for another team's issue while it was in progress."""

import pandas as pd

from metrics.intervals import covered
from metrics.model import Frame
from metrics.organisation import UNASSIGNED

SHOWN = ["key", "url", "team", "project", "left_out", "done_at"]


def cross_team_waits(issue_facts: Frame, issue_links: Frame) -> Frame:
    """One row per such issue: key, url, team, project, left_out, done_at and waited (timedelta).

    It waits from its start, or from the time the link "is blocked by" was made, until the other issue is done. Several
    links at once count once; issues of teams that are not known wait for nobody.
    """
    links = issue_links[issue_links["kind"].str.contains("blocked by", case=False, na=False)]
    place = pd.Series(issue_facts.index, index=pd.MultiIndex.from_frame(issue_facts[["source", "id"]]))
    near, far = (place.reindex(pd.MultiIndex.from_frame(links[["source", side]])) for side in ("issue_id", "other_id"))
    pairs = pd.DataFrame({"item": near.to_numpy(), "other": far.to_numpy(), "start": links["since"].array})
    pairs = pairs[pairs["start"].notna()].dropna(subset=["item", "other"]).astype({"item": "int64", "other": "int64"})
    team = issue_facts["team"].where(issue_facts["team"] != UNASSIGNED)
    mine, theirs = (team.reindex(pairs[side]).to_numpy() for side in ("item", "other"))
    pairs = pairs[pd.notna(mine) & pd.notna(theirs) & (mine != theirs)]
    pairs["end"] = issue_facts["done_at"].reindex(pairs["other"]).array
    finished = issue_facts[issue_facts["cycle"].notna()]
    spans = pairs[pairs["item"].isin(finished.index)][["item", "start", "end"]]
    waited = covered(spans, finished["started_at"], finished["done_at"])
    return finished[SHOWN].assign(waited=waited)[waited > pd.Timedelta(0)].reset_index(drop=True)
