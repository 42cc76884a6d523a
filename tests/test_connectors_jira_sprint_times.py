"""When a sprint began: when it was really started, before when that was planned."""

from datetime import UTC, datetime

import pytest
from issue_rows import change, issue, observed, sprint, values_of

from connectors.jira.planning import _unpacked
from connectors.jira.planning import sprint as row_of_sprint

PLANNED, REAL = "2026-01-05T00:00:00.000Z", "2026-01-05T11:00:00.000Z"
PACKED = "com.atlassian.greenhopper.service.sprint.Sprint@1[id=7,rapidViewId=5,state=CLOSED,name=S,startDate={},activatedDate={},goal=]"


@pytest.mark.parametrize(
    ("said", "hour"),
    [
        ({"startDate": PLANNED, "activatedDate": REAL}, 11),
        ({"startDate": PLANNED}, 0),
        ({"startDate": PLANNED, "activatedDate": None}, 0),
        ({"startDate": PLANNED, "activatedDate": ""}, 0),
        ({"activatedDate": REAL}, 11),
        ({"startDate": REAL, "activatedDate": PLANNED}, 0),  # started before it was planned to
        ({"startDate": PLANNED, "activatedDate": "2026-01-05T12:00:00.000+0100"}, 11),
        ({}, None),
        ({"state": "FUTURE"}, None),
    ],
)
def test_the_start_is_the_real_one_else_the_planned_one(said, hour):
    start = row_of_sprint({"id": 7, "name": "S"} | said)["start_at"]
    assert start == (None if hour is None else datetime(2026, 1, 5, hour, tzinfo=UTC))


@pytest.mark.parametrize(("real", "hour"), [(REAL, 11), ("<null>", 0)])
def test_the_real_start_is_read_from_packed_text_too(real, hour):
    row = row_of_sprint(_unpacked(PACKED.format(PLANNED, real)))
    assert row["start_at"] == datetime(2026, 1, 5, hour, tzinfo=UTC)


def test_what_was_put_in_between_plan_and_start_was_promised():
    # Three of four that were put in at 09:30 are done at the end: 75 %. The fifth came at 14:00: 1 of 4 added, 25 %.
    def put(number, when, done):
        moves = [("Done", done)] if done else []
        return issue(f"PAY-{number}", "02", *moves, sprints=["7"], changes=[change("sprint", when, (None, "7"))])

    made = [put(1, "05 09:30", "08"), put(2, "05 09:30", "08"), put(3, "05 09:30", "09"), put(4, "05 09:30", None)]
    made.append(put(5, "05 14:00", "09"))
    begun = row_of_sprint({"id": 7, "name": "S", "startDate": PLANNED, "activatedDate": REAL})["start_at"]
    sprints = [sprint("7", "05", "16") | {"start_at": begun}]
    assert values_of(observed("sprint_say_do", *made, sprints=sprints)) == {"7": 75.0}
    assert values_of(observed("sprint_scope_change", *made, sprints=sprints)) == {"7": 25.0}
