"""Waits in elapsed and in working hours, on pull requests over nights and weekends."""

from conftest import event, pull, review

from metrics.organisation import Organisation
from metrics.review_waits import time_to_approval, time_to_approval_bh, time_to_first_review_bh
from metrics.working_hours import Calendar

BERLIN = Organisation(calendar=Calendar("Europe/Berlin"))


def value(formula, frame):
    return formula(frame)["value"].tolist()


def test_a_weekend_is_66_hours_on_the_wall_and_2_at_work(facts):
    # Berlin is an hour ahead of UTC in November: Fri 16:00 → Mon 10:00 there.
    frame = facts(
        "review_waits",
        BERLIN,
        pull_requests=[pull(1, "2026-11-06 15:00")],
        reviews=[review(1, "2026-11-09 09:00")],
    )
    assert value(time_to_first_review_bh, frame) == [2.0]
    assert value(time_to_approval_bh, frame) == [2.0]
    assert value(time_to_approval, frame) == [66.0]


def test_a_review_outside_the_hours_waits_only_for_those_within(facts):
    # Mon 16:30 → Mon 22:00: half an hour until the team goes home.
    frame = facts("review_waits", pull_requests=[pull(1, "2026-11-02 16:30")], reviews=[review(1, "2026-11-02 22:00")])
    assert value(time_to_first_review_bh, frame) == [0.5]


def test_time_in_draft_again_is_taken_off_at_work_too(facts):
    # Mon 10:00 → Tue 11:00 are 7 + 2 h; draft again from Mon 16:00 to Tue 10:00, 1 + 1 of them: 7 h. Elapsed 25 − 18.
    frame = facts(
        "review_waits",
        pull_requests=[pull(1, "2026-11-02 10:00")],
        pull_request_events=[event(1, "draft", "2026-11-02 16:00"), event(1, "ready", "2026-11-03 10:00")],
        reviews=[review(1, "2026-11-03 11:00")],
    )
    assert value(time_to_first_review_bh, frame) == [7.0]
    assert value(time_to_approval, frame) == [7.0]


def test_a_review_before_ready_is_waited_for_not_at_all(facts):
    frame = facts(
        "review_waits",
        pull_requests=[pull(1, "2026-11-02 10:00")],
        pull_request_events=[event(1, "ready", "2026-11-03 10:00")],
        reviews=[review(1, "2026-11-02 11:00")],
    )
    assert value(time_to_first_review_bh, frame) == [0.0]


def test_without_a_review_there_is_no_wait_and_without_approval_none_for_it(facts):
    frame = facts(
        "review_waits",
        pull_requests=[pull(1, "2026-11-02 10:00"), pull(2, "2026-11-02 10:00")],
        reviews=[review(2, "2026-11-02 11:00", state="commented")],
    )
    assert value(time_to_first_review_bh, frame) == [1.0]
    assert value(time_to_approval, frame) == value(time_to_approval_bh, frame) == []
