"""What a formula returns: one row per thing observed, with its value, and why it is left out if it is."""

from collections import Counter
from collections.abc import Iterable, Mapping
from typing import Any

import pandas as pd

from metrics.model import Frame, Observations, Reason

COLUMNS = {
    "at": "datetime64[us, UTC]",
    "until": "datetime64[us, UTC]",
    "value": "float64",
    "key": "str",
    "url": "str",
    "team": "str",
    "repository": "str",
    "project": "str",
    "excluded": "str",
    "weight": "float64",
    "part": "str",
}
HOUR, DAY = 3600, 86_400  # seconds
BOT = "bot"  # the one reason for leaving out that a scope may lift


def observe(
    rows: Frame,
    at: pd.Series,
    value: pd.Series | float = 1.0,
    until: pd.Series | None = None,
    excluded: dict[str, pd.Series] | None = None,
    weight: pd.Series | float = 1.0,
    part: pd.Series | None = None,
) -> Observations:
    """Observations from fact rows: those with a time, each with the first reason of `excluded` that holds for it.

    `rows` gives key, url, team, repository, project where it has them; `until` ends what is open for a while (null:
    still open). `weight` is what a value is a percentage of, where it is one of a share; `part` names the part of the
    whole that a row belongs to, where there are several.
    """
    seen = pd.DataFrame(index=rows.index)
    for name, kind in COLUMNS.items():
        seen[name] = rows[name] if name in rows else pd.Series(None, index=rows.index, dtype=kind)
    seen["at"], seen["value"], seen["weight"], seen["part"] = at, value, weight, part
    if until is not None:
        seen["until"] = until
    seen["excluded"] = None
    for reason, applies in (excluded or {}).items():
        seen["excluded"] = seen["excluded"].mask(applies.fillna(False).astype(bool) & seen["excluded"].isna(), reason)
    return seen[seen["at"].notna()].astype(COLUMNS).reset_index(drop=True)


def hours(duration: pd.Series) -> pd.Series:
    """A duration in hours."""
    seconds: pd.Series = duration.dt.total_seconds()
    return seconds / HOUR


def days(duration: pd.Series) -> pd.Series:
    """A duration in days."""
    seconds: pd.Series = duration.dt.total_seconds()
    return seconds / DAY


def from_source(rows: Observations, sources: Mapping[str, str], without: Reason = Reason.NO_SOURCE) -> Observations:
    """Observations that exist only where a source was found: repository → what its rows were taken from, in words.

    Where nothing at all is counted, `without` is the reason, and never a zero.
    """
    rows.attrs = {"sources": dict(sources), "without": without.value}
    return rows


def taken_from(rows: Observations, fact: str, badge: str) -> Observations:
    """Observations of one of several facts that a formula may read; only what that one is made of has to be synced."""
    rows.attrs = {"facts": (fact,), "badge": badge}
    return rows


def unless_missing(rows: Observations, is_missing: bool, reason: Reason = Reason.NO_SOURCE) -> Observations:
    """Observations that mean nothing while something is missing: then no row counts, and the reason is said."""
    if is_missing:
        rows = rows.iloc[:0]
        rows.attrs = {"without": reason.value}
    return rows


def facts_of(about: Mapping[Any, Any], usual: tuple[str, ...]) -> tuple[str, ...]:
    """The facts that observations were taken from: those that the formula names, unless it chose among them.

    `about` is what the observations say of themselves: their `attrs`, here and below.
    """
    return tuple(about.get("facts", usual))


def badge_of(about: Mapping[Any, Any], places: Iterable[str]) -> str:
    """What the observations of some repositories were taken from: "deployments (3 repositories), releases (2)".

    What was said of the sources may have several parts ("releases; failures from incidents"), each counted by itself.
    """
    if "badge" in about:
        return str(about["badge"])
    sources = about.get("sources", {})
    parts = [sources[place].split("; ") for place in places if place in sources]
    return " · ".join(_counted(kinds) for kinds in zip(*parts, strict=False))


def _counted(kinds: Iterable[str]) -> str:
    (first, n), *others = Counter(kinds).most_common()
    if not others:
        return first
    return ", ".join(
        [f"{first} ({n} {'repository' if n == 1 else 'repositories'})", *(f"{k} ({n})" for k, n in others)]
    )


def why_none(about: Mapping[Any, Any]) -> Reason | None:
    """Why no row is counted, if the formula knows."""
    said = about.get("without")
    return Reason(said) if said else None
