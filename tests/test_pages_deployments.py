"""The coverage page says what was taken for a deployment to production, what was not, and why."""

import pytest
from app_pages import everything_on, opened
from conftest import NOW, pull, row
from deployment_rows import deployed, run, status

from connectors.__main__ import main as connectors
from data import record
from data.config import Config
from data.store import Store
from data.unmatched import unmatched

CONFIG = """
[[github]]
repositories = ["acme/shop", "acme/lib", "acme/site"]
[teams.core]
repositories = ["acme/shop", "acme/lib"]
[deployments."acme/lib"]
tags = ["api/v*", "cli/v*"]
workflows = ["go.yml"]
environments = ["Blue"]
"""
PLACES = {"1": "acme/shop", "2": "acme/lib", "3": "acme/site"}


def tables():
    """A shop with three environments and a workflow, a library with tags and globs, a site with merges only."""
    environments = ["production", "eu-prod", "staging", "production"]
    tags = {"api/v1": "2026-10-01 09:00", "api/v2": "2026-10-02 09:00", "web/v1": "2026-10-03 09:00"}
    return {
        "repositories": [row("repositories", id=one, name=name) for one, name in PLACES.items()],
        "deployments": [deployed(n, name, commit=f"c{n}") for n, name in enumerate(environments)],
        "deployment_statuses": [status(n, "success", f"2026-10-0{n + 1} 09:00") for n in range(4)],
        "workflow_runs": [run(1, "Unit tests"), run(2, "go", repository_id="2", conclusion="failure")],
        "tags": [row("tags", repository_id="2", id=name, at=when, commit_id=name) for name, when in tags.items()],
        "pull_requests": [pull(1, "2026-10-01 08:00", merged_at="2026-10-02 08:00", repository_id="3")],
        "incidents": [
            row("incidents", id="INC-7", started_at="2026-10-05 10:00", service="acme/shop", deployment_id="shop-77")
        ],
    }


def filled(file):
    store = Store.open(f"sqlite:///{file}")
    with store.writing() as connection:
        for table, rows in tables().items():
            for one in rows:
                store.upsert(connection, table, [one])
        for name in PLACES.values():
            facts = {"scope_id": name, "complete": True, "synced_at": NOW, "cursor": None, "error": None}
            record.save_state(store, connection, "github", ["repositories", "pull_requests"], name, facts)
    return store


@pytest.fixture(scope="module")
def folder(tmp_path_factory):
    made = tmp_path_factory.mktemp("deployments")
    (made / "config.toml").write_text(CONFIG)
    filled(made / "metrics.db")
    Store.open(f"sqlite:///{made / 'nothing.db'}")
    return made


def page(folder, monkeypatch, store="metrics.db", **query):
    monkeypatch.setenv("PLUMBLINE_NOW", NOW.isoformat())
    monkeypatch.setenv("PLUMBLINE_CONFIG", str(folder / "config.toml"))
    monkeypatch.setenv("PLUMBLINE_STORE", f"sqlite:///{folder / store}")
    app = opened("coverage.py", **({"part": "Deployments"} | query))
    assert not app.exception
    return app


def cells(app):
    """The rows of the table: repository → its other cells."""
    (table,) = [one.proto.body for one in app.markdown if "<tbody>" in one.proto.body]
    rows = table.partition("<tbody>")[2].split("<tr>")[1:]
    parts = [one.replace("</th>", "").replace("</td>", "").split("<td>") for one in rows]
    return {
        first.removeprefix('<th scope="row">'): [cell.partition("</tr>")[0] for cell in rest] for first, *rest in parts
    }


def test_each_repository_shows_its_source_and_what_was_taken_and_what_was_not(folder, monkeypatch):
    assert cells(page(folder, monkeypatch)) == {
        "acme/shop": [
            "deployments to production",
            "environments: production (2), eu-prod (1)",
            "environments: staging (1): its name says that it is not production<br>"
            "workflows: Unit tests (1): not by its name and its file a deployment to production",
        ],
        "acme/lib": [
            "version tags",
            "tags: api/v2, api/v1 (2)",
            "tags: web/v1 (1): no glob of the configuration matches it<br>"
            "workflows: go (1): no glob of the configuration matches it",
        ],
        "acme/site": ["merges to the default branch (no deployment data)", "merges (1)", "–"],
    }


def test_a_team_and_a_repository_show_only_theirs(folder, monkeypatch):
    assert set(cells(page(folder, monkeypatch, team="core"))) == {"acme/shop", "acme/lib"}
    assert set(cells(page(folder, monkeypatch, repository="acme/site"))) == {"acme/site"}


def test_an_incident_that_no_deployment_can_be_blamed_for_is_listed_with_the_reason(folder, monkeypatch):
    (frame,) = [one.value for one in page(folder, monkeypatch).dataframe]
    (found,) = frame.to_dict("records")
    assert found["key"].endswith("INC-7") and found["service"] == "acme/shop" and found["deployment_id"] == "shop-77"
    assert found["why"] == "no successful deployment to production of its service is called so"


def test_without_rows_there_is_a_plain_line_each(folder, monkeypatch):
    app = page(folder, monkeypatch, store="nothing.db")
    said = [one.value for one in app.caption]
    assert "No deployments, workflow runs, releases, tags or merges are known here." in said
    assert "Every incident has a service, and those that name a deployment name one of its own." in said


def test_a_glob_that_matches_nothing_is_listed_on_the_page_and_by_check(folder, monkeypatch, capsys):
    seen = everything_on(page(folder, monkeypatch, part="Not mapped"))
    assert "cli/v*" in seen and "api/v*" not in seen
    connectors(["--config", str(folder / "config.toml"), "check"])
    said = capsys.readouterr().out
    assert "[deployments.\"acme/lib\"] tags names 'cli/v*', but no tag of that name was synced" in said
    assert "[deployments.\"acme/lib\"] environments names 'Blue', but no environment" in said


@pytest.mark.parametrize(
    ("place", "said", "lost"),
    [
        ("acme/shop", {"environments": ["PROD*", "blue"]}, ["blue"]),  # GitHub compares environments so
        ("acme/shop", {"workflows": ["Unit*", "unit*"]}, ["unit*"]),
        ("acme/shop", {"workflows": [".github/workflows/Unit tests.yaml", "Unit tests.yaml"]}, []),
        ("acme/shop", {"tags": ["api/v*"]}, ["api/v*"]),  # another repository's
        ("ACME/Lib", {"tags": "api/v*"}, []),
        ("acme/lib", {"environments": ["production"]}, ["production"]),
        ("acme/site", {"source": "merges"}, []),
        ("acme/nowhere", {"tags": ["v*"]}, ["acme/nowhere"]),  # the repository itself is said, and no more
    ],
)
def test_globs_of_deployments_are_looked_for_in_their_repository(folder, place, said, lost):
    store = Store.open(f"sqlite:///{folder / 'metrics.db'}")
    found = unmatched(Config.model_validate({"deployments": {place: said}}), store)
    assert [one.name for one in found] == lost


def test_of_a_kind_that_was_never_synced_nothing_is_said(store):
    settings = Config.model_validate({"deployments": {"acme/lib": {"tags": "v*"}}})
    with store.writing() as connection:
        store.upsert(connection, "repositories", [row("repositories", id="2", name="acme/lib")])
    assert unmatched(settings, store) == []
