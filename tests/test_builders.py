"""How tests are shared out, measured and given their facts: the tools of the tests are tested as well."""

from dataclasses import replace
from pathlib import Path
from types import SimpleNamespace

import demonstration
import measuring
import pytest
import scheduling
from conftest import REPOSITORY, pull, review
from rows import BUILT, built

from metrics.organisation import Organisation


def item(file, *fixtures, kinds=()):
    """A collected test of a file that asks for fixtures which are made once for it."""
    marks = []
    made = {name: [SimpleNamespace(scope="module")] for name in fixtures} | {
        "tmp_path": [SimpleNamespace(scope="function")]
    }
    return SimpleNamespace(
        path=Path(file),
        _fixtureinfo=SimpleNamespace(name2fixturedefs=made),
        get_closest_marker=lambda kind: kind if kind in kinds else None,
        add_marker=lambda mark: marks.append(mark.args[0]),
        marks=marks,
    )


def shared(*items):
    """The items in the order in which they are shared out, each by its group."""
    listed = list(items)
    scheduling.share_out(listed)
    return [one.marks[0] for one in listed]


@pytest.mark.parametrize(
    ("items", "groups"),
    [
        # nothing shared: groups of eight, in their order
        ([("a", ())], ["a:0"]),
        ([("a", ())] * 10, ["a:0"] * 8 + ["a:1"] * 2),
        # what shares a fixture is one group and comes first, the rest of the file are others
        ([("a", ()), ("a", ("store",))], ["a:store", "a:0"]),
        ([("a", ("store",))] * 20, ["a:store"] * 20),
        # who needs less joins who needs all of that and more: nothing is made twice
        ([("a", ("server",)), ("a", ("server", "clean"))], ["a:clean+server", "a:clean+server"]),
        # two that need different things beside the same one are two groups; who needs the same one joins the last
        (
            [("a", ("demo", "all")), ("a", ("demo", "turned")), ("a", ("demo",))],
            ["a:demo+turned", "a:demo+turned", "a:all+demo"],
        ),
        # the same name in two files is two groups; those with more tests come first
        ([("a", ("store",)), ("b", ("store",)), ("b", ("store",))], ["b:store", "b:store", "a:store"]),
        ([("a", ()), ("b", ()), ("b", ())], ["a:0", "b:0", "b:0"]),
    ],
)
def test_tests_that_share_a_fixture_of_their_file_stay_together(items, groups):
    assert shared(*(item(file, *fixtures) for file, fixtures in items)) == groups


def test_what_waits_for_servers_is_begun_first():
    quick = [item("a") for _ in range(9)]
    waiting = [item("d", kinds=("postgres",)), item("c", kinds=("browser",)), item("b", kinds=("sandbox",))]
    assert shared(*quick, *waiting)[:4] == ["b:0", "c:0", "d:0", "a:0"]


def report(file, kind, processor, duration, when="call"):
    return SimpleNamespace(file=file, kind=kind, processor=processor, duration=duration, when=when)


def test_a_test_is_counted_once_and_all_its_steps_cost():
    costs = measuring.Costs()
    # set up 1 s, itself 2 s, afterwards 0.5 s: one test of 3.5 s.
    for when, seconds in (("setup", 1.0), ("call", 2.0), ("teardown", 0.5)):
        costs.count(report("test_a.py", "unit", seconds, 2 * seconds, when))
    cost = costs.files["test_a.py"]
    assert (cost.tests, cost.processor, cost.clock) == (1, 3.5, 7.0) == tuple(vars(costs.kinds["unit"]).values())


def test_the_ten_slowest_files_every_kind_and_the_whole_are_printed():
    costs = measuring.Costs()
    for number in range(12):
        costs.count(report(f"test_{number:02}.py", "unit" if number else "browser", number, 1))
    lines = measuring.lines(costs)
    assert [line.split()[-1] for line in lines] == [
        *[f"test_{number:02}.py" for number in range(11, 1, -1)],
        "browser",
        "unit",
        "all",
    ]
    assert lines[-1].split()[:1] == ["66.0"] and " 12 tests" in lines[-1]  # 0 + 1 + … + 11


@pytest.mark.parametrize(
    ("marked", "drawn", "is_property", "interpreters", "kind"),
    [
        ("browser", True, False, 1, "browser"),
        ("sandbox", False, False, 1, "sandbox"),
        ("postgres", False, True, 0, "postgres"),
        (None, True, False, 1, "process"),
        (None, False, True, 0, "property"),
        (None, True, False, 0, "page"),
        (None, False, False, 0, "unit"),
        (None, True, True, 0, "property"),
    ],
)
def test_a_test_is_of_the_kind_that_makes_it_slow(marked, drawn, is_property, interpreters, kind):
    one = SimpleNamespace(
        get_closest_marker=lambda name: name == marked or None,
        obj=SimpleNamespace(is_hypothesis_test=is_property),
        module=SimpleNamespace(**({"opened": 1} if drawn else {})),
    )
    assert measuring.kind_of(one, bool(interpreters)) == kind


def test_facts_of_the_same_rows_are_built_once_and_those_of_others_anew():
    def rows():
        return {"repositories": [REPOSITORY], "pull_requests": [pull(1, "2026-01-05 08:00")]}

    assert built(rows()) is built(rows())
    assert built(rows()) is not built(rows() | {"reviews": [review(1, "2026-01-05 09:00")]})
    assert built(rows()) is not built(rows(), replace(Organisation(), minimum_team_size=4))
    assert len(BUILT) == 3


def test_whoever_changes_a_frame_of_facts_changes_it_for_nobody_else(facts):
    rows = {"pull_requests": [pull(1, "2026-01-05 08:00")]}
    mine = facts("pull_requests", **rows)
    mine["key"] = "changed"
    assert facts("pull_requests", **rows)["key"].tolist() == ["acme/app#1"]


def test_the_demonstration_is_made_anew_when_what_makes_it_changes(tmp_path, monkeypatch):
    (tmp_path / "metrics").mkdir()
    monkeypatch.setattr(demonstration, "ROOT", tmp_path)
    seen = [demonstration.digest()]
    for file, content in (("metrics/a.py", "1"), ("metrics/a.py", "2"), ("metrics/b.py", "2"), ("README.md", "words")):
        (tmp_path / file).write_text(content)
        seen.append(demonstration.digest())
    (tmp_path / "metrics" / "a.py").unlink()
    seen.append(demonstration.digest())
    assert (
        len(set(seen)) == 5
    )  # a file more, its content, another file, one that is gone; words of no code are no change
    assert seen[3] == seen[4]


def test_workers_are_given_whole_groups(request):
    """The scheduler knows the groups by the names of tests alone."""
    assert "@test_builders" in request.node.nodeid or not request.config.getoption("loadgroup", False)
