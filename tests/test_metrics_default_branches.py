"""Which branch was the default when something was merged, read from merges; each answer beside its case."""

import pandas as pd
import pytest
from conftest import REPOSITORY, frame_of, pull

from metrics.default_branches import to_default_branch

CASES = {  # today's default; "day base ← head" of merged pull requests ("fork:" before a fork's head); the days that count
    "never switched": ("main", ["1 main ← a", "2 main ← b"], [1, 2]),
    # master was renamed on day 3: all went to the default branch of their time
    "master became main": ("main", ["1 master ← a", "2 master ← b", "3 main ← c", "4 main ← d"], [1, 2, 3, 4]),
    # before main most went to master, before master all to trunk
    "three names": ("main", ["1 trunk ← a", "2 master ← b", "3 master ← c", "4 main ← d"], [1, 2, 3, 4]),
    # develop goes on beside main: which of them was the default is not seen, so main is
    "two branches side by side": ("main", ["1 develop ← a", "2 main ← r", "3 develop ← b"], [2]),
    # a maintenance line was never the default
    "maintenance": ("main", ["1 main ← a", "2 1.x ← b", "3 main ← c"], [1, 3]),
    # a pull request onto another one's branch, before anything was merged to main
    "stacked": ("main", ["1 a ← b", "2 main ← a"], [2]),
    # some went elsewhere before the switch: more than half to master
    "most of them": ("main", ["1 master ← a", "2 master ← b", "3 1.x ← c", "4 main ← d"], [1, 2, 4]),
    "half and half": ("main", ["1 master ← a", "2 1.x ← b", "3 main ← c"], [3]),
    # nothing was merged into today's default: nothing shows that there was a switch
    "nothing in it yet": ("main", ["1 develop ← a", "2 develop ← b"], []),
    # a fork's branch of the same name is another branch
    "from a fork's master": ("main", ["1 master ← fork:master", "2 main ← fork:main"], [1, 2]),
    # a later merge into master is none to the default branch, and then master may never have been
    "one came too late": ("main", ["1 master ← a", "2 main ← b", "3 master ← c"], [2]),
    "in one moment": ("main", ["1 master ← a", "1 main ← b"], [1]),
    "an unknown default": (None, ["1 master ← a", "2 main ← b"], [1, 2]),
    "no pull request": ("main", [], []),
}


def merges(lines):
    rows = []
    for number, line in enumerate(lines, start=1):
        day, base, _, head = line.split()
        when = f"2026-03-{int(day):02} 10:00"
        fork, _, name = head.rpartition(":")
        rows.append(pull(number, when, merged_at=when, base_branch=base, head_branch=name, is_from_fork=bool(fork)))
    return frame_of("pull_requests", rows)


def repositories(*names):
    return frame_of("repositories", [REPOSITORY | {"id": str(n), "default_branch": b} for n, b in enumerate(names, 1)])


@pytest.mark.parametrize("name", CASES)
def test_a_merge_went_to_the_default_branch_of_its_time(name):
    default, lines, right = CASES[name]
    found = to_default_branch(merges(lines), repositories(default))
    assert [int(line.split()[0]) for line, counts in zip(lines, found, strict=True) if counts] == right


def test_each_repository_has_its_own_switch_and_open_ones_show_none():
    rows = merges(["1 master ← a", "2 main ← b", "1 master ← c", "2 master ← d", "3 master ← e"])
    rows["repository_id"] = pd.array(["1", "1", "2", "2", "3"], dtype="str")
    rows.loc[3, "merged_at"] = None
    found = to_default_branch(rows, repositories("main", "main", "master"))
    assert found.tolist() == [True, True, False, False, True]
