"""Faults that other systems' numbers are known for: each named in words, and shown not to be ours."""

from dataclasses import replace

import pandas as pd
import pytest
from conftest import NOW, at, event, pull, review, row
from deployment_rows import commit, incident, shipping
from issue_rows import facts_of, issue, observed, together, values_of
from team_rows import memberships

from data.schema import TABLES
from metrics.catalogue import INDICATORS
from metrics.coverage import no_coverage
from metrics.evaluate import evaluate
from metrics.model import Grain, Reason, Scope
from metrics.organisation import AI_REVIEWER, BOT, PERSON, Organisation, account_class

MONTHS = Scope(at("2026-01-01 00:00"), at("2026-07-01 00:00"), NOW, Grain.MONTH)
TOTAL = replace(MONTHS, grain=Grain.TOTAL)
JIRA = {"source": "jira"}


@pytest.fixture
def show(facts):
    """The result of any indicator of the catalogue over hand-made rows, with every stream synced."""
    rows = [{"stream": name, "scope": "acme/app", "complete": True, "synced_at": NOW} for name in TABLES]
    synced = pd.DataFrame(rows, columns=no_coverage().columns).astype(no_coverage().dtypes.to_dict())

    def of(name, scope=TOTAL, organisation=None, **tables):
        indicator = INDICATORS[name]
        frames = {fact: facts(fact, organisation, **tables) for fact in indicator.facts}
        return evaluate(indicator, indicator.formula(**frames), scope, synced)

    return of


def merged(number, created, when, **values):
    return pull(number, created, merged_at=when, merge_commit=f"m{number}", **values)


def by_month(answer):
    return {point.period: point.value for point in answer.series if point.value}


def test_unlinked_pull_requests_are_not_counted_as_linked(show):
    # Two of three name an issue: 66.67 % linked, and not the other way round.
    pulls = [
        merged(n, "2026-01-05 08:00", "2026-01-06 08:00", mentions=m) for n, m in enumerate([["PAY-1"], ["PAY-2"], []])
    ]
    answer = show(
        "issue_linkage", pull_requests=pulls, projects=[row("projects", id="1", key="PAY", name="Pay", **JIRA)]
    )
    assert answer.total.value == pytest.approx(200 / 3)


def test_the_first_of_a_month_is_counted_in_one_month_only(show):
    answer = show("merged_pull_requests", MONTHS, pull_requests=[merged(1, "2026-01-05 08:00", "2026-02-01 00:00")])
    assert by_month(answer) == {"2026-02": 1.0}


def test_merges_are_counted_in_the_month_of_the_merge_everywhere(show):
    rows = {"pull_requests": [merged(1, "2026-01-30 08:00", "2026-03-02 08:00")]}
    assert by_month(show("merged_pull_requests", MONTHS, **rows)) == {"2026-03": 1.0}
    assert list(by_month(show("pr_size", MONTHS, **rows))) == ["2026-03"]
    assert list(by_month(show("merge_lead_time", MONTHS, commits=[commit(1, "2026-01-30 07:00")], **rows))) == [
        "2026-03"
    ]


def test_an_unreviewed_pull_request_does_not_pull_the_wait_down(show):
    # Reviewed after 10 h and after 20 h: 15 h, with or without ten that nobody reviewed.
    two = [merged(n, "2026-01-05 00:00", "2026-01-08 00:00") for n in (1, 2)]
    unreviewed = [merged(n, "2026-01-05 00:00", "2026-01-05 00:01") for n in range(3, 13)]
    reviews = [review(1, "2026-01-05 10:00"), review(2, "2026-01-05 20:00")]
    answer = show("time_to_first_review", pull_requests=two + unreviewed, reviews=reviews)
    assert (answer.total.value, answer.total.n) == (15.0, 2)


def test_the_median_of_two_is_not_the_lower_one(show):
    reviews = [review(1, "2026-01-05 10:00"), review(2, "2026-01-05 20:00")]
    answer = show("time_to_first_review", pull_requests=[pull(n, "2026-01-05 00:00") for n in (1, 2)], reviews=reviews)
    assert answer.total.value == 15.0


def test_a_resolution_before_the_creation_wraps_to_no_huge_number():
    imported = issue("PAY-1", "10", ("In Progress", "04"), ("Done", "05"))
    assert observed("issue_lead_time", imported)["value"].isna().tolist() == [True]


def test_a_review_before_the_creation_makes_no_wait_longer_than_the_life(show):
    early = [review(1, "2026-01-01 08:00")]
    answer = show(
        "time_to_first_review", pull_requests=[merged(1, "2026-01-05 08:00", "2026-01-05 09:00")], reviews=early
    )
    assert answer.total.value == 0.0


def test_a_comment_after_the_merge_is_no_pickup(show):
    late = review(1, "2026-01-06 09:00", state="commented")
    answer = show(
        "time_to_first_review", pull_requests=[merged(1, "2026-01-05 08:00", "2026-01-05 09:00")], reviews=[late]
    )
    assert (answer.total.value, answer.total.reason) == (None, Reason.NO_DATA)


def test_nothing_deployed_means_no_lead_time_though_there_is_a_cycle_time(show):
    rows = {
        "pull_requests": [merged(1, "2026-01-05 08:00", "2026-01-05 09:00")],
        "commits": [commit(1, "2026-01-05 07:00")],
    }
    assert show("pr_cycle_time", **rows).total.value == 1.0
    assert show("change_lead_time", **rows).total.value is None


def test_what_the_first_deployment_ships_has_a_lead_time(show):
    answer = show(
        "change_lead_time",
        pull_requests=[merged(1, "2026-01-05 08:00", "2026-01-05 09:00")],
        commits=[commit(1, "2026-01-05 07:00")],
        **shipping((1, "m1", "2026-01-05 10:00")),
    )
    assert answer.total.value == 3.0


def test_a_deployment_a_moment_before_the_merge_was_noted_still_ships_it(show):
    answer = show(
        "change_lead_time",
        pull_requests=[merged(1, "2026-01-05 08:00", "2026-01-05 09:00")],
        commits=[commit(1, "2026-01-05 07:00")],
        **shipping((1, "m1", "2026-01-05 08:59")),
    )
    assert answer.total.n == 1


def test_an_incident_is_blamed_on_one_deployment_and_not_on_all(show):
    answer = show(
        "change_fail_rate",
        incidents=[row("incidents", id="i", service="app", started_at="2026-01-07 10:30")],
        **shipping((1, "a", "2026-01-05 10:00"), (2, "b", "2026-01-06 10:00"), (3, "c", "2026-01-07 10:00")),
    )
    assert answer.total.value == pytest.approx(100 / 3)


def test_work_without_an_epic_falls_into_a_slice_of_its_own():
    done = [("In Progress", "05"), ("Done", "06")]
    planned = issue("PAY-1", "04", *done, epic_id="9")
    assert values_of(observed("roadmap_linkage", planned, issue("PAY-2", "04", *done))) == {"PAY-1": 1.0, "PAY-2": 0.0}


def test_neither_the_author_nor_a_bot_gives_the_first_review(show):
    reviews = [
        review(1, "2026-01-05 09:00", "ana", state="commented"),
        review(1, "2026-01-05 10:00", "helper[bot]"),
        review(1, "2026-01-05 12:00"),
    ]
    answer = show("time_to_first_review", pull_requests=[pull(1, "2026-01-05 08:00")], reviews=reviews)
    assert answer.total.value == 4.0


def test_two_accounts_of_one_person_are_one_person(facts):
    people = {"github": {"ben": "ben", "ben-work": "ben"}}
    organisation = replace(memberships(*[(who, "payments") for who in ("ana", "ben", "cem", "dia")]), people=people)
    reviews = [review(1, "2026-01-05 09:00", "ben"), review(1, "2026-01-05 10:00", "ben-work")]
    frame = facts("review_loads", organisation, pull_requests=[pull(1, "2026-01-05 08:00")], reviews=reviews)
    assert frame[frame["team"] == "payments"]["breadth"].tolist() == [1.0]
    assert frame[frame["team"] == "payments"]["people"].tolist() == [4]


def test_a_long_range_is_counted_to_its_end(show):
    # One deployment a month over three years: 36, and not those of the last 400 days alone.
    days = [f"{year}-{month:02}-05 10:00" for year in (2023, 2024, 2025) for month in range(1, 13)]
    long = replace(TOTAL, start=at("2023-01-01 00:00"), end=at("2026-01-01 00:00"))
    answer = show("deployment_frequency", long, **shipping(*[(n, f"c{n}", day) for n, day in enumerate(days)]))
    assert answer.total.value == 36.0


def test_a_merge_counts_by_its_time_whatever_the_state_says(show):
    stale = merged(1, "2026-01-05 08:00", "2026-01-06 08:00", state="closed")
    assert show("merged_pull_requests", pull_requests=[stale]).total.value == 1.0
    assert show("closed_pull_requests", pull_requests=[stale]).total.value == 0.0


def test_every_change_of_a_status_is_kept_even_two_at_one_moment():
    # Made, then Ready and In Progress at the same moment, then done: three changes, three rows, cycle 06 to 08.
    hurried = issue("PAY-1", "05", ("Ready", "06 10:00"), ("In Progress", "06 10:00"), ("Done", "08 10:00"))
    assert values_of(observed("issue_cycle_time", hurried)) == {"PAY-1": 2.0}
    changes = facts_of(hurried | together(hurried))["status_changes"]
    assert changes["to_text"].tolist() == ["Ready", "In Progress", "Done"]


def test_a_month_without_a_deployment_has_no_lead_time_of_zero(show):
    rows = {
        "pull_requests": [merged(1, "2026-01-05 08:00", "2026-01-05 09:00")],
        "commits": [commit(1, "2026-01-05 07:00")],
        **shipping((1, "m1", "2026-01-05 10:00")),
    }
    series = show("change_lead_time", MONTHS, **rows).series
    assert [(p.value, p.reason) for p in series[1:]] == [(None, Reason.NO_DATA)] * 5


def test_two_deployments_in_a_month_are_two_and_not_rounded_away(show):
    rows = shipping((1, "a", "2026-01-15 10:00"), (2, "b", "2026-02-14 10:00"))
    scope = replace(MONTHS, start=at("2026-01-15 00:00"), end=at("2026-02-16 00:00"))
    for grain in (Grain.WEEK, Grain.MONTH, Grain.TOTAL):
        assert sum(p.value for p in show("deployment_frequency", replace(scope, grain=grain), **rows).series) == 2.0


def test_the_time_of_an_unreviewed_merge_does_not_vanish(show):
    rows = {
        "pull_requests": [merged(1, "2026-01-05 08:00", "2026-01-15 08:00")],
        "commits": [commit(1, "2026-01-05 08:00")],
    }
    assert show("pr_cycle_time", **rows).total.value == 240.0
    assert show("merge_lead_time", **rows).total.value == 240.0
    assert show("review_coverage", **rows).total.value == 0.0


def test_the_authors_own_comment_is_no_first_response(show):
    own = review(1, "2026-01-05 01:00", "ana", state="commented")
    real = review(1, "2026-01-09 04:00")
    answer = show("time_to_first_review", pull_requests=[pull(1, "2026-01-05 00:00")], reviews=[own, real])
    assert answer.total.value == 100.0


def test_a_review_of_a_draft_gives_no_negative_wait(show):
    # reviewed at 5 h, ready at 50 h
    answer = show(
        "time_to_first_review",
        pull_requests=[pull(1, "2026-01-05 00:00")],
        pull_request_events=[event(1, "ready", "2026-01-07 02:00")],
        reviews=[review(1, "2026-01-05 05:00")],
    )
    assert answer.total.value == 0.0


@pytest.mark.parametrize(
    ("login", "kind", "expected"),
    [
        ("dependabot[bot]", "User", BOT),
        ("dependabot", "Bot", BOT),
        ("github-actions", "Bot", BOT),
        ("bors", "User", BOT),  # configured
        ("coderabbitai[bot]", "User", AI_REVIEWER),
        ("Copilot", "Bot", AI_REVIEWER),
        ("DrahtBot", "User", BOT),  # configured, in another case
        ("talbot", "User", PERSON),
        ("user-bottle", "User", PERSON),
        ("robot-dreams", "User", PERSON),
    ],
)
def test_a_bot_is_known_by_its_account_or_the_configuration_never_by_a_syllable(login, kind, expected):
    organisation = Organisation(bots=frozenset({"bors", "drahtbot"}))
    assert account_class(pd.Series([login]), pd.Series([kind]), organisation).tolist() == [expected]


def test_a_revert_counts_from_whatever_branch_and_one_of_documentation_is_no_failure(show):
    def rate(**values):
        pulls = [
            merged(1, "2026-01-05 08:00", "2026-01-05 09:00", title="Add A", **values),
            merged(2, "2026-01-06 08:00", "2026-01-06 09:00", title='Revert "Add A"', head_branch="ana/quick-fix"),
        ]
        rollback = shipping(
            (1, "m1", "2026-01-05 10:00"),
            (2, "m2", "2026-01-06 10:00"),
            (8, "x", "2026-03-01 10:00"),
            (9, "m2", "2026-03-02 10:00"),  # a rollback: failures are known here
        )
        return show("change_fail_rate", pull_requests=pulls, **rollback).total.value

    assert rate() == 50.0  # the first and the one rolled back, of four
    assert rate(labels=["docs"]) == 25.0


def test_one_repositorys_incident_fails_no_deployment_of_another(show):
    places = [row("repositories", id="1", name="acme/app"), row("repositories", id="2", name="acme/web")]
    rows = shipping((1, "a", "2026-01-05 10:00"), (2, "b", "2026-01-05 12:00"))
    for table in ("deployments", "deployment_statuses"):
        rows[table][1]["repository_id"] = "2"  # acme/web deploys later
    one_team = Organisation(owners={"repository": {"acme/app": "payments", "acme/web": "payments"}})
    bug = incident("acme/app#7", "2026-01-05 13:00", project="acme/app", source="github")
    answer = show("change_fail_rate", TOTAL, one_team, repositories=places, issues=[bug], **rows)
    assert answer.observations.set_index("key")["value"].to_dict() == {
        "acme/app deployment 1": 1.0,
        "acme/web deployment 2": 0.0,
    }


def test_a_chatty_bot_hides_no_human(show):
    chatter = [review(1, f"2026-01-05 08:{n % 60:02}", f"b{n}[bot]", state="commented") for n in range(200)]
    answer = show(
        "time_to_first_review",
        pull_requests=[pull(1, "2026-01-05 08:00")],
        reviews=[*chatter, review(1, "2026-01-05 12:00")],
    )
    assert answer.total.value == 4.0


# The policy for the cases on the edge -------------------------------------------------------------------


def test_every_interval_as_a_draft_is_no_waiting(show):
    # ready 2 h, draft again 3–5 h, reviewed 8 h: 8 − 2 − 2 = 4 h.
    answer = show(
        "time_to_first_review",
        pull_requests=[pull(1, "2026-01-05 00:00")],
        pull_request_events=[
            event(1, "ready", "2026-01-05 02:00"),
            event(1, "draft", "2026-01-05 03:00"),
            event(1, "ready", "2026-01-05 05:00"),
        ],
        reviews=[review(1, "2026-01-05 08:00")],
    )
    assert answer.total.value == 4.0


def test_a_rebase_before_the_merge_does_not_reset_the_first_commit(show):
    rebased = row(
        "commits", pull_request_id="1", id="c", authored_at="2026-01-04 08:00", committed_at="2026-01-05 08:59"
    )
    answer = show(
        "merge_lead_time", pull_requests=[merged(1, "2026-01-05 08:00", "2026-01-05 09:00")], commits=[rebased]
    )
    assert answer.total.value == 25.0


def test_a_pull_request_by_a_bot_is_left_out_listed_and_let_in_on_request(show):
    bot = merged(1, "2026-01-05 08:00", "2026-01-05 09:00", author="renovate[bot]", author_kind="Bot")
    answer = show("merged_pull_requests", pull_requests=[bot])
    assert (answer.total.value, answer.left_out, len(answer.observations)) == (0.0, {"bot": 1}, 1)
    assert show("merged_pull_requests", replace(TOTAL, bots=True), pull_requests=[bot]).total.value == 1.0


def test_two_deleted_accounts_are_nobody_rather_than_one_person(show):
    ghost = {"author": None, "author_id": None, "author_kind": None}
    nobody = review(1, "2026-01-05 09:00", reviewer=None, reviewer_id=None, reviewer_kind=None)
    rows = {"pull_requests": [merged(1, "2026-01-05 08:00", "2026-01-05 12:00", **ghost)]}
    assert show("review_coverage", reviews=[nobody], **rows).total.value == 0.0
    assert show("review_coverage", reviews=[review(1, "2026-01-05 09:00")], **rows).total.value == 100.0


def test_a_reopened_issue_ends_with_its_last_finish_and_counts_as_reopened():
    again = issue("PAY-1", "01", ("In Progress", "02"), ("Done", "05"), ("In Progress", "06"), ("Done", "10"))
    assert values_of(observed("issue_lead_time", again)) == {"PAY-1": 9.0}
    assert values_of(observed("reopen_rate", again)) == {"PAY-1": 1.0}


def test_waits_are_told_on_the_wall_and_at_work(show):
    rows = {"pull_requests": [pull(1, "2026-01-09 16:00")], "reviews": [review(1, "2026-01-12 10:00")]}
    assert show("time_to_first_review", **rows).total.value == 66.0
    assert show("time_to_first_review_bh", **rows).total.value == 2.0


def test_the_stages_of_an_issue_add_up_to_the_whole_exactly():
    # Ready 06–07, in progress 07–09, in review 09–12: 1, 2 and 3 of 6 days.
    done = issue("PAY-1", "05", ("Ready", "06"), ("In Progress", "07"), ("In Review", "09"), ("Done", "12"))
    rows = observed("stage_time_share", done)
    assert rows["value"].sum() == pytest.approx(100)


def test_a_merge_by_its_author_is_no_review(show):
    rows = {"pull_requests": [merged(1, "2026-01-05 08:00", "2026-01-05 09:00", merged_by="ana", merged_by_id="u-ana")]}
    assert show("review_coverage", **rows).total.value == 0.0
    assert show("self_merge_rate", **rows).total.value == 100.0


def test_a_review_after_the_merge_covers_nothing_and_is_counted_as_such(show):
    rows = {
        "pull_requests": [merged(n, "2026-01-05 08:00", "2026-01-05 09:00") for n in (1, 2)],
        "reviews": [review(1, "2026-01-06 09:00"), review(2, "2026-01-05 08:30"), review(2, "2026-01-06 09:00")],
    }
    assert show("review_coverage", **rows).total.value == 50.0
    assert show("late_review_rate", **rows).total.value == 50.0


def test_a_reverted_pull_request_counts_as_reverted_and_its_revert_as_a_revert(show):
    pulls = [
        merged(1, "2026-01-05 08:00", "2026-01-05 09:00", title="Add A"),
        merged(2, "2026-01-06 08:00", "2026-01-06 09:00", title='Revert "Add A"'),
        merged(3, "2026-01-06 08:00", "2026-01-06 10:00", title="Add B"),
    ]
    rows = show("revert_rate", pull_requests=pulls).observations.set_index("key")["value"].to_dict()
    assert rows["acme/app#1"] == 1.0 and rows["acme/app#3"] == 0.0
