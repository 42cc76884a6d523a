"""What was synced, and how far back: the difference between zero and unknown."""

from collections.abc import Iterator, Mapping, Sequence
from datetime import UTC, datetime, timedelta
from typing import Any, NamedTuple

import pandas as pd

from metrics.facts import FACTS
from metrics.model import Frame, Reason, Scope

COLUMNS = {"stream": "str", "scope": "str", "complete": "boolean"}
TIMES = ("oldest", "synced_at")
EVER = datetime.min.replace(tzinfo=UTC)
GIVEN_UP = timedelta(days=7)  # after which nobody waits for a first sync that has stopped


def no_coverage() -> Frame:
    """An empty frame of what was synced: stream, scope, complete, oldest, synced_at.

    `complete` is null while a first sync still brings the history, page by page; false: it was asked for no more.
    """
    columns = {name: pd.Series(dtype=kind) for name, kind in COLUMNS.items()}
    return pd.DataFrame(columns | {name: pd.Series(dtype="datetime64[us, UTC]") for name in TIMES})


def why_nothing(
    facts: Sequence[str], coverage: Frame, scope: Scope, edges: Sequence[tuple[datetime, datetime]]
) -> list[Reason | None]:
    """For each [start, end): why nothing is known of it, or None where every source was synced for it."""
    spans: dict[Any, Span | None] = coverage.attrs.setdefault("spans", {})  # asked for often, and never changes
    key = (tuple(facts), scope.repository)
    if key not in spans:
        spans[key] = _span(facts, coverage, scope.repository)
    span = spans[key]
    if span is None:
        return [Reason.NO_SOURCE] * len(edges)
    return [None if span.oldest <= start < span.newest else Reason.NOT_SYNCED for start, _ in edges]


class Span(NamedTuple):
    """The time for which every source of something was synced."""

    oldest: datetime
    newest: datetime


def is_filling(facts: Sequence[str], coverage: Frame, scope: Scope) -> bool:
    """Whether the first sync still brings older rows of any of the facts, so that the series begins anew every moment.

    One that has brought nothing for a week has been given up.
    """
    filling: dict[Any, datetime] | None = coverage.attrs.get("filling")
    if filling is None:
        filling = coverage.attrs["filling"] = _filling(coverage)
    place = scope.repository or scope.project
    begun = [filling[stream, place] for stream in _main_tables(facts) if (stream, place) in filling]
    return bool(begun) and scope.now - max(begun) < GIVEN_UP


def _filling(coverage: Frame) -> dict[tuple[str, str | None], datetime]:
    """When something last came of each stream that a first sync still fills: of each of its scopes, and of any."""
    rows = coverage[coverage["complete"].isna() & coverage["synced_at"].notna()]
    return {place: ends.synced_at.to_pydatetime() for place, ends in _ends(rows, {"synced_at": "max"})}


def _ends(rows: Frame, ends: Mapping[str, str]) -> Iterator[tuple[tuple[str, str | None], Any]]:
    """The first or last moments of each stream and scope, and of each stream in all its scopes (None)."""
    for keys in (["stream", "scope"], ["stream"]):
        for found in rows.groupby(keys, sort=False).agg(ends).reset_index().itertuples():
            yield (str(found.stream), getattr(found, "scope", None)), found


def _main_tables(facts: Sequence[str]) -> list[str]:
    return [FACTS[name].reads[0] for name in facts]


def _span(facts: Sequence[str], coverage: Frame, repository: str | None) -> Span | None:
    reached: dict[Any, Span] | None = coverage.attrs.get("reached")
    if reached is None:
        reached = coverage.attrs["reached"] = _reached(coverage)
    found = [reached.get((stream, repository)) for stream in _main_tables(facts)]
    known = [span for span in found if span]
    if len(known) < len(found):
        return None
    return Span(max((span.oldest for span in known), default=EVER), min(span.newest for span in known))


def _reached(coverage: Frame) -> dict[tuple[str, str | None], Span]:
    """The span of each stream, of each of its scopes and of all of them together."""
    rows = coverage[coverage["synced_at"].notna()]
    oldest = rows["oldest"].where(~rows["complete"].fillna(False).astype(bool))
    rows = rows[["stream", "scope", "synced_at"]].assign(oldest=oldest)
    return {
        place: Span(EVER if pd.isna(ends.oldest) else ends.oldest.to_pydatetime(), ends.synced_at.to_pydatetime())
        for place, ends in _ends(rows, {"oldest": "max", "synced_at": "min"})
    }
