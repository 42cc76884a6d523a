"""What the screens say when there is nothing, not enough, something old, or something broken; and the guide."""

import pytest
from app_pages import opened, text
from conftest import NOW, REPOSITORY

from data import record
from data.store import Store

LOADING = (
    "Loading the newest weeks: {} repositories. Charts appear as soon as they are there; older history fills in behind "
    "them."
)
PAGES = ("bottlenecks.py", "delivery.py", "code_review.py", "coverage.py", "connect.py", "figure.py")


@pytest.fixture
def shown(monkeypatch):
    """The pages find the store of a folder, configured for one repository: shown(folder) → the store."""

    def of(folder):
        (folder / "config.toml").write_text('[[github]]\nrepositories = ["acme/app"]\n')
        monkeypatch.setenv("PLUMBLINE_NOW", NOW.isoformat())
        monkeypatch.setenv("PLUMBLINE_STORE", f"sqlite:///{folder / 'metrics.db'}")
        monkeypatch.setenv("PLUMBLINE_CONFIG", str(folder / "config.toml"))
        return Store.open(f"sqlite:///{folder / 'metrics.db'}")

    return of


@pytest.fixture
def configured(shown, tmp_path):
    """A configured store without a row."""
    return shown(tmp_path)


@pytest.fixture(scope="module")
def folders():
    """The folders of stores that no page changes, by their state."""
    return {}


@pytest.fixture
def state(shown, folders, tmp_path):
    """The pages find a store in a state, which is made once for all of them: state("stale", make)."""

    def of(name, make=lambda store: None):
        store = shown(folders.get(name, tmp_path))
        if name not in folders:
            make(store)
            folders[name] = tmp_path

    return of


def synced(store, at, outcome="complete", error=None, **facts):
    run = record.start_run(store, at)
    with store.writing() as connection:
        store.upsert(connection, "repositories", [REPOSITORY])
        known = {"scope_id": "1", "complete": True, "synced_at": at, "cursor": None, "requests": 3, "points": 4}
        record.save_state(store, connection, "github", ["repositories", "pull_requests"], "acme/app", known | facts)
    if outcome:
        record.finish_run(store, run, at, outcome, error)


def failed(store):
    synced(store, NOW, outcome="failed", error="HTTP 500")
    with store.writing() as connection:
        facts = {"scope_id": "1", "complete": False, "error": "HTTP 500", "cursor": None}
        record.save_state(store, connection, "github", ["pull_requests"], "acme/app", facts)


@pytest.mark.parametrize("page", PAGES)
def test_empty_says_so_and_shows_no_zero(state, page):
    state("empty")
    app = opened(page)
    assert not app.exception and "0.0 h" not in text(app) and "None" not in text(app)


@pytest.mark.parametrize("page", PAGES)
def test_partial_is_drawn_while_a_sync_runs(state, page):
    state("partial", lambda store: synced(store, NOW, outcome="", complete=False, oldest=NOW.replace(month=10)))
    app = opened(page)
    assert not app.exception and "a sync is running" in text(app)


@pytest.mark.parametrize("page", ["weekly.py", "bottlenecks.py", "delivery.py"])
def test_loading_says_how_far_it_has_come_and_draws_no_half_figures(configured, monkeypatch, page):
    monkeypatch.setattr("pages.ui.results.FIRST_PAUSE", 0.0)  # what arrives is drawn at once
    run = record.start_run(configured, NOW)
    app = opened(page)
    assert not app.exception
    assert [one.proto.text for one in app.get("progress")] == [LOADING.format("0 of …")]
    with configured.writing() as connection:
        line = {"scope_id": "1", "complete": True, "synced_at": NOW, "oldest": None}
        for scope, table in (("acme/app", "pull_requests"), ("acme/app", "repositories"), ("acme/api", "repositories")):
            record.save_state(configured, connection, "github", [table], scope, line)
        record.rows_arrived(connection, run)
    app.run()
    assert not app.exception
    assert [(one.proto.value, one.proto.text) for one in app.get("progress")] == [(50, LOADING.format("1 of 2"))]


@pytest.mark.parametrize("page", PAGES)
def test_stale_data_says_how_old_it_is(state, page):
    state("stale", lambda store: synced(store, NOW.replace(day=1)))
    app = opened(page)
    assert not app.exception and "synced 20 days ago" in text(app) and "not complete" in text(app)


@pytest.mark.parametrize("page", PAGES)
def test_a_failed_sync_is_named_and_the_rest_is_shown(state, page):
    state("failed", failed)
    app = opened(page)
    assert not app.exception and "with errors" in text(app)
    if page == "coverage.py":
        assert app.dataframe[0].value["state"].iloc[0] == "failed" and "HTTP 500" in app.warning[0].value


def test_no_tracker_is_a_reason_and_not_an_empty_chart(configured):
    synced(configured, NOW)
    assert "no issue tracker is synced" in text(opened("bottlenecks.py"))


# The guide ------------------------------------------------------------------------------------------------


@pytest.fixture
def newcomer(tmp_path, monkeypatch):
    """Somebody without a configuration, with the file that would be written."""
    file = tmp_path / "config.toml"
    monkeypatch.setenv("PLUMBLINE_NOW", NOW.isoformat())
    monkeypatch.setenv("PLUMBLINE_STORE", f"sqlite:///{tmp_path / 'metrics.db'}")
    monkeypatch.delenv("PLUMBLINE_CONFIG", raising=False)
    monkeypatch.setattr("data.config.DEFAULT_FILE", file)
    store = Store.open(f"sqlite:///{tmp_path / 'metrics.db'}")
    with store.writing() as connection:  # something is there, so that no demonstration is loaded
        store.upsert(connection, "repositories", [REPOSITORY])
    return file


def test_the_guide_writes_the_file_that_it_showed(newcomer):
    app = opened("connect.py")
    assert any(button.label == "Check" and button.disabled for button in app.button)
    app.text_area(key="guide-repositories").set_value("acme/app\nacme/web").run()
    shown = app.code[0].value
    assert 'repositories = ["acme/app", "acme/web"]' in shown and "token_env" in shown
    next(button for button in app.button if button.label == "Write config.toml").click().run()
    assert newcomer.read_text() == shown.rstrip("\n") + "\n" and not app.exception
    assert any(button.label == "Check" and not button.disabled for button in app.button)


def test_the_guide_refuses_a_secret_and_says_which_variable_is_missing(newcomer, monkeypatch):
    monkeypatch.delenv("GITHUB_TOKEN", raising=False)
    app = opened("connect.py")
    app.text_area(key="guide-repositories").set_value("acme/app").run()
    assert "not set: export GITHUB_TOKEN" in text(app)
    app.text_input(key="guide-github-token").set_value("ghp_secret").run()
    assert "never the secret itself" in app.error[0].value and not newcomer.exists()
