"""Who is in the organisation, what they own and how each team works."""

import tomllib
from dataclasses import dataclass, field
from functools import cache
from typing import Any

import numpy as np
import pandas as pd

from connectors.demo.rows import Columns, words
from connectors.demo.working_time import Numbers, Places, Yes
from data.demonstration import CONFIGURATION

ADDRESS = "https://meadowlark.example.invalid"
NOBODY = -1


@dataclass(frozen=True)
class Habits:
    """How a team works: waits are medians in working hours, shares are of its pull requests."""

    share: float
    first_review: float
    fixing: float
    merge: float
    size: float
    unreviewed: float
    drafts: float


HABITS = {
    "payments": Habits(0.17, 2.4, 3.0, 1.6, 55, 0.03, 0.25),
    "checkout": Habits(0.20, 7.0, 3.5, 2.0, 70, 0.05, 0.20),
    "dispatch": Habits(0.19, 2.2, 2.5, 1.2, 60, 0.06, 0.20),
    "mobile": Habits(0.16, 3.0, 4.0, 2.5, 80, 0.05, 0.30),
    "platform": Habits(0.15, 1.6, 2.5, 0.8, 35, 0.10, 0.12),
    "insight": Habits(0.13, 2.8, 4.0, 2.0, 65, 0.09, 0.18),
}
BETTER_TEAM, BETTER_WEEKS, BETTER_FACTOR = "checkout", 9, 0.28
WORSE_TEAM, WORSE_WEEKS, WORSE_FACTOR = "dispatch", 6, 4.5

BOTS = {"renovator": "Bot", "release-clerk": "User", "codelantern": "Bot"}
CONTRACTORS = ("sam-okafor", "lin-zhao")
DELETED = "lin-zhao"  # the account on the code host is gone, the one in the issue tracker is not
JOINED = {7: 0.35, 15: 0.5, 22: 0.62, 23: 0.8, 30: 0.45, 37: 0.7, 44: 0.85}
LEFT = {6: 0.6, 29: 0.75}


def configuration() -> dict[str, Any]:
    """The configuration that the demonstration organisation would have written."""
    return tomllib.loads(CONFIGURATION.read_text(encoding="utf-8"))


@dataclass(frozen=True)
class Organisation:
    """Teams, repositories, projects and people, each known by its place in a list."""

    teams: tuple[str, ...]
    places: list[tuple[str, str]]
    repositories: tuple[str, ...]
    owners: Places  # of a repository: its team
    projects: tuple[str, ...]  # in the order of the teams
    people: pd.DataFrame  # login, name, id, kind, jira_id, team, joined, left, pull, care
    habits: tuple[Habits, ...] = field(default=())

    def habit(self, name: str, team: Places) -> Numbers:
        """One habit of each of these teams."""
        return np.array([getattr(habits, name) for habits in self.habits])[team]

    def person(self, login: str) -> int:
        """The place of an account in the list of people."""
        return int(self.people["login"].tolist().index(login))

    def is_person(self, who: Places) -> Yes:
        """Whether these are no bots."""
        return ~self.people["login"].isin(list(BOTS)).to_numpy()[who]


@cache
def organisation() -> Organisation:
    """The organisation of the configuration beside this module."""
    said = configuration()
    teams = said["teams"]
    owned = [(name, place) for place, team in enumerate(teams.values()) for name in team["repositories"]]
    return Organisation(
        teams=tuple(teams),
        places=[(team["timezone"], team["holidays"]) for team in teams.values()],
        repositories=tuple(name for name, _ in owned),
        owners=np.array([place for _, place in owned]),
        projects=tuple(team["jira_projects"][0] for team in teams.values()),
        people=_people(said),
        habits=tuple(HABITS[team] for team in teams),
    )


def _people(said: dict[str, Any]) -> pd.DataFrame:
    """Everybody: members first, in the teams' order, then contractors (in no team), then bots."""
    members = [(person, place) for place, team in enumerate(said["teams"].values()) for person in team["members"]]
    logins = [person for person, _ in members] + [*CONTRACTORS, *BOTS]
    people = pd.DataFrame({"login": words(logins), "name": words([_full_name(login) for login in logins])})
    people["id"] = words([str(70_001 + place) for place in range(len(logins))])
    people["kind"] = words([BOTS.get(login, "User") for login in logins])
    people["jira_id"] = words([f"{login}@jira" for login in logins])
    people["team"] = [place for _, place in members] + [0, 3] + [NOBODY] * len(BOTS)
    people["joined"] = [JOINED.get(place, 0.0) for place in range(len(logins))]
    people["left"] = [LEFT.get(place, 1.1) for place in range(len(logins))]
    draws = np.random.default_rng(7)
    people["pull"] = draws.lognormal(0, 0.35, len(logins))
    people["care"] = draws.lognormal(0, 0.6, len(logins))
    return people


def _full_name(login: str) -> str:
    return login if login in BOTS else " ".join(part.capitalize() for part in login.split("-"))


def choose(draws: np.random.Generator, weights: Numbers, allowed: Yes, many: int = 1) -> Places:
    """For each row of `allowed` (rows x people), `many` different people at random, the weightier the likelier."""
    noise = draws.gumbel(size=allowed.shape)
    chances = np.where(allowed, np.log(weights) + noise, -np.inf)
    return np.argsort(-chances, axis=1)[:, :many]


def actor(name: str, who: Places) -> Columns:
    """The three columns of an actor on the code host; NOBODY is a deleted account."""
    gone = organisation().person(DELETED)
    return _actor(name, np.where(who == gone, NOBODY, who), "login", "id")


def jira_actor(name: str, who: Places) -> Columns:
    """The three columns of an actor in the issue tracker; NOBODY is nobody."""
    return _actor(name, who, "name", "jira_id")


def _actor(name: str, who: Places, word: str, known_by: str) -> Columns:
    columns = {name: word, f"{name}_id": known_by, f"{name}_kind": "kind"}
    return {new: words([*organisation().people[old], None])[who] for new, old in columns.items()}
