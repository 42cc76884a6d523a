"""What is worth an eye before it becomes a signal: states that hold for a month and have no usual range."""

import pandas as pd

from metrics.model import Frame

JUMP, MOVE = 1.0, 0.1
MONTH = pd.Timedelta(days=31)
QUARTER = 13 * pd.Timedelta(days=7)
SHOWN = 3


def known_by_one(truck_factors: Frame) -> Frame:
    """The repositories that depend on one person now: repository, team, files, by the number of files."""
    rows = truck_factors[truck_factors["until"].isna()]
    rows = rows[(rows["value"] <= 1) & ~rows["is_small"].astype("bool")]
    found = rows[["repository", "team", "files"]]
    return found.sort_values(["files", "repository"], ascending=[False, True], ignore_index=True)


def drift_jumps(dependencies: Frame) -> Frame:
    """The repositories whose dependencies fell behind by a libyear or more since the month's end before.

    repository, team, before, now (libyears of all direct dependencies), grown; the furthest first.
    """
    rows = dependencies[dependencies["value"].notna()]
    taken = sorted(rows["at"].unique())
    if len(taken) < 2:
        return pd.DataFrame(columns=["repository", "team", "before", "now", "grown"])
    before, now = (rows[rows["at"] == at].groupby("repository")["value"].sum() for at in taken[-2:])
    found = pd.DataFrame({"before": before, "now": now}).dropna()
    found["team"] = rows.groupby("repository")["team"].last().reindex(found.index)
    found["grown"] = found["now"] - found["before"]
    found = found[found["grown"] >= JUMP].sort_values(["grown"], ascending=False, kind="stable")
    return found.rename_axis("repository").reset_index()[["repository", "team", "before", "now", "grown"]]


def new_hotspots(hotspots: Frame) -> Frame:
    """The files that became hotspots at the newest month's end and were none at the one before, the highest score
    first: key, repository, path, team, score.
    """
    taken = sorted(hotspots["at"].unique())
    columns = ["key", "repository", "path", "team", "score"]
    if len(taken) < 2:
        return hotspots.iloc[:0][columns]
    hot = hotspots[hotspots["is_hotspot"].astype("bool")]
    now, before = hot[hot["at"] == taken[-1]], hot.loc[hot["at"] == taken[-2], "key"]
    found = now[~now["key"].isin(before)]
    ordered: Frame = found[columns].sort_values(["score", "key"], ascending=[False, True], ignore_index=True)
    return ordered


def load_moves(review_loads: Frame, now: pd.Timestamp) -> Frame:
    """The teams whose reviews became more or less concentrated by 0.1 or more, against the window a quarter before.

    team, before, now, moved.
    """
    rows = review_loads[
        ~review_loads["is_small"] & review_loads["gini"].notna() & (review_loads["at"] <= now)
    ].sort_values("at")
    latest = rows.drop_duplicates("team", keep="last").set_index("team")
    # Windows of weeks overlap until a whole quarter lies between them.
    early = rows[rows["at"] <= rows.groupby("team")["at"].transform("max") - QUARTER]
    before = early.drop_duplicates("team", keep="last").set_index("team")["gini"]
    found = pd.DataFrame({"before": before, "now": latest["gini"]}).dropna()
    found["moved"] = found["now"] - found["before"]
    found = found[found["moved"].abs() >= MOVE]
    return found.rename_axis("team").reset_index().sort_values("team", ignore_index=True)
