"""What was synced, and how far back: the difference between zero and unknown."""

from collections.abc import Sequence
from datetime import datetime

import pandas as pd

from metrics.facts import FACTS
from metrics.model import Frame, Reason, Scope

COLUMNS = {"stream": "str", "scope": "str", "complete": "boolean"}
TIMES = ("oldest", "synced_at")


def no_coverage() -> Frame:
    """An empty frame of what was synced: stream, scope, complete, oldest, synced_at."""
    columns = {name: pd.Series(dtype=kind) for name, kind in COLUMNS.items()}
    return pd.DataFrame(columns | {name: pd.Series(dtype="datetime64[us, UTC]") for name in TIMES})


def why_nothing(
    facts: Sequence[str], coverage: Frame, scope: Scope, edges: Sequence[tuple[datetime, datetime]]
) -> list[Reason | None]:
    """For each [start, end): why nothing is known of it, or None where every source was synced for it."""
    wanted = [FACTS[name].reads[0] for name in facts]
    rows = coverage[coverage["stream"].isin(wanted)]
    if scope.repository:
        rows = rows[rows["scope"] == scope.repository]
    rows = rows[rows["synced_at"].notna()]
    if set(wanted) - set(rows["stream"]):
        return [Reason.NO_SOURCE] * len(edges)
    reached = rows.loc[~rows["complete"].fillna(False).astype(bool), "oldest"].max()
    newest = rows["synced_at"].min()
    return [_reason(start, end, reached, newest) for start, end in edges]


def _reason(start: datetime, end: datetime, reached: pd.Timestamp, newest: pd.Timestamp) -> Reason | None:
    too_early = not pd.isna(reached) and start < reached
    too_late = start >= newest
    return Reason.NOT_SYNCED if too_early or too_late else None
