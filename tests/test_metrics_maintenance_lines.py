"""A deployment ships what its commit contains, not what was merged before it."""

import pytest
from code_rows import commit, history
from conftest import pull, row

MAIN = row("repositories", id="1", name="acme/app", default_branch="main")


def merged(number, day, base="main", created=None):
    when = f"2026-01-{day:02} 09:00"
    return pull(number, created or "2026-01-01 08:00", merged_at=when, merge_commit=f"m{number}", base_branch=base)


def released(tag, day, of):
    about = {"is_draft": False, "is_prerelease": False}
    return row("releases", id=tag, tag=tag, published_at=f"2026-01-{day:02} 12:00", commit_id=of, **about)


def shipped(facts, pulls, releases, *commits):
    found = facts("changes", repositories=[MAIN], pull_requests=pulls, releases=releases, **history(*commits))
    keys = found.set_index("number")["deployment"]
    return {number: None if key != key else key.rpartition(" ")[2] for number, key in keys.items()}


ONE, TWO, THREE = merged(1, 2), merged(2, 5), merged(3, 8)
BACK = merged(9, 6, "release/1.2")


@pytest.mark.parametrize(
    ("releases", "expected"),
    [
        # v1.2.0 has 1; the maintenance release of the 6th is of the merge to release/1.2: 2 waits for v1.3.0
        ([released("v1.2.0", 3, "m1"), released("v1.2.1", 6, "m9"), released("v1.3.0", 9, "m3")],
         {1: "v1.2.0", 2: "v1.3.0", 3: "v1.3.0"}),
        # an unknown commit, of a version that v1.3.0 had left behind
        ([released("v1.2.0", 3, "m1"), released("v1.3.0", 5, "m2"), released("v1.2.1", 9, "x")],
         {1: "v1.2.0", 2: "v1.3.0", 3: None}),
        # an unknown commit, and nothing tells a line: time alone
        ([released("v1.2.0", 3, "m1"), released("v1.2.1", 6, "x")], {1: "v1.2.0", 2: "v1.2.1", 3: None}),
        ([released("v1.2.1", 6, "m9")], {1: None, 2: None, 3: None}),
        ([released("v1.3.0", 9, "m1")], {1: "v1.3.0", 2: None, 3: None}),  # late, of an early merge
        ([], {1: "#1", 2: "#2", 3: "#3"}),  # merges stand in
    ],
)  # fmt: skip
def test_a_release_of_a_maintenance_line_ships_nothing_of_the_default_branch(facts, releases, expected):
    found = shipped(facts, [ONE, TWO, THREE, BACK], releases)
    assert {number: key and key.replace("acme/app", "") for number, key in found.items()} == expected


def test_the_history_of_commits_decides_where_a_clone_tells_it(facts):
    # m1 – m2 – m3 on main; "side" is a commit of the branch that m3 brought in, made after m1: it holds 1 and not 2.
    chain = [
        commit(0, "2026-01-02 09:00", id="m1", parents=0, parent_ids=""),
        commit(1, "2020-01-01 09:00", id="side", parent_ids="m1"),  # its clock is years behind
        commit(2, "2026-01-05 09:00", id="m2", parent_ids="m1"),
        commit(3, "2026-01-08 09:00", id="m3", parents=2, parent_ids="m2 side"),
    ]
    early = [released("v1.0", 6, "side"), released("v1.1", 7, "m2"), released("v1.2", 9, "m3")]
    assert shipped(facts, [ONE, TWO, THREE], early, *chain) == {1: "v1.0", 2: "v1.1", 3: "v1.2"}
    # a commit that the whole history of main lacks is of another line
    assert shipped(facts, [ONE, TWO, THREE], [released("v1.0", 9, "elsewhere")], *chain) == {1: None, 2: None, 3: None}
    # where the history is cut off, nothing is said of what is missing: time alone
    cut = [commit(1, "2026-01-02 09:00", id="m1", parents=1, parent_ids="m0"), *chain[2:]]
    assert shipped(facts, [ONE, TWO, THREE], [released("v1.0", 9, "elsewhere")], *cut)[3] == "v1.0"
