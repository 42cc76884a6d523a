"""Forecasts as they were told: what a screen keeps of a day, and what came of what was kept."""

from collections.abc import Collection, Iterator, Mapping
from dataclasses import asdict, dataclass, field
from datetime import date, datetime, timedelta
from typing import Any

import numpy as np
import pandas as pd

from metrics.calendar_weeks import FIRST, end_of_day, monday, start_of
from metrics.model import Facts, Frame
from metrics.organisation import UNASSIGNED, Organisation
from metrics.team_forecast import team_forecast
from metrics.track_record import HORIZON, LEVEL

TEAM = "team"
READ = ["kind", "scope", "made_on", "made_at", "items", "p85", "due"]


@dataclass(frozen=True)
class Told:
    """One forecast as it was shown. `made_on` is the day, `scope` what it is of: an epic's or a version's key, a team.

    `probability` (0 to 1) is of the date that ends at `due`; `p50` and `p85` are the last days of the weeks that were
    promised with 50 and 85 %; `items` are those left, or for a team those promised until `due`.
    """

    made_on: date
    kind: str
    scope: str
    made_at: datetime
    due: datetime | None = None
    items: int | None = None
    probability: float | None = None
    p50: date | None = None
    p85: date | None = None
    details: Mapping[str, Any] = field(default_factory=dict)

    @property
    def row(self) -> dict[str, Any]:
        """What the log keeps of it."""
        return asdict(self) | {"made_on": self.made_on.isoformat(), "details": dict(self.details)}


def plans_told(kind: str, open_plans: Frame, made_at: datetime, today: date) -> Iterator[Told]:
    """What a table of open epics or versions tells today, of those that have a date or a probability."""
    rows = open_plans[open_plans["p85_on"].notna() | open_plans["probability"].notna()]
    for row in rows.to_dict("records"):
        ends = {name: None if pd.isna(row[f"{name}_on"]) else row[f"{name}_on"].date() for name in ("p50", "p85")}
        yield Told(
            made_on=today,
            kind=kind,
            scope=str(row["key"]),
            made_at=made_at,
            due=None if pd.isna(row["due_on"]) else (row["due_on"] + pd.Timedelta(days=1)).to_pydatetime(),
            items=int(row["remaining"]),
            probability=None if np.isnan(row["probability"]) else float(row["probability"]) / 100,
            **ends,
            details={"team": row["team"], "as_of": row["as_of"].isoformat()},
        )


def teams_told(
    facts: Facts, organisation: Organisation, made_at: datetime, today: date, but: Collection[str] = ()
) -> Iterator[Told]:
    """What each team but some is told today: how many issues it will have finished, with 85 %, in four weeks."""
    issues, noted = facts["issue_ends"], facts["noted_holidays"]
    for team in sorted(set(issues["team"].dropna()) - {UNASSIGNED, *but}):
        mine = team_forecast(issues, team, organisation, made_at, noted)
        last = monday(mine.week + HORIZON) - timedelta(days=1)
        promised = mine.by(last)
        if promised:
            due = start_of(mine.week + HORIZON, organisation.calendar.timezone).to_pydatetime()
            yield Told(today, TEAM, team, made_at, due=due, items=int(promised[LEVEL]))


def told_forecasts(forecasts: Frame, organisation: Organisation) -> Frame:
    """One row per forecast that was told, the first of each first.

    Columns: kind, scope, made_on (day), made_at, week (its number), items, p85 (the last day of the promised week),
    p85_at (when that day is over), due.
    """
    rows = forecasts[READ].assign(made_on=pd.to_datetime(forecasts["made_on"]))
    rows["p85_at"] = end_of_day(rows["p85"], organisation.calendar.timezone)
    days = (rows["made_on"] - FIRST).dt.days
    return rows.assign(week=days // 7).sort_values(["made_on", "kind", "scope"], kind="stable", ignore_index=True)


def came_true(told: Frame, plans: Frame, kind: str, moment: pd.Timestamp) -> pd.Series:
    """By plan (`epic`): whether the first 85 % date that was told of it after it was begun held.

    Of those whose date has passed at a moment; cancelled ones do not count.
    """
    rows = told[(told["kind"] == kind) & told["p85_at"].notna()].merge(
        plans[["epic", "key", "started_at", "done_at", "is_cancelled"]], left_on="scope", right_on="key"
    )
    rows = rows[(rows["made_at"] >= rows["started_at"]) & ~rows["is_cancelled"]].drop_duplicates("epic")
    rows = rows[rows["p85_at"] <= moment]
    held: pd.Series = (rows["done_at"] < rows["p85_at"]).set_axis(pd.Index(rows["epic"], name="epic"))
    return held


def as_told(rows: Frame, told: Frame) -> Frame:
    """Forecasts of throughput with the number that was told in the week in which they were made, where one was."""
    mine = told[told["kind"] == TEAM]
    origins = pd.Series([str(monday(week)) for week in mine["week"]], index=mine.index, dtype="str")
    promised = mine["items"].astype("float64").set_axis(pd.Index(mine["scope"] + " " + origins))
    promised = promised[~promised.index.duplicated()].reindex(rows["key"]).set_axis(rows.index)
    is_told = promised.notna()
    missed = (rows["actual"] < promised).astype("float64")
    return rows.assign(
        promised=promised.fillna(rows["promised"]), needed=rows["needed"].where(~is_told, missed), is_told=is_told
    )
