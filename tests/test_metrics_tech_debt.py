"""Facts and figures of technical debt on a few rows worked out by hand."""

from dataclasses import replace
from datetime import timedelta

import pandas as pd
import pytest
from code_rows import commit, file, history
from conftest import NOW, at, pull, row
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from metrics import tech_debt
from metrics.catalogue import INDICATORS
from metrics.complexity import relative_slope
from metrics.coverage import no_coverage
from metrics.debt_price import dearest
from metrics.evaluate import evaluate
from metrics.files import TEST, as_expression
from metrics.hotspots import current
from metrics.model import Reason, Scope, Summary
from metrics.observations import observe
from metrics.organisation import Organisation

LAST_MONTH = at("2026-10-31 10:00")  # its end, before it has ended anywhere


def seen_by(rows, summary):
    """The total of observations at the end of October, under another summary."""
    indicator = replace(INDICATORS["hotspot_score"], summary=summary)
    coverage = [{"stream": "git_commits", "scope": "acme/app", "complete": True, "oldest": None, "synced_at": NOW}]
    synced = pd.DataFrame(coverage).astype(no_coverage().dtypes.to_dict())
    return evaluate(indicator, rows, Scope(at("2026-10-05 00:00"), at("2026-11-01 00:00"), NOW), synced).total


def test_what_holds_at_a_periods_end_is_summed_up_by_itself():
    held = pd.DataFrame(
        {
            "at": [at("2026-09-01 00:00")] * 3 + [at("2026-10-20 00:00")] * 2,
            "until": [at("2026-10-20 00:00")] * 3 + [None] * 2,
            "value": [1.0, 2.0, 3.0, 100.0, 0.0],
        }
    )
    rows = observe(held, at=held["at"], value=held["value"], until=held["until"], weight=pd.Series([1, 1, 1, 1, 3.0]))
    assert seen_by(rows, Summary.OPEN_SUM).value == 100
    assert seen_by(rows, Summary.OPEN_SHARE).value == 25  # 1 of 1 + 3
    assert seen_by(rows, Summary.OPEN_MEDIAN).value == 50
    assert seen_by(rows, Summary.OPEN_LOWEST).value == 0
    none = seen_by(rows.iloc[:0], Summary.OPEN_SUM)
    assert (none.value, none.reason) == (None, Reason.NO_DATA)


# Files ---------------------------------------------------------------------------------------------------


def test_renames_are_followed_over_several_steps_and_a_path_used_again_is_a_new_file(facts):
    made = history(
        commit(1, "2026-01-01 10:00", "a.py"),
        commit(2, "2026-01-02 10:00", "a.py → b.py"),
        commit(3, "2026-01-03 10:00", "a.py"),  # a new file of the old name
        commit(4, "2026-01-04 10:00", "b.py → lib/c.py"),
        commit(5, "2026-01-05 10:00", "a.py"),
    )
    rows = facts("file_changes", files=[file("a.py"), file("lib/c.py")], **made)
    assert rows["path"].tolist() == ["lib/c.py", "lib/c.py", "a.py", "lib/c.py", "a.py"]
    assert rows["is_first"].tolist() == [True, False, True, False, False]


def test_commits_that_say_nothing_of_a_file_are_left_out_with_their_reason(facts):
    made = history(
        commit(1, "2026-01-01 10:00", "a.py", who="renovator[bot]"),
        commit(2, "2026-01-02 10:00", "a.py", is_reformat=True),
        commit(3, "2026-01-03 10:00", "a.py", changed_files=101),
        commit(4, "2026-01-04 10:00", "vendor/x.py", "api_pb2.py", "marked.py"),
        commit(5, "2026-01-05 10:00", "a.py", changed_files=100),
    )
    files = [file("a.py"), file("marked.py", is_generated=True), file("vendor/x.py"), file("api_pb2.py")]
    rows = facts("file_changes", files=files, **made)
    why = rows.sort_values(["position", "path"])["left_out"].astype(object).where(rows["left_out"].notna(), None)
    assert why.tolist() == ["bot", "reformat", "bulk", "generated", "generated", "vendored", None]
    assert facts("files", files=files).set_index("path")["left_out"].dropna().to_dict() == {
        "marked.py": "generated", "vendor/x.py": "vendored", "api_pb2.py": "generated",
    }  # fmt: skip


def test_people_are_one_over_all_their_addresses(facts):
    made = history(
        commit(1, "2026-01-01 10:00", "a.py", who="12+ana-gh@users.noreply.github.com"),
        commit(2, "2026-01-02 10:00", "a.py", who="ana@home.example"),
        commit(3, "2026-01-03 10:00", "a.py", who="eve@x.example"),
    )
    people = {"github": {"ana-gh": "ana"}, "email": {"ana@home.example": "ana"}}
    rows = facts("file_changes", Organisation(people=people), files=[file("a.py")], **made)
    assert rows["author"].tolist() == ["ana", "ana", "eve@x.example"]


def test_a_path_pattern_owns_what_lies_below_it(facts):
    owners = {
        "repository": {"acme/app": "core"},
        "path": {"acme/app:services/pay/**": "pay", "acme/app:services/**": "all"},
    }
    files = [file(path) for path in ("a.py", "services/pay/b/c.py", "services/x.py")]
    assert facts("files", Organisation(owners=owners), files=files)["team"].tolist() == ["core", "pay", "all"]


@pytest.mark.parametrize(
    ("glob", "path", "matches"),
    [
        ("src/*", "src/a.py", True),
        ("src/*.py", "src/x/a.py", False),
        ("src", "src/x/a.py", True),
        ("src/**/a.py", "src/a.py", True),
        ("**/a.py", "x/y/a.py", True),
        ("s?c/(a).py", "src/(a).py", True),
        ("src", "srcs/a.py", False),
    ],
)
def test_path_patterns_mean_what_people_expect(glob, path, matches):
    assert pd.Series([path]).str.fullmatch(as_expression(glob)).tolist() == [matches]


def test_tests_are_known_by_their_path():
    tests = ["tests/a.py", "src/test_a.py", "a_test.go", "a.spec.ts", "FooTest.java", "spec/a_spec.rb", "conftest.py"]
    code = ["src/latest.py", "contest.py", "attest/a.py", "Greatest.java", "testament.py"]
    assert pd.Series(tests).str.contains(TEST).all()
    assert not pd.Series(code).str.contains(TEST).any()


# Hotspots ------------------------------------------------------------------------------------------------


def test_a_hotspot_changes_often_and_is_complicated(facts):
    # Commits in the year: a 4, b 2, c 1, d 0. Ranks of 4: 1, 0.75, 0.5, 0.25; of complexity: a 0.75, b 1, c 0.25, d 0.5.
    made = history(
        *(commit(n, f"2026-09-0{n} 10:00", *paths) for n, paths in enumerate(["abc", "ab", "a", "a"], 1)),
        commit(9, "2025-09-01 10:00", "d"),  # over a year before
    )
    renamed = {
        "git_commits": made["git_commits"],
        "file_changes": [r | {"id": r["id"] + ".py"} for r in made["file_changes"]],
    }
    files = [file("a.py", 8), file("b.py", 9), file("c.py", 1), file("d.py", 2)]
    rows = facts("hotspots", files=files, **renamed)
    now = current(rows)
    assert dict(zip(now["path"], now["score"], strict=True)) == {"a.py": 0.75, "b.py": 0.75, "c.py": 0.125, "d.py": 0}
    assert now["path"].tolist() == ["a.py", "b.py", "c.py", "d.py"]  # of equal scores the one with more commits
    assert now["is_hotspot"].tolist() == [True, False, False, False]  # 3 % of 4 files is one
    assert now["is_new"].tolist() == [True, True, True, False]
    observed = tech_debt.hotspot_score(rows)
    assert seen_by(observed, Summary.OPEN_SHARE).value == pytest.approx(100 * 4 / 7)
    assert set(rows["at"]) >= {LAST_MONTH, pd.Timestamp(NOW)}


def test_files_without_cyclomatic_complexity_are_ranked_among_themselves(facts):
    made = history(commit(1, "2026-09-01 10:00", "a.py", "b.sh", "c.sh"))
    files = [file("a.py", 1), file("b.sh", None, indentation=500), file("c.sh", None, indentation=5)]
    now = current(facts("hotspots", files=files, **made)).set_index("path")["score"]
    assert now.to_dict() == {"a.py": pytest.approx(2 / 3), "b.sh": pytest.approx(2 / 3), "c.sh": pytest.approx(1 / 3)}


# Complexity trend ----------------------------------------------------------------------------------------


def test_the_slope_is_the_median_of_all_pairs_against_the_middle_level():
    # 100, 110, …: every pair rises by 10 a month; the level is 125. One wild month end moves neither much.
    assert relative_slope([100, 110, 120, 130, 140, 150], [0, 1, 2, 3, 4, 5]) == pytest.approx(8)
    assert relative_slope([100, 110, 120, 130, 140], [0, 1, 2, 3, 4]) is None
    assert relative_slope([100] * 6, list(range(6))) == 0


def test_a_trend_needs_six_month_ends_and_starts_anew_after_a_reformat(facts):
    months = [f"2026-{month:02}-01 00:00" for month in range(3, 12)]
    place = {"source": "git", "repository_id": "acme/app"}
    snapshots = [
        row("file_snapshots", **place, path="a.py", id=when[:7], at=when, indentation=100 + 10 * n)
        for n, when in enumerate(months)
    ]
    made = history(commit(1, "2026-02-01 10:00", "a.py"))
    rows = facts("complexity_trends", files=[file("a.py")], file_snapshots=snapshots, **made)
    assert rows["value"].notna().tolist() == [False] * 5 + [True] * 4
    assert rows["value"].iloc[-1] == pytest.approx(100 * 10 / 140)
    reformatted = history(
        commit(1, "2026-02-01 10:00", "a.py"), commit(2, "2026-06-15 10:00", "a.py", is_reformat=True)
    )
    later = facts("complexity_trends", files=[file("a.py")], file_snapshots=snapshots, **reformatted)
    assert len(later) == 5 and later["value"].isna().all()


# Churn, coupling, tests ----------------------------------------------------------------------------------


def test_churn_is_a_share_of_the_lines_that_there_are(facts):
    made = history(
        commit(1, "2026-11-02 10:00", "lib/a.py", lines=30),
        commit(2, "2026-11-16 10:00", "lib/a.py", "web/b.py", lines=10),
        commit(3, "2026-11-17 10:00", "lib/a.py", lines=900, changed_files=500),  # bulk
    )
    files = [file("lib/a.py", lines=100), file("web/b.py", lines=50)]
    rows = facts("weekly_churn", files=files, **made)
    by = rows.set_index("key")["value"].to_dict()
    assert by["acme/app:lib@2026-W45"] == 30 and by["acme/app:lib@2026-W46"] == 0
    assert by["acme/app:lib@2026-W47"] == 10 and by["acme/app:web@2026-W47"] == 20
    assert len(rows) == 6  # two components, three weeks
    observed = tech_debt.relative_churn(rows)
    # All three weeks pooled: 30 + 0 + 10 of 100 lines and 0 + 0 + 10 of 50, thrice.
    assert (observed["value"] * observed["weight"] / 100).sum() / observed["weight"].sum() == pytest.approx(50 / 450)


def test_files_of_different_components_that_change_together_are_coupled(facts):
    together = [commit(n, f"2026-09-{n:02} 10:00", "lib/a.py", "web/b.py", "lib/c.py") for n in range(1, 11)]
    alone = [commit(n, f"2026-09-{n:02} 10:00", "lib/a.py") for n in range(11, 16)]
    big = [commit(16, "2026-09-16 10:00", "lib/a.py", "web/b.py", changed_files=31)]
    files = [file(path) for path in ("lib/a.py", "web/b.py", "lib/c.py")]
    rows = facts("couplings", files=files, **history(*together, *alone, *big))
    now = rows[rows["until"].isna()].set_index("key")["value"]
    # a has 15 commits, b 10: 10 / 12.5; b and c 10 of 10; a and c live in one component.
    assert now.to_dict() == {
        "acme/app:lib/a.py ↔ acme/app:web/b.py".replace("↔ acme/app:", "↔ "): 80.0,
        "acme/app:lib/c.py ↔ web/b.py": 100.0,
    }
    assert seen_by(tech_debt.change_coupling(rows), Summary.OPEN_MEDIAN).value == 90.0
    fewer = facts("couplings", files=files, **history(*together[:9]))
    assert fewer.empty


def test_a_change_is_a_pull_request_or_a_commit_of_none(facts):
    made = history(
        commit(1, "2026-10-01 10:00", "a.py", id="c1"),
        commit(2, "2026-10-01 11:00", "tests/test_a.py", id="c2"),  # the same pull request, another commit
        commit(3, "2026-10-02 10:00", "a.py", id="c3"),
        commit(4, "2026-10-03 10:00", "notes.md", id="c4"),
        commit(5, "2026-10-04 10:00", "a.py", "tests/test_a.py", id="c5", who="renovator[bot]"),
        commit(6, "2026-10-05 10:00", "a.py", "tests/test_a.py", id="squashed-into-main"),
    )
    pulls = [
        pull(7, "2026-09-30 10:00", merged_at="2026-10-01 12:00"),
        pull(8, "2026-09-30 10:00", merged_at="2026-10-05 12:00", merge_commit="squashed-into-main"),
    ]
    inside = [row("commits", pull_request_id="7", id=id_) for id_ in ("c1", "c2")]
    tables = {"pull_requests": pulls, "commits": inside, "files": [file("a.py"), file("tests/test_a.py")]}
    rows = facts("code_changes", **tables, **made).set_index("key")
    assert rows.index.tolist() == ["acme/app#7", "acme/app@c3", "acme/app@c4", "acme/app@c5", "acme/app#8"]
    assert rows["touches_code"].tolist() == [True, True, False, True, True]
    assert rows["touches_tests"].tolist() == [True, False, False, True, True]
    observed = tech_debt.test_touch_rate(rows.reset_index())
    assert observed["excluded"].dropna().tolist() == ["bot"] and observed["value"].sum() == 3


# Dependencies --------------------------------------------------------------------------------------------


def released(package, version, when, **more):
    return row(
        "package_releases", ecosystem="pypi", package=package, id=version, released_at=when, source="git", **more
    )


def used(name, version, since="2026-01-10 10:00", until=None):
    about = {"manifest": "requirements.txt", "ecosystem": "pypi", "id": "c", "since": since, "until": until}
    return row("dependencies", source="git", repository_id="acme/app", name=name, version=version, **about)


def test_drift_is_the_time_between_two_releases_in_years(facts):
    releases = [
        released("web", "1.9", "2024-01-01 00:00"),
        released("web", "1.10", "2026-01-01 00:00"),  # 1.10 is more than 1.9: 731 days later
        released("web", "1.9.1", "2026-06-01 00:00"),  # a late fix of the old line is no newer version
        released("web", "2.0rc1", "2026-08-01 00:00", is_prerelease=True),
        released("web", "3.0", "2026-09-01 00:00", is_yanked=True),
        released("web", "4.0", "2026-11-10 00:00"),  # after the end of October
        released("old", "1.0", "2020-01-01 00:00"),
    ]
    listed = [used("web", "1.9"), used("old", "1.0"), used("free", None), used("ours", "1.0"), used("old2", "9")]
    rows = facts(
        "dependencies", dependencies=listed, package_releases=[*releases, released("old2", "1", "2020-01-01 00:00")]
    )
    october = rows[rows["at"] == LAST_MONTH].set_index("package")
    assert october.loc["web", "value"] == pytest.approx(731 / 365.25)
    assert (october.loc["web", "latest"], october.loc["old", "value"]) == ("1.10", 0)
    assert october["left_out"].dropna().to_dict() == {
        "free": "no pinned version", "ours": "unknown package", "old2": "unknown version",
    }  # fmt: skip
    now = rows[rows["until"].isna()].set_index("package")
    assert now.loc["web", "latest"] == "4.0"


def test_without_release_dates_drift_is_unknown_and_not_zero(facts):
    rows = facts("dependencies", dependencies=[used("web", "1.9")])
    observed = tech_debt.libyear(rows)
    assert observed.empty and observed.attrs["without"] == "no_source"


def test_debt_ratios_hold_until_the_next_measurement(facts):
    made = [
        row("debt_ratios", id=f"{day}", repository="acme/app", measured_on=pd.Timestamp(day).date(), ratio=ratio)
        for day, ratio in (("2026-09-01", 7.0), ("2026-10-15", 4.0))
    ]
    assert seen_by(tech_debt.sqale_debt_ratio(facts("debt_ratios", debt_ratios=made)), Summary.OPEN_MEDIAN).value == 4.0


# The price -----------------------------------------------------------------------------------------------


def priced(facts, hot_hours, cold_hours, fixes=0):
    """Ten pull requests to hot.py and twenty to other files, all alike but for their hours."""
    commits, pulls = [], []
    start = at("2025-12-01 00:00")
    for n in range(30):
        opened = start + timedelta(days=10 * n)
        merged = opened + timedelta(hours=hot_hours if n < 10 else cold_hours)
        path = "hot.py" if n < 10 else f"cold{n}.py"
        commits.append(commit(n + 1, merged.isoformat(" ")[:16], path, id=f"c{n}"))
        title = "Fix a crash" if n < fixes else "Add a thing"
        pulls.append(pull(n, opened, merged_at=merged, merge_commit=f"c{n}", title=title))
    files = [file("hot.py", 99), *(file(f"cold{n}.py") for n in range(10, 30))]
    return facts("hotspot_costs", files=files, pull_requests=pulls, **history(*commits))


def test_a_hotspot_costs_what_its_changes_take_longer(facts):
    # Ten changes of 34 h against 10 h: 240 h, over 291 days = 9.56 months; nothing varies, so neither does the interval.
    row_ = dearest(priced(facts, 34, 10)).iloc[0]
    months = (290 - 1) / 30.4375
    assert (row_["key"], row_["changes"], row_["fixes"]) == ("acme/app:hot.py", 10, 0)
    assert row_["value"] == pytest.approx(240 / months, rel=0.02)
    assert (row_["low"], row_["high"]) == (pytest.approx(row_["value"]), pytest.approx(row_["value"]))
    assert row_["capacity_share"] == pytest.approx(100 * 240 / 540, rel=0.02)  # of 10 · 34 + 20 · 10 hours


def test_a_hotspot_like_any_other_file_costs_nothing(facts):
    assert dearest(priced(facts, 10, 10)).iloc[0]["value"] == pytest.approx(0)


def test_bugs_that_others_have_not_are_the_hotspots_own(facts):
    # Five of the ten changes mend bugs, none of the others': 5 · 10 h of bugs, and no change takes longer.
    row_ = dearest(priced(facts, 10, 10, fixes=5)).iloc[0]
    assert row_["fixes"] == 5 and row_["longer"] == pytest.approx(0)
    assert row_["bugs"] == pytest.approx(50 / ((290 - 1) / 30.4375), rel=0.02)
    assert row_["low"] < row_["value"] < row_["high"]


def test_too_few_changes_have_no_price(facts):
    made = history(*(commit(n, f"2026-09-0{n} 10:00", "a.py", id=f"c{n}") for n in range(1, 4)))
    rows = facts("hotspot_costs", files=[file("a.py")], **made)
    assert rows["value"].isna().all() and len(rows)
    assert tech_debt.hotspot_cost(rows)["excluded"].unique().tolist() == ["too few pull requests"]


# Contracts -----------------------------------------------------------------------------------------------


PATHS = ("a.py", "lib/b.py", "lib/c.py", "web/d.py", "tests/test_e.py")
DAYS = st.tuples(st.integers(1, 300), st.lists(st.sampled_from(PATHS), min_size=1, max_size=4, unique=True))


def history_of(days):
    """Commits in the order of these days, each of some paths."""
    return history(*(
        commit(n, (at("2026-01-01 00:00") + timedelta(days=day)).isoformat(" ")[:16], *changed)
        for n, (day, changed) in enumerate(sorted(days, key=lambda pair: pair[0]), 1)
    ))  # fmt: skip


@settings(max_examples=2, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(st.lists(st.lists(DAYS, max_size=25), min_size=15, max_size=15))
def test_no_history_gives_more_than_the_whole(facts, histories):
    """Each history is of a repository of its own; their facts are built together."""
    tables = {"git_commits": [], "file_changes": [], "files": []}
    names = [f"acme/{number}" for number in range(len(histories))]
    for name, days in zip(names, histories, strict=True):
        for table, rows in (history_of(days) | {"files": [file(path) for path in PATHS]}).items():
            tables[table] += [one | {"repository_id": name} for one in rows]
    repositories = [row("repositories", id=name, name=name) for name in names]
    hotspots = facts("hotspots", repositories=repositories, **tables)
    assert set(hotspots["repository"]) <= set(names)
    for name, days in zip(names, histories, strict=True):
        rows = hotspots[hotspots["repository"] == name]
        assert rows["score"].between(0, 1).all()
        assert (rows.groupby("at")["is_hotspot"].sum() <= 1).all()
        assert rows["commits"].max() <= len(days) if len(rows) else not days
