"""The lists behind the technical debt: the dearest hotspots, who knows the code, which dependencies are oldest."""

import pandas as pd

from metrics.debt_price import dearest
from metrics.model import Frame

PRICES = ["value", "low", "high", "longer", "bugs", "capacity_share"]
HOTSPOTS = ["key", "repository", "path", "team", *PRICES, "history", "trend", "changes", "fixes", "commits", "issues"]
TEAMS = ["team", "files", "known_by_one", "at_risk", "work_at_risk"]
CHANGE = ["change", "url", "at", "headline", "lines", "left_out"]


def within(rows: Frame, team: str | None, repository: str | None) -> Frame:
    """The rows of a team and of a repository; of all where there is none."""
    mine = rows if team is None else rows[rows["team"] == team]
    return mine if repository is None else mine[mine["repository"] == repository]


def reasons(rows: Frame) -> str:
    """How many rows are left out, by reason, in words; "" where none are."""
    return ", ".join(f"{n:,} {reason}" for reason, n in rows["left_out"].value_counts().items())


def dearest_hotspots(
    costs: Frame, trends: Frame, repositories: Frame, team: str | None = None, repository: str | None = None
) -> Frame:
    """The hotspots of the newest copy, the dearest first, with what belongs to each.

    Columns: those of hotspot_costs, history (its hours a month at the last month ends, oldest first; a list), trend
    (the change of its complexity in percent a month, or null) and url (of the file, or null).
    """
    rows = dearest(within(costs, team, repository))
    priced = costs[costs["value"].notna()].sort_values("at")
    history = {key: values.tolist() for key, values in priced.groupby("key")["value"]}
    trend = trends[trends["until"].isna()].drop_duplicates("key").set_index("key")["value"]
    urls = repositories.drop_duplicates("name").set_index("name")["url"]
    rows["history"] = pd.Series([history.get(key, []) for key in rows["key"]], index=rows.index, dtype=object)
    rows["trend"] = trend.reindex(rows["key"]).to_numpy()
    place = rows["repository"].map(urls).astype("str")
    return rows[HOTSPOTS].assign(url=(place + "/blob/HEAD/" + rows["path"]).where(place.notna()))


def changes_of(key: str, file_changes: Frame) -> Frame:
    """The changes of one file, newest first: change (a pull request, or a commit that belongs to none), url, at (its
    last commit), headline, lines (added and removed in this file), left_out (why it counts for nothing, or null).
    """
    mine = file_changes[file_changes["key"] == key].sort_values("at")
    lines = mine["additions"].astype("float64") + mine["deletions"].astype("float64")
    last = mine.assign(lines=lines.groupby(mine["change"]).transform("sum", min_count=1))
    return last.drop_duplicates("change", keep="last").iloc[::-1][CHANGE].reset_index(drop=True)


def knowledge_of_teams(knowledge: Frame, repository: str | None = None) -> Frame:
    """One row per team that owns code: team, files (with a known author), known_by_one (percent of them with a single
    author), at_risk (percent whose authors have all left), work_at_risk (percent of the last year's commits to them).

    As of the newest copy; the files with the most work at risk first. Of a person it says nothing.
    """
    rows = within(knowledge[knowledge["until"].isna()], None, repository)
    risky = rows["is_at_risk"].astype("bool")
    rows = rows.assign(one=rows["authors"] == 1, risky=risky, touched=rows["commits"].where(risky, 0.0))
    teams = rows.groupby("team").agg(
        files=("key", "size"),
        one=("one", "mean"),
        risky=("risky", "mean"),
        touched=("touched", "sum"),
        commits=("commits", "sum"),
    )
    teams["known_by_one"] = 100.0 * teams["one"]
    teams["at_risk"] = 100.0 * teams["risky"]
    teams["work_at_risk"] = (100.0 * teams["touched"] / teams["commits"]).where(teams["commits"] > 0)
    found = teams.reset_index().sort_values(["work_at_risk", "team"], ascending=[False, True])
    return found[TEAMS].reset_index(drop=True)


def oldest_dependencies(dependencies: Frame, team: str | None = None, repository: str | None = None) -> Frame:
    """The direct dependencies in use now, the one furthest behind first; those without a drift last, with why."""
    rows = within(dependencies[dependencies["until"].isna()], team, repository)
    return rows.sort_values(["value", "key"], ascending=[False, True], na_position="last").reset_index(drop=True)
