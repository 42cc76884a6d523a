"""What was taken for a deployment to production and what was not, by name, with the reason; of no and of few rows too."""

import pytest
from conftest import REPOSITORY, built, pull, row
from deployment_rows import deployed, run, shipping, status

from metrics.organisation import DeploymentNames, Organisation

ELSEWHERE = "its name says that it is not production"
NO_GLOB = "no glob of the configuration matches it"
NO_DEPLOYMENT = "not by its name and its file a deployment to production"
BETTER = "another environment is production by its name"
SEVERAL = "several may be production, and no name says which"
IN_TAGS = Organisation(deployment_sources={"acme/app": "tags"})
ONLY_BLUE = Organisation(deployment_names={"Acme/App": DeploymentNames(environments=("blue",))})
BY_FILE = Organisation(deployment_names={"acme/app": DeploymentNames(workflows=("go.yaml",))})


def reached(*names, state="success"):
    return {
        "deployments": [deployed(n, name, commit=f"c{n}") for n, name in enumerate(names)],
        "deployment_statuses": [status(n, state, f"2026-01-0{n + 1} 09:00") for n, _ in enumerate(names)],
    }


def tags(*names):
    return {"tags": [row("tags", id=name, at=f"2026-01-0{n + 1} 09:00") for n, name in enumerate(names)]}


RELEASED = row("releases", id="r", tag="v1.0", published_at="2026-01-06 10:00", is_draft=False, is_prerelease=False)


@pytest.mark.parametrize(
    ("tables", "organisation", "expected"),
    [
        (reached("production", "qa", "qa"), None, {("production", ""): 1, ("qa", ELSEWHERE): 2}),
        (reached("production", "cloud"), None, {("production", ""): 1, ("cloud", BETTER): 1}),
        (reached("cloud"), None, {("cloud", ""): 1}),
        (reached("cloud", "ground"), None, {("cloud", SEVERAL): 1, ("ground", SEVERAL): 1}),
        (reached("productivity"), None, {("productivity", "its name does not say production"): 1}),
        (reached("production", "Blue"), ONLY_BLUE, {("production", NO_GLOB): 1, ("Blue", ""): 1}),
        (reached("production", state="failure"), None, {("production", "the source is none, for none succeeded"): 1}),
        ({"workflow_runs": [run(1), run(2, "tests")]}, None, {("deploy", ""): 1, ("tests", NO_DEPLOYMENT): 1}),
        (
            {"workflow_runs": [run(1), run(2, event="schedule"), run(3, event=None)]},
            None,
            {("deploy", ""): 1, ("deploy", "begun by schedule"): 1, ("deploy", "begun by nothing known"): 1},
        ),
        ({"workflow_runs": [run(1), run(2, "go")]}, BY_FILE, {("go", ""): 1, ("deploy", NO_GLOB): 1}),
        (
            {"workflow_runs": [run(1, "Release")], "releases": [RELEASED]},
            None,
            {("v1.0", ""): 1, ("Release", "the source is releases"): 1},
        ),
        (
            tags("v1.0", "v1.1", "v1.2", "v1.3", "rc-1"),
            None,
            {("v1.3, v1.2, v1.1 …", ""): 4, ("rc-1", "not the name of a released version"): 1},
        ),
        (
            reached("production") | tags("v1.0"),
            IN_TAGS,
            {("v1.0", ""): 1, ("production", "the source is version tags as configured"): 1},
        ),
        ({"pull_requests": [pull(1, "2026-01-05 08:00", merged_at="2026-01-05 09:00")]}, None, {("merges", ""): 1}),
        ({}, None, {}),
    ],
)
def test_every_name_is_taken_or_has_a_reason(facts, tables, organisation, expected):
    found = facts("deployment_names", organisation, **tables)
    assert {(name, why): n for name, why, n in found[["name", "why", "n"]].itertuples(index=False)} == expected
    assert (found["is_taken"] == (found["why"] == "")).all()


@pytest.mark.parametrize(
    "tables",
    [
        {},
        {"repositories": []},
        reached("production", state="failure"),
        shipping(("1", "c1", "2026-01-05 10:00")),
        {"workflow_runs": [run(1, conclusion="failure")]},
        {"releases": [RELEASED]},
        tags("nightly"),
        {"pull_requests": [pull(1, "2026-01-05 08:00")]},
    ],
)
def test_what_became_of_deployments_has_its_types_of_no_and_of_one_row(tables):
    known = built({"repositories": [REPOSITORY]} | tables, None)
    assert str(known["outcomes"]["recovered_at"].dtype).startswith("datetime64")
    assert known["deployment_names"]["n"].dtype == "int64"
