"""What hotspots cost: the hours a month that their changes take longer, and that their bugs take, than elsewhere."""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any, NamedTuple

import numpy as np
import pandas as pd

from metrics.hotspots import YEAR
from metrics.model import Frame
from metrics.month_ends import KIND
from metrics.observations import hours
from metrics.pull_requests import is_judged

STATES = 7  # month ends that are priced
CHANGES, COMPARABLE = 6, 10  # pull requests that a price needs
DRAWS = 400
MONTH = 365.25 / 12  # days
FIX = r"(?i)^(?:hot)?fix(?:es|ed)?\b|\bbug ?fix\b"
COLUMNS = ["key", "repository", "team", "path", "score", "commits", "at", "until"]
PRICED = ["changes", "fixes", "longer", "bugs", "value", "low", "high", "capacity_share"]


class Price(NamedTuple):
    """Hours a month: of changes that took longer, of bugs, both together with their 95 % interval."""

    longer: float
    bugs: float
    value: float
    low: float
    high: float


def hotspot_costs(
    hotspot_facts: Frame,
    file_change_facts: Frame,
    pull_request_facts: Frame,
    linked_issue_facts: Frame,
    issue_facts: Frame,
) -> Frame:
    """One row per hotspot and month's end, of the last seven: key, repository, team, path, score, commits, at, until;
    changes and fixes (pull requests of the year before that touched it, and those among them that mend a bug); longer,
    bugs, value, low, high in hours a month; capacity_share (value in percent of the hours that all pull requests of its
    team took) and issues (keys that those pull requests name). Null below 6 changes or 10 comparable ones.

    A change is compared with pull requests of its repository and size that touch no hotspot; one that touches several
    hotspots counts for each with its part. The interval comes from drawing both again and again.
    """
    hot = hotspot_facts[hotspot_facts["is_hotspot"].fillna(False).astype(bool)]
    pulls = _pulls(pull_request_facts, linked_issue_facts, issue_facts)
    touched = file_change_facts.loc[
        file_change_facts["pull_request"].notna(), ["key", "pull_request"]
    ].drop_duplicates()
    states = sorted(hot["at"].unique())[-STATES:]
    priced = [_priced(hot[hot["at"] == at], pulls, touched, at) for at in states]
    rows = pd.concat([hot.iloc[:0][COLUMNS], *priced], ignore_index=True)
    return rows.reindex(columns=[*COLUMNS, *PRICED, "issues"]).astype({"at": KIND, "until": KIND})


def dearest(costs: Frame) -> Frame:
    """The hotspots of the newest copy, the dearest first; those without a price by their score behind them."""
    rows = costs[costs["until"].isna()]
    order = ["value", "score", "key"]
    return rows.sort_values(order, ascending=[False, False, True], na_position="last").reset_index(drop=True)


def _pulls(facts: Frame, linked: Frame, issues: Frame) -> Frame:
    """People's merged pull requests: pull_request, repository, team, merged_at, hours, band of size, is_fix, issues."""
    bugs = issues.index[issues["is_bug"].fillna(False).astype(bool)]
    mending = linked.loc[linked["issue"].isin(bugs), "key"]
    rows = facts[facts["merged_at"].notna() & facts["cycle"].notna() & is_judged(facts)]
    named = pd.Series({key: group.tolist() for key, group in linked.groupby("key")["issue_key"]}, dtype=object)
    return pd.DataFrame(
        {
            "pull_request": rows["key"],
            "repository": rows["repository"],
            "team": rows["team"],
            "merged_at": rows["merged_at"],
            "hours": hours(rows["cycle"]),
            "band": np.log2(rows["size"].astype("float64").clip(lower=1).fillna(1.0)) // 2,
            "is_fix": rows["key"].isin(mending) | rows["title"].str.contains(FIX).fillna(False).astype(bool),
            "issues": named.reindex(rows["key"]).set_axis(rows.index) if len(named) else None,
        }
    )


def _priced(hot: Frame, pulls: Frame, touched: Frame, at: pd.Timestamp) -> Frame:
    recent = pulls[(pulls["merged_at"] > at - YEAR) & (pulls["merged_at"] <= at)]
    pairs = touched.merge(recent, on="pull_request")
    is_hot = pairs["key"].isin(hot["key"])
    near = pairs[is_hot].assign(part=1 / pairs[is_hot].groupby("pull_request")["key"].transform("size"))
    cold = dict(iter(pairs[~pairs["pull_request"].isin(near["pull_request"].unique())].groupby("repository")))
    ends = recent.groupby("repository")["merged_at"].agg(["min", "max"])
    usual = {name: _usual(rows, _months(*ends.loc[name])) for name, rows in cold.items()}
    mine = dict(iter(near.groupby("key")))
    busy = recent.groupby("team")["hours"].sum() / _months(recent["merged_at"].min(), recent["merged_at"].max())
    rows = [
        _row(one, mine.get(one["key"], near.iloc[:0]), usual.get(one["repository"]), busy)
        for one in hot[COLUMNS].to_dict("records")
    ]
    return pd.DataFrame(rows, columns=[*COLUMNS, *PRICED, "issues"])


@dataclass(frozen=True)
class Usual:
    """What changes of a repository's other files take: hours by size, of each, and of bugs for every change."""

    by_size: pd.Series
    hours: np.ndarray
    bugs: float
    months: float


def _usual(cold: Frame, months: float) -> Usual:
    """From pull requests that touch no hotspot, one row for each file that they touch."""
    comparable = cold[~cold["is_fix"]].drop_duplicates("pull_request")
    fixes = cold.loc[cold["is_fix"], "hours"]
    bugs = float(cold["is_fix"].mean() * fixes.mean()) if len(fixes) else 0.0
    return Usual(comparable.groupby("band")["hours"].mean(), comparable["hours"].to_numpy(), bugs, months)


def _row(hotspot: Mapping[Any, Any], mine: Frame, usual: Usual | None, busy: pd.Series) -> dict[str, Any]:
    named = [key for keys in mine["issues"] if isinstance(keys, list) for key in keys]
    about = dict(hotspot) | {"changes": len(mine), "fixes": int(mine["is_fix"].sum()), "issues": sorted(set(named))}
    if usual is None or len(mine) < CHANGES or len(usual.hours) < COMPARABLE:
        return about
    price = _price(mine, usual)
    whole = float(busy.get(hotspot["team"], 0.0))
    return about | price._asdict() | {"capacity_share": 100 * price.value / whole if whole else None}


def _months(first: pd.Timestamp, last: pd.Timestamp) -> float:
    """How many months a year's rows cover: a young repository has fewer than twelve; without rows one."""
    return 1.0 if pd.isna(first) else min(12.0, max(1.0, (last - first).days / MONTH))


def _price(mine: Frame, usual: Usual) -> Price:
    """Hours a month of one hotspot's changes over those of comparable ones."""
    part, fixing = mine["part"].to_numpy(), mine["is_fix"].to_numpy(dtype=bool)
    expected = usual.by_size.reindex(mine["band"]).fillna(usual.hours.mean()).to_numpy() * part
    spent = mine["hours"].to_numpy() * part
    expected, bugs = np.where(fixing, 0.0, expected), np.where(fixing, spent, 0.0) - usual.bugs * part
    other = np.where(fixing, 0.0, spent)
    low, high = np.quantile(_drawn(other + bugs, expected, usual.hours), [0.025, 0.975]) / usual.months
    longer, own = float((other - expected).sum()) / usual.months, float(bugs.sum()) / usual.months
    return Price(longer, own, longer + own, float(low), float(high))


def _drawn(spent: np.ndarray, expected: np.ndarray, comparable: np.ndarray) -> np.ndarray:
    """The sum of spent - expected, with the changes and what they are compared with drawn again and again."""
    chance = np.random.default_rng(len(spent))
    mine = chance.integers(0, len(spent), (DRAWS, len(spent)))
    theirs = chance.integers(0, len(comparable), (DRAWS, len(comparable)))
    factor = comparable[theirs].mean(axis=1) / max(float(comparable.mean()), 1e-9)
    sums: np.ndarray = spent[mine].sum(axis=1) - factor * expected[mine].sum(axis=1)
    return sums
