"""Workflow runs on the default branch: REST, newest first, each page from where the last one ended."""

from collections.abc import Iterator
from datetime import datetime, timedelta
from functools import partial
from typing import TYPE_CHECKING, Any

from connectors.base import Missing, Page, Scope, State
from connectors.github.pace import Pace
from connectors.github.parse_releases import workflow_run
from connectors.paging import Pages
from data.store import Row

if TYPE_CHECKING:
    from connectors.github.session import Session

FULL_PAGE = 100
TRAILING = timedelta(days=30)  # a run may be run again, and changes, that long after


def workflow_runs(session: "Session", scope: Scope, state: State) -> Iterator[Page]:
    """The stream of workflow runs.

    A filtered list ends after 1,000 runs, so no page is asked for by a high number: the next one begins
    at the time of the last run that was seen.
    """
    started = scope.facts["at"]
    if scope.facts["default_branch"] is None:
        yield Page(started, high_water=started)
        return
    cursor: dict[str, Any] = dict(state.cursor or {"until": None, "page": 1})
    pace = Pace(session.client)
    pages = Pages(f"{scope.name}: workflow runs", _place(cursor))
    while True:
        length = pace.size.page(FULL_PAGE)
        try:
            at, found = pace.steadily(partial(_ask, session, scope, cursor, pace))
        except Missing:
            yield Page(started, high_water=started, note="workflow runs are not to be had here")
            return
        length = min(length, pace.size.page(FULL_PAGE))
        rows = [workflow_run(run, scope.id) for run in found["workflow_runs"]]
        if not rows:
            pages.take((), _place(cursor), is_last=found["total_count"] <= length * (cursor["page"] - 1))
        if len(rows) < length or _is_enough(session, scope, state, rows):
            yield Page(at, {"workflow_runs": rows}, high_water=started, oldest=state.since)
            return
        following = _next(cursor, rows)
        # a page that begins at the time of the last row may be the same again, but no page of a higher number is
        known = [_place(cursor)] if cursor["page"] == 1 else [row["id"] for row in rows]
        pages.take(known, _place(following), is_last=False)
        cursor = following
        yield Page(at, {"workflow_runs": rows}, cursor, started, rows[-1]["created_at"], found["total_count"])


def _ask(session: "Session", scope: Scope, cursor: dict[str, Any], pace: Pace) -> tuple[datetime, Any]:
    parameters = {
        "branch": scope.facts["default_branch"],
        "per_page": pace.size.page(FULL_PAGE),
        "page": cursor["page"],
    }
    if cursor["until"]:
        parameters["created"] = f"<={cursor['until']}"
    return session.client.get(f"/repositories/{scope.id}/actions/runs", parameters)


def _next(cursor: dict[str, Any], rows: list[Row]) -> dict[str, Any]:
    until = f"{rows[-1]['created_at']:%Y-%m-%dT%H:%M:%SZ}"
    is_stuck = until == cursor["until"]  # more runs in one second than a page holds
    return {"until": until, "page": cursor["page"] + 1 if is_stuck else 1}


def _place(cursor: dict[str, Any]) -> tuple[str | None, int]:
    return cursor["until"], cursor["page"]


def _is_enough(session: "Session", scope: Scope, state: State, rows: list[Row]) -> bool:
    oldest: datetime = rows[-1]["created_at"]
    if state.since and oldest < state.since:
        return True
    if not state.complete or state.high_water is None:
        return False
    if oldest < state.high_water - TRAILING:
        return True
    is_first_of_day = state.high_water.date() != scope.facts["at"].date()
    return not is_first_of_day and all(row["status"] == "completed" for row in rows) and session.has_runs(scope, rows)
