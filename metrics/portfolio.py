"""What was known of every team's epics when a week began: open items, growth, and the capacity that they share."""

from collections.abc import Iterator
from dataclasses import dataclass

import numpy as np
import pandas as pd

from metrics.calendar_weeks import start_of, week_of
from metrics.epics import NO_EPIC
from metrics.joint_forecast import Capacity, Plan
from metrics.model import Frame
from metrics.organisation import Organisation
from metrics.statistics import Array
from metrics.weeks_off import AHEAD, NOTHING_NOTED, weeks_off

OF_EPIC = ["epic", "key", "url", "title", "project", "team", "created_at", "started_at", "done_at", "is_cancelled"]


@dataclass(frozen=True)
class Portfolio:
    """The open epics of a team at the beginning of a week, in order, and the capacity that they share.

    `epics`: columns of the epics' facts and due_at (as promised then), remaining, done, added (items a week lately).
    """

    team: str
    week: int
    epics: Frame
    plans: tuple[Plan, ...]
    capacity: Capacity
    first_week: int


class Past:
    """The facts of epics, arranged to ask what was known when a week began."""

    def __init__(
        self,
        epics: Frame,
        items: Frame,
        done: Frame,
        dues: Frame,
        organisation: Organisation,
        noted: Frame = NOTHING_NOTED,
    ) -> None:
        self.organisation, self.timezone = organisation, organisation.calendar.timezone
        self.epics = epics.set_index("epic", drop=False)
        self.teams = sorted(epics["team"].dropna().unique())
        team = pd.Series(pd.Categorical(epics["team"], self.teams).codes.astype(np.int64), index=epics["epic"])
        place = pd.Series(np.arange(len(epics)), index=epics["epic"])
        self.items = items.assign(place=items["epic"].map(place), week=week_of(items["start"], self.timezone))
        self.items["left_week"] = week_of(items["end"], self.timezone)
        self.items["begun"] = self.epics["started_at"].reindex(items["epic"]).array
        self.done = done.assign(week=week_of(done["start"], self.timezone), team=done["epic"].map(team))
        self.dues = dues
        finished = self.done.loc[self.done["epic"] != NO_EPIC, "week"]
        self.first = int(finished.min()) if len(finished) else 0
        self.last = last_week(epics, self.timezone)
        self.off = {team: weeks_off(team, self.first, self.last, organisation, noted) for team in self.teams}
        self.started = week_of(self.epics["started_at"], self.timezone)
        closed = week_of(self.epics["done_at"], self.timezone)
        self.closed = np.where(self.epics["done_at"].isna(), np.iinfo(np.int64).max, closed)

    def finished(self, week: int) -> Array:
        """Items of epics that each team had finished in every complete week when one began. Shape: teams × weeks."""
        done = holding(self.done[self.done["epic"] != NO_EPIC], start_of(week, self.timezone))
        return counts(done, "team", len(self.teams), max(week - self.first, 0), self.first)

    def at(self, week: int) -> Iterator[Portfolio]:
        """The portfolio of every team when the week began, by what was known then."""
        moment, weeks = start_of(week, self.timezone), max(week - self.first, 0)
        done, finished = holding(self.done, moment), self.finished(week)
        members = holding(self.items, moment)
        open_items = members[~members["item"].isin(done["item"])]
        remaining = open_items.groupby("epic").size().reindex(self.epics.index, fill_value=0)
        over = members.groupby("epic").size().reindex(self.epics.index, fill_value=0) - remaining
        grows = self._grown(moment, weeks)
        due = holding(self.dues, moment).set_index("epic")["due_at"].reindex(self.epics.index)
        known = self.epics[OF_EPIC].assign(due_at=due, remaining=remaining, done=over, place=np.arange(len(self.epics)))
        is_open = (known["created_at"] < moment) & ~(known["done_at"] <= moment)
        ordered = _ordered(known[is_open], moment)
        for code, team in enumerate(self.teams):
            yield self._portfolio(team, week, ordered[ordered["team"] == team], grows, finished[code])

    def _portfolio(self, team: str, week: int, epics: Frame, grows: Array, finished: Array) -> Portfolio:
        own = self._growth(team, grows, week)[epics["place"].to_numpy()]
        plans = tuple(
            Plan(key, float(n), tuple(line.tolist()), not waiting)
            for key, n, line, waiting in zip(epics["key"], epics["remaining"], own, epics["waiting"], strict=True)
        )
        lately = own[:, -13:].mean(axis=1) if own.shape[1] else np.zeros(len(own))
        n = len(finished)
        off = self.off[team]  # today's forecast knows what was noted since Monday
        holidays = (off.known() if week == self.last else off.known_when(week, self.timezone))[: n + AHEAD]
        capacity = Capacity(tuple(finished.tolist()), holidays[:n], holidays[n:])
        return Portfolio(team, week, epics.assign(added=lately), plans, capacity, self.first)

    def _grown(self, moment: pd.Timestamp, weeks: int) -> Array:
        """Items added to each epic after its start in each week, less those taken out, by what was known then."""
        came = self.items[(self.items["start"] > self.items["begun"]) & (self.items["start"] < moment)]
        went = self.items[(self.items["end"] < moment) & self.items["left_week"].ge(self.first)]
        went = went[went["end"] > went["begun"]]
        added = counts(came, "place", len(self.epics), weeks, self.first)
        return added - counts(went.assign(week=went["left_week"]), "place", len(self.epics), weeks, self.first)

    def _growth(self, team: str, grows: Array, week: int) -> Array:
        """The growth of each epic; in weeks in which it was not open, that of the team's average open epic."""
        numbers = np.arange(self.first, self.first + grows.shape[1])
        is_open = (self.started[:, None] <= numbers) & (numbers <= np.minimum(self.closed, week - 1)[:, None])
        is_open &= self.epics["started_at"].notna().to_numpy()[:, None]
        mine = (self.epics["team"] == team).to_numpy()[:, None] & is_open
        usual = (grows * mine).sum(axis=0) / np.maximum(mine.sum(axis=0), 1)
        return np.where(is_open, grows, usual)


def last_week(epics: Frame, timezone: str) -> int:
    """The number of the last week that had begun when plans were read."""
    return int(week_of(epics["seen_at"], timezone).max()) if len(epics) else 0


def holding(spans: Frame, moment: pd.Timestamp) -> Frame:
    """The rows that hold at a moment."""
    rows: Frame = spans[(spans["start"] < moment) & (spans["end"].isna() | (spans["end"] >= moment))]
    return rows


def counts(rows: Frame, by: str, height: int, weeks: int, first: int) -> Array:
    """How many rows of each kind and week. Shape: height × weeks."""
    inside = rows[(rows["week"] >= first) & (rows["week"] < first + weeks)]
    counts = np.zeros((height, weeks))
    np.add.at(counts, (inside[by].to_numpy(np.int64), inside["week"].to_numpy(np.int64) - first), 1)
    return counts


def _ordered(epics: Frame, moment: pd.Timestamp) -> Frame:
    """In order of priority: begun before not begun, then by due date, those without one last."""
    waiting = ~(epics["started_at"] < moment)
    return epics.assign(waiting=waiting).sort_values(["waiting", "due_at", "created_at"], kind="stable")
