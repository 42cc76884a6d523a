"""How deep reviews go, on a few of them worked out by hand."""

from conftest import event, pull, review, row

from metrics.review_depth import ai_review_share, review_participation, review_rounds, rubber_stamp_rate


def merged(number, **values):
    return pull(number, "2026-01-05 08:00", merged_at="2026-01-06 08:00", **({"additions": 100} | values))


def push(number, when):
    return row("commits", pull_request_id=str(number), id=f"{number}-{when}", committed_at=when)


def remark(number, when, who="ben", table="comments", **values):
    usual = {"author": who, "author_id": f"u-{who}", "author_kind": "User", "created_at": when}
    return row(table, pull_request_id=str(number), id=f"{number}-{who}-{when}", **(usual | values))


def value(seen):
    return seen.loc[seen["excluded"].isna()].set_index("key")["value"].to_dict()


def test_a_round_is_a_review_and_the_pushes_that_answer_it(facts):
    # review 09:00, pushes 09:10 and 09:20 (one answer), review 10:00, review 10:05, force-push 10:30: 2 rounds.
    # An approval and a push after it, and a push after the merge, are none.
    frame = facts(
        "review_depths",
        pull_requests=[merged(1), merged(2)],
        reviews=[
            review(1, "2026-01-05 09:00", state="commented"),
            review(1, "2026-01-05 10:00", state="changes_requested"),
            review(1, "2026-01-05 10:05", "cem", state="commented"),
            review(2, "2026-01-05 09:00"),
        ],
        commits=[
            push(1, "2026-01-05 07:00"),
            push(1, "2026-01-05 09:10"),
            push(1, "2026-01-05 09:20"),
            push(1, "2026-01-07 09:20"),
            push(2, "2026-01-05 09:20"),
        ],
        pull_request_events=[event(1, "force_push", "2026-01-05 10:30")],
    )
    assert value(review_rounds(frame)) == {"acme/app#1": 2.0, "acme/app#2": 0.0}


def test_a_review_takes_part_when_it_leaves_a_trace(facts):
    frame = facts(
        "review_depths",
        pull_requests=[merged(n) for n in (1, 2, 3, 4, 5)] + [merged(6, additions=10)],
        reviews=[review(n, "2026-01-05 09:00") for n in (1, 2, 3, 6)]
        + [review(4, "2026-01-05 09:00", state="changes_requested")],
        comments=[
            remark(1, "2026-01-05 09:00"),
            remark(2, "2026-01-05 09:00", "ana"),  # the author's own
            remark(3, "2026-01-05 09:00", "ci", author_kind="Bot"),
        ],
    )
    # 1 has a comment, 4 changes requested, 2 and 3 nothing by another person; 5 no review; 6 is 15 lines small.
    seen = review_participation(frame)
    assert value(seen) == {"acme/app#1": 1.0, "acme/app#2": 0.0, "acme/app#3": 0.0, "acme/app#4": 1.0}
    assert seen["excluded"].dropna().tolist() == ["small"]


def test_a_comment_in_the_code_is_a_trace(facts):
    inline = remark(1, "2026-01-05 09:00", table="review_comments", review_id="r")
    frame = facts(
        "review_depths",
        pull_requests=[merged(1)],
        reviews=[review(1, "2026-01-05 09:00")],
        review_comments=[inline],
    )
    assert value(review_participation(frame)) == {"acme/app#1": 1.0}


def test_a_rubber_stamp_is_quick_silent_and_on_a_large_change(facts):
    large = {"additions": 300}
    frame = facts(
        "review_depths",
        pull_requests=[merged(n, **large) for n in (1, 2, 3, 4)] + [merged(5)],
        reviews=[
            review(1, "2026-01-05 08:02"),  # after two minutes, without a word
            review(2, "2026-01-05 08:03"),  # after three
            review(3, "2026-01-05 08:01"),  # with a comment
            review(4, "2026-01-05 12:01"),  # a minute after it was asked for
            review(5, "2026-01-05 08:01"),  # of 105 lines
        ],
        comments=[remark(3, "2026-01-05 08:01")],
        pull_request_events=[event(4, "review_requested", "2026-01-05 12:00")],
    )
    seen = rubber_stamp_rate(frame)
    assert value(seen) == {"acme/app#1": 1.0, "acme/app#2": 0.0, "acme/app#3": 0.0, "acme/app#4": 1.0}
    assert seen["excluded"].dropna().tolist() == ["small"]


def test_an_ai_reviewer_counts_for_its_own_share_and_for_nothing_else(facts):
    automatic = review(1, "2026-01-05 08:01", "coderabbitai[bot]", reviewer_kind="Bot", state="commented")
    frame = facts("review_depths", pull_requests=[merged(1), merged(2)], reviews=[automatic])
    assert value(ai_review_share(frame)) == {"acme/app#1": 1.0, "acme/app#2": 0.0}
    assert value(review_participation(frame)) == {}
    assert frame["remarks"].tolist() == [0, 0]
