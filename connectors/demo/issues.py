"""The course of every issue, drawn from the pull requests that it led to, from incidents and from other work."""

import numpy as np
import pandas as pd

from connectors.demo.organisation import NOBODY, WORSE_FACTOR, WORSE_TEAM, WORSE_WEEKS, choose
from connectors.demo.pull_requests import Draw
from connectors.demo.working_time import DAY, HOUR, WEEK, Numbers, Places

LINKED = 0.74
OTHERS, BACKLOG, SUB_TASKS, BORN_DONE, OUTAGES, PILED_UP = 4_900, 1_700, 1_500, 110, 60, 70
TYPES = ("Story", "Task", "Bug", "Spike", "Epic", "Sub-task", "Incident")
STORY, TASK, BUG, SPIKE, EPIC, SUB_TASK, INCIDENT = range(7)
POINTS = np.array([1.0, 2.0, 3.0, 5.0, 8.0])
MOMENTS = ["created", "started", "review", "done", "cancelled"]


def linked_items(draw: Draw, pulls: pd.DataFrame) -> pd.Series:
    """The place of the issue that each pull request belongs to; NOBODY for the quarter that mention none."""
    by_people = draw.organisation.is_person(pulls["author"].to_numpy()) & pulls["reverts"].isna()
    chosen = pulls[by_people & draw.some(LINKED, len(pulls))].sort_values(["author", "created"])
    same = chosen["author"].eq(chosen["author"].shift()) & (chosen["created"].diff() < 4 * DAY)
    begins: pd.Series = (~(same & draw.some(0.2, len(chosen)))).cumsum()
    return (begins - 1).reindex(pulls.index, fill_value=NOBODY)


def items(draw: Draw, pulls: pd.DataFrame, linked: pd.Series, harmful: pd.DataFrame) -> pd.DataFrame:
    """All issues but epics, cut off at now; those of pull requests come first, in the order of `linked`.

    Columns: team, type, assignee, created, started, review, done, cancelled (moments), parent (a place).
    """
    worked = _of_pull_requests(draw, pulls, linked)
    others = _others(draw)
    parts = [worked, others, _sub_tasks(draw, worked), _backlog(draw), _born_done(draw), _incidents(draw, harmful)]
    every = pd.concat(parts, ignore_index=True)
    every = every[["team", "type", "assignee", *MOMENTS, "parent"]]
    every["parent"] = every["parent"].fillna(NOBODY).astype(int)
    every["created"] = every["created"].clip(upper=draw.time.now - 60)
    every["review"] = every["review"].where(~(every["review"] >= every["done"]))
    dropped = ~every["type"].isin([SUB_TASK, INCIDENT]) & draw.some(0.03, len(every)) & every["parent"].eq(NOBODY)
    every.loc[dropped & (every.index >= len(worked)), "cancelled"] = every["done"]
    every.loc[every["cancelled"].notna(), "done"] = np.nan
    every[MOMENTS[1:]] = every[MOMENTS[1:]].where(every[MOMENTS[1:]] <= draw.time.now)
    return every


def _of_pull_requests(draw: Draw, pulls: pd.DataFrame, linked: pd.Series) -> pd.DataFrame:
    mine = pulls.assign(item=linked, begins=pulls["created"].where(~pulls["drafted"], pulls["ready"]))
    mine["ends"] = mine["closed"].fillna(np.inf)
    groups = mine[mine["item"] != NOBODY].groupby("item")
    work = groups[["team", "author"]].first().rename(columns={"author": "assignee"})
    work["started"] = draw.later(work, groups["created"].min().to_numpy(), -draw.about(5.0, 0.9, len(work)))
    work["review"] = groups["begins"].min()
    ends, merged = groups["ends"].max().to_numpy(), groups["merged"].max().to_numpy()
    known = np.isfinite(ends)
    tested = draw.later(work, np.where(known, ends, draw.time.now), draw.about(3.0, 1.0, len(work)))
    finished = known & (np.isfinite(merged) | draw.some(0.4, len(work)))
    work["done"] = np.where(finished, tested, np.nan)
    work["cancelled"] = np.where(known & ~finished, tested, np.nan)
    return _created(draw, _typed(draw, work.reset_index(drop=True)))


def _typed(draw: Draw, work: pd.DataFrame) -> pd.DataFrame:
    return work.assign(type=draw.chance.choice([STORY, TASK, BUG, SPIKE], len(work), p=[0.47, 0.24, 0.26, 0.03]))


def _created(draw: Draw, work: pd.DataFrame) -> pd.DataFrame:
    """Written some working days before it is started; bugs less."""
    waits = np.where(work["type"] == BUG, 8.0, 45.0)
    return work.assign(created=draw.later(work, work["started"].to_numpy(), -draw.about(waits, 1.2, len(work))))


def _started(draw: Draw, team: Places, share: Numbers) -> pd.DataFrame:
    work = pd.DataFrame({"team": team, "started": draw.time.spread(team, share), "share": share})
    people = draw.organisation.people
    there = (people["joined"].to_numpy() <= share[:, None]) & (share[:, None] < people["left"].to_numpy())
    mine = people["team"].to_numpy() == team[:, None]
    work["assignee"] = choose(draw.chance, people["pull"].to_numpy(), there & mine)[:, 0]
    return work


def _others(draw: Draw) -> pd.DataFrame:
    """Work that leaves no pull request, and what piled up in the team that is getting slower."""
    teams = draw.organisation.teams
    team = draw.chance.choice(len(teams), OTHERS, p=[habit.share for habit in draw.organisation.habits])
    recent = 1 - WORSE_WEEKS / 78 * draw.chance.random(PILED_UP)
    team = np.concatenate([team, np.full(PILED_UP, teams.index(WORSE_TEAM))])
    work = _typed(draw, _started(draw, team, np.concatenate([draw.chance.random(OTHERS), recent])))
    worse = (work["team"] == teams.index(WORSE_TEAM)) & (work["started"] > draw.time.now - WORSE_WEEKS * WEEK)
    slower = np.where(worse, WORSE_FACTOR, 1.0)
    works = draw.about(9.0 * slower, 1.0, len(work))
    work["review"] = draw.later(work, work["started"].to_numpy(), works)
    work["done"] = draw.later(work, work["review"].to_numpy(), draw.about(5.0 * slower, 1.0, len(work)))
    work["review"] = work["review"].where(draw.some(0.7, len(work)))
    return _created(draw, work)


def _sub_tasks(draw: Draw, worked: pd.DataFrame) -> pd.DataFrame:
    """Parts of stories, done within them."""
    stories = worked.index[worked["type"] == STORY].to_numpy()
    parent = draw.chance.choice(stories, SUB_TASKS)
    parts = worked.loc[parent].reset_index(drop=True).assign(type=SUB_TASK, parent=parent)
    end = parts["done"].fillna(parts["cancelled"]).fillna(draw.time.now)
    begin, span = parts["started"], (end - parts["started"]).clip(lower=HOUR)
    first = draw.chance.random(SUB_TASKS) * 0.6
    parts["started"] = begin + first * span
    parts["done"] = (begin + (first + 0.35) * span).where(parts["done"].notna() | draw.some(0.5, SUB_TASKS))
    parts["created"] = parts["created"] + 600 + 0.5 * (begin - parts["created"])
    return parts.assign(review=np.nan, cancelled=np.nan)


def _backlog(draw: Draw) -> pd.DataFrame:
    """Not started: mostly young; the old ones are given up now and then."""
    team = draw.chance.integers(len(draw.organisation.teams), size=BACKLOG)
    share = 1 - draw.chance.beta(1, 3.5, BACKLOG)
    waiting = _typed(draw, _started(draw, team, share)).rename(columns={"started": "created"})
    given_up = draw.later(waiting, waiting["created"].to_numpy(), draw.about(500, 0.6, BACKLOG))
    return waiting.assign(assignee=NOBODY, cancelled=np.where(draw.some(0.6, BACKLOG), given_up, np.nan))


def _born_done(draw: Draw) -> pd.DataFrame:
    """Written down after the fact: done when created, without a history."""
    team = draw.chance.integers(len(draw.organisation.teams), size=BORN_DONE)
    noted = _started(draw, team, draw.chance.random(BORN_DONE)).rename(columns={"started": "created"})
    return noted.assign(type=TASK, done=noted["created"])


def _incidents(draw: Draw, harmful: pd.DataFrame) -> pd.DataFrame:
    """One after each harmful deployment, within a working day; the others come out of nowhere."""
    after = pd.DataFrame({"team": harmful["team"].to_numpy()})
    after["created"] = harmful["finished"].to_numpy() + draw.about(1.2, 0.9, len(after)) * HOUR
    outages = pd.DataFrame({"team": draw.chance.integers(len(draw.organisation.teams), size=OUTAGES)})
    outages["created"] = draw.time.start + draw.chance.random(OUTAGES) * (draw.time.now - draw.time.start)
    every = pd.concat([after, outages], ignore_index=True)
    every = every[every["created"] <= draw.time.now].reset_index(drop=True)
    share = ((every["created"] - draw.time.start) / (draw.time.now - draw.time.start)).to_numpy()
    every["assignee"] = _started(draw, every["team"].to_numpy(), share)["assignee"]
    every["started"] = every["created"] + draw.about(12, 0.6, len(every)) * 60
    every["done"] = every["started"] + draw.about(2.2, 0.9, len(every)) * HOUR
    return every.assign(type=INCIDENT)
