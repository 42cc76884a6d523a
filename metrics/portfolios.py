"""The open plans of every team as of the last Monday: all that their forecasts are drawn from, one row each."""

from collections.abc import Mapping

import numpy as np
import pandas as pd

from metrics.calendar_weeks import week_of
from metrics.joint_forecast import Capacity, Plan
from metrics.model import Frame
from metrics.organisation import Organisation
from metrics.portfolio import OF_EPIC, Past, Portfolio
from metrics.statistics import Array

LISTS = ["added_in", "finished_in", "off", "coming", "held", "over"]


def epic_portfolios(
    epic_facts: Frame,
    epic_item_facts: Frame,
    done_span_facts: Frame,
    epic_due_date_facts: Frame,
    noted_holiday_facts: Frame,
    organisation: Organisation,
) -> Frame:
    """One row per epic that is open, those of a team together and in order of priority.

    Columns: those of the epic, due_at, remaining, done, added (items a week, lately), waiting (not begun); week (the
    number of the last one that has begun) and first_week. Lists of the weeks from first_week on: added_in (items),
    finished_in (items, by its team), off and, of the weeks to come, coming (why one was none of work for its team;
    nothing where it was). Lists of the weeks from from_week on, where it was begun or had its first item: held and
    over, the items and those done at the end of each.
    """
    own = (epic_facts, epic_item_facts, done_span_facts, epic_due_date_facts)
    return _rows(Past(*own, organisation, noted_holiday_facts))


def version_portfolios(
    version_facts: Frame,
    version_item_facts: Frame,
    version_done_span_facts: Frame,
    version_due_date_facts: Frame,
    noted_holiday_facts: Frame,
    organisation: Organisation,
) -> Frame:
    """The same of versions."""
    own = (version_facts, version_item_facts, version_done_span_facts, version_due_date_facts)
    return _rows(Past(*own, organisation, noted_holiday_facts))


def portfolios_of(rows: Frame) -> dict[str, Portfolio]:
    """The open plans of each team that has any, from rows of `epic_portfolios`."""
    return {str(team): _portfolio(str(team), own) for team, own in rows.groupby("team")}


def _portfolio(team: str, own: Frame) -> Portfolio:
    plans = zip(own["key"], own["remaining"], own["added_in"], own["waiting"], strict=True)
    one = own.iloc[0]
    return Portfolio(
        team,
        int(one["week"]),
        own,
        tuple(Plan(key, float(n), tuple(added), not waiting) for key, n, added, waiting in plans),
        Capacity(tuple(one["finished_in"]), tuple(one["off"]), tuple(one["coming"])),
        int(one["first_week"]),
    )


def _rows(past: Past) -> Frame:
    found = [_of_team(one) for one in past.at(past.last) if len(one.epics)]
    if not found:
        none = past.epics[OF_EPIC].iloc[:0].reset_index(drop=True)
        return none.reindex(columns=[*none, "week", "first_week", "waiting", "from_week", *LISTS])
    rows = pd.concat(found, ignore_index=True)
    return rows.join(_courses(past, rows["epic"]), on="epic")


def _of_team(one: Portfolio) -> Frame:
    """The rows of a team."""
    rows = one.epics.reset_index(drop=True).assign(week=one.week, first_week=one.first_week)
    rows["added_in"] = pd.Series([list(plan.added) for plan in one.plans], dtype="object")
    of_team = {"finished_in": one.capacity.finished, "off": one.capacity.holidays, "coming": one.capacity.coming}
    return rows.assign(**{name: pd.Series([list(line)] * len(rows)) for name, line in of_team.items()})


def _courses(past: Past, epics: pd.Series) -> Frame:
    """By epic: from_week, held and over."""
    items = past.items[past.items["epic"].isin(epics)]
    done = past.done[past.done["item"].isin(items["item"])].drop(columns="epic")
    done = done.merge(items[["item", "epic"]].drop_duplicates(), on="item")
    done["left_week"] = week_of(done["end"], past.timezone)
    from_week = _first_week(past, items).reindex(epics)
    weeks = {epic: np.arange(first, past.last) for epic, first in zip(epics, from_week, strict=True)}
    held, over = _counts(items, weeks), _counts(done, weeks)
    return from_week.to_frame("from_week").assign(held=held, over=over)


def _first_week(past: Past, items: Frame) -> pd.Series:
    """By epic: the week of its start, or of its first item where it was not begun before this one."""
    started = pd.Series(past.started, past.epics.index).where(past.epics["started_at"].notna())
    first = started.where(started < past.last).fillna(items.groupby("epic")["week"].min())
    return first.clip(upper=past.last).fillna(past.last).astype("int64")


def _counts(rows: Frame, weeks: Mapping[int, Array]) -> pd.Series:
    """By epic: how many of its rows hold at the end of each of its weeks."""
    of = dict(iter(rows.groupby("epic")))
    lines = {epic: _count(of[epic], over) if epic in of else [0] * len(over) for epic, over in weeks.items()}
    return pd.Series(lines, dtype="object")


def _count(rows: Frame, weeks: Array) -> list[int]:
    left = rows.loc[rows["end"].notna(), "left_week"]
    came, went = (np.sort(one.to_numpy()) for one in (rows["week"], left))
    held = np.searchsorted(came, weeks, side="right") - np.searchsorted(went, weeks, side="right")
    return [int(n) for n in held]
