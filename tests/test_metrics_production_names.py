"""Which environments, workflows and tags are production: words, and what the configuration names."""

import pytest
from conftest import row
from deployment_rows import deployed, run, status

from metrics.organisation import DeploymentNames, Organisation
from metrics.production import deploys, is_production, may_be_production, of_older_lines, version_of


@pytest.mark.parametrize(
    ("name", "expected"),
    [
        ("prod-latest", True),  # "latest" is not "test"
        ("production-devices", True),  # nor "devices" "dev"
        ("Production – developer-portal", True),
        ("contest-prod", True),
        ("eu-prod", True),
        ("us-prod", True),
        ("prod1", True),
        ("ProdEU", True),
        ("PRODUCTION", True),
        ("eu_live", True),
        ("preprod", False),
        ("pre-prod", False),
        ("preProd", False),
        ("non-production", False),
        ("prod-like", False),
        ("reproduction", False),
        ("productivity", False),
        ("staging", False),
        ("Preview – production-site", False),
        ("", False),
    ],
)
def test_an_environment_is_production_by_its_words(name, expected):
    assert is_production(name) is expected


def test_what_only_looks_like_production_is_not_taken_where_it_is_the_only_one():
    assert [may_be_production(name) for name in ("eu-cluster", "reproduction", "productivity", "qa", "pr-7")] == [
        True, False, False, False, False,
    ]  # fmt: skip


@pytest.mark.parametrize(
    ("name", "file", "expected"),
    [
        ("Deploy to production", "deploy-prod", True),
        ("Deploy to staging", "deploy-staging", False),
        ("Deploy", "deploy-staging", False),  # the file says where
        ("Deploy to production", "test-deploy", True),  # the name decides
        ("Test & deploy", "ci", True),  # a step before it
        ("Deploy to test", "cd", False),
        ("Release Drafter", "release-drafter", False),
        ("release-please", "release-please", False),
        ("Publish docs", "docs", False),
        ("Deploy preview", "preview", False),
        ("Publish", "publish", True),
        ("Relationship check", "relationship", False),
    ],
)
def test_a_workflow_deploys_by_the_words_of_its_name_and_its_file(name, file, expected):
    assert deploys(name, file) is expected


@pytest.mark.parametrize(
    ("tag", "expected"),
    [
        ("v1.2.3", ("", (1, 2, 3))),
        ("1.2", ("", (1, 2))),
        ("v1.2.3.4", ("", (1, 2, 3, 4))),
        ("api/v1.2.3", ("api", (1, 2, 3))),
        ("web-2.0.1", ("web", (2, 0, 1))),
        ("@acme/web@2.0.1", ("@acme/web", (2, 0, 1))),
        ("v1", None),
        ("v1.2.3-rc1", None),
        ("rc-1.2", None),
        ("staging/v1.2.3", None),
        ("v1.2.3-4.5", None),
        ("1.2.3.4.5", None),
    ],
)
def test_a_version_tag_may_have_a_component_and_four_parts(tag, expected):
    found = version_of(tag)
    assert (found and (found.component, found.numbers)) == expected


@pytest.mark.parametrize(
    ("tags", "older"),
    [
        (["v1.2.0", "v1.3.0", "v1.2.7"], ["v1.2.7"]),
        (["v1.9.0", "v1.10.0"], []),  # numbers, not letters
        (["v1.0.0", "v2.0.0", "v1.0.1", "v2.0.1"], ["v1.0.1"]),
        (["2019.1", "v3.0", "v3.1"], []),  # another way to count began
        (["api/v2.0.0", "api/v2.1.0", "web/v1.0.0", "api/v2.0.1"], ["api/v2.0.1"]),
        (["v1.2.0", "v1.2.0"], []),
        (["nightly", "v1.0.0"], []),
        ([], []),
    ],
)
def test_a_version_below_one_that_left_its_line_behind_is_of_a_maintenance_line(tags, older):
    assert [tag for tag, is_older in zip(tags, of_older_lines(tags), strict=True) if is_older] == older


def deployments_to(*names):
    return {
        "deployments": [deployed(n, name, commit=f"c{n}") for n, name in enumerate(names)],
        "deployment_statuses": [status(n, "success", f"2026-01-0{n + 1} 09:00") for n, _ in enumerate(names)],
    }


def test_globs_of_the_configuration_name_what_is_production_whatever_the_letter_case(facts):
    named = Organisation(deployment_names={"Acme/App": DeploymentNames(environments=("EU-*", "blue"))})
    frame = facts("deployments", named, **deployments_to("production", "eu-west", "Blue", "eu"))
    assert frame["environment"].tolist() == ["Blue", "eu-west"]
    runs = [run(1, "Ship it", path=".github/workflows/go.yml"), run(2, "deploy")]
    by_file = Organisation(deployment_names={"acme/app": DeploymentNames(workflows=("go.yml",))})
    assert facts("deployments", by_file, workflow_runs=runs)["id"].tolist() == ["1"]
    by_name = Organisation(deployment_names={"acme/app": DeploymentNames(workflows=("Ship*",))})
    assert facts("deployments", by_name, workflow_runs=runs)["id"].tolist() == ["1"]
    tags = [row("tags", id=name, at="2026-01-06 10:00", commit_id=name) for name in ("api/v1", "web/v1.0", "v1.0")]
    by_tag = Organisation(deployment_names={"acme/app": DeploymentNames(tags=("api/v*",))})
    assert facts("deployments", by_tag, tags=tags)["id"].tolist() == ["api/v1"]


def test_releases_outrank_runs_that_are_only_called_releases_and_no_runs_that_deploy(facts):
    released = [
        row("releases", id="r", tag="v1.0", published_at="2026-01-06 10:00", is_draft=False, is_prerelease=False)
    ]
    tool = facts("deployments", releases=released, workflow_runs=[run(1, "Release"), run(2, "publish")])
    assert tool["key"].tolist() == ["acme/app release v1.0"]
    deploying = facts("deployments", releases=released, workflow_runs=[run(1, "Deploy")])
    assert deploying["key"].tolist() == ["acme/app workflow run 1"]
    assert facts("deployments", workflow_runs=[run(1, "Release")])["key"].tolist() == ["acme/app workflow run 1"]


@pytest.mark.parametrize("event", ["push", "release", "workflow_dispatch", "workflow_run", "repository_dispatch"])
def test_a_run_deploys_whatever_began_it_but_a_schedule_or_a_pull_request(facts, event):
    runs = [run(1, "deploy", event=event), run(2, "deploy", event="schedule"), run(3, "deploy", event="pull_request")]
    assert facts("deployments", workflow_runs=runs)["id"].tolist() == ["1"]


@pytest.mark.parametrize(
    ("rows", "expected"),
    [
        ([("eu-prod", "a", "09:00"), ("us-prod", "a", "09:10")], ["0"]),  # one rollout
        ([("eu-prod", "a", "09:00"), ("us-prod", "a", "09:50"), ("ap-prod", "a", "10:40")], ["0"]),  # region by region
        ([("eu-prod", "a", "09:00"), ("us-prod", "a", "10:00")], ["0", "1"]),  # an hour is not close
        ([("eu-prod", "a", "09:00"), ("us-prod", "b", "09:10")], ["0", "1"]),  # two commits
        ([("eu-prod", "a", "09:00"), ("eu-prod", "a", "09:30")], ["0", "1"]),  # deployed again
        ([("eu-prod", "a", "09:00"), ("us-prod", "a", "09:05"), ("eu-prod", "a", "09:30"), ("us-prod", "a", "09:35")],
         ["0", "2"]),
        ([("us-prod", "a", "09:10"), ("eu-prod", "a", "09:00")], ["1"]),  # the first by time, not by order
        ([("eu-prod", "a", "09:00"), ("staging", "a", "09:10")], ["0"]),
    ],
)  # fmt: skip
def test_several_regions_of_one_deployment_are_one(facts, rows, expected):
    frame = facts(
        "deployments",
        deployments=[deployed(n, name, commit=commit) for n, (name, commit, _) in enumerate(rows)],
        deployment_statuses=[status(n, "success", f"2026-01-05 {when}") for n, (_, _, when) in enumerate(rows)],
    )
    assert sorted(frame["id"]) == expected


def test_a_rollback_in_all_regions_is_one_and_replaces_one(facts):
    # a, b, a again in both regions, the order of the regions turned for b: one rollback, of what b was counted as.
    steps = [("eu-prod", "a", 1, 0), ("us-prod", "a", 1, 5), ("us-prod", "b", 2, 0), ("eu-prod", "b", 2, 5),
             ("eu-prod", "a", 3, 0), ("us-prod", "a", 3, 5)]  # fmt: skip
    frame = facts(
        "deployments",
        deployments=[deployed(n, name, commit=commit) for n, (name, commit, _, _) in enumerate(steps)],
        deployment_statuses=[
            status(n, "success", f"2026-01-0{day} 09:0{minute}") for n, (_, _, day, minute) in enumerate(steps)
        ],
    ).sort_values("at")
    assert frame["id"].tolist() == ["0", "2", "4"]
    assert frame["is_rollback"].tolist() == [False, False, True]
    assert frame["replaces"].tolist()[2] == "acme/app deployment 2"
    assert sorted(frame["ids"].tolist()[1]) == ["2", "3"]
