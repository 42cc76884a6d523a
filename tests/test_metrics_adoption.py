"""Adoption rules on a history made by hand."""

import pytest
from code_rows import commit, file, history
from conftest import REPOSITORY, at, row

from metrics.adoption import tech_adoption
from metrics.organisation import AdoptionRule, Organisation

TYPED = AdoptionRule("typed", path="src/**/*.ts")


def used(version, repository="acme/app", since="2026-08-01 10:00", until=None, manifest="requirements.txt"):
    ends = {"since": at(since), "until": at(until) if until else None}
    about = {"source": "git", "repository_id": repository, "manifest": manifest, "name": "Pydantic", "id": since}
    return row("dependencies", **about, ecosystem="pypi", version=version, **ends)


def states(facts, *rules, **tables):
    """Whether acme/app meets the rules, at each moment."""
    made = history(commit(1, "2026-08-10 10:00", "src/a.py"), commit(2, "2026-09-10 10:00", "src/web/b.ts"))
    made["files"] = [file("src/a.py"), file("src/web/b.ts")]
    return facts("adoptions", Organisation(adoption=rules), **(made | tables))


def test_a_path_is_met_from_the_first_change_of_a_file_on(facts):
    rows = states(facts, TYPED)
    # Month ends of August (no .ts yet), September and October, and the newest copy.
    assert rows["is_met"].tolist() == [False, True, True, True]
    assert rows["key"].unique().tolist() == ["acme/app: typed"]
    assert tech_adoption(rows)["value"].tolist() == [0, 1, 1, 1]


@pytest.mark.parametrize(
    ("rule", "path"),
    [
        (".github/workflows/*.yml", ".github/workflows/checks.yml"),
        ("**/Dockerfile", "deploy/Dockerfile"),
        ("pyproject.toml", "pyproject.toml"),
    ],
)
def test_workflows_and_configuration_count_as_well_as_source_code(facts, rule, path):
    made = history(commit(1, "2026-08-10 10:00", "src/a.py"), commit(2, "2026-09-10 10:00", path))
    files = [file("src/a.py"), file(path, complexity=None, lines=None, language=None)]
    rows = states(facts, AdoptionRule("rule", path=rule), files=files, **made)
    assert rows["is_met"].tolist() == [False, True, True, True]


@pytest.mark.parametrize(
    ("versions", "is_met", "left_out"),
    [
        ((), False, ""),
        (("1.10",), False, ""),
        (("2",), True, ""),
        (("=2.1",), True, ""),
        (("10.0",), True, ""),  # numbers, not letters
        (("2.1", "1.9"), False, ""),  # one place is behind
        (("2.1", None), True, "no pinned version"),
        ((None,), True, "no pinned version"),
    ],
)
def test_a_dependency_is_met_when_every_place_uses_at_least_that_version(facts, versions, is_met, left_out):
    rule = AdoptionRule("pydantic 2", dependency="pydantic", least_version="2")
    needs = [used(version, manifest=f"{n}.txt") for n, version in enumerate(versions)]
    last = states(facts, rule, dependencies=needs).iloc[-1]
    assert (bool(last["is_met"]), "" if last["left_out"] != last["left_out"] else last["left_out"]) == (
        is_met,
        left_out,
    )


def test_a_dependency_without_a_version_holds_while_it_is_in_use(facts):
    rule = AdoptionRule("pydantic", dependency="pydantic")
    needs = [used(None, since="2026-09-05 10:00", until="2026-10-20 10:00")]
    assert states(facts, rule, dependencies=needs)["is_met"].tolist() == [False, True, False, False]


def test_idle_and_archived_repositories_are_not_asked(facts):
    old = history(commit(1, "2026-01-10 10:00", "src/a.ts"))
    rows = states(facts, TYPED, **old)
    assert rows["until"].notna().all()  # 180 days after its last commit it is asked no more
    assert states(facts, TYPED, repositories=[REPOSITORY | {"is_archived": True}]).empty


def test_without_a_rule_it_is_unmapped(facts):
    assert states(facts).empty
    assert tech_adoption(states(facts)).attrs
