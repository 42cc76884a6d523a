"""A repository is one, whatever source names it: its deployments are counted once and ship its changes."""

import pytest
from conftest import pull, row
from deployment_rows import deployed, status

from metrics.organisation import Organisation

FULL, OTHER = "abcdef1234" + "0" * 30, "abcdef9999" + "0" * 30
HOST = row("repositories", id="1", name="acme/app", default_branch="main")


def of_file(number, commit, when, name="acme/app", environment="production", source="files:d.csv"):
    place = {"source": source, "repository_id": name}
    return (
        row("deployments", id=str(number), environment=environment, commit_id=commit, state="success") | place,
        row("deployment_statuses", deployment_id=str(number), id=str(number), state="success", at=when) | place,
    )


def tables(*lines, names=("acme/app",), source="files:d.csv"):
    return {
        "repositories": [HOST, *(row("repositories", id=name, name=name) | {"source": source} for name in names)],
        "deployments": [line for line, _ in lines],
        "deployment_statuses": [one for _, one in lines],
        "pull_requests": [
            pull(1, "2026-01-05 08:00", merged_at="2026-01-05 09:00", merge_commit=FULL, base_branch="main"),
            pull(2, "2026-01-05 08:00", merged_at="2026-01-07 09:00", merge_commit=OTHER, base_branch="main"),
        ],
    }


def with_host(found, number, commit, when, environment="production"):
    return found | {
        "deployments": [*found["deployments"], deployed(number, environment, commit=commit)],
        "deployment_statuses": [*found["deployment_statuses"], status(number, "success", when)],
    }


def test_a_file_names_the_repository_of_the_code_host_and_ships_its_changes(facts):
    found = tables(of_file("r1", FULL, "2026-01-06 10:00"))
    frame = facts("deployments", **found)
    assert frame[["key", "source", "repository_id"]].to_numpy().tolist() == [
        ["acme/app deployment r1", "github", "1"],
    ]  # and no merges beside it
    shipped = facts("changes", **found).set_index("number")["deployment"]
    assert shipped[1] == "acme/app deployment r1" and shipped.isna()[2]


@pytest.mark.parametrize(
    ("written", "whole"),
    [
        (FULL, FULL),
        ("abcdef12", FULL),
        ("ABCDEF12", FULL),  # letters of a hash have no case
        (" abcdef12 ", FULL),
        ("abcdef", "abcdef"),  # too short, and it begins two
        ("abcdef1", FULL),  # seven that begin one
        ("abcde1234567", "abcde1234567"),  # begins none
        ("abcdef9999" + "0" * 20, OTHER),
        (None, None),
    ],
)
def test_short_and_whole_hashes_meet(facts, written, whole):
    commit = facts("deployments", **tables(of_file("r1", written, "2026-01-06 10:00")))["commit_id"].tolist()[0]
    assert commit == whole if whole else commit is None or commit != commit


def test_a_short_hash_that_begins_two_commits_is_none_of_them(facts):
    twins = [
        pull(n, "2026-01-05 08:00", merged_at=f"2026-01-0{n + 4} 09:00", merge_commit="1234567" + f"{n}" * 33)
        for n in (1, 2)
    ]
    found = tables(of_file("r1", "1234567", "2026-01-05 10:00")) | {"pull_requests": twins}
    assert facts("deployments", **found)["commit_id"].tolist() == ["1234567"]
    assert facts("changes", **found).set_index("number")["matched_by"].dropna().tolist() == ["time"]


@pytest.mark.parametrize(
    ("commit", "when", "expected"),
    [
        ("abcdef12", "2026-01-06 10:05", ["7"]),  # the same commit within ten minutes
        ("abcdef12", "2026-01-06 12:00", ["7", "r1"]),
        (None, "2026-01-06 10:05", ["7"]),  # no commit, and the time is near
        (None, "2026-01-06 10:30", ["7", "r1"]),
        ("abcdef99", "2026-01-06 10:05", ["7", "r1"]),  # another commit
    ],
)
def test_what_two_sources_tell_of_one_deployment_is_counted_once(facts, commit, when, expected):
    found = with_host(tables(of_file("r1", commit, when)), 7, FULL, "2026-01-06 10:00")
    assert sorted(facts("deployments", **found)["id"]) == expected


def test_letter_case_of_the_name_does_not_count_and_an_id_of_both_keeps_two_keys(facts):
    found = tables(of_file("7", OTHER, "2026-01-08 10:00", name="Acme/APP"), names=["Acme/APP"])
    frame = facts("deployments", **with_host(found, 7, FULL, "2026-01-06 10:00"))
    assert sorted(frame["key"]) == ["acme/app deployment 7", "acme/app deployment 7 of a file"]
    only = Organisation(deployment_sources={"ACME/app": "files"})
    frame = facts("deployments", only, **with_host(found, 7, FULL, "2026-01-06 10:00"))
    assert frame[["id", "sources"]].to_numpy().tolist() == [["7", "deployments from files as configured"]]
    assert frame["commit_id"].tolist() == [OTHER]


def test_two_files_of_one_repository_are_one_and_two_hosts_of_one_name_stay_two(facts):
    one, two = of_file("r1", FULL, "2026-01-06 10:00"), of_file("r2", FULL, "2026-01-06 10:04", source="files:e.csv")
    found = tables(one, two) | {"pull_requests": []}
    found["repositories"] = [
        row("repositories", id="acme/app", name="acme/app") | {"source": f"files:{n}.csv"} for n in "de"
    ]
    assert facts("deployments", **found)["id"].tolist() == ["r1"]
    elsewhere = row("repositories", id="9", name="acme/app") | {"source": "github@other"}
    twice = tables(one) | {"repositories": [HOST, elsewhere, *tables(one)["repositories"][1:]]}
    frame = facts("deployments", **twice)
    assert frame[frame["basis"] == "deployments"]["source"].tolist() == ["files:d.csv"]  # nothing says of which
