"""What an open pull request waits for, on hand-made ones. Now is 20 January 2026."""

import pytest
from conftest import at, event, pull, review, row

from metrics.open_pull_requests import asked_now, waiting

NOW = at("2026-01-20 08:00")


@pytest.fixture
def turn(facts):
    """Whose turn a pull request of the 18th is, why and for how many days."""

    def of(now=NOW, **tables):
        tables = {"pull_requests": [pull(1, "2026-01-18 08:00", **tables.pop("pull", {}))]} | tables
        (one,) = waiting(facts("open_pull_requests", **tables), now).to_dict("records")
        return one["waits_for"], one["because"], one["days"]

    return of


def push(when, number=1):
    return row("commits", pull_request_id=str(number), id=f"c-{when}", committed_at=when, author="ana")


def asked(number, whom, when, kind="review_requested"):
    return event(number, kind, when) | {"subject": whom, "id": f"{number}-{kind}-{whom}-{when}"}


def test_without_a_review_it_waits_for_a_reviewer_since_it_was_ready(turn):
    assert turn() == ("reviewer", "nobody has reviewed it yet", 2.0)
    assert turn(pull_request_events=[asked(1, "ben", "2026-01-19 08:00")])[2] == 1.0  # asked again a day later


def test_a_draft_waits_for_its_author(turn):
    assert turn(pull={"is_draft": True}) == ("author", "it is a draft", 2.0)


def test_after_changes_were_asked_for_it_is_the_authors_turn_until_they_are_in(turn):
    refused = review(1, "2026-01-19 08:00", state="changes_requested")
    assert turn(reviews=[refused]) == ("author", "changes were asked for", 1.0)
    answered = turn(reviews=[refused], commits=[push("2026-01-19 20:00")])
    assert answered == ("reviewer", "the changes that were asked for are in", 0.5)


def test_remarks_are_answered_by_a_commit(turn):
    remark = review(1, "2026-01-19 08:00", state="commented")
    assert turn(reviews=[remark]) == ("author", "a review has remarks", 1.0)
    assert turn(reviews=[remark], commits=[push("2026-01-19 20:00")])[:2] == ("reviewer", "it changed after the review")


def test_an_approved_one_waits_for_the_merge_or_for_checks(turn):
    approved = review(1, "2026-01-19 08:00")
    assert turn(reviews=[approved]) == ("merge", "it is approved", 1.0)
    red = row(
        "workflow_runs", id="7", workflow="w", commit_id="head", conclusion="failure", updated_at="2026-01-19 09:00"
    )
    assert turn(reviews=[approved], workflow_runs=[red]) == ("checks", "a check failed", 1.0)
    automatic = event(1, "auto_merge", "2026-01-19 08:30")
    assert turn(reviews=[approved], pull_request_events=[automatic])[0] == "checks"


def test_a_reviewers_last_word_counts_and_a_dismissed_one_is_none(turn):
    first = review(1, "2026-01-18 10:00", state="changes_requested")
    assert turn(reviews=[first, review(1, "2026-01-19 08:00")])[0] == "merge"
    dismissed = review(1, "2026-01-19 08:00", state="dismissed")
    assert turn(reviews=[dismissed])[:2] == ("author", "a review has remarks")


def test_after_two_quiet_weeks_it_waits_for_a_decision(turn):
    # Nothing since the 18th: on 1 February fourteen days.
    assert turn(now=at("2026-02-01 08:00")) == ("decision", "nothing has happened for two weeks: go on or close", 14.0)
    assert turn(now=at("2026-02-01 07:59"))[0] == "reviewer"


def test_bots_and_closed_ones_are_not_in_the_queue(facts):
    bot = pull(1, "2026-01-18 08:00", author="renovate[bot]", author_kind="Bot")
    closed = pull(2, "2026-01-18 08:00", closed_at="2026-01-19 08:00")
    assert facts("open_pull_requests", pull_requests=[bot, closed]).empty


def test_who_is_asked_and_has_not_answered_is_listed_by_name(facts):
    # ben was asked and answered, cem's request was taken back, dan and eve are still asked; eve of two.
    rows = facts(
        "open_pull_requests",
        pull_requests=[pull(1, "2026-01-18 08:00"), pull(2, "2026-01-18 08:00")],
        reviews=[review(1, "2026-01-18 12:00", state="commented")],
        commits=[push("2026-01-19 08:00")],
        pull_request_events=[
            asked(1, "ben", "2026-01-18 09:00"),
            asked(1, "cem", "2026-01-18 09:00"),
            asked(1, "cem", "2026-01-18 10:00", "review_request_removed"),
            asked(1, "eve", "2026-01-18 09:00"),
            asked(1, "dan", "2026-01-18 09:00"),
            asked(2, "eve", "2026-01-18 09:00"),
        ],
    )
    queue = waiting(rows, NOW)
    assert dict(zip(queue["key"], queue["asked"], strict=True)) == {"acme/app#1": "dan, eve", "acme/app#2": "eve"}
    assert asked_now(queue).to_dict() == {"dan": 1, "eve": 2}
    assert queue["key"].tolist() == ["acme/app#2", "acme/app#1"]  # the one that waits longest comes first
