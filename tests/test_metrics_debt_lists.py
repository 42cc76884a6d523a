"""The lists behind the technical debt, on rows made by hand."""

import pandas as pd
import pytest
from code_rows import commit, file, history
from conftest import at

from metrics.debt_lists import changes_of, dearest_hotspots, knowledge_of_teams, oldest_dependencies, reasons
from metrics.debt_price import COLUMNS, PRICED


def cost(key, value, when, until=None, **more):
    """A hotspot's price at a month's end."""
    repository, _, path = key.partition(":")
    about = {"key": key, "repository": repository, "path": path, "team": "apps", "score": 0.9, "at": at(when)}
    ends = {"until": at(until) if until else pd.NaT, "value": value, "issues": []}
    return about | ends | more


def test_each_hotspot_has_its_history_its_trend_and_its_address():
    costs = pd.DataFrame(
        [
            cost("acme/app:a.py", 5.0, "2026-09-30 10:00", "2026-10-31 10:00"),
            cost("acme/app:a.py", 7.0, "2026-10-31 10:00"),
            cost("acme/app:b.py", None, "2026-10-31 10:00"),
            cost("acme/web:c.ts", 9.0, "2026-10-31 10:00", team="web"),
        ],
        columns=[*COLUMNS, *PRICED, "issues"],
    )
    trends = pd.DataFrame(
        {"key": ["acme/app:a.py"] * 2, "until": [at("2026-10-31 10:00"), pd.NaT], "value": [1.0, 2.5]}
    )
    places = pd.DataFrame({"name": ["acme/app"], "url": ["https://code.example/acme/app"]})
    rows = dearest_hotspots(costs, trends, places).set_index("key")
    assert rows.index.tolist() == ["acme/web:c.ts", "acme/app:a.py", "acme/app:b.py"]
    assert rows["history"].tolist() == [[9.0], [5.0, 7.0], []]
    assert rows.loc["acme/app:a.py", "trend"] == 2.5
    assert rows.loc["acme/app:a.py", "url"] == "https://code.example/acme/app/blob/HEAD/a.py"
    assert rows.loc[["acme/web:c.ts", "acme/app:b.py"], "trend"].isna().all() and pd.isna(
        rows.loc["acme/web:c.ts", "url"]
    )
    assert dearest_hotspots(costs, trends, places, team="web")["value"].tolist() == [9.0]


def test_the_changes_of_a_file_are_listed_newest_first(facts):
    made = history(
        commit(1, "2026-09-01 10:00", "a.py", lines=3, id="c1"),
        commit(2, "2026-09-02 10:00", "a.py", "b.py", who="renovate[bot]", lines=2, id="c2"),
        commit(3, "2026-09-03 10:00", "b.py"),
    )
    rows = changes_of("acme/app:a.py", facts("file_changes", files=[file("a.py"), file("b.py")], **made))
    assert rows["headline"].tolist() == ["Change 2", "Change 1"]
    assert rows["lines"].tolist() == [2, 3]
    assert rows["left_out"].fillna("").tolist() == ["bot", ""] and reasons(rows) == "1 bot"


def test_knowledge_is_told_of_teams():
    rows = pd.DataFrame(
        {
            "key": ["a", "b", "c", "d", "old"],
            "team": ["apps", "apps", "apps", "web", "apps"],
            "repository": "acme/app",
            "authors": [1, 2, 1, 3, 1],
            "is_at_risk": [True, False, False, False, True],
            "commits": [6.0, 10.0, 8.0, 0.0, 99.0],
            "until": [pd.NaT] * 4 + [at("2026-10-31 10:00")],
        }
    )
    # apps: 3 files, two of them known by one, one at risk with 6 of 24 commits; web: nobody touched its file.
    apps, web = knowledge_of_teams(rows).to_dict("records")
    assert (apps["team"], apps["files"]) == ("apps", 3)
    assert [apps[name] for name in ("known_by_one", "at_risk", "work_at_risk")] == pytest.approx([200 / 3, 100 / 3, 25])
    assert (web["known_by_one"], web["at_risk"]) == (0, 0) and pd.isna(web["work_at_risk"])
    assert knowledge_of_teams(rows, "acme/other").empty


def test_the_dependency_that_is_furthest_behind_comes_first_and_the_unknown_last():
    rows = pd.DataFrame(
        {
            "key": ["a", "b", "c", "gone"],
            "team": "apps",
            "repository": "acme/app",
            "value": [0.5, None, 2.0, 9.0],
            "left_out": [None, "unknown package", None, None],
            "until": [pd.NaT] * 3 + [at("2026-10-31 10:00")],
        }
    )
    now = oldest_dependencies(rows)
    assert now["key"].tolist() == ["c", "a", "b"] and reasons(now) == "1 unknown package"


@pytest.mark.parametrize("name", ["knowledge", "dependencies", "hotspot_costs", "file_changes"])
def test_without_a_row_the_lists_are_empty(facts, name):
    rows = facts(name)
    lists = {
        "knowledge": knowledge_of_teams,
        "dependencies": oldest_dependencies,
        "hotspot_costs": lambda costs: dearest_hotspots(
            costs, facts("complexity_trends"), pd.DataFrame({"name": [], "url": []}, dtype="str")
        ),
        "file_changes": lambda changes: changes_of("acme/app:a.py", changes),
    }
    assert lists[name](rows).empty
