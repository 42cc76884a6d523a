"""Epics, their items and versions, and what is forecast of them."""

from datetime import UTC, date, datetime, timedelta

from issue_rows import day, facts_of, issue, together
from rows import row

from metrics.model import Frame
from metrics.open_epics import FACTS, Plans
from metrics.organisation import Organisation

MONDAY = datetime(2026, 11, 16, tzinfo=UTC)  # of the week in which NOW lies
BEGUN = MONDAY - timedelta(weeks=12)
TEAMS = Organisation(owners={"project": {"PAY": "payments"}})


def story(number: int, epic: str | None, done: datetime | None = None, kind: str = "Story", **values):
    """An issue of before the epics were begun; those that are done were worked on for a day."""
    moves = [("In Progress", "2", done - timedelta(days=1)), ("Done", "4", done)] if done else []
    moves = [("In Progress", "2", BEGUN)] if kind == "Epic" else moves
    steps = [("To Do", "1"), *((name, place) for name, place, _ in moves)]
    usual = {
        "source": "jira",
        "id": str(number),
        "key": f"PAY-{number}",
        "project": "PAY",
        "type": kind,
        "is_subtask": False,
        "epic_id": epic,
        "status": steps[-1][0],
        "status_id": steps[-1][1],
        "created_at": BEGUN - timedelta(days=20),
        "updated_at": BEGUN,
        "labels": [],
        "components": [],
        "sprints": [],
    }
    changes = [
        row(
            "issue_changes",
            source="jira",
            issue_id=str(number),
            id=f"{n}.0",
            position=n,
            field="status",
            from_id=steps[n][1],
            to_id=place,
            from_text=steps[n][0],
            to_text=name,
            at=when,
        )
        for n, (name, place, when) in enumerate(moves)
    ]
    return {"issues": [row("issues", **usual | values)], "issue_changes": changes}


def portfolio(per_week: int = 3, weeks_of_work: int = 10):
    """Two epics, each with three items finished in each of the last ten weeks; 9 and 12 are open."""
    due = date(2026, 12, 6)  # the Sunday of the third week from MONDAY
    made = [story(1, None, kind="Epic", due_on=due), story(2, None, kind="Epic", due_on=due)]
    number = 100
    for epic, still_open in (("1", 9), ("2", 12)):
        for back in range(1, weeks_of_work + 1):
            done = MONDAY - timedelta(weeks=back) + timedelta(days=3)
            made += [story(number := number + 1, epic, done) for _ in range(per_week)]
        made += [story(number := number + 1, epic) for _ in range(still_open)]
    return made


def forecast_rows(made, organisation=TEAMS) -> Frame:
    facts = facts_of(together(*made), organisation, "epic_forecasts")["epic_forecasts"]
    return facts[facts["is_latest"]].set_index("key")


def plans_of(made, organisation=TEAMS) -> Plans:
    return Plans(facts_of(together(*made), organisation, *FACTS), organisation)


def epic(key, started, done=None, due=None, **values):
    """An epic of the 2nd, begun and done on these days, due on one."""
    moves = [("In Progress", started)] + ([("Done", done)] if done else [])
    dated = {"due_on": date(2026, 1, due)} if due else {}
    return issue(key, "02", *moves, type="Epic", **dated | values)


def item(key, of, created, *moves, **values):
    """A story of an epic."""
    return issue(key, created, *moves, epic_id=of, **values)


def booked(number, hours, when="10"):
    return row(
        "worklogs", source="jira", issue_id=number, id=f"w{number}", seconds=int(3600 * hours), started_at=day(when)
    )


def version(number: str, name: str, release: date | None = None, **values):
    usual = {"source": "jira", "id": number, "project": "PAY", "name": name, "release_on": release}
    return row("versions", **usual | {"is_released": False, "is_archived": False} | values)
