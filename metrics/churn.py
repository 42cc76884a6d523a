"""How much of the code is written anew, week by week and component by component."""

import pandas as pd

from metrics.model import Frame
from metrics.month_ends import KIND

WEEK = pd.Timedelta(days=7)
MIDWEEK = pd.Timedelta(hours=84)  # a moment that lies in the week in every time zone
PLACE = ["repository", "component", "team"]
WEEKS = 160


def weekly_churn(file_change_facts: Frame, file_facts: Frame) -> Frame:
    """One row per component (first folder of a repository) and week since its first commit: key, repository, team, at
    (in the middle of the week), lines (the component has today), churned (lines added or changed in the week), value
    (churned in percent of lines). Generated and vendored files, bulk commits, reformatting and bots are left out.
    """
    files = file_facts[file_facts["left_out"].isna()]
    sizes = files.groupby(PLACE, as_index=False)["lines"].sum()
    sizes = sizes[(sizes["lines"] > 0).fillna(False).astype(bool)].astype({"lines": "float64"})
    changes = file_change_facts[file_change_facts["left_out"].isna() & file_change_facts["key"].isin(files["key"])]
    changes = changes.assign(week=_week(changes["at"]))
    churned = changes.groupby(["repository", "component", "week"]).agg(churned=("additions", "sum")).reset_index()
    churned = churned.astype({"churned": "float64"})
    rows = sizes.merge(_weeks(file_change_facts), on="repository").merge(churned, how="left")
    known = rows["churned"].notna()
    rows["churned"] = rows["churned"].where(known, 0.0)  # the week is known, and nothing happened in it
    rows["key"] = (rows["repository"] + ":" + rows["component"] + "@" + rows["week"].dt.strftime("%G-W%V")).astype(
        "str"
    )
    told: Frame = rows.assign(at=rows["week"] + MIDWEEK, value=100 * rows["churned"] / rows["lines"])
    return told


def _week(at: pd.Series) -> pd.Series:
    monday: pd.Series = at.dt.normalize() - pd.to_timedelta(at.dt.day_of_week, unit="D")
    return monday


def _weeks(changes: Frame) -> Frame:
    """Every week of every repository, from its first commit to the newest copy."""
    spans = changes.groupby("repository").agg(first=("at", "min"), last=("seen_at", "max"))
    earliest = _week(spans["last"]) - WEEKS * WEEK
    first = _week(spans["first"])
    spans["first"] = first.where(first > earliest, earliest)
    weeks = [pd.date_range(a, b, freq=WEEK) for a, b in zip(spans["first"], spans["last"], strict=True)]
    found: Frame = pd.DataFrame({"repository": spans.index, "week": weeks}).explode("week", ignore_index=True)
    return found.assign(repository=found["repository"].astype("str"), week=found["week"].astype(KIND))
