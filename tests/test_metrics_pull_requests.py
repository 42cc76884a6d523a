"""Pull request facts, each on a few rows worked out by hand."""

import pandas as pd
import pytest
from conftest import event, pull, review, row

from metrics.organisation import Organisation

HOUR = pd.Timedelta(hours=1)


def waits(frame):
    return (frame["review_wait"] / HOUR).tolist()


def cycles(frame):
    return (frame["cycle"] / HOUR).tolist()


def test_an_empty_store_gives_an_empty_frame_with_every_column(facts):
    frame = facts("pull_requests")
    assert frame.empty
    assert {"review_wait", "cycle", "team", "author_class", "reviewed_at", "approved_as_is"} <= set(frame.columns)


def test_the_wait_runs_from_creation_to_the_first_review_by_another_person(facts):
    # 08:00 → 11:30 is 3.5 h; the author's own review at 09:00 and the bot's at 08:01 do not count.
    frame = facts(
        "pull_requests",
        pull_requests=[pull(1, "2026-01-05 08:00")],
        reviews=[
            review(1, "2026-01-05 09:00", "ana"),
            review(1, "2026-01-05 08:01", "ci", reviewer_kind="Bot"),
            review(1, "2026-01-05 11:30"),
            review(1, "2026-01-05 15:00", "cem"),
        ],
    )
    assert waits(frame) == [3.5]
    assert frame["reviewers"].tolist() == [2]


def test_a_deleted_account_is_no_reviewer(facts):
    ghost = review(1, "2026-01-05 09:00", reviewer=None, reviewer_id=None, reviewer_kind=None)
    frame = facts("pull_requests", pull_requests=[pull(1, "2026-01-05 08:00")], reviews=[ghost])
    assert frame["reviewed_at"].isna().all()


def test_a_bot_by_name_is_decided_when_reading(facts):
    rows = {
        "pull_requests": [pull(1, "2026-01-05 08:00")],
        "reviews": [review(1, "2026-01-05 09:00", "DrahtBot"), review(1, "2026-01-05 10:00", "robot-dreams")],
    }
    assert waits(facts("pull_requests", **rows)) == [1.0]
    assert waits(facts("pull_requests", Organisation(bots=frozenset({"drahtbot"})), **rows)) == [2.0]


def test_a_pending_review_is_none_and_a_dismissed_one_is_a_review_without_approval(facts):
    frame = facts(
        "pull_requests",
        pull_requests=[pull(1, "2026-01-05 08:00", merged_at="2026-01-06 08:00")],
        reviews=[
            review(1, "2026-01-05 09:00", "cem", state="pending"),
            review(1, "2026-01-05 10:00", state="dismissed"),
        ],
    )
    assert waits(frame) == [2.0]
    assert frame["approved_at"].isna().all()


def test_a_review_comment_that_belongs_to_no_review_is_a_review_and_one_that_does_is_not(facts):
    comment = {"pull_request_id": "1", "author": "ben", "author_id": "u-ben", "author_kind": "User"}
    frame = facts(
        "pull_requests",
        pull_requests=[pull(1, "2026-01-05 08:00")],
        review_comments=[
            row("review_comments", id="a", review_id="r1", created_at="2026-01-05 08:30", **comment),
            row("review_comments", id="b", review_id=None, created_at="2026-01-05 09:00", **comment),
        ],
    )
    assert waits(frame) == [1.0]


def test_a_draft_waits_from_its_first_ready(facts):
    # ready at 10:00, reviewed at 12:00 → 2 h, though opened at 08:00.
    frame = facts(
        "pull_requests",
        pull_requests=[pull(1, "2026-01-05 08:00")],
        pull_request_events=[event(1, "ready", "2026-01-05 10:00")],
        reviews=[review(1, "2026-01-05 12:00")],
    )
    assert waits(frame) == [2.0]
    assert frame["opened_as_draft"].tolist() == [True]


def test_time_in_draft_again_is_taken_off_the_wait(facts):
    # open 08:00, draft 09:00–11:00, reviewed 12:00 → 4 h − 2 h.
    frame = facts(
        "pull_requests",
        pull_requests=[pull(1, "2026-01-05 08:00")],
        pull_request_events=[event(1, "draft", "2026-01-05 09:00"), event(1, "ready", "2026-01-05 11:00")],
        reviews=[review(1, "2026-01-05 12:00")],
    )
    assert waits(frame) == [2.0]
    assert frame["opened_as_draft"].tolist() == [False]


def test_a_review_during_draft_again_waits_only_until_the_draft(facts):
    # open 08:00, draft again from 09:00 and never ready since; reviewed at 10:00 → 1 h.
    frame = facts(
        "pull_requests",
        pull_requests=[pull(1, "2026-01-05 08:00", is_draft=True)],
        pull_request_events=[event(1, "ready", "2026-01-05 08:30"), event(1, "draft", "2026-01-05 09:00")],
        reviews=[review(1, "2026-01-05 10:00")],
    )
    # its first turn is "ready", so it was opened as a draft: ready 08:30, draft 09:00, half an hour.
    assert waits(frame) == [0.5]


@pytest.mark.parametrize("ready", [[event(1, "ready", "2026-01-05 10:00")], []])
def test_a_review_before_ready_waits_for_nothing(facts, ready):
    frame = facts(
        "pull_requests",
        pull_requests=[pull(1, "2026-01-05 08:00", is_draft=not ready)],
        pull_request_events=ready,
        reviews=[review(1, "2026-01-05 09:00")],
    )
    assert waits(frame) == [0.0]


def test_a_review_after_the_merge_or_the_close_is_none(facts):
    frame = facts(
        "pull_requests",
        pull_requests=[
            pull(1, "2026-01-05 08:00", merged_at="2026-01-05 10:00"),
            pull(2, "2026-01-05 08:00", closed_at="2026-01-05 10:00"),
            pull(3, "2026-01-05 08:00", merged_at="2026-01-05 10:00"),
        ],
        reviews=[
            review(1, "2026-01-05 11:00"),
            review(2, "2026-01-05 11:00"),
            review(3, "2026-01-05 10:00"),  # in the second of the merge: at or before it
        ],
    )
    assert frame["reviewed_at"].notna().tolist() == [False, False, True]
    assert waits(frame)[2] == 2.0


def test_the_cycle_leaves_out_draft_again_and_closed_each_moment_once(facts):
    # 00:00 → 20:00; draft 02–06, closed 04–10: together 02–10, 8 h → 12 h.
    frame = facts(
        "pull_requests",
        pull_requests=[pull(1, "2026-01-05 00:00", merged_at="2026-01-05 20:00")],
        pull_request_events=[
            event(1, "draft", "2026-01-05 02:00"),
            event(1, "closed", "2026-01-05 04:00"),
            event(1, "ready", "2026-01-05 06:00"),
            event(1, "reopened", "2026-01-05 10:00"),
            event(1, "closed", "2026-01-05 20:00"),
        ],
    )
    assert cycles(frame) == [12.0]


def test_the_cycle_of_one_merged_as_a_draft_counts_from_its_creation(facts):
    frame = facts(
        "pull_requests",
        pull_requests=[
            pull(1, "2026-01-05 00:00", merged_at="2026-01-05 05:00", is_draft=True),
            pull(2, "2026-01-05 00:00", merged_at="2026-01-05 05:00"),
        ],
        pull_request_events=[event(2, "ready", "2026-01-05 06:00")],  # made ready after the merge
    )
    assert cycles(frame) == [5.0, 5.0]


def test_a_negative_duration_is_null_and_never_clamped(facts):
    frame = facts("pull_requests", pull_requests=[pull(1, "2026-01-05 08:00", merged_at="2026-01-05 07:00")])
    assert frame["cycle"].isna().all()


def test_an_approval_of_an_earlier_commit_is_stale(facts):
    frame = facts(
        "pull_requests",
        pull_requests=[pull(n, "2026-01-05 08:00", merged_at="2026-01-06 08:00") for n in (1, 2, 3)],
        reviews=[
            review(1, "2026-01-05 09:00", commit_id="old"),
            review(2, "2026-01-05 09:00", commit_id="old"),
            review(2, "2026-01-05 10:00", "cem", commit_id="head"),
            review(3, "2026-01-05 09:00", commit_id=None),
        ],
    )
    assert frame["approved_as_is"].tolist()[:2] == [False, True]
    assert pd.isna(frame["approved_as_is"].tolist()[2])


def test_two_accounts_of_one_login_are_two_people(facts):
    frame = facts(
        "pull_requests",
        pull_requests=[pull(1, "2026-01-05 08:00", author="Copilot", author_id="1")],
        reviews=[review(1, "2026-01-05 09:00", "Copilot", reviewer_id="2")],
    )
    assert waits(frame) == [1.0]


def test_the_order_of_rows_is_irrelevant(facts):
    events = [
        event(1, "draft", "2026-01-05 09:00"),
        event(1, "ready", "2026-01-05 11:00"),
        event(2, "ready", "2026-01-05 09:30"),
    ]
    rows = {
        "pull_requests": [pull(1, "2026-01-05 08:00"), pull(2, "2026-01-05 08:00")],
        "reviews": [review(1, "2026-01-05 12:00"), review(2, "2026-01-05 12:00"), review(1, "2026-01-05 13:00", "cem")],
        "pull_request_events": events,
    }
    turned = {name: list(reversed(some)) for name, some in rows.items()}
    one, other = facts("pull_requests", **rows), facts("pull_requests", **turned)
    assert sorted(waits(one)) == sorted(waits(other)) == [2.0, 2.5]
