"""What a formula returns: one row per thing observed, with its value, and why it is left out if it is."""

from collections import Counter
from collections.abc import Mapping

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
}
HOUR, DAY = 3600, 86_400  # seconds


def observe(
    rows: Frame,
    at: pd.Series,
    value: pd.Series | float = 1.0,
    until: pd.Series | None = None,
    excluded: dict[str, pd.Series] | None = None,
) -> Observations:
    """Observations from fact rows: those with a time, each with the first reason of `excluded` that holds for it.

    `rows` gives key, url, team, repository, project where it has them; `until` ends what is open for a while (null:
    still open).
    """
    seen = pd.DataFrame(index=rows.index)
    for name, kind in COLUMNS.items():
        seen[name] = rows[name] if name in rows else pd.Series(None, index=rows.index, dtype=kind)
    seen["at"], seen["value"] = at, value
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


def from_source(rows: Observations, sources: Mapping[str, str]) -> Observations:
    """Observations that exist only where a source was found: repository → what its rows were taken from, in words.

    Where nothing at all is counted, the reason is that there is no source, and never a zero.
    """
    rows.attrs = {"sources": dict(sources), "without": Reason.NO_SOURCE.value}
    return rows


def badge_of(seen: Observations, rows: Observations) -> str:
    """What `rows`, a part of `seen`, were taken from: "deployments (3 repositories) · releases (2 repositories)"."""
    sources = seen.attrs.get("sources", {})
    places = rows["repository"].dropna().unique() if sources else ()
    kinds = Counter(sources[place] for place in places if place in sources).most_common()
    if len(kinds) == 1:
        return str(kinds[0][0])
    return " · ".join(f"{words} ({n} {'repository' if n == 1 else 'repositories'})" for words, n in kinds)


def why_none(rows: Observations) -> Reason | None:
    """Why no row is counted, if the formula knows."""
    said = rows.attrs.get("without")
    return Reason(said) if said else None
