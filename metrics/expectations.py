"""Service level expectations: the time within which 85 of 100 issues were finished in the quarter before."""

import numpy as np
import pandas as pd

from metrics.flow import is_tracker_missing
from metrics.issues import excluded
from metrics.model import Better, Family, Frame, Indicator, Objective, Observations, Summary, Target, Unit
from metrics.observations import days, observe, unless_missing

SHARE, NEEDS = 0.85, 20
NONE_YET = "no expectation yet"
SHOWN = ["key", "url", "team", "project", "left_out"]


def sle_attainment(issues: Frame) -> Observations:
    """The share of finished issues with a cycle time within the expectation that stood before their quarter began.

    The expectation of a team is the 85th percentile of its cycle times in the calendar quarter (UTC) before, from at
    least 20 issues; it stays fixed for the quarter. Left out: issues without an expectation, issues that were never in
    progress, epics, sub-tasks, cancelled issues.
    """
    rows = issues[issues["done_at"].notna() & issues["is_tracked"]]
    limit = _limit(expectations(issues), rows["team"], quarter(rows["done_at"]))
    kept = (days(rows["cycle"]) <= limit).astype("float64").where(rows["cycle"].notna() & limit.notna())
    skipped = excluded(rows) | {"never in progress": rows["started_at"].isna(), NONE_YET: limit.isna()}
    seen = observe(rows, at=rows["done_at"], value=kept, excluded=skipped)
    return unless_missing(seen, is_tracker_missing(issues))


def wip_over_sle(work_in_progress: Frame, issues: Frame) -> Observations:
    """Of the issues in progress at the period's end, the share that is older than the expectation of its quarter.

    Age counts from the first start. A row is a stretch of an issue's time within (0) or over (1) the expectation. Left
    out: issues without an expectation, epics, sub-tasks, cancelled issues.
    """
    rows = _by_quarter(work_in_progress)
    limit = _limit(expectations(issues), rows["team"], rows["quarter"])
    turns = (rows["since"] + pd.to_timedelta(limit, unit="D").dt.floor("us")).astype(rows["since"].dtype)
    turns = turns.where(turns >= rows["start"], rows["start"])
    turns = turns.where(limit.notna() & (rows["end"].isna() | (turns < rows["end"])), rows["end"])
    early = rows.assign(end=turns, over=np.where(limit.notna(), 0.0, np.nan))
    late = rows.assign(start=turns, over=1.0)[turns.notna() & (rows["end"].isna() | (turns < rows["end"]))]
    pieces = pd.concat([early, late], ignore_index=True)
    pieces = pieces[pieces["end"].isna() | (pieces["start"] < pieces["end"])]
    skipped = excluded(pieces) | {NONE_YET: pieces["over"].isna()}
    seen = observe(pieces, at=pieces["start"], until=pieces["end"], value=pieces["over"], excluded=skipped)
    return unless_missing(seen, is_tracker_missing(issues))


def expectations(issues: Frame) -> pd.Series:
    """By team and quarter (a number of `quarter`), the expectation in days that holds in it."""
    rows = issues[issues["cycle"].notna() & issues["left_out"].isna()]
    cycle = days(rows["cycle"]).groupby([rows["team"], quarter(rows["done_at"]).rename("quarter")])
    found = cycle.quantile(SHARE)[cycle.size() >= NEEDS]
    places = found.index.to_frame(index=False).assign(quarter=lambda frame: frame["quarter"] + 1)
    return pd.Series(found.to_numpy(), index=pd.MultiIndex.from_frame(places))


def quarter(moment: pd.Series) -> pd.Series:
    """The calendar quarter in UTC as a number that grows by one; NaN without a moment."""
    number: pd.Series = moment.dt.year * 4 + moment.dt.quarter - 1
    return number


def _starts_of(quarters: pd.Series) -> pd.Series:
    each = pd.Series(quarters.unique())
    words = (each // 4).astype("str") + "-" + (each % 4 * 3 + 1).astype("str") + "-01"
    starts = pd.to_datetime(words, format="%Y-%m-%d", utc=True).astype("datetime64[us, UTC]")
    return starts.set_axis(each).reindex(quarters).set_axis(quarters.index)


def _limit(known: pd.Series, team: pd.Series, quarters: pd.Series) -> pd.Series:
    found = known.reindex(pd.MultiIndex.from_arrays([team, quarters]))
    return pd.Series(found.to_numpy(dtype=np.float64), index=team.index)


def _by_quarter(rows: Frame) -> Frame:
    """Each stretch cut at the quarters' ends, up to the time until which it is known."""
    first, last = quarter(rows["start"]), quarter(rows["end"].fillna(rows["seen_at"]))
    many = (last - first + 1).clip(lower=1).astype(int)
    cut = rows[[*SHOWN, "start", "end", "since"]].loc[rows.index.repeat(many)]
    turn = cut.groupby(level=0).cumcount()
    cut = cut.assign(quarter=first.reindex(cut.index).astype(int) + turn, is_last=turn + 1 == many.reindex(cut.index))
    begins, ends = _starts_of(cut["quarter"]), _starts_of(cut["quarter"] + 1)
    cut["start"] = cut["start"].where(cut["start"] >= begins, begins)
    cut["end"] = cut["end"].where(cut["is_last"], ends)
    return cut.reset_index(drop=True)


INDICATORS = (
    Indicator(
        "sle_attainment",
        "Finished within expectation",
        objective=Objective.PROJECT_SUCCESS,
        family=Family.FLOW,
        unit=Unit.PERCENT,
        better=Better.HIGHER,
        summary=Summary.RATE,
        formula=sle_attainment,
        target=Target(value=85, source="the expectation itself: 85 of 100"),
        misuse="An expectation reckoned on the same issues is always met.",
    ),
    Indicator(
        "wip_over_sle",
        "Work in progress over expectation",
        objective=Objective.PROJECT_SUCCESS,
        family=Family.FLOW,
        unit=Unit.PERCENT,
        better=Better.LOWER,
        summary=Summary.OPEN_RATE,
        formula=wip_over_sle,
        misuse="What is open is older than what gets finished: more than 15 % is usual.",
    ),
)
