"""The history of the code behind the pull requests: commits with their files, how these grew, what they depend on."""

from datetime import UTC, datetime, timedelta
from typing import Any

import numpy as np
import pandas as pd

from connectors.demo.code_host import repository_id
from connectors.demo.organisation import BOTS
from connectors.demo.pull_requests import Draw
from connectors.demo.rows import Columns, Tables, times, words
from connectors.demo.working_time import DAY, Numbers, Places

SEED = 20_260_102
KINDS = (("py", "Python"), ("ts", "TypeScript"), ("go", "Go"), ("kt", "Kotlin"))
AREAS = ("api", "core", "jobs", "store", "views")
PARTS = (
    "orders", "routes", "labels", "prices", "refunds", "search", "events", "clients", "limits", "drivers", "depots",
    "exports",
)  # fmt: skip
FILES, HOT = len(AREAS) * len(PARTS), 2
MOST = 4  # files of one pull request
PACKAGES = ("brisk-http", "tinlog", "palequeue", "orchid-orm", "fernlet", "quillmail", "mapstone", "duskcache")
MONTHS, WATCHED = 13, 12
MANIFEST = "requirements.txt"


def history_tables(draw: Draw, pulls: pd.DataFrame, text: Columns) -> Tables:
    """git_commits, file_changes, git_branches, files, file_snapshots, dependencies and package_releases."""
    chance = np.random.default_rng(SEED)  # its own: the rest of the organisation stays as it is
    merged = pulls[pulls["merged"].notna()].sort_values("merged", kind="stable")
    chosen = _touched(chance, merged, len(draw.organisation.repositories))
    weight = _complexities(chance, len(draw.organisation.repositories))
    return {
        "git_commits": _commits(draw, merged, chosen, text),
        "file_changes": _changes(chance, merged, chosen, text),
        "git_branches": _branches(draw, merged, text),
        "files": _files(weight),
        "file_snapshots": _snapshots(chance, weight, draw.time.now),
        "dependencies": _dependencies(chance, draw),
        "package_releases": _releases(draw.time.now),
    }


def paths(repository: int) -> list[str]:
    """The source files of a repository, the ones that change most first."""
    suffix = KINDS[repository % len(KINDS)][0]
    return [f"src/{area}/{part}.{suffix}" for part in PARTS for area in AREAS]


def test_of(path: str) -> str:
    """The test of a source file."""
    return "tests/test_" + path.removeprefix("src/").replace("/", "_")


# Commits -------------------------------------------------------------------------------------------------


def _touched(chance: np.random.Generator, merged: pd.DataFrame, repositories: int) -> Any:
    """Which source files each pull request changed: pull requests x MOST, -1 for none; the hot ones take longer."""
    many = np.clip(np.floor(merged["size"].to_numpy() ** 0.2), 1, MOST).astype(int)
    took = (merged["merged"] - merged["created"]).groupby(merged["team"]).rank(pct=True).to_numpy()
    liking = np.tile(-0.55 * np.log1p(np.arange(FILES)), (len(merged), 1))
    liking[:, :HOT] += np.where(took > 0.55, 0.9, -0.4)[:, None]
    # people keep to their part of the code, so that knowledge is not spread evenly
    home = (merged["author"].to_numpy()[:, None] * 7 + np.arange(FILES)) % len(AREAS) == 0
    order = np.argsort(-(liking + 1.6 * home + chance.gumbel(size=liking.shape)), axis=1)[:, :MOST]
    return np.where(np.arange(MOST) < many[:, None], order, -1)


def _commits(draw: Draw, merged: pd.DataFrame, chosen: Any, text: Columns) -> Columns:
    place, who, people = merged.index.to_numpy(), merged["author"].to_numpy(), draw.organisation.people
    names = [
        f"{name}[bot]" if login in BOTS else name for login, name in zip(people["login"], people["name"], strict=True)
    ]
    emails = words(f"{login}@meadowlark.example" for login in people["login"])
    at, size = merged["merged"].to_numpy(), merged["size"].to_numpy().astype(int)
    titles = zip(text["title"][place].tolist(), merged["number"].tolist(), strict=True)
    return _where(merged) | {
        "changed": at,
        "id": text["merge_commit"][place],
        "position": merged.groupby("repository").cumcount().to_numpy(),
        "parents": np.ones(len(merged), dtype=int),
        "author_name": words(names)[who],
        "author_email": emails[who],
        "headline": words(f"{title} (#{number})" for title, number in titles),
        "authored_at": times(at),
        "committed_at": times(at),
        "co_authors": words([[]] * len(merged)),
        "mentions": text["mentions"][place],
        "changed_files": (chosen >= 0).sum(axis=1),
        "additions": size,
        "deletions": size // 3,
        "is_reformat": np.zeros(len(merged), dtype=bool),
    }


def _where(rows: pd.DataFrame) -> Columns:
    places = rows["repository"].to_numpy()
    return {"scope": places, "repository_id": words([repository_id(place) for place in places])}


def _changes(chance: np.random.Generator, merged: pd.DataFrame, chosen: Any, text: Columns) -> Columns:
    row, column = np.nonzero(chosen >= 0)
    known = [paths(place) for place in range(merged["repository"].max() + 1)]
    repository = merged["repository"].to_numpy()
    names = [known[r][f] for r, f in zip(repository[row].tolist(), chosen[row, column].tolist(), strict=True)]
    tested = np.nonzero((column == 0) & (chance.random(len(row)) < 0.55))[0]
    row = np.concatenate([row, row[tested]])
    names += [test_of(names[place]) for place in tested.tolist()]
    lines = np.maximum(1, merged["size"].to_numpy()[row] // np.bincount(row)[row]).astype(int)
    rows = merged.iloc[row]
    about = {"changed": rows["merged"].to_numpy(), "commit_id": text["merge_commit"][rows.index.to_numpy()]}
    numbers = {"additions": lines, "deletions": lines // 3}
    return _where(rows) | about | {"id": words(names), "old_path": words([None] * len(names))} | numbers


def _branches(draw: Draw, merged: pd.DataFrame, text: Columns) -> Columns:
    last = merged.drop_duplicates("repository", keep="last")
    heads = {"id": words(["main"] * len(last)), "commit_id": text["merge_commit"][last.index.to_numpy()]}
    return _where(last) | heads | {name: words([None] * len(last)) for name in ("mailmap_id", "ignored_id")}


# Files ---------------------------------------------------------------------------------------------------


def _complexities(chance: np.random.Generator, repositories: int) -> Any:
    """The complexity of each source file: repositories x FILES."""
    usual = np.ceil(chance.lognormal(2.8, 0.7, (repositories, FILES)))
    usual[:, :HOT] = np.ceil(chance.uniform(120, 240, (repositories, HOT)))
    return usual.astype(int)


def _files(weight: Any) -> Columns:
    repositories, many = weight.shape
    places = np.repeat(np.arange(repositories), 2 * many)
    known = [name for place in range(repositories) for path in paths(place) for name in (path, test_of(path))]
    complexity = np.column_stack([weight.ravel(), np.maximum(1, weight.ravel() // 3)]).ravel()
    return _at_place(places) | {
        "id": words(known),
        "blob_id": words([None] * len(known)),
        "language": words([KINDS[place % len(KINDS)][1] for place in places.tolist()]),
        "lines": complexity * 6 + 20,
        "functions": complexity // 4 + 1,
        "complexity": complexity,
        "indentation": complexity * 9,
        "is_generated": np.zeros(len(known), dtype=bool),
        "is_vendored": np.zeros(len(known), dtype=bool),
    }


def _at_place(places: Places) -> Columns:
    return {"scope": places, "repository_id": words([repository_id(place) for place in places.tolist()])}


def _snapshots(chance: np.random.Generator, weight: Any, now: float) -> Columns:
    """Month ends of the files that change most: the hot ones grow."""
    ends = month_ends(now)
    repositories = len(weight)
    shape = (repositories, WATCHED, MONTHS)
    growth = chance.normal(0.002, 0.004, shape[:2])
    growth[:, :HOT] = chance.uniform(0.01, 0.04, (repositories, HOT))
    back = np.arange(MONTHS)[::-1]
    level = weight[:, :WATCHED, None] * (1 - growth[:, :, None] * back) * (1 + chance.normal(0, 0.004, shape))
    complexity = np.maximum(1, level).astype(int).ravel()
    place, file, month = (index.ravel() for index in np.indices(shape))
    return _at_place(place) | {
        "path": words(paths(p)[f] for p, f in zip(place.tolist(), file.tolist(), strict=True)),
        "id": words([f"{end - timedelta(days=1):%Y-%m}" for end in ends])[month],
        "blob_id": words([None] * len(place)),
        "at": times([end.timestamp() for end in ends])[month],
        "lines": complexity * 6 + 20,
        "functions": complexity // 4 + 1,
        "complexity": complexity,
        "indentation": (level * 9).astype(int).ravel(),
    }


def month_ends(now: float) -> list[datetime]:
    """The ends of the last months that are over, the newest last."""
    end = datetime.fromtimestamp(now, UTC).replace(day=1, hour=0, minute=0, second=0, microsecond=0)
    ends = [end]
    while len(ends) < MONTHS:
        ends.append((ends[-1] - timedelta(days=1)).replace(day=1))
    return ends[::-1]


# Dependencies --------------------------------------------------------------------------------------------


def _release_days(package: int, now: float) -> Numbers:
    """When the versions of a package came out, in seconds: 1.0, 1.1, … for four years."""
    rhythm = (45 + 35 * (package % 5)) * DAY
    first = np.floor(now / DAY) * DAY - 4 * 365 * DAY
    return np.arange(first + package * DAY, now, rhythm)


def _releases(now: float) -> Columns:
    days = [_release_days(package, now) for package in range(len(PACKAGES))]
    many = [len(listed) for listed in days]
    versions = [f"1.{minor}" for count in many for minor in range(count)]
    flags = {name: np.zeros(len(versions), dtype=bool) for name in ("is_prerelease", "is_yanked")}
    names = words([name for name, count in zip(PACKAGES, many, strict=True) for _ in range(count)])
    about = {"ecosystem": words(["pypi"] * len(versions)), "package": names, "id": words(versions)}
    return {"scope": np.zeros(len(versions), dtype=int)} | about | {"released_at": times(np.concatenate(days))} | flags


def _dependencies(chance: np.random.Generator, draw: Draw) -> Columns:
    """Each repository takes up new versions after a while of its own; the last two hardly ever."""
    rows: list[tuple[int, str, str, float, float]] = []
    repositories, now = len(draw.organisation.repositories), draw.time.now
    for place in range(repositories):
        slowness = 40.0 if place < repositories - 2 else 500.0
        for package, name in enumerate(PACKAGES):
            taken = _release_days(package, now) + chance.gamma(1.5, slowness, 1) * DAY
            taken = taken[taken < now]
            until = [*taken[1:].tolist(), np.nan][: len(taken)]
            rows += [
                (place, name, f"1.{n}", at, end) for n, (at, end) in enumerate(zip(taken.tolist(), until, strict=True))
            ]
    frame = pd.DataFrame(rows, columns=["place", "name", "version", "since", "until"])
    return _at_place(frame["place"].to_numpy()) | {
        "manifest": words([MANIFEST] * len(frame)),
        "name": words(frame["name"]),
        "id": words(frame["version"]),
        "ecosystem": words(["pypi"] * len(frame)),
        "requirement": words("==" + frame["version"]),
        "version": words(frame["version"]),
        "since": times(frame["since"]),
        "until": times(frame["until"]),
    }
