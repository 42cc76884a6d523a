"""What the runs on the default branch say, on a few of them worked out by hand."""

from conftest import row
from deployment_rows import run

from metrics.ci import ci_feedback_time, ci_success_rate, main_red_time
from metrics.model import Reason
from metrics.observations import why_none
from metrics.organisation import Organisation


def check(number, made, done, conclusion="success", name="tests", **values):
    day = "2026-01-05 "
    return run(
        number, name, conclusion, day + done, created_at=day + made, **({"commit_id": "c1", "attempt": 1} | values)
    )


def values(seen):
    return seen.loc[seen["excluded"].isna(), "value"].tolist()


def test_only_a_green_first_attempt_is_a_success(facts):
    frame = facts(
        "workflow_runs",
        workflow_runs=[
            check(1, "10:00", "10:05"),
            check(2, "11:00", "11:05", "failure"),
            check(3, "12:00", "12:05", attempt=2),
            check(4, "13:00", "13:05", "cancelled"),
            check(5, "14:00", "14:05", "timed_out"),
        ],
    )
    assert values(ci_success_rate(frame)) == [1.0, 0.0, 0.0, 0.0]


def test_deploying_and_scheduled_runs_and_other_branches_are_left_out(facts):
    frame = facts(
        "workflow_runs",
        repositories=[row("repositories", id="1", name="acme/app", default_branch="main")],
        workflow_runs=[
            check(1, "10:00", "10:05", name="deploy"),
            check(2, "11:00", "11:05", event="schedule"),
            check(3, "12:00", "12:05", branch="topic"),
        ],
    )
    seen = ci_success_rate(frame)
    assert values(seen) == []
    assert seen["excluded"].tolist() == ["deployment", "not a push"]


def test_feedback_ends_with_the_last_run_of_a_commit(facts):
    # c1: 10:00 → 10:12 (tests 10:08, slow ones 10:12): 12 min. c2 was run again: its first end is not known.
    frame = facts(
        "workflow_runs",
        workflow_runs=[
            check(1, "10:00", "10:08"),
            check(2, "10:01", "10:12", name="slow tests"),
            check(3, "11:00", "12:00", commit_id="c2", attempt=2),
        ],
    )
    seen = ci_feedback_time(frame)
    assert values(seen) == [12.0]
    assert seen["excluded"].dropna().tolist() == ["run again"]


def test_the_branch_is_broken_from_the_first_red_run_until_every_workflow_is_green(facts):
    # tests red 10:00, lint red 10:30, tests green 11:00, lint green 12:00: broken for 2 h; red again 13:00 → 13:30.
    frame = facts(
        "workflow_runs",
        workflow_runs=[
            check(1, "09:55", "10:00", "failure"),
            check(2, "10:25", "10:30", "failure", name="lint"),
            check(3, "10:55", "11:00"),
            check(4, "11:55", "12:00", name="lint"),
            check(5, "12:55", "13:00", "failure"),
            check(6, "13:10", "13:15", "failure"),
            check(7, "13:25", "13:30"),
            check(8, "14:00", "14:05", "failure"),  # still broken
        ],
    )
    assert values(main_red_time(frame)) == [0, 0, 0, 2.0, 0, 0, 0.5, 0]


def test_each_repository_is_broken_by_itself_and_belongs_to_its_owner(facts):
    frame = facts(
        "workflow_runs",
        Organisation(owners={"repository": {"acme/web": "web"}}),
        repositories=[row("repositories", id="1", name="acme/app"), row("repositories", id="2", name="acme/web")],
        workflow_runs=[
            check(1, "10:00", "10:00", "failure"),
            check(2, "11:00", "11:00", repository_id="2"),
            check(3, "12:00", "12:00"),
        ],
    )
    seen = main_red_time(frame).set_index("key")
    assert seen["value"].to_dict() == {"acme/app run 1": 0, "acme/app run 3": 2.0, "acme/web run 2": 0}
    assert seen["team"].to_dict()["acme/web run 2"] == "web"


def test_without_any_run_nothing_is_known_and_nothing_is_zero(facts):
    frame = facts("workflow_runs")
    for formula in (ci_success_rate, ci_feedback_time, main_red_time):
        seen = formula(frame)
        assert seen.empty
        assert why_none(seen.attrs) is Reason.NO_SOURCE
