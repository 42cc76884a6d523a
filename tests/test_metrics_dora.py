"""The five figures of software delivery, each on a few deployments worked out by hand."""

from dataclasses import replace

import pandas as pd
import pytest
from conftest import NOW, at, pull, row
from deployment_rows import commit, deployed, incident, shipping, status

from metrics.coverage import no_coverage
from metrics.dora import INDICATORS
from metrics.evaluate import evaluate
from metrics.facts import FACTS
from metrics.model import Reason, Scope
from metrics.organisation import IncidentRule, Organisation

BY_ID = {indicator.id: indicator for indicator in INDICATORS}
JANUARY = Scope(at("2026-01-01 00:00"), at("2026-02-01 00:00"), NOW)
PAYMENTS = Organisation(owners={"repository": {"acme/app": "payments"}, "project": {"PAY": "payments", "WEB": "web"}})


@pytest.fixture
def show(facts):
    """The result of an indicator over January: show("change_fail_rate", organisation, table=[…])."""

    def of(name, organisation=None, scope=JANUARY, **tables):
        indicator = BY_ID[name]
        frames = {fact: facts(fact, organisation, **tables) for fact in indicator.facts}
        return evaluate(indicator, indicator.formula(**frames), scope, synced())

    return of


def synced():
    streams = sorted({FACTS[fact].reads[0] for indicator in INDICATORS for fact in indicator.facts})
    rows = [{"stream": name, "scope": "acme/app", "complete": True, "synced_at": NOW} for name in streams]
    return pd.DataFrame(rows, columns=no_coverage().columns).astype(no_coverage().dtypes.to_dict())


def merged(number, when, **values):
    return pull(number, "2026-01-01 08:00", merged_at=when, merge_commit=f"m{number}", **values)


TWO = shipping((1, "m1", "2026-01-05 10:00"), (2, "m2", "2026-01-07 10:00"))


def test_the_lead_time_runs_from_the_first_commit_to_the_deployment(show):
    # first commit 4th 10:00 → deployed 5th 10:00: 24 h; the second 6th 10:00 → 7th 10:00: 24 h; the third 12 h.
    answer = show(
        "change_lead_time",
        pull_requests=[merged(n, f"2026-01-0{n + 4} 09:00", created_at=at("2026-01-07 08:00")) for n in (1, 2, 3)],
        commits=[commit(1, "2026-01-04 10:00"), commit(2, "2026-01-06 10:00"), commit(3, "2026-01-06 22:00")],
        **shipping((1, "m1", "2026-01-05 10:00"), (2, "m3", "2026-01-07 10:00")),
    )
    assert (answer.total.n, answer.total.value) == (3, 24.0)
    assert sorted(answer.observations["value"]) == [12.0, 24.0, 24.0]
    assert answer.badge == "deployments to production · matched by order of merges"


def test_an_undeployed_change_and_a_month_without_deployments_have_no_lead_time_and_never_zero(show):
    rows = {"pull_requests": [merged(1, "2026-01-05 09:00")], "commits": [commit(1, "2026-01-04 10:00")]}
    answer = show("change_lead_time", **rows, **shipping((1, "x", "2025-12-01 10:00")))
    assert (answer.total.value, answer.total.n, answer.total.reason) == (None, 0, Reason.NO_SOURCE)
    late = show("change_lead_time", **rows, **shipping((1, "m1", "2026-02-05 10:00")))
    assert (late.total.value, late.total.reason) == (None, Reason.NO_DATA)


def test_merges_give_a_merge_lead_time_under_its_own_name_and_no_lead_time(show):
    rows = {"pull_requests": [merged(1, "2026-01-05 09:00")], "commits": [commit(1, "2026-01-01 08:00")]}
    lead = show("change_lead_time", **rows)
    assert (lead.total.value, lead.total.reason, lead.left_out) == (None, Reason.NO_SOURCE, {"no deployment source": 1})
    assert show("merge_lead_time", **rows).total.value == 4 * 24 + 1
    agreed = Organisation(deployment_sources={"acme/app": "merges"})
    assert show("change_lead_time", agreed, **rows).total.value == 4 * 24 + 1  # where merging is deploying


def test_a_change_by_a_bot_is_left_out_of_the_lead_time(show):
    answer = show(
        "change_lead_time",
        pull_requests=[merged(1, "2026-01-05 09:00", author="renovate[bot]", author_kind="Bot")],
        commits=[commit(1, "2026-01-04 10:00")],
        **TWO,
    )
    assert (answer.total.n, answer.left_out) == (0, {"bot": 1})


def test_deployments_are_counted_and_failed_ones_left_out(show):
    failed = {
        "deployments": [*TWO["deployments"], deployed(3, commit="m3")],
        "deployment_statuses": [*TWO["deployment_statuses"], status(3, "failure", "2026-01-08 10:00")],
    }
    answer = show("deployment_frequency", **failed)
    assert (answer.total.value, answer.left_out) == (2.0, {"failed": 1})
    assert [p.value for p in answer.series if p.period == "2026-W02"] == [2.0]
    assert [p.value for p in answer.series if p.period == "2026-W03"] == [0.0]  # synced, and nothing was deployed
    assert answer.badge == "deployments to production"


def test_without_any_deployment_the_frequency_is_not_zero_but_without_a_source(show):
    answer = show("deployment_frequency")
    assert {p.reason for p in answer.series} == {Reason.NO_SOURCE}
    assert {p.value for p in answer.series} == {None}


def test_merges_are_counted_under_a_badge_that_says_so(show):
    answer = show("deployment_frequency", pull_requests=[merged(1, "2026-01-05 09:00")])
    assert (answer.total.value, answer.badge) == (1.0, "merges to the default branch (no deployment data)")


def test_an_incident_fails_the_nearest_deployment_before_it_in_its_service(show):
    # The incident of the 6th is the first deployment's, that of the 9th the second's; 1 of 2 twice is 100 %.
    answer = show("change_fail_rate", PAYMENTS, issues=[incident("PAY-1", "2026-01-06 10:00")], **TWO)
    assert (answer.total.value, answer.total.n) == (50.0, 2)
    assert dict(zip(answer.observations["key"], answer.observations["value"], strict=True)) == {
        "acme/app deployment 1": 1.0,
        "acme/app deployment 2": 0.0,
    }
    assert answer.badge == "deployments to production · failures from incidents"
    both = [incident("PAY-1", "2026-01-06 10:00"), incident("PAY-2", "2026-01-09 10:00")]
    assert show("change_fail_rate", PAYMENTS, issues=both, **TWO).total.value == 100.0


def test_an_incident_outside_the_window_or_of_another_service_fails_nothing(show):
    late = [incident("PAY-1", "2026-01-14 10:01")]  # a minute over 7 days after the second
    assert show("change_fail_rate", PAYMENTS, issues=late, **TWO).total.value == 0.0
    longer = replace(PAYMENTS, incidents=IncidentRule(window_days=8))
    assert show("change_fail_rate", longer, issues=late, **TWO).total.value == 50.0
    elsewhere = [incident("WEB-1", "2026-01-06 10:00")]
    assert show("change_fail_rate", PAYMENTS, issues=elsewhere, **TWO).total.value == 0.0


def test_an_incident_may_be_a_labelled_issue_of_the_repository_or_an_imported_one(show):
    labelled = incident("acme/app#9", "2026-01-06 10:00", type="Issue", project="acme/app", labels=["INCIDENT", "x"])
    assert show("change_fail_rate", issues=[labelled], **TWO).total.value == 50.0
    imported = row("incidents", id="i1", service="app", started_at="2026-01-06 10:00")
    assert show("change_fail_rate", incidents=[imported], **TWO).total.value == 50.0
    named = row("incidents", id="i1", deployment_id="1", started_at="2026-01-08 10:00")  # though the second is nearer
    answer = show("change_fail_rate", incidents=[named], **TWO)
    assert answer.observations.loc[answer.observations["value"] == 1, "key"].tolist() == ["acme/app deployment 1"]


def test_without_anything_that_would_tell_a_failure_there_is_no_rate_rather_than_zero(show):
    plain = [merged(1, "2026-01-05 09:00"), merged(2, "2026-01-07 09:00")]
    for name in ("change_fail_rate", "failed_deployment_recovery_time", "deployment_rework_rate"):
        answer = show(name, PAYMENTS, pull_requests=plain, **TWO)
        assert (answer.total.value, answer.total.n, answer.total.reason) == (None, 0, Reason.NO_SOURCE), name
        unmatched = show(name, issues=[incident("PAY-1", "2026-01-06 10:00")], pull_requests=plain, **TWO)
        assert (unmatched.total.value, unmatched.total.reason) == (None, Reason.UNMAPPED), name


def test_a_revert_fails_the_deployment_that_shipped_what_it_takes_back(show):
    answer = show(
        "change_fail_rate",
        pull_requests=[
            merged(1, "2026-01-05 09:00", title="Add A"),
            merged(2, "2026-01-07 09:00", title='Revert "Add A"', reverts=1),
        ],
        **TWO,
    )
    assert answer.observations.set_index("key")["value"].to_dict() == {
        "acme/app deployment 1": 1.0,
        "acme/app deployment 2": 0.0,
    }
    assert answer.badge.endswith("failures from reverts")


def test_documentation_taken_back_and_a_revert_before_the_deployment_fail_nothing(show):
    hotfix = merged(9, "2026-01-20 09:00", created_at=at("2026-01-20 08:00"), head_branch="hotfix/x")  # a source
    documentation = [
        merged(1, "2026-01-05 09:00", labels=["documentation"]),
        merged(2, "2026-01-07 09:00", reverts=1, title="Revert it"),
        hotfix,
    ]
    assert show("change_fail_rate", pull_requests=documentation, **TWO).total.value in (None, 0.0)
    undone = [merged(1, "2026-01-05 09:00"), merged(2, "2026-01-05 09:30", reverts=1, title="Revert it")]
    answer = show("change_fail_rate", pull_requests=undone, **shipping((1, "m2", "2026-01-05 10:00")))
    assert (answer.total.value, answer.total.reason) == (None, Reason.NO_SOURCE)


def test_a_hotfix_fails_the_deployment_before_it_and_its_own_is_rework(show):
    rows = {
        "pull_requests": [
            merged(1, "2026-01-05 09:00"),
            merged(2, "2026-01-07 09:00", created_at=at("2026-01-06 22:00"), labels=["Hotfix"]),
        ],
        **TWO,
    }
    assert show("change_fail_rate", **rows).observations.set_index("key")["value"].to_dict() == {
        "acme/app deployment 1": 1.0,
        "acme/app deployment 2": 0.0,
    }
    assert show("deployment_rework_rate", **rows).observations.set_index("key")["value"].to_dict() == {
        "acme/app deployment 1": 0.0,
        "acme/app deployment 2": 1.0,
    }
    # Deployed on the 5th at 10:00, mended on the 7th at 10:00.
    assert show("failed_deployment_recovery_time", **rows).total.value == 48.0


def test_a_rollback_fails_the_deployment_that_it_replaces_and_ends_it(show):
    # a, then b at 10:00, and a again at 10:45: b failed for 45 minutes; the rollback is rework.
    rows = shipping((1, "a", "2026-01-05 10:00"), (2, "b", "2026-01-06 10:00"), (3, "a", "2026-01-06 10:45"))
    failing = show("change_fail_rate", **rows)
    assert failing.observations.set_index("key")["value"].to_dict() == {
        "acme/app deployment 1": 0.0,
        "acme/app deployment 2": 1.0,
        "acme/app deployment 3": 0.0,
    }
    assert show("failed_deployment_recovery_time", **rows).total.value == 0.75
    rework = show("deployment_rework_rate", **rows)
    assert (rework.total.n, rework.left_out) == (1, {"contents unknown": 2})


def test_recovery_ends_with_the_last_incident_and_one_that_is_open_is_listed(show):
    # Deployed 5th 10:00; incidents resolved at 12:00 and at 20:00: 10 h. The second deployment's is open.
    issues = [
        incident("PAY-1", "2026-01-05 11:00", "2026-01-05 12:00"),
        incident("PAY-2", "2026-01-05 11:30", "2026-01-05 20:00"),
        incident("PAY-3", "2026-01-07 11:30"),
    ]
    answer = show("failed_deployment_recovery_time", PAYMENTS, issues=issues, **TWO)
    assert (answer.total.n, answer.total.value) == (1, 10.0)
    assert answer.left_out == {"not over yet": 1}


def test_a_normal_deployment_with_a_correction_in_it_is_no_rework(show):
    # The second ships a fix that names the incident and a feature; the third only a fix that names it.
    pulls = [
        merged(1, "2026-01-05 09:00"),
        merged(2, "2026-01-07 08:00", mentions=["PAY-1"]),
        merged(3, "2026-01-07 09:00", mentions=[]),
        merged(4, "2026-01-08 09:00", mentions=["PAY-1", "PAY-7"]),
    ]
    answer = show(
        "deployment_rework_rate",
        PAYMENTS,
        pull_requests=pulls,
        issues=[incident("PAY-1", "2026-01-06 10:00")],
        **shipping((1, "m1", "2026-01-05 10:00"), (2, "m3", "2026-01-07 10:00"), (3, "m4", "2026-01-08 10:00")),
    )
    assert answer.observations.set_index("key")["value"].to_dict() == {
        "acme/app deployment 1": 0.0,
        "acme/app deployment 2": 0.0,
        "acme/app deployment 3": 1.0,
    }


def test_a_team_sees_its_own_deployments_with_their_own_badge(show):
    two = [row("repositories", id="1", name="acme/app"), row("repositories", id="2", name="acme/web")]
    tag = row("tags", id="v1.0", at="2026-01-06 10:00", commit_id="x", repository_id="2")
    everything = show("deployment_frequency", PAYMENTS, repositories=two, tags=[tag], **TWO)
    assert everything.badge == "deployments to production (1 repository), version tags (1)"
    team = show(
        "deployment_frequency", PAYMENTS, replace(JANUARY, team="payments"), repositories=two, tags=[tag], **TWO
    )
    assert (team.total.value, team.badge) == (2.0, "deployments to production")
    nobody = show("deployment_frequency", PAYMENTS, replace(JANUARY, team="web"), repositories=two, tags=[tag], **TWO)
    assert (nobody.total.value, nobody.total.reason) == (None, Reason.NO_SOURCE)


def test_the_revert_rate_counts_what_is_taken_back_within_two_weeks(show):
    # 1 after 2 days: yes. 2 after 15 days: no. The two reverts are no changes of their own. 1 of 3.
    pulls = [
        merged(1, "2026-01-05 09:00", title="A"),
        merged(2, "2026-01-05 10:00", title="B"),
        merged(3, "2026-01-05 11:00", title="C"),
        merged(4, "2026-01-07 09:00", title='Revert "A"'),
        merged(5, "2026-01-20 11:00", title="Revert B", reverts=2),
    ]
    answer = show("revert_rate", pull_requests=pulls)
    assert (answer.total.n, round(answer.total.value, 2), answer.left_out) == (3, 33.33, {"revert": 2})


def test_an_empty_store_gives_no_value_and_no_error(show):
    for name in BY_ID:
        answer = show(name)
        assert answer.total.value is None, name
        assert answer.total.reason in {Reason.NO_SOURCE, Reason.NO_DATA}, name
