"""What the configuration may say: each table of the TOML file as a frozen value."""

from datetime import date
from typing import Annotated, Literal

from pydantic import BaseModel, ConfigDict, Field, model_validator

from data.values import (
    CloneAddress,
    Country,
    Day,
    Encoding,
    Globs,
    Mail,
    Number,
    Repository,
    ServerAddress,
    TimeOfDay,
    Variable,
    Whole,
    Words,
    Zone,
)


class Settings(BaseModel):
    """A table of the file: frozen, and nothing in it that is not known."""

    model_config = ConfigDict(frozen=True, extra="forbid", populate_by_name=True)


class StoreSettings(Settings):
    """[store]"""

    url: str = Field("", repr=False)


class Calendar(Settings):
    """[calendar]: the weeks of every chart."""

    timezone: Zone = "UTC"
    week_starts: Literal["monday", "sunday", "saturday"] = "monday"


class GitHub(Settings):
    """[[github]]: one server and its repositories, by name or by organisation."""

    base_url: ServerAddress = "https://api.github.com"
    repositories: tuple[Repository, ...] = ()
    organization: str = ""
    include: Words = ("*",)
    exclude: Words = ()
    token_env: Variable = "GITHUB_TOKEN"
    app_id: Whole | None = None
    installation_id: Whole | None = None
    private_key_env: Variable = ""
    name: str = ""  # of the source in the store; empty: "github", with the host behind it from the second server on

    @model_validator(mode="after")
    def _complete(self) -> "GitHub":
        if not self.repositories and not self.organization:
            raise ValueError("names neither repositories nor an organization; give it one of them")
        if (self.app_id is None) != (self.private_key_env == "") or (self.app_id is None and self.installation_id):
            raise ValueError("a GitHub App needs app_id, installation_id and private_key_env together")
        return self


class Jira(Settings):
    """[[jira]]: one site and its projects."""

    url: ServerAddress
    projects: Words = ()
    token_env: Variable = "JIRA_TOKEN"
    user_env: Variable = ""
    name: str = ""  # as for GitHub


class Git(Settings):
    """[[git]]: a clone, or where to clone from."""

    repository: Repository
    path: str = ""
    url: CloneAddress = ""
    name: str = "git"
    release_dates: bool = False  # ask the public package indexes: the names of packages leave the house


class Files(Settings):
    """[[files]]: a file in CSV, and what it tells; its path is beside the configuration's."""

    kind: Literal["deployments", "incidents", "survey_results", "debt_ratios", "capacity", "costs"]
    path: str
    encoding: Encoding = "utf-8"
    decimal: Literal[".", ","] | None = None  # None: a point, and what may be thousands is refused
    thousands: Literal[".", ",", " ", "'"] | None = None
    dates: Literal["year-month-day", "day.month.year", "day/month/year", "month/day/year"] = "year-month-day"
    name: str = ""  # of the source in the store; empty: "files:" and the path

    @model_validator(mode="after")
    def _apart(self) -> "Files":
        if self.decimal and self.decimal == self.thousands:
            raise ValueError(f"decimal and thousands are both {self.decimal!r}; expected two different separators")
        return self


class Bots(Settings):
    """[bots]: accounts that are no people, beside those that say so themselves."""

    names: Words = ()
    ai_reviewers: Words = ()


class Member(Settings):
    """A person in a team, from a day until before another."""

    person: str
    since: date | None = Field(None, alias="from")
    until: date | None = None
    share: Annotated[Number, Field(gt=0, le=1)] = 1.0

    @model_validator(mode="after")
    def _ordered(self) -> "Member":
        if self.since and self.until and self.until <= self.since:
            raise ValueError(f"the membership of {self.person!r} ends ({self.until}) before it begins ({self.since})")
        return self


class Team(Settings):
    """[teams.KEY]: who is in it, what it owns, when it works."""

    name: str = ""
    parent: str = ""
    members: tuple[Member | str, ...] = ()
    repositories: tuple[Repository, ...] = ()
    paths: Words = ()
    jira_projects: Words = ()
    jira_components: Words = ()
    timezone: Zone | None = None
    working_days: tuple[Day, ...] = ("mon", "tue", "wed", "thu", "fri")
    working_hours: tuple[TimeOfDay, TimeOfDay] = ("09:00", "17:00")
    holidays: Country = ""
    hourly_cost: Annotated[Number, Field(gt=0)] | None = None  # of one person; private: only totals of plans are shown

    @property
    def memberships(self) -> tuple[Member, ...]:
        """Every member as a dated membership."""
        return tuple(Member(person=m) if isinstance(m, str) else m for m in self.members)


class Person(Settings):
    """[people.KEY]: the accounts of one person."""

    github: Words = ()
    jira: Words = ()
    emails: tuple[Mail, ...] = ()


class Stages(Settings):
    """[stages.default] or [stages.KEY]: which status of an issue is which stage."""

    active: Words = ()
    review: Words = ()
    queue: Words = ()
    blocked: Words = ()
    done: Words = ()
    cancelled: Words = ("Cancelled", "Canceled")  # given up; one that another stage names is not
    cancelled_resolutions: Words = (
        "Won't Do",
        "Won't Fix",
        "Duplicate",
        "Cannot Reproduce",
        "Invalid",
        "Declined",
        "Incomplete",
        "Not planned",  # as GitHub calls it
    )


class Epics(Settings):
    """[epics]: the types of issue that are epics; empty: as the tracker's hierarchy says."""

    types: Words = ()


class WorkClass(Settings):
    """One class of work: the issue types, labels or epics that belong to it."""

    types: Words = ()
    labels: Words = ()
    epics: Words = ()


class WorkMix(Settings):
    """[work_mix]: the classes of work, and the shares planned for them, in percent."""

    new: WorkClass = WorkClass()
    improvement: WorkClass = WorkClass()
    bug: WorkClass = WorkClass()
    debt: WorkClass = WorkClass()
    risk: WorkClass = WorkClass()
    plan: dict[Literal["new", "improvement", "bug", "debt", "risk"], Number] = Field(default_factory=dict)


class Target(Settings):
    """[targets.ID]: what is aimed at, since when, and who says so."""

    value: Number | None = None
    low: Number | None = None
    high: Number | None = None
    source: str
    since: date | None = Field(None, alias="from")

    @model_validator(mode="after")
    def _one_kind(self) -> "Target":
        if (self.value is None) == (self.low is None and self.high is None):
            raise ValueError("a target is either one value or a band (low, high)")
        return self


class Adoption(Settings):
    """[adoption.KEY]: a rule that repositories meet or not: a file that is there, or a dependency in use."""

    name: str = ""
    path: str = ""  # a pattern as of [teams]: "src/**/*.rs"
    dependency: str = ""
    least_version: str = ""

    @model_validator(mode="after")
    def _one_kind(self) -> "Adoption":
        if bool(self.path) == bool(self.dependency):
            raise ValueError("a rule names either a path or a dependency")
        if self.least_version and (not self.dependency or not self.least_version[0].isdigit()):
            raise ValueError(f"{self.least_version!r} is no version of a dependency; expected one such as '2.1'")
        return self


class Deployments(Settings):
    """[deployments."owner/name"]: what is a deployment to production there; the names are globs."""

    source: Literal["deployments", "workflow", "releases", "tags", "merges", "files"] | None = None
    environments: Words = ()
    workflows: Words = ()  # by file or by name
    tags: Globs = ()  # also of releases

    @model_validator(mode="after")
    def _says_something(self) -> "Deployments":
        if not (self.source or self.environments or self.workflows or self.tags):
            raise ValueError("says nothing; give it source, environments, workflows or tags")
        return self


class Incidents(Settings):
    """[incidents]: which issues are incidents, and how long after a deployment one is blamed on it."""

    types: Words = ("Incident",)
    labels: Words = ("incident",)
    window_days: Annotated[Whole, Field(gt=0)] = 7


class Privacy(Settings):
    """[privacy]: a team of fewer people is never shown by itself; whether the store holds people by name."""

    minimum_team_size: Annotated[Whole, Field(ge=3)] = 3
    pseudonym_key_env: Variable = ""  # names the variable with the key by which people are pseudonyms in the store


class SignIn(Settings):
    """[sign_in]: who may look, and what else they may do; names of groups, or (with an @) addresses of people."""

    kind: Literal["none", "oidc", "proxy"] = "none"
    groups_claim: str = "groups"  # of the OpenID Connect token
    viewers: Words = ()  # empty: everybody who can sign in
    leads: Words = ()  # may also write notes and export reports
    admins: Words = ()  # may also start syncs and change the configuration
    proxies: Words = ("127.0.0.1", "::1")  # addresses whose headers are believed
    user_header: str = "X-Forwarded-Email"
    groups_header: str = ""  # empty: no groups; a proxy that is not asked for them may hand on a visitor's own
    hours: Annotated[Whole, Field(gt=0, le=720)] = 12  # after which everybody signs in again


class Monitoring(Settings):
    """[monitoring]: figures about Plumbline itself."""

    prometheus: bool = False  # serves /monitoring/metrics
    token_env: Variable = ""  # names the variable with the token that lets Prometheus in without a sign-in


class Email(Settings):
    """[report.email]: where reports go by mail, when they are sent; the password is in the environment."""

    host: str
    port: Annotated[Whole, Field(gt=0, le=65535)] = 587
    security: Literal["starttls", "tls", "none"] = "starttls"
    sender: Mail
    to: tuple[Mail, ...]
    user_env: Variable = ""
    password_env: Variable = ""


class Webhook(Settings):
    """[report.webhook]: who is told in JSON; the address is a secret of its own, so it is in the environment."""

    url_env: Variable


class Report(Settings):
    """[report]: the cover of the monthly report, and where reports go when they are sent."""

    organisation: str = ""
    audience: str = ""
    email: Email | None = None
    webhook: Webhook | None = None
