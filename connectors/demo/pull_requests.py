"""The course of every pull request, from its creation to its merge, drawn in working hours."""

from dataclasses import dataclass

import numpy as np
import pandas as pd

from connectors.demo.organisation import (
    BETTER_FACTOR,
    BETTER_TEAM,
    BETTER_WEEKS,
    NOBODY,
    WORSE_FACTOR,
    WORSE_TEAM,
    WORSE_WEEKS,
    Organisation,
    choose,
)
from connectors.demo.working_time import DAY, HOUR, MINUTE, WEEK, WEEKS, Numbers, Places, WorkingTime, Yes

BY_PEOPLE, BY_RENOVATOR, BY_CLERK = 10_350, 1_200, 250
ROUNDS = 4
REVERTED = 0.017


@dataclass(frozen=True)
class Draw:
    """Where chance comes from, and the calendar it works in."""

    chance: np.random.Generator
    time: WorkingTime
    organisation: Organisation

    def some(self, share: float | Numbers, many: int) -> Yes:
        """True for about this share of `many`."""
        return self.chance.random(many) < share

    def about(self, median: float | Numbers, spread: float, many: int) -> Numbers:
        """Log-normal draws around a median."""
        return np.asarray(median * np.exp(self.chance.normal(0, spread, many)), dtype=float)

    def later(self, frame: pd.DataFrame, at: Numbers, hours: Numbers | float) -> Numbers:
        """Working hours of the frame's teams after `at`."""
        return self.time.later(frame["team"].to_numpy(), at, hours)


def pull_requests(draw: Draw) -> pd.DataFrame:
    """All of them, numbered by repository in the order of creation, cut off at now: what is to come is NaN."""
    by_people = _course(draw, _by_people(draw))
    reverts = _course(draw, _reverts(draw, by_people))
    bots = [_course(draw, _by_renovator(draw)), _course(draw, _by_clerk(draw))]
    pulls = pd.concat([by_people, reverts, *bots], ignore_index=True)
    pulls = pulls[pulls["created"] <= draw.time.now].sort_values("created", kind="stable", ignore_index=False)
    pulls["number"] = pulls.groupby("repository").cumcount() + 1
    pulls["reverts"] = pulls["number"].reindex(pulls["reverted"]).to_numpy()
    return pulls.reset_index(drop=True)


def _by_people(draw: Draw) -> pd.DataFrame:
    many, habits = BY_PEOPLE, draw.organisation.habits
    team = draw.chance.choice(len(habits), many, p=[habit.share for habit in habits])
    share = draw.chance.random(many)
    pulls = pd.DataFrame({"team": team, "created": draw.time.spread(team, share), "share": share})
    pulls["author"] = choose(draw.chance, draw.organisation.people["pull"].to_numpy(), _there(draw, pulls))[:, 0]
    pulls["repository"] = _repository(draw, team)
    pulls["size"] = np.ceil(draw.about(draw.organisation.habit("size", team), 1.25, many))
    pulls["drafted"] = draw.some(draw.organisation.habit("drafts", team), many)
    pulls["rounds"] = 1 + draw.chance.choice(ROUNDS, many, p=[0.62, 0.25, 0.09, 0.04])
    pulls.loc[draw.some(draw.organisation.habit("unreviewed", team), many), "rounds"] = 0
    pulls["abandoned"] = draw.some(0.07, many)
    pulls["auto"] = False
    pulls["reverted"] = NOBODY
    return _waits(draw, pulls)


def _there(draw: Draw, pulls: pd.DataFrame) -> Yes:
    """Who of the team was in the organisation at the time: rows x people."""
    people, share = draw.organisation.people, pulls["share"].to_numpy()[:, None]
    mine = people["team"].to_numpy() == pulls["team"].to_numpy()[:, None]
    return np.asarray(mine & (people["joined"].to_numpy() <= share) & (share < people["left"].to_numpy()))


def _repository(draw: Draw, team: Places) -> Places:
    owned = team * 2 + draw.some(0.4, len(team))
    elsewhere = draw.chance.integers(len(draw.organisation.repositories), size=len(team))
    return np.where(draw.some(0.05, len(team)), elsewhere, owned)


def _waits(draw: Draw, pulls: pd.DataFrame) -> pd.DataFrame:
    """Medians of the waits, in working hours: the team's habit, the size, and the two real changes."""
    organisation, team = draw.organisation, pulls["team"].to_numpy()
    harder = (pulls["size"] / 60) ** 0.12
    ago = (draw.time.now - pulls["created"]) / WEEK
    better = (team == organisation.teams.index(BETTER_TEAM)) & (ago < BETTER_WEEKS)
    worse = (team == organisation.teams.index(WORSE_TEAM)) & (ago < WORSE_WEEKS)
    slower = np.where(worse, WORSE_FACTOR, 1.0)
    quicker = np.where(better, BETTER_FACTOR, np.where(worse, WORSE_FACTOR / 2, 1.0))
    pulls["first_wait"] = organisation.habit("first_review", team) * harder * quicker
    pulls["fixing"] = organisation.habit("fixing", team) * harder * slower
    pulls["merge_wait"] = organisation.habit("merge", team) * slower
    return pulls


def _reverts(draw: Draw, by_people: pd.DataFrame) -> pd.DataFrame:
    merged = by_people[by_people["merged"].notna()]
    reverts = merged[draw.some(REVERTED, len(merged))].copy()
    many = len(reverts)
    reverts["reverted"] = reverts.index.to_numpy()
    reverts["created"] = draw.later(reverts, reverts["merged"].to_numpy(), draw.about(6.0, 0.9, many))
    reverts["author"] = choose(draw.chance, draw.organisation.people["pull"].to_numpy(), _there(draw, reverts))[:, 0]
    return reverts.assign(drafted=False, rounds=1, abandoned=False, first_wait=0.6, fixing=1.0, merge_wait=0.2)


def _by_renovator(draw: Draw) -> pd.DataFrame:
    """Updates of dependencies, on the mornings of Mondays and Thursdays; most merge by themselves."""
    many = BY_RENOVATOR
    day = draw.chance.integers(WEEKS, size=many) * 7.0 + 3 * draw.chance.integers(2, size=many)
    created = draw.time.start + day * DAY + 5 * HOUR + draw.chance.random(many) * 40 * MINUTE
    repository = draw.chance.integers(len(draw.organisation.repositories), size=many)
    fate = draw.chance.choice(3, many, p=[0.55, 0.30, 0.15])
    return _by_bot(draw, "renovator", repository, created, draw.about(12, 1.0, many)).assign(
        rounds=(fate == 1).astype(int), abandoned=fate == 2, auto=fate == 0, first_wait=9.0, merge_wait=0.8
    )


def _by_clerk(draw: Draw) -> pd.DataFrame:
    """Release notes, by a bot whose account looks like a person's."""
    many = BY_CLERK
    weeks = draw.chance.integers(WEEKS, size=many).astype(float)
    created = draw.time.start + weeks * WEEK + DAY + 9 * HOUR
    repository = 2 + 2 * draw.chance.integers(5, size=many)
    by_clerk = _by_bot(draw, "release-clerk", repository, created, draw.about(25, 0.4, many))
    return by_clerk.assign(rounds=1, abandoned=False, auto=False, first_wait=2.0, merge_wait=1.0)


def _by_bot(draw: Draw, login: str, repository: Places, created: Numbers, size: Numbers) -> pd.DataFrame:
    pulls = pd.DataFrame({"team": draw.organisation.owners[repository], "created": created, "repository": repository})
    share = (created - draw.time.start) / (draw.time.now - draw.time.start)
    author = draw.organisation.person(login)
    return pulls.assign(share=share, author=author, size=np.ceil(size), drafted=False, reverted=NOBODY, fixing=3.0)


def _course(draw: Draw, pulls: pd.DataFrame) -> pd.DataFrame:
    """Add what happens to each, and forget what would happen after now."""
    pulls = _until_ready(draw, pulls.reset_index(drop=True))
    pulls = _reviewed(draw, pulls)
    pulls = _finished(draw, pulls)
    moments = ["ready", "redrafted", "ready_again", "merged", "closed", "was_closed", "reopened"]
    moments += [f"round_{turn}" for turn in range(ROUNDS)]
    pulls[moments] = pulls[moments].where(pulls[moments] <= draw.time.now)
    return pulls


def _until_ready(draw: Draw, pulls: pd.DataFrame) -> pd.DataFrame:
    many, created = len(pulls), pulls["created"].to_numpy()
    drafted = pulls["drafted"].to_numpy()
    ready = draw.later(pulls, created, draw.about(9.0, 1.1, many))
    ready = np.where(drafted & draw.some(0.04, many), np.nan, ready)
    pulls["ready"] = np.where(drafted, ready, np.nan)
    since = np.where(drafted, ready, created)
    again = ~pulls["auto"].to_numpy() & (pulls["rounds"] > 0) & draw.some(0.025, many) & np.isfinite(since)
    start = np.where(np.isfinite(since), since, created)
    redrafted = draw.later(pulls, start, draw.about(1.0, 0.5, many))
    pulls["redrafted"] = np.where(again, redrafted, np.nan)
    pulls["ready_again"] = np.where(again, draw.later(pulls, redrafted, draw.about(6.0, 0.7, many)), np.nan)
    pulls["waits_from"] = np.where(again, pulls["ready_again"], since)
    return pulls


def _reviewed(draw: Draw, pulls: pd.DataFrame) -> pd.DataFrame:
    """The moments of the rounds of review: the first after the wait, each other after the fixing."""
    many = len(pulls)
    at = draw.later(pulls, pulls["waits_from"].to_numpy(), draw.about(pulls["first_wait"].to_numpy(), 0.95, many))
    last = pulls["waits_from"].to_numpy()
    for turn in range(ROUNDS):
        there = pulls["rounds"].to_numpy() > turn
        pulls[f"round_{turn}"] = np.where(there, at, np.nan)
        last = np.where(there, at, last)
        at = draw.later(pulls, at, draw.about(1.6 * pulls["fixing"].to_numpy(), 0.7, many))
    pulls["last_round"] = last
    return pulls


def _finished(draw: Draw, pulls: pd.DataFrame) -> pd.DataFrame:
    many, last = len(pulls), pulls["last_round"].to_numpy()
    abandoned = pulls["abandoned"].to_numpy() | np.isnan(last)
    reopens = draw.some(0.013, many) & ~abandoned & ~pulls["auto"].to_numpy()
    was_closed = draw.later(pulls, last, draw.about(1.5, 0.5, many))
    reopened = draw.later(pulls, was_closed, draw.about(4.0, 0.8, many))
    pulls["was_closed"] = np.where(reopens, was_closed, np.nan)
    pulls["reopened"] = np.where(reopens, reopened, np.nan)
    settled = np.where(reopens, reopened, last)
    merged = draw.later(pulls, settled, draw.about(pulls["merge_wait"].to_numpy(), 0.9, many))
    given_up = draw.later(pulls, pulls["created"].to_numpy(), draw.about(90.0, 1.2, many))
    pulls["merged"] = np.where(abandoned, np.nan, merged)
    pulls["closed"] = np.where(abandoned, given_up, merged)
    pulls["stale"] = draw.some(0.06, many) & ~abandoned & (pulls["rounds"] > 0)
    return pulls
