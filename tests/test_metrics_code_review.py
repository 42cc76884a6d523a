"""The indicators of pull requests, each on a few rows with the answer worked out by hand."""

import pandas as pd
import pytest
from conftest import event, pull, review

from metrics.catalogue import INDICATORS
from metrics.evaluate import observations


@pytest.fixture
def seen(facts):
    """The observations of an indicator: {number: (at, value, excluded)}."""

    def of(indicator, **rows):
        frame = observations(INDICATORS[indicator], {"pull_requests": facts("pull_requests", **rows)})
        plain = frame.astype({"excluded": object, "value": object})
        plain = plain.where(plain.notna(), None)
        return {
            int(key.partition("#")[2]): (f"{at:%d %H:%M}", value, excluded)
            for key, at, value, excluded in zip(
                plain["key"], frame["at"], plain["value"], plain["excluded"], strict=True
            )
        }

    return of


BOT = {"author": "renovate[bot]", "author_id": "u-r", "author_kind": "Bot"}


def test_time_to_first_review_has_a_row_at_each_first_review_merged_or_not(seen):
    rows = seen(
        "time_to_first_review",
        pull_requests=[
            pull(1, "2026-01-05 08:00", merged_at="2026-01-06 08:00"),
            pull(2, "2026-01-05 08:00"),
            pull(3, "2026-01-05 08:00", **BOT),
            pull(4, "2026-01-05 08:00", merged_at="2026-01-06 08:00"),  # never reviewed: no row, no zero
        ],
        reviews=[review(1, "2026-01-05 10:30"), review(2, "2026-01-05 09:00"), review(3, "2026-01-05 09:00")],
    )
    assert rows == {1: ("05 10:30", 2.5, None), 2: ("05 09:00", 1.0, None), 3: ("05 09:00", 1.0, "bot")}


def test_pr_cycle_time_has_a_row_at_each_merge(seen):
    rows = seen(
        "pr_cycle_time",
        pull_requests=[
            pull(1, "2026-01-05 08:00", merged_at="2026-01-06 08:00"),
            pull(2, "2026-01-05 08:00", closed_at="2026-01-06 08:00"),
            pull(3, "2026-01-05 08:00", merged_at="2026-01-05 07:00"),  # merged before it was opened: no value, kept
        ],
    )
    assert rows == {1: ("06 08:00", 24.0, None), 3: ("05 07:00", None, None)}


def test_pr_size_is_added_plus_deleted_lines(seen):
    merged = {"merged_at": "2026-01-06 08:00"}
    rows = seen(
        "pr_size",
        pull_requests=[
            pull(1, "2026-01-05 08:00", additions=0, deletions=0, **merged),
            pull(2, "2026-01-05 08:00", additions=300, deletions=20, **merged),
            pull(3, "2026-01-05 08:00", additions=None, deletions=None, **merged),
        ],
    )
    assert {number: value for number, (_, value, _) in rows.items()} == {1: 0.0, 2: 320.0, 3: None}


def test_coverage_tells_reviewed_from_approved(seen):
    merged = {"merged_at": "2026-01-06 08:00"}
    rows = {
        "pull_requests": [pull(n, "2026-01-05 08:00", **merged) for n in (1, 2, 3, 4)],
        "reviews": [
            review(1, "2026-01-05 09:00"),
            review(2, "2026-01-05 09:00", state="changes_requested"),
            review(3, "2026-01-07 09:00"),  # after the merge
            review(4, "2026-01-05 09:00", "ana"),  # her own
        ],
    }
    assert [value for _, value, _ in seen("review_coverage", **rows).values()] == [1, 1, 0, 0]
    assert [value for _, value, _ in seen("approval_coverage", **rows).values()] == [1, 0, 0, 0]


def test_stale_approval_rate_leaves_out_what_it_cannot_know(seen):
    rows = seen(
        "stale_approval_rate",
        pull_requests=[pull(n, "2026-01-05 08:00", merged_at="2026-01-06 08:00") for n in (1, 2, 3, 4)],
        reviews=[
            review(1, "2026-01-05 09:00", commit_id="old"),
            review(2, "2026-01-05 09:00"),
            review(3, "2026-01-05 09:00", commit_id=None),
        ],
    )
    assert {n: (value, excluded) for n, (_, value, excluded) in rows.items()} == {
        1: (1.0, None),
        2: (0.0, None),
        3: (None, "commit unknown"),
    }


def test_review_queue_holds_what_is_ready_and_waits(facts):
    frame = observations(
        INDICATORS["review_queue"],
        {
            "pull_requests": facts(
                "pull_requests",
                pull_requests=[
                    pull(1, "2026-01-05 08:00"),  # waits still
                    pull(2, "2026-01-05 08:00"),  # reviewed on the 6th
                    pull(3, "2026-01-05 08:00", is_draft=True),  # not ready
                    pull(4, "2026-01-05 08:00", merged_at="2026-01-07 08:00"),  # merged unreviewed
                    pull(5, "2026-01-05 08:00", closed_at="2026-01-08 08:00"),
                    pull(6, "2026-01-05 08:00"),  # reviewed before it was ready: it never waited
                ],
                pull_request_events=[event(6, "ready", "2026-01-05 12:00")],
                reviews=[review(2, "2026-01-06 08:00"), review(6, "2026-01-05 09:00")],
            )
        },
    )
    until = dict(zip(frame["key"].str.partition("#")[2], frame["until"].dt.day, strict=True))
    assert {n: None if pd.isna(day) else int(day) for n, day in until.items()} == {"1": None, "2": 6, "4": 7, "5": 8}


def test_opened_merged_and_closed_pull_requests_are_counted_once_each(seen):
    pulls = [
        pull(1, "2026-01-05 08:00", merged_at="2026-01-06 08:00"),
        pull(2, "2026-01-05 08:00", closed_at="2026-01-07 08:00"),
        pull(3, "2026-01-05 08:00", **BOT),
    ]
    assert seen("opened_pull_requests", pull_requests=pulls) == {
        1: ("05 08:00", 1.0, None),
        2: ("05 08:00", 1.0, None),
        3: ("05 08:00", 1.0, "bot"),
    }
    assert seen("merged_pull_requests", pull_requests=pulls) == {1: ("06 08:00", 1.0, None)}
    assert seen("closed_pull_requests", pull_requests=pulls) == {2: ("07 08:00", 1.0, None)}


def test_open_pull_requests_are_open_until_they_are_merged_or_closed(facts):
    pulls = [
        pull(1, "2026-01-05 08:00", merged_at="2026-01-06 08:00"),
        pull(2, "2026-01-05 08:00", closed_at="2026-01-07 08:00"),
        pull(3, "2026-01-05 08:00", is_draft=True),
    ]
    frame = observations(
        INDICATORS["open_pull_requests"], {"pull_requests": facts("pull_requests", pull_requests=pulls)}
    )
    assert frame["until"].dt.day.tolist()[:2] == [6, 7] and pd.isna(frame["until"].iloc[2])
