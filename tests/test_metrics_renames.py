"""What a changed file is called today, in histories with branches; each answer worked out beside its case."""

import pytest
from code_rows import commit, history

M = "acme/app"


def graph(*lines):
    """Commits in the order of history from "name < its parents: changes"; no "<": the parents were never read."""
    made = []
    for position, line in enumerate(lines):
        about, _, changes = line.partition(":")
        name, known, parents = about.partition("<")
        ids = " ".join(parents.split()) if known else None
        paths = [path.strip().replace("→", " → ") for path in changes.split(",") if path.strip()]
        made.append(commit(position, "2026-10-01 10:00", *paths, id=name.strip(), parent_ids=ids))
    return history(*made)


CASES = {
    # main renames while a branch that began before it edits the old name: all six are changes of new.py
    "a branch edits the old name": (
        ["a<: old", "b<a: old", "r<b: old→new", "m<r: new", "f<b: old", "g<f: old", "M<m g:"],
        "a new, b new, r new, m new, f new, g new",
    ),
    # the same, the branch's commits first in the order
    "a branch edits the old name before": (
        ["a<: old", "f<a: old", "r<a: old→new", "M<r f:"],
        "a new, f new, r new",
    ),
    # two steps on main: a branch of before follows both
    "a chain of renames": (
        ["a<: x", "r<a: x→y", "s<r: y→z", "f<a: x", "M<s f:"],
        "a z, r z, s z, f z",
    ),
    # a branch that began between the two steps knows y: only the second holds for it
    "a branch between two renames": (
        ["a<: x", "r<a: x→y", "f<r: y", "s<r: y→z", "M<s f:"],
        "a z, r z, f z, s z",
    ),
    # after the rename a new file of the old name, and a branch that grew from there
    "recreated under the old name": (
        ["a<: x", "r<a: x→y", "n<r: x", "f<n: x", "m<n: y", "M<m f:"],
        "a y, r y, n x, f x, m y",
    ),
    # a branch from before the rename is the old file, one from after it the new one
    "recreated, with a branch of each": (
        ["a<: x", "r<a: x→y", "n<r: x", "f<a: x", "g<n: x", "M<n f:", "N<M g:"],
        "a y, r y, n x, f y, g x",
    ),
    # there and back: x is x again, for what was done under either name and on a branch
    "renamed and taken back": (
        ["a<: x", "r<a: x→y", "b<r: y", "s<b: y→x", "f<a: x", "c<s: x", "M<c f:"],
        "a x, r x, b x, s x, f x, c x",
    ),
    # a whole folder moves; the branch edits one of its files and adds one that nobody moved
    "a folder is renamed": (
        ["a<: lib/p, lib/q", "r<a: lib/p→src/p, lib/q→src/q", "f<a: lib/q, lib/n", "M<r f:"],
        "a src/p, a src/q, r src/p, r src/q, f lib/n, f src/q",
    ),
    # two histories that never met: what one calls x is not the other's
    "two beginnings": (
        ["a<: x", "r<a: x→y", "b<: x", "c<b: x", "M<r c:"],
        "a y, r y, b x, c x",
    ),
    # both branches added a file of one name, and one renamed its own
    "added on both sides": (
        ["a<: z", "b<a: x", "r<b: x→y", "f<a: x", "M<r f:"],
        "a z, b y, r y, f x",
    ),
    # in one commit: x becomes y, and z takes its name
    "a name passes on in one commit": (
        ["a<: x, z", "r<a: x→y, z→x", "b<r: x"],
        "a y, a x, r x, r y, b x",
    ),
    # each branch renames the same file its own way: x→y on one, x→z on the other; every change has one name
    "renamed on both sides": (
        ["a<: x", "r<a: x→y", "s<a: x→z", "b<s: z", "M<r s:"],
        "a y, r y, s z, b z",
    ),
    # two branches rename in a circle: each name leads through the other back to where it began
    "a circle": (
        ["a<: x, y", "r<a: x→y", "s<a: y→x", "M<r s:"],
        "a x, a y, r y, s x",
    ),
    # stored before parents were: the order is all that is known
    "parents were never read": (["a: x", "r: x→y", "b: x", "c: y"], "a y, r y, b x, c y"),
    # the branch began before what is stored: who knows, but the file is most likely the same
    "what was before is not stored": (["r<gone: x→y", "f<gone: x", "M<r f: y"], "r y, f y, M y"),
    "no rename at all": (["a<: x", "f<a: x", "b<a: y", "M<b f:"], "a x, f x, b y"),
}


@pytest.mark.parametrize("name", CASES)
def test_a_rename_holds_for_what_does_not_contain_it(facts, name):
    lines, right = CASES[name]
    rows = facts("file_changes", **graph(*lines))
    found = sorted(zip(rows["commit_id"], rows["path"], strict=True), key=str)
    assert sorted(f"{commit} {path}" for commit, path in found) == sorted(right.split(", "))


def test_many_renames_on_many_branches_are_followed_in_parts(facts, monkeypatch):
    monkeypatch.setattr("metrics.renames.BITS", 3)
    folder = [f"f{n}" for n in range(20)]
    lines = [f"a<: {', '.join(folder)}", "r<a: " + ", ".join(f"{path}→new/{path}" for path in folder)]
    lines += ["b<a: " + ", ".join(folder), "M<r b:"]
    rows = facts("file_changes", **graph(*lines))
    assert set(rows["path"]) == {f"new/{path}" for path in folder} and len(rows) == 60
