"""Boards with their columns and estimation, and the sprints on them."""

from collections.abc import Iterator
from datetime import datetime

from connectors.base import Missing, Page, Scope, Settled, State
from connectors.jira import planning
from connectors.jira.client import BadRequest
from connectors.jira.session import AGILE, JiraSession, Json
from data.store import Row


def fetch_boards(session: JiraSession, scope: Scope, state: State) -> Iterator[Page]:
    """A page a board, at most once a day: boards are rarely changed, and each costs a request."""
    began = session.client.at
    if state.cursor is None and not is_older_day(state.high_water, began):
        return
    try:
        boards = session.boards(scope.name)
    except (Missing, BadRequest) as refused:
        yield Page(began, high_water=began, note=f"no boards: {refused}")
        return
    last = int((state.cursor or {}).get("board", 0))
    for board in (b for b in boards if int(b["id"]) > last and str(b["id"]) not in session.boards_read):
        rows = _board(session, board)
        yield Page(session.client.at, {"boards": rows}, {"board": board["id"]}, high_water=began)
    yield Page(session.client.at, high_water=began, settled=_gone(session, scope, boards, session.client.at))


def is_older_day(then: datetime | None, now: datetime) -> bool:
    """Whether something was last done before today, or never."""
    return then is None or then.date() < now.date()


def _board(session: JiraSession, board: Json) -> list[Row]:
    try:
        configuration = session.client.get(f"{AGILE}/board/{board['id']}/configuration")
    except (Missing, BadRequest):  # closed to this account: what was stored of it stays
        return []
    session.boards_read.add(str(board["id"]))
    return [planning.board(board, configuration, next(iter(session.projects_of(str(board["id"]))), ""))]


def _gone(session: JiraSession, scope: Scope, boards: list[Json], at: datetime) -> list[Settled]:
    stored = session.load("boards", ["id"], project=scope.name)["id"]
    gone = sorted(set(stored) - {str(board["id"]) for board in boards})
    return [Settled("boards", {"id": gone}, at)] if gone else []


def read_sprints(session: JiraSession, scope: Scope, last: int) -> Iterator[tuple[int, list[Row], Settled]]:
    """The sprints of a project's boards behind the board `last`, board by board: its id, the rows, what is settled.

    A sprint on two boards is one row, under the board that it was made on.
    """
    for board in session.boards(scope.name):
        number = str(board["id"])
        if int(number) <= last or board.get("type") == "kanban" or number in session.sprints_read:
            continue
        try:
            listed = list(session.pages(f"{AGILE}/board/{number}/sprint"))
        except (Missing, BadRequest):  # closed to this account, or without sprints: nothing is settled by it
            continue
        projects = session.projects_of(number)
        session.sprints_read.add(number)
        rows = [planning.sprint(said, number) | {"projects": projects} for said in listed]
        yield int(number), rows, Settled("sprints", {"board_id": number}, session.client.at)
