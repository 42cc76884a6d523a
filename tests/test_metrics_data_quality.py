"""What is wrong with pull requests as they were read, row by row."""

from conftest import pull, review, row
from issue_rows import facts_of, together
from plan_rows import story

from metrics.data_quality import doubtful, impossible, incomplete, without_team
from metrics.organisation import Organisation

LATER = "2026-11-02 10:00"


def numbers(pulls, flags):
    return pulls.loc[flags, "number"].tolist()


def test_each_finding_is_told_of_its_rows_and_a_row_with_several_counts_once(facts):
    owned = Organisation(owners={"repository": {"acme/app": "apps"}, "path": {}, "project": {}, "component": {}})
    bot = {"author": "renovate[bot]", "author_id": "9", "author_kind": "Bot"}
    deleted = {"author": None, "author_id": None, "author_kind": None}
    made = [
        pull(1, "2026-11-02 08:00", merged_at="2026-11-02 20:00"),  # unreviewed, and nothing is wrong with that
        pull(2, "2026-11-02 08:00", is_draft=True),  # a draft
        pull(3, "2026-11-02 08:00", merged_at="2026-11-01 08:00", is_complete=False),  # merged before it was opened
        pull(4, "2026-11-02 08:00", merged_at="2026-11-02 08:00"),  # at once: possible
        pull(5, "2026-11-02 08:00", merged_at="2026-11-03 08:00", **bot),
        pull(6, "2026-11-02 08:00", merged_at="2026-11-03 08:00", **deleted),
        pull(7, "2026-11-02 08:00", is_complete=False),
    ]
    pulls = facts("pull_requests", owned, pull_requests=made, reviews=[review(6, "2026-11-02 09:00")])
    assert numbers(pulls, incomplete(pulls)) == [3, 7]
    assert numbers(pulls, impossible(pulls)) == [3]
    assert numbers(pulls, without_team(pulls)) == []
    assert doubtful(pulls) == 2  # the third is both
    assert doubtful(facts("pull_requests", pull_requests=made)) == 7  # nobody owns the repository


def test_issues_are_counted_with_those_of_no_team():
    made = together(story(1, None), story(2, None), story(3, None))
    made["issues"][2]["project"] = "ELSE"
    owned = Organisation(owners={"project": {"PAY": "payments"}})
    assert facts_of(made, owned, "issue_counts")["issue_counts"].to_dict("records") == [{"every": 3, "without_team": 1}]
    none = facts_of(together(), owned, "issue_counts")["issue_counts"]
    assert none.to_dict("records") == [{"every": 0, "without_team": 0}]


def test_whoever_opened_or_reviewed_acted_once_also_who_only_commented_on_lines(facts):
    remark = row("review_comments", pull_request_id="1", id="c", author="cem", author_kind="User", created_at=LATER)
    made = [pull(1, "2026-11-02 08:00"), pull(2, "2026-11-02 08:00", author=None, author_id=None)]  # one was deleted
    asked = {"pull_requests": made, "reviews": [review(1, LATER), review(2, LATER)], "review_comments": [remark]}
    assert facts("acting_accounts", **asked)["account"].tolist() == ["ana", "ben", "cem"]
    assert facts("acting_accounts")["account"].tolist() == []


def test_nothing_is_wrong_with_nothing(facts):
    assert doubtful(facts("pull_requests", pull_requests=[])) == 0
