"""How far behind the newest releases the direct dependencies are, at the end of each month."""

import re

import pandas as pd

from metrics.files import owning_team, repository_names
from metrics.model import Frame
from metrics.month_ends import KIND, held, moments
from metrics.observations import days
from metrics.organisation import Organisation

YEAR = 365.25  # days
PACKAGE = ["source", "ecosystem", "package"]
VERSION = [*PACKAGE, "version"]


def dependencies(
    dependencies: Frame, package_releases: Frame, repositories: Frame, organisation: Organisation
) -> Frame:
    """One row per direct dependency and month's end: key (owner/name:manifest:package), repository, team, ecosystem,
    package, at, until, version (in use), used_at and latest_at (release times), latest (the highest stable version
    that was out), value (latest_at - used_at in years, at least 0) and left_out (why there is none, or null).
    """
    rows = dependencies.rename(columns={"name": "package", "until": "used_until"})
    rows["repository"] = repository_names(rows, repositories)
    rows["path"] = rows["manifest"]
    rows["team"] = owning_team(rows, organisation)
    rows["key"] = (rows["repository"] + ":" + rows["manifest"] + ":" + rows["package"]).astype("str")
    rows = rows.drop(columns=["id", "gone_at", "path"])
    releases = package_releases.rename(columns={"id": "version"}).drop(columns=["seen_at", "gone_at"])
    releases = releases.assign(order=_orders(releases["version"]))
    taken = moments(rows.assign(at=rows["since"]))
    return held(lambda at: _drift(_in_use(rows, at), releases, at), taken)


def _in_use(rows: Frame, at: pd.Timestamp) -> Frame:
    return rows[(rows["since"] <= at) & (rows["used_until"].isna() | (rows["used_until"] > at))]


def _drift(rows: Frame, releases: Frame, at: pd.Timestamp) -> Frame:
    used = releases[[*VERSION, "released_at", "order"]].rename(columns={"released_at": "used_at"})
    used = used.drop_duplicates(VERSION)
    bare = rows.assign(version=rows["version"].str.removeprefix("="))
    rows = bare.merge(used, on=VERSION, how="left").merge(_latest(releases, at), on=PACKAGE, how="left")
    behind = (rows["latest_order"] > rows["order"]).fillna(False).astype(bool)
    years = (days(rows["latest_at"] - rows["used_at"]) / YEAR).clip(lower=0)
    known = rows["used_at"].notna() & rows["latest_at"].notna()
    rows["value"] = years.where(behind, 0.0).where(known)
    rows["left_out"] = _why_not(rows, releases).where(~known)
    return rows.drop(columns=["order", "latest_order"]).astype({"used_at": KIND, "latest_at": KIND, "left_out": "str"})


def _latest(releases: Frame, at: pd.Timestamp) -> Frame:
    """The highest stable version of each package that was out at a moment."""
    unfit = releases["is_prerelease"].fillna(False).astype(bool) | releases["is_yanked"].fillna(False).astype(bool)
    out = releases[~unfit & (releases["released_at"] <= at)]
    best = out.sort_values([*PACKAGE, "order"]).drop_duplicates(PACKAGE, keep="last")
    names = {"version": "latest", "released_at": "latest_at", "order": "latest_order"}
    return best[[*PACKAGE, "version", "released_at", "order"]].rename(columns=names)


def _why_not(rows: Frame, releases: Frame) -> pd.Series:
    """Why there is no drift: nothing pins a version, or nobody published the package or the version."""
    published = pd.MultiIndex.from_frame(releases[PACKAGE]).unique()
    unknown = ~pd.MultiIndex.from_frame(rows[PACKAGE]).isin(published)
    why = pd.Series("unknown version", index=rows.index, dtype="str")
    return why.mask(unknown, "unknown package").mask(rows["version"].isna(), "no pinned version")


def _orders(versions: pd.Series) -> pd.Series:
    """The place of each version among all: by its numbers from left to right, a pre-release before its release."""
    parts = {version: version_order(version) for version in versions.dropna().unique()}
    places = {version: place for place, version in enumerate(sorted(parts, key=lambda v: parts[v]))}
    return versions.map(places).astype("float64")


def version_order(version: str) -> tuple[tuple[int, ...], bool, str]:
    """What versions are sorted by: their numbers from left to right, a pre-release before its release."""
    numbers = re.match(r"v?(?:\d+!)?(\d+(?:\.\d+)*)", version)
    known = tuple(int(part) for part in numbers[1].split(".")) if numbers else ()
    rest = version[numbers.end() :] if numbers else version
    while known and known[-1] == 0:
        known = known[:-1]
    return known, not rest or rest.startswith((".post", "+", ".Final", "-post")), rest
