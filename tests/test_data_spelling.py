"""Names in other letters than their source's, and names that nothing matches."""

import pytest
from conftest import NOW, pull, row

from connectors.__main__ import main as connectors
from data import config
from data.config import Config, ConfigError, parse
from data.spelling import as_stored, spelling
from data.unmatched import unmatched
from metrics.commands import _key_of
from metrics.files import repository_names
from metrics.loading import load

REPOSITORIES = ("Acme/Shop", "acme/mono", "acme/mono-2")


@pytest.mark.parametrize(
    ("name", "written"),
    [
        ("acme/shop", "Acme/Shop"),
        ("ACME/SHOP", "Acme/Shop"),
        ("Acme/Shop", "Acme/Shop"),
        ("acme/Mono", "acme/mono"),
        ("acme/mono-2", "acme/mono-2"),
        ("acme/mono-3", "acme/mono-3"),
        ("", ""),
        ("acme/ſhop", "acme/ſhop"),  # not the same letter
        ("ACME/İ", "ACME/İ"),
    ],
)
def test_a_name_is_written_as_its_source_writes_it(name, written):
    assert spelling(REPOSITORIES).of(name) == written


def test_of_two_that_differ_in_letters_only_the_first_is_meant():
    assert spelling(["acme/shop", "ACME/shop"]).of("Acme/Shop") == "acme/shop"
    assert spelling([]).each(["a/b", "a/b"]) == ("a/b",)


def test_every_place_of_the_configuration_is_spelled_as_stored():
    said = Config.model_validate(
        {
            "teams": {
                "pay": {
                    "repositories": ["acme/SHOP"],
                    "paths": ["ACME/mono:Services/Pay/**", "docs/**"],
                    "jira_projects": ["pay"],
                    "jira_components": ["core:Billing"],
                }
            },
            "deployments": {"acme/shop": {"source": "merges"}},
            "stages": {"default": {"done": ["Done"]}, "pay": {"done": ["Over"]}},
        }
    )
    found = as_stored(said, spelling(REPOSITORIES), spelling(["PAY", "CORE"]))
    team = found.teams["pay"]
    assert (team.repositories, team.jira_projects) == (("Acme/Shop",), ("PAY",))
    assert team.paths == ("acme/mono:Services/Pay/**", "docs/**")  # paths of git are told apart by their letters
    assert team.jira_components == ("CORE:Billing",)
    assert (list(found.deployments), list(found.stages)) == (["Acme/Shop"], ["default", "PAY"])


@pytest.mark.parametrize(
    ("asked", "key"),
    [("pay", "pay"), ("PAY", "pay"), ("payments & co", "pay"), ("Payments & Co", "pay"), ("ops", "ops"), ("x", "x")],
)
def test_a_team_is_asked_for_by_its_key_or_name_in_any_letters(asked, key):
    said = Config.model_validate({"teams": {"pay": {"name": "Payments & Co"}, "ops": {}}})
    assert _key_of(asked, said) == key


@pytest.mark.parametrize(
    "said",
    [
        {"github": [{"repositories": ["a/b", "A/B"]}]},
        {"git": [{"repository": "a/b", "path": "."}, {"repository": "A/b", "path": ".."}]},
        {"teams": {"one": {"repositories": ["a/b"]}, "two": {"repositories": ["A/B"]}}},
        {"teams": {"one": {"jira_projects": ["PAY"]}, "two": {"jira_projects": ["pay"]}}},
    ],
)
def test_one_thing_in_two_spellings_is_named_twice(said, tmp_path):
    with pytest.raises(ConfigError, match="is used twice"):
        parse(said, tmp_path / "config.toml")


# What nothing matches ------------------------------------------------------------------------------------

TABLES = {
    "repositories": [row("repositories", id="1", name="Acme/Shop", seen_at=NOW)],
    "projects": [row("projects", source="jira", id="1", key="PAY", seen_at=NOW)],
    "statuses": [row("statuses", source="jira", id="1", name="In Arbeit", seen_at=NOW)],
    "accounts": [row("accounts", source="jira", id="5b10", login="ana", seen_at=NOW)],
    "files": [row("files", source="git", repository_id="acme/shop", id="src/pay/a.py", seen_at=NOW)],
    "issues": [
        row(
            "issues",
            source="jira",
            project_id="1",
            id="1",
            project="PAY",
            type="Fehler",
            components=["Billing"],
            seen_at=NOW,
        )
    ],
}


def filled(store):
    with store.writing() as connection:
        for table, rows in TABLES.items():
            store.upsert(connection, table, rows)
        store.upsert(connection, "pull_requests", [pull(1, "2026-01-05 08:00", author="Ana-GH") | {"seen_at": NOW}])
    return store


@pytest.mark.parametrize(
    ("said", "names"),
    [
        ({"github": [{"repositories": ["acme/shop", "acme/shpo"]}]}, [("[[github]] repositories", "acme/shpo")]),
        ({"jira": [{"url": "https://x", "projects": ["pay", "PYA"]}]}, [("[[jira]] projects", "PYA")]),
        ({"teams": {"a": {"repositories": ["acme/Shop", "x/y"]}}}, [("[teams.a] repositories", "x/y")]),
        (
            {"teams": {"a": {"jira_components": ["pay:billing", "PAY:Blling"]}}},
            [("[teams.a] jira_components", "PAY:Blling")],
        ),
        (
            {"teams": {"a": {"paths": ["acme/shop:src/pay/**", "acme/shop:src/pya/**"]}}},
            [("[teams.a] paths", "acme/shop:src/pya/**")],
        ),
        ({"teams": {"a": {"paths": ["ACME/SHOP:src", "x/y:src", "**/*.py"]}}}, [("[teams.a] paths", "x/y:src")]),
        ({"teams": {"a": {"members": ["ana-gh", "bne"]}}}, [("[teams.a] members", "bne")]),
        ({"people": {"ana": {"github": ["ANA-GH", "anna"]}}}, [("[people.ana] github", "anna")]),
        ({"people": {"ana": {"jira": ["5B10", "5b11"]}}}, [("[people.ana] jira", "5b11")]),
        ({"bots": {"names": ["ana-gh[bot]", "robto"]}}, [("[bots] names", "robto")]),
        ({"deployments": {"acme/SHOP": {"source": "merges"}, "a/b": {"source": "merges"}}}, [("[deployments]", "a/b")]),
        ({"stages": {"default": {"active": ["in arbeit"]}, "PYA": {}}}, [("[stages]", "PYA")]),
        ({"stages": {"default": {"done": ["Fertig"]}}}, [("[stages.default]", "Fertig")]),
        ({"epics": {"types": ["fehler", "Epos"]}}, [("[epics] types", "Epos")]),
        ({}, []),
    ],
)
def test_a_name_that_nothing_matches_is_said(store, said, names):
    assert [(one.key, one.name) for one in unmatched(Config.model_validate(said), filled(store))] == names


def test_before_the_first_sync_nothing_is_said(store):
    said = {"github": [{"repositories": ["acme/shop"]}], "teams": {"a": {"members": ["ana"], "paths": ["x/y:z"]}}}
    assert unmatched(Config.model_validate(said), store) == []


def test_check_says_what_nothing_matches(store, tmp_path, capsys, monkeypatch):
    filled(store)
    (tmp_path / "costs.csv").write_text("team,start_on,end_on,amount,currency\n")
    (tmp_path / "config.toml").write_text(
        '[[files]]\nkind = "costs"\npath = "costs.csv"\n[teams.pay]\njira_projects = ["PYA"]\n'
    )
    monkeypatch.setenv("PLUMBLINE_STORE", str(store.engine.url))
    assert connectors(["--config", str(tmp_path / "config.toml"), "check"]) == 0
    assert "[teams.pay] jira_projects names 'PYA', but no project of that name was synced" in capsys.readouterr().out


def test_a_store_is_read_with_the_configuration_in_its_own_letters(store, tmp_path):
    (tmp_path / "config.toml").write_text('[teams.pay]\nrepositories = ["ACME/shop"]\n')
    loaded = load(filled(store), config.read(tmp_path / "config.toml"))
    assert loaded.facts["pull_requests"]["team"].tolist() == ["pay"]


def test_a_clone_is_the_repository_of_its_host_in_any_letters(store):
    rows = filled(store).load("files")
    assert repository_names(rows, store.load("repositories")).tolist() == ["Acme/Shop"]
    assert repository_names(rows, store.load("repositories").iloc[:0]).tolist() == ["acme/shop"]
