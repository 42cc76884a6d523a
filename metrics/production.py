"""What a name says: whether an environment, a workflow or a tag is one of production.

Words in English are a last resort: `[deployments."owner/name"]` names all three where they say too little.
"""

import itertools
import re
from collections.abc import Sequence
from dataclasses import dataclass
from functools import lru_cache

Words = tuple[str, ...]

PRODUCTION = frozenset({"prod", "prods", "production", "prd", "live"})
NEGATIONS = frozenset({"pre", "non", "not"})  # right before a word of production
ELSEWHERE = frozenset(
    [
        "preprod",
        "preprd",
        "preproduction",
        "nonprod",
        "nonproduction",
        "preview",
        "previews",
        "review",
        "reviews",
        "staging",
        "stage",
        "stg",
        "test",
        "tests",
        "testing",
        "tst",
        "qa",
        "uat",
        "dev",
        "devel",
        "develop",
        "development",
        "sandbox",
        "sbx",
        "integration",
        "acceptance",
        "demo",
        "training",
        "lab",
        "local",
        "tmp",
        "temp",
        "ephemeral",
        "like",
        "mock",
        "mirror",
        "shadow",
        "copy",
        "clone",
        "rehearsal",
        "perf",
        "loadtest",
        "nightly",
        "candidate",
        "rc",
        "testnet",
        "devnet",
        "testpypi",
        "testflight",
    ]
)
NO_PLACE = frozenset({"ci", "copilot"})  # environments that hold the secrets of checks and of agents
DEPLOYING = frozenset(
    ["deploy", "deploys", "deployment", "deployments", "deploying", "ship", "ships", "shipping", "rollout"]
)
RELEASING = frozenset(["release", "releases", "releasing", "publish", "publishes", "publishing"])
NO_DEPLOYMENT = frozenset(
    [
        "draft",
        "drafts",
        "drafter",
        "please",
        "changelog",
        "changelogs",
        "changeset",
        "changesets",
        "notes",
        "prepare",
        "docs",
        "doc",
        "documentation",
        "pages",
        "storybook",
        "wiki",
        "coverage",
        "results",
        "report",
        "reports",
        "lint",
        "check",
        "checks",
        "validate",
        "dry",
        "snapshot",
        "snapshots",
        "pr",
        "label",
        "labels",
        "labeler",
        "notify",
        "announce",
        "undeploy",
        "cleanup",
        "clean",
        "delete",
        "destroy",
        "teardown",
        "cancel",
    ]
)
STEPS = frozenset(
    ["test", "tests", "testing", "lint", "check", "checks", "review"]
)  # of a workflow that goes on to deploy
CHAINED = frozenset({"and", "then", "build", "lint"})
NO_RELEASE = ELSEWHERE | frozenset(
    ["alpha", "beta", "pre", "prerelease", "canary", "next", "backup", "archive", "archived", "old", "before"]
)
TRUNKS = frozenset({"main", "master"})

IN_ONE = re.compile(r"(?<=[a-z])(?=[A-Z])|(?<=[A-Z])(?=[A-Z][a-z])")
WORD = re.compile(r"[^\W\d_]+")
AND = re.compile(r"[&+,]")
OF_PULL_REQUEST = re.compile(r"(?:^|[\W_])pr[\W_]?\d", re.IGNORECASE)
VERSION = re.compile(r"(?:(?!v?\d)(?P<component>@?\w[\w./@-]*)[-_/@])?v?(?P<numbers>\d{1,9}(?:\.\d{1,9}){1,3})")


@dataclass(frozen=True)
class Version:
    """A released version: of which component (empty: of the whole), and its numbers."""

    component: str
    numbers: tuple[int, ...]


def words(name: str) -> Words:
    """The words of a name in lower case: "Prod-EU_2", "prodEU" → prod, eu."""
    return tuple(WORD.findall(IN_ONE.sub(" ", name).lower()))


@lru_cache(maxsize=65_536)
def is_production(name: str) -> bool:
    """Whether an environment is called production, and nothing in its name says otherwise."""
    found = words(name)
    return found in {(trunk,) for trunk in TRUNKS} or (
        not is_elsewhere(name) and bool({*found} & (PRODUCTION | {"release"}))
    )


@lru_cache(maxsize=65_536)
def is_elsewhere(name: str) -> bool:
    """Whether the name of an environment says that it is not production."""
    found = words(name)
    pages = ("github", "pages") in itertools.pairwise(found) or found == ("git", "hub", "pages")
    return pages or bool(OF_PULL_REQUEST.search(name)) or not NO_PLACE.isdisjoint(found) or _says_elsewhere(found)


@lru_cache(maxsize=65_536)
def may_be_production(name: str) -> bool:
    """Whether an environment may be production where none is called so; "reproduction" and "productivity" are not."""
    return not is_elsewhere(name) and not any("prod" in word for word in words(name))


def _says_elsewhere(found: Words) -> bool:
    negated = any(one in NEGATIONS and other in PRODUCTION for one, other in itertools.pairwise(found))
    return negated or not ELSEWHERE.isdisjoint(found)


@lru_cache(maxsize=65_536)
def deploys(name: str, file: str) -> bool:
    """Whether a workflow deploys to production or releases, by its name and its file's.

    A name that says production decides; else neither may say anything that is not one: a preview, a draft, documents.
    """
    said, stem = _steps_aside(name), _steps_aside(file)
    if not {*said, *stem} & (DEPLOYING | RELEASING):
        return False
    clean = [not _says_elsewhere(part) and NO_DEPLOYMENT.isdisjoint(part) for part in (said, stem)]
    return clean[0] and (clean[1] or not PRODUCTION.isdisjoint(said))


@lru_cache(maxsize=65_536)
def is_release_tool(name: str, file: str) -> bool:
    """Whether a workflow is only called a release: it may run for every change and release now and then."""
    said = {*words(name), *words(file)}
    return said.isdisjoint(DEPLOYING | PRODUCTION)


def _steps_aside(name: str) -> Words:
    """The words without the steps before a deployment: "Test & deploy" deploys, "deploy to test" does so elsewhere."""
    found = words(AND.sub(" and ", name))
    around = zip(("", *found), found, (*found[1:], ""), strict=False)
    return tuple(word for before, word, after in around if word not in STEPS or CHAINED.isdisjoint((before, after)))


@lru_cache(maxsize=65_536)
def version_of(tag: str) -> Version | None:
    """The version that a tag names: two to four numbers, after a component's name or none; None for anything else."""
    found = VERSION.fullmatch(tag)
    if found is None:
        return None
    component = found["component"] or ""
    if not NO_RELEASE.isdisjoint(words(component)):
        return None
    return Version(component, tuple(int(number) for number in found["numbers"].split(".")))


def of_older_lines(tags: Sequence[str]) -> list[bool]:
    """Which of these tags, in the order of their release, belong to a line that a higher version had left behind.

    One is lower than the highest before it, and its first number was in use before that one came: v1.2.7 after v1.3.0.
    """
    highest: dict[str, tuple[tuple[int, ...], int]] = {}
    begun: dict[tuple[str, int], int] = {}
    older = []
    for turn, tag in enumerate(tags):
        version = version_of(tag)
        if version is None:
            older.append(False)
            continue
        top, since = highest.get(version.component, (version.numbers, turn))
        first = begun.setdefault((version.component, version.numbers[0]), turn)
        older.append(version.numbers < top and first < since)
        if version.numbers >= top:
            highest[version.component] = (version.numbers, turn if version.numbers > top else since)
    return older
