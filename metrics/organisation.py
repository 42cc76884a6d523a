"""Who is a bot, who is in which team, who owns what: applied to rows when they are read, never stored with them."""

from dataclasses import dataclass, field

import numpy as np
import pandas as pd
from numpy.typing import NDArray

from metrics.model import Frame
from metrics.working_hours import USUAL, Calendar

PERSON, BOT, AI_REVIEWER, DELETED = "person", "bot", "ai_reviewer", "deleted"
CLASSES = (PERSON, BOT, AI_REVIEWER, DELETED)
UNASSIGNED = "unassigned"
KNOWN_AI_REVIEWERS = frozenset(
    {
        "coderabbitai",
        "copilot-pull-request-reviewer",
        "copilot",
        "gemini-code-assist",
        "sourcery-ai",
        "qodo-merge-pro",
        "ellipsis-dev",
        "greptile-apps",
        "cursor",
        "claude",
        "codex",
    }
)
MEMBERSHIP_COLUMNS = {"kind": "str", "account": "str", "team": "str", "share": "float64"}
MEMBERSHIP_TIMES = ("since", "until")


def no_memberships() -> Frame:
    """An empty frame of memberships: kind, account, team, share, since, until."""
    columns = {name: pd.Series(dtype=kind) for name, kind in MEMBERSHIP_COLUMNS.items()}
    return pd.DataFrame(columns | {name: pd.Series(dtype="datetime64[us, UTC]") for name in MEMBERSHIP_TIMES})


@dataclass(frozen=True)
class IncidentRule:
    """Which issues are incidents (types, labels: lower case), and for how many days one is blamed on a deployment."""

    types: frozenset[str] = frozenset({"incident"})
    labels: frozenset[str] = frozenset({"incident"})
    window_days: int = 7


@dataclass(frozen=True)
class AdoptionRule:
    """What a repository should come to use: a file at a path, or a dependency of at least a version."""

    name: str
    path: str = ""
    dependency: str = ""
    least_version: str = ""


@dataclass(frozen=True)
class Organisation:
    """What the configuration says of accounts and teams.

    `memberships`: a row per account of a member (kind: github, jira or person; account in lower case), since
    inclusive, until exclusive, null: open. `owners`: kind (repository, project, component) → name → team.
    `calendars`: team → when it works; `calendar` for rows without one. `deployment_sources`: repository → the source
    that the configuration sets. `stages`: project or "default" → status → stage; `cancelled` and `cancelled_statuses`:
    project or "default" → resolutions, and statuses, of what ended without a result; `epic_types`: the types of issue
    that are epics (none: by the tracker's hierarchy); `work_mix`: class of work → types, labels, epics → their names.
    All these words are in lower case. `people`: kind (github, jira, email) → account in lower case → person.
    `minimum_team_size`: of fewer nothing is shown by itself. `hourly_costs`: team → what an hour of a person costs,
    never shown. `adoption`: what repositories should come to use.
    """

    bots: frozenset[str] = frozenset()
    ai_reviewers: frozenset[str] = frozenset()
    memberships: Frame = field(default_factory=no_memberships)
    owners: dict[str, dict[str, str]] = field(default_factory=dict)
    names: dict[str, str] = field(default_factory=dict)
    calendars: dict[str, Calendar] = field(default_factory=dict)
    calendar: Calendar = USUAL
    deployment_sources: dict[str, str] = field(default_factory=dict)
    incidents: IncidentRule = IncidentRule()
    stages: dict[str, dict[str, str]] = field(default_factory=dict)
    cancelled: dict[str, frozenset[str]] = field(default_factory=dict)
    cancelled_statuses: dict[str, frozenset[str]] = field(default_factory=dict)
    epic_types: frozenset[str] = frozenset()
    work_mix: dict[str, dict[str, frozenset[str]]] = field(default_factory=dict)
    people: dict[str, dict[str, str]] = field(default_factory=dict)
    minimum_team_size: int = 3
    hourly_costs: dict[str, float] = field(default_factory=dict, repr=False)
    adoption: tuple[AdoptionRule, ...] = ()


def account_class(login: pd.Series, kind: pd.Series, organisation: Organisation) -> pd.Series:
    """Each account's class: person, bot, ai_reviewer, or deleted where the source no longer says who it was.

    By the source's account type, the `[bot]` suffix, and the configured names; being called something with "bot" in
    it makes nobody a bot.
    """
    codes = _class_codes(login, kind, organisation)
    return pd.Series(np.array(CLASSES)[codes], index=login.index, dtype="str")


def is_person(login: pd.Series, kind: pd.Series, organisation: Organisation) -> NDArray[np.bool_]:
    """Whether each account is a person's: as account_class says, without spelling it out for every row."""
    return np.equal(_class_codes(login, kind, organisation), CLASSES.index(PERSON))


def is_ai_reviewer(login: pd.Series, kind: pd.Series, organisation: Organisation) -> NDArray[np.bool_]:
    """Whether each account is an automatic reviewer's, likewise."""
    return np.equal(_class_codes(login, kind, organisation), CLASSES.index(AI_REVIEWER))


def _class_codes(login: pd.Series, kind: pd.Series, organisation: Organisation) -> NDArray[np.int64]:
    """Each account's place in CLASSES; every name is looked at once, as a person's account and as an app's."""
    codes, names = pd.factorize(login.astype("str"))
    is_app = (kind == "Bot").fillna(False).to_numpy(dtype=bool).astype(np.int64)
    known = pd.Series(names, dtype="str")
    classes = np.array([[*_class_of(known, app, organisation), CLASSES.index(DELETED)] for app in (False, True)])
    return np.asarray(classes[is_app, codes], dtype=np.int64)  # a missing name has the code -1: the last, deleted


def _class_of(names: pd.Series, is_app: bool, organisation: Organisation) -> list[int]:
    lower = names.str.lower()
    bare = lower.str.removesuffix("[bot]")
    marked = lower.str.endswith("[bot]") | is_app
    automatic = marked | bare.isin(organisation.bots)
    artificial = bare.isin(organisation.ai_reviewers) | (marked & bare.isin(KNOWN_AI_REVIEWERS))
    places = [CLASSES.index(AI_REVIEWER), CLASSES.index(BOT)]
    classes: list[int] = np.select([artificial, automatic], places, default=CLASSES.index(PERSON)).tolist()
    return classes


def team_of(
    account: pd.Series, kind: str, at: pd.Series, place: pd.Series, organisation: Organisation, place_kind: str
) -> pd.Series:
    """The team of each row: its account's team at that time, else the team that owns its place, else "unassigned".

    Of several teams at once: the one that owns the place, else the one with the larger share, else the first by name.
    """
    owner = place.map(organisation.owners.get(place_kind, {})).astype("str")
    known = organisation.memberships[organisation.memberships["kind"] == kind]
    rows = pd.DataFrame({"row": np.arange(len(account)), "account": account.str.lower(), "at": at, "owner": owner})
    rows.index = account.index
    pairs = rows.merge(known, on="account", how="inner")
    current = (pairs["since"].isna() | (pairs["since"] <= pairs["at"])) & (
        pairs["until"].isna() | (pairs["at"] < pairs["until"])
    )
    pairs = pairs[current].assign(owns=lambda frame: frame["team"] == frame["owner"])
    best = pairs.sort_values(["row", "owns", "share", "team"], ascending=[True, False, False, True])
    teams = best.drop_duplicates("row").set_index("row")["team"]
    member = pd.Series(np.arange(len(account)), index=account.index).map(teams).astype("str")
    return member.fillna(owner).fillna(UNASSIGNED).astype("str")


def person_of(account: pd.Series, kind: str, organisation: Organisation) -> pd.Series:
    """The person behind each account, by configuration, else the account itself; in lower case."""
    codes, names = pd.factorize(account.astype("str"))
    lower = pd.Series(names, dtype="str").str.lower()
    people = lower.map(organisation.people.get(kind, {})).astype("str").fillna(lower)
    return people.reindex(pd.Index(codes)).set_axis(account.index)
