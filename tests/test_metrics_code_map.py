"""The map of the code, on rows made by hand: every level is the sum of what lies in it."""

import pandas as pd
import pytest
from hypothesis import given
from hypothesis import strategies as st

from metrics.code_map import TOP, code_map


def scored(*files):
    """Files of (key, lines, score), as of the newest copy, with two commits each."""
    rows = pd.DataFrame(files, columns=["key", "lines", "score"])
    parts = rows["key"].str.extract(r"^(?P<repository>[^:]+):(?P<path>(?:(?P<component>[^/]+)/)?.+)$")
    parts["component"] = parts["component"].fillna(".")
    return rows.assign(**parts, team="apps", commits=2, until=pd.NaT)


def test_the_highest_scores_stand_for_themselves_and_the_rest_of_a_folder_is_one():
    files = scored(("acme/app:src/a.py", 10, 0.9), ("acme/app:src/b.py", 30, 0.2), ("acme/app:src/c.py", 10, 0.6))
    rows = code_map(files, most=1).set_index("id")
    assert rows.index.tolist() == [TOP, "acme/app", "acme/app:src", "acme/app:src/a.py", "acme/app:src:*"]
    rest = rows.loc["acme/app:src:*"]
    # b and c: 40 lines, and (30 · 0.2 + 10 · 0.6) / 40 = 0.3
    assert (rest["files"], rest["lines"], rest["commits"], rest["score"]) == (2, 40, 4, pytest.approx(0.3))
    assert rows.loc[TOP, "score"] == pytest.approx((10 * 0.9 + 12) / 50)


def test_of_many_folders_the_rest_is_told_by_repository_and_of_many_repositories_as_one():
    folders = scored(*((f"acme/app:d{n}/x.py", 10, n / 10) for n in range(5)))
    # Two at most: d4 and d3 stand for themselves, the other three folders are the rest of the repository.
    rows = code_map(folders, most=2).set_index("id")
    assert rows.loc["acme/app:*", ["parent", "files"]].tolist() == ["acme/app", 3]
    assert set(rows[rows["parent"] == "acme/app"].index) == {"acme/app:d4", "acme/app:d3", "acme/app:*"}
    repositories = scored(*((f"acme/r{n}:x.py", 10, n / 10) for n in range(5)))
    rows = code_map(repositories, most=2).set_index("id")
    assert rows.loc[f"{TOP}:*", ["parent", "files"]].tolist() == [TOP, 3]


def test_files_of_one_name_are_told_apart_by_the_folders_above_them():
    paths = ("src/core/orders.go", "src/api/orders.go", "src/api/v1/in.go", "src/api/v2/v1/in.go", "src/db.go")
    files = scored(*((f"acme/app:{path}", 10, 0.9) for path in paths), ("acme/web:src/orders.go", 10, 0.9))
    shown = code_map(files).set_index("id")["label"]
    assert [shown[f"acme/app:{path}"] for path in paths] == [
        "core/orders.go",
        "api/orders.go",
        "api/v1/in.go",
        "v2/v1/in.go",
        "db.go",
    ]
    assert shown["acme/web:src/orders.go"] == "orders.go"  # another repository has its own frame


def test_a_team_and_a_repository_narrow_the_map_and_nothing_is_an_empty_one():
    files = scored(("acme/app:src/a.py", 10, 0.9), ("acme/web:src/b.ts", 30, 0.2))
    assert code_map(files, repository="acme/web")["files"].iloc[0] == 1
    assert code_map(files, team="nobody").empty


@given(st.lists(st.tuples(st.integers(0, 9), st.integers(0, 9), st.integers(0, 40)), max_size=60), st.integers(1, 9))
def test_every_level_is_the_sum_of_what_lies_in_it(places, most):
    keys = {f"acme/r{a}:d{b}/f{n}.py": n for a, b, n in places}
    rows = code_map(scored(*((key, n, n / 40) for key, n in keys.items())), most=most)
    assert rows["id"].is_unique
    inside = rows[rows["parent"] != ""].groupby("parent")[["files", "lines", "commits"]].sum()
    whole = rows.set_index("id").reindex(inside.index)[["files", "lines", "commits"]]
    pd.testing.assert_frame_equal(inside.astype(float), whole.astype(float), check_names=False)
    leaves = rows[~rows["id"].isin(rows["parent"])]
    assert len(leaves) <= 2 * most + 1
