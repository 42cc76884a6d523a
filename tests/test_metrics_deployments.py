"""What counts as a deployment, in each repository, from which source; and which change it ships."""

import pandas as pd
import pytest
from conftest import pull, row
from deployment_rows import commit, deployed, run, shipping, status

from metrics.organisation import Organisation
from metrics.production import is_production


def released(tag, when, **values):
    usual = {"is_draft": False, "is_prerelease": False}
    return row("releases", id=tag, tag=tag, published_at=when, **(usual | values))


def tagged(name, when):
    return row("tags", id=name, at=when, commit_id=name)


def test_the_first_source_that_has_any_success_is_taken(facts):
    sources = {
        "deployments": [deployed(1)],
        "deployment_statuses": [status(1, "success", "2026-01-05 10:00")],
        "workflow_runs": [run(7)],
        "releases": [released("v1.0", "2026-01-06 10:00")],
        "tags": [tagged("v1.0", "2026-01-06 10:00")],
        "pull_requests": [pull(1, "2026-01-05 08:00", merged_at="2026-01-05 09:00")],
    }
    keys = []
    for name in ("deployments", "workflow_runs", "releases", "tags", "pull_requests"):
        keys += facts("deployments", **sources)["key"].tolist()
        del sources[name]
    assert keys == [
        "acme/app deployment 1",
        "acme/app workflow run 7",
        "acme/app release v1.0",
        "acme/app tag v1.0",
        "acme/app#1",
    ]
    assert facts("deployments", **sources).empty


def test_the_configuration_overrides_the_source_and_finds_none_rather_than_another(facts):
    by_tags = Organisation(deployment_sources={"acme/app": "tags"})
    sources = {"releases": [released("v1.0", "2026-01-06 10:00")], "tags": [tagged("v1.0", "2026-01-06 10:00")]}
    frame = facts("deployments", by_tags, **sources)
    assert frame["key"].tolist() == ["acme/app tag v1.0"]
    assert frame["sources"].tolist() == ["version tags as configured"]
    assert facts("deployments", by_tags, releases=sources["releases"]).empty


def test_each_repository_has_its_own_source(facts):
    other = row("repositories", id="2", name="acme/web")
    frame = facts(
        "deployments",
        repositories=[row("repositories", id="1", name="acme/app"), other],
        releases=[released("v1.0", "2026-01-06 10:00")],
        tags=[tagged("v1.0", "2026-01-06 10:00"), tagged("v2.0", "2026-01-07 10:00") | {"repository_id": "2"}],
    )
    assert dict(zip(frame["repository"], frame["basis"], strict=True)) == {"acme/app": "releases", "acme/web": "tags"}


def test_a_deployment_has_the_time_of_its_first_success_though_it_is_inactive_since(facts):
    frame = facts(
        "deployments",
        deployments=[deployed(1, updated_at="2026-01-09 10:00")],
        deployment_statuses=[
            status(1, "in_progress", "2026-01-05 09:00"),
            status(1, "success", "2026-01-05 09:10"),
            status(1, "success", "2026-01-05 09:30"),
            status(1, "inactive", "2026-01-09 10:00"),
        ],
    )
    assert frame["at"].tolist() == [pd.Timestamp("2026-01-05 09:10", tz="UTC")]


def test_a_deployment_that_never_succeeded_failed_and_one_under_way_is_none_yet(facts):
    frame = facts(
        "deployments",
        deployments=[deployed(n, commit=f"c{n}") for n in (1, 2, 3)],
        deployment_statuses=[
            status(1, "failure", "2026-01-05 09:00"),
            status(2, "error", "2026-01-05 10:00"),
            status(2, "success", "2026-01-05 11:00"),
            status(3, "in_progress", "2026-01-05 12:00"),
        ],
    )
    assert frame[["id", "succeeded"]].to_numpy().tolist() == [["1", False], ["2", True]]


def test_an_inactive_deployment_succeeded_once_unless_a_failure_says_otherwise(facts):
    frame = facts(
        "deployments",
        deployments=[deployed(n, commit=f"c{n}", created_at="2026-01-05 08:00") for n in (1, 2, 3)],
        deployment_statuses=[
            status(2, "failure", "2026-01-05 09:00"),
            status(2, "inactive", "2026-01-06 09:00"),
            status(3, "inactive", "2026-01-06 09:00"),
        ],
    )
    assert frame["succeeded"].tolist() == [True, True, False]  # 1 and 3 at 08:00, 2 at 09:00
    assert frame["id"].tolist() == ["1", "3", "2"]
    assert frame["at"].dt.hour.tolist() == [8, 8, 9]


@pytest.mark.parametrize(
    ("name", "expected"),
    [
        ("production", True),
        ("Prod-EU", True),
        ("live", True),
        ("main", True),
        ("mainframe-lab", False),
        ("release", True),
        ("production-preview", False),
        ("staging", False),
        ("github-pages", False),
        ("pr-12", False),
    ],
)
def test_a_production_environment_is_known_by_its_name(name, expected):
    assert is_production(name) is expected


def test_where_no_environment_is_called_production_the_only_real_one_is_it(facts):
    def places(*names):
        rows = [deployed(n, name, commit=name) for n, name in enumerate(names)]
        done = [status(n, "success", "2026-01-05 09:10") for n, _ in enumerate(names)]
        return facts("deployments", deployments=rows, deployment_statuses=done)["environment"].tolist()

    assert places("eu-cluster", "staging") == ["eu-cluster"]
    assert places("eu-cluster", "us-cluster") == []  # which one is production is not ours to guess
    assert places("production", "eu-cluster") == ["production"]


def test_the_same_commit_again_within_ten_minutes_is_the_same_deployment(facts):
    # 09:00 and 09:09 are one; 09:30 is another; the other commit at 09:05 is its own.
    times = {1: "09:00", 2: "09:09", 3: "09:30", 4: "09:05"}
    frame = facts(
        "deployments",
        deployments=[deployed(n, commit="other" if n == 4 else "c1") for n in times],
        deployment_statuses=[status(n, "success", f"2026-01-05 {when}") for n, when in times.items()],
    )
    assert sorted(frame["id"]) == ["1", "3", "4"]


def test_a_commit_that_comes_back_after_another_is_a_rollback_and_one_deployed_again_is_not(facts):
    commits = ["a", "b", "a", "a", "c"]
    frame = facts(
        "deployments",
        deployments=[deployed(n, commit=commit) for n, commit in enumerate(commits)],
        deployment_statuses=[status(n, "success", f"2026-01-0{n + 1} 09:00") for n in range(5)],
    )
    assert frame.sort_values("at")["is_rollback"].tolist() == [False, False, True, False, False]


def test_workflow_runs_deploy_by_their_name_and_neither_on_a_schedule_nor_cancelled(facts):
    frame = facts(
        "deployments",
        workflow_runs=[
            run(1, "Deploy to production"),
            run(2, "tests"),
            run(3, "deploy", event="schedule"),
            run(4, "deploy", conclusion="cancelled"),
            run(5, "publish", conclusion="failure"),
            run(6, "relationship-check"),
        ],
    )
    assert frame[["id", "succeeded"]].to_numpy().tolist() == [["1", True], ["5", False]]


def test_drafts_and_prereleases_are_no_releases_and_odd_tags_no_versions(facts):
    hidden = [
        released("v1", "2026-01-05 10:00", is_draft=True),
        released("v2", "2026-01-05 10:00", is_prerelease=True),
    ]
    frame = facts(
        "deployments",
        releases=hidden,
        tags=[tagged("v1.2.3", "2026-01-06 10:00"), tagged("v1.2.3-rc1", "2026-01-06 11:00")],
    )
    assert frame["id"].tolist() == ["v1.2.3"]


def test_a_merge_stands_for_a_deployment_only_on_the_default_branch_and_says_so(facts):
    frame = facts(
        "deployments",
        repositories=[row("repositories", id="1", name="acme/app", default_branch="main")],
        pull_requests=[
            pull(1, "2026-01-05 08:00", merged_at="2026-01-05 09:00", base_branch="main"),
            pull(2, "2026-01-05 08:00", merged_at="2026-01-05 09:00", base_branch="feature"),
        ],
    )
    assert frame["key"].tolist() == ["acme/app#1"]
    assert frame["sources"].tolist() == ["merges to the default branch (no deployment data)"]


def test_a_deployment_is_of_the_team_that_owns_the_repository_else_of_who_deployed(facts):
    rows = {"tags": [tagged("v1.0", "2026-01-06 10:00")]}
    assert facts("deployments", **rows)["team"].tolist() == ["unassigned"]
    owned = Organisation(owners={"repository": {"acme/app": "payments"}})
    assert facts("deployments", owned, **rows)["team"].tolist() == ["payments"]


# Changes -------------------------------------------------------------------------------------------------


def test_a_change_is_shipped_by_the_first_deployment_of_its_merge_or_a_later_one(facts):
    # 1 merged at 09:00, 2 at 10:00. The deployment at 11:00 is still of merge 1, that at 12:00 of merge 2.
    frame = facts(
        "changes",
        pull_requests=[
            pull(1, "2026-01-05 08:00", merged_at="2026-01-05 09:00", merge_commit="m1"),
            pull(2, "2026-01-05 08:00", merged_at="2026-01-05 10:00", merge_commit="m2"),
            pull(3, "2026-01-05 08:00", merged_at="2026-01-05 13:00", merge_commit="m3"),
        ],
        **shipping((1, "m1", "2026-01-05 11:00"), (2, "m2", "2026-01-05 12:00")),
    )
    assert frame["deployment"].tolist()[:2] == ["acme/app deployment 1", "acme/app deployment 2"]
    assert frame["matched_by"].tolist()[:2] == ["order of merges"] * 2
    assert frame["deployed_at"].isna().tolist() == [False, False, True]


def test_a_change_is_matched_by_time_where_the_deployed_commit_is_no_known_merge(facts):
    frame = facts(
        "changes",
        pull_requests=[pull(1, "2026-01-05 08:00", merged_at="2026-01-05 09:00", merge_commit="m1")],
        **shipping((1, "x", "2026-01-05 08:30"), (2, "y", "2026-01-05 09:30")),
    )
    assert frame[["deployment", "matched_by"]].to_numpy().tolist() == [["acme/app deployment 2", "time"]]


def test_a_rollback_ships_nothing_new(facts):
    frame = facts(
        "changes",
        pull_requests=[pull(1, "2026-01-05 08:00", merged_at="2026-01-07 09:00", merge_commit="m1")],
        **shipping(
            (1, "x", "2026-01-05 10:00"),
            (2, "y", "2026-01-06 10:00"),
            (3, "x", "2026-01-07 10:00"),
            (4, "m1", "2026-01-08 10:00"),
        ),
    )
    assert frame["deployment"].tolist() == ["acme/app deployment 4"]


def test_another_repositorys_deployment_ships_nothing_here(facts):
    frame = facts(
        "changes",
        repositories=[row("repositories", id="1", name="acme/app"), row("repositories", id="2", name="acme/web")],
        pull_requests=[pull(1, "2026-01-05 08:00", merged_at="2026-01-05 09:00", repository_id="2")],
        **shipping((1, "x", "2026-01-05 10:00")),
    )
    assert frame["basis"].tolist() == ["merges"]  # acme/web has no deployments of its own


def test_a_change_begins_with_its_first_commit_no_later_than_its_creation(facts):
    frame = facts(
        "changes",
        pull_requests=[pull(n, "2026-06-05 08:00", merged_at="2026-06-05 09:00") for n in (1, 2, 3, 4)],
        commits=[
            commit(1, "2026-06-04 08:00"),
            commit(1, "2026-06-05 08:30", "d"),
            commit(2, "2026-06-05 08:30"),  # rewritten after the opening
            commit(3, "2026-01-01 08:00"),  # 155 days before: not to be believed
        ],
    )
    begun = frame["begun_at"].dt.strftime("%m-%d %H:%M").tolist()
    assert begun[:3] == ["06-04 08:00", "06-05 08:00", "06-05 08:00"] and pd.isna(begun[3])
    assert frame["is_reliable"].tolist() == [True, True, False, True]


def test_a_revert_is_known_by_its_number_or_its_title_whatever_its_branch(facts):
    def merged(number, hour, title, **values):
        when = f"2026-01-05 {hour:02}:00"
        return pull(number, "2026-01-05 01:00", merged_at=when, title=title, **values)

    frame = facts(
        "changes",
        pull_requests=[
            merged(1, 2, "Add A"),
            merged(2, 3, "Add B"),
            merged(3, 4, 'Revert "Add A"', head_branch="ana/undo"),
            merged(4, 5, "Revert the second", reverts=2),
            merged(5, 6, 'Revert "Revert "Add A""'),
            merged(6, 7, "Add A"),
        ],
    ).set_index("number")
    assert frame["reverted_by"].dropna().to_dict() == {1: "acme/app#3", 2: "acme/app#4"}
    assert frame["is_revert"].tolist() == [False, False, True, True, False, False]  # the fifth brings a change in again
