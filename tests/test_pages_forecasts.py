"""The screen of forecasts, run as Streamlit runs it, on the portfolio that the tests of joint forecasts work out."""

from datetime import date, timedelta
from pathlib import Path

import pytest
from conftest import NOW, row
from issue_rows import together
from plan_rows import MONDAY, portfolio, story, version
from streamlit.testing.v1 import AppTest

from data import record
from data.schema import TABLES
from data.store import Store

ROOT = Path(__file__).parent.parent
CONFIGURATION = (
    '[[jira]]\nurl = "https://jira.invalid"\nprojects = ["PAY"]\n[teams.payments]\njira_projects = ["PAY"]\n'
)


def filled(folder):
    """A store in a folder: two open epics of one team, a version that is released and one that is not."""
    (folder / "config.toml").write_text(CONFIGURATION)
    opened = Store.open(f"sqlite:///{folder / 'metrics.db'}")
    made = portfolio()
    for one in made[2:]:  # what is open of the items is meant for the second version, the rest for the first
        one["issues"][0]["fix_versions"] = ["8" if one["issue_changes"] else "9"]
    listed = [
        version("8", "1.0", (MONDAY - timedelta(days=3)).date(), is_released=True),
        version("9", "1.1", date(2026, 12, 6)),
    ]
    tables = together(*made, story(3, None), versions=listed)
    tables["projects"] = [row("projects", source="jira", id="1", key="PAY", name="Payments")]
    with opened.writing() as connection:
        for table in TABLES:
            for one in tables.get(table, []):
                opened.upsert(connection, table, [one])
        facts = {"scope_id": "1", "complete": True, "synced_at": NOW, "cursor": None, "requests": 3, "points": 0}
        record.save_state(opened, connection, "jira", ["projects", "issues", "issue_changes"], "PAY", facts)
    record.finish_run(opened, record.start_run(opened, NOW), NOW, "complete")
    return opened


@pytest.fixture(scope="module")
def place(tmp_path_factory):
    """The folder of a store that all tests look at which change nothing."""
    folder = tmp_path_factory.mktemp("forecasts")
    filled(folder)
    return folder


@pytest.fixture
def shown(monkeypatch):
    """The pages find the store in a folder: shown(folder)."""

    def of(folder):
        monkeypatch.setenv("PLUMBLINE_NOW", NOW.isoformat())
        monkeypatch.setenv("PLUMBLINE_STORE", f"sqlite:///{folder / 'metrics.db'}")
        monkeypatch.setenv("PLUMBLINE_CONFIG", str(folder / "config.toml"))

    return of


@pytest.fixture
def portfolio_shown(shown, place):
    shown(place)


def opened(**query):
    app = AppTest.from_file(str(ROOT / "pages" / "shell.py"), default_timeout=120)
    for name, value in query.items():
        app.query_params[name] = value
    return app.switch_page("forecasts.py").run()


def words(app):
    return "\n".join(str(one.value) for kind in (app.markdown, app.caption, app.info, app.warning) for one in kind)


def test_the_table_gives_dates_and_one_epic_is_shown_in_full(portfolio_shown):
    app = opened()
    assert not app.exception
    shown = app.dataframe[0].value
    assert shown["link"].str.split("#").str[1].tolist() == ["PAY-2", "PAY-1"] and shown["probability"].tolist() == [
        0,
        100,
    ]
    assert "12 of 42 items are open; 0 % likely by 06 December 2026; 85 % date 13 December 2026" in words(app)


def test_what_if_is_in_the_address_and_changes_the_dates(portfolio_shown):
    app = opened(capacity="200")
    assert not app.exception and "what if: 12 of 42 items are open; 100 % likely" in words(app)


def test_versions_are_shown_as_epics_are(portfolio_shown):
    app = opened(kind="Versions")
    assert not app.exception and app.dataframe[0].value["link"].str.split("#").str[1].tolist() == ["PAY 1.1"]


def test_what_was_shown_is_kept_once_a_day(shown, tmp_path):
    store = filled(tmp_path)
    shown(tmp_path)
    opened()
    kept = store.load("forecasts").set_index(["kind", "scope"])
    assert set(kept.index) == {("epic", "PAY-1"), ("epic", "PAY-2"), ("team", "payments")}
    assert set(kept["made_on"]) == {"2026-11-21"} and kept.loc[("epic", "PAY-2"), "probability"] == 0


@pytest.mark.parametrize("part", ["Track record", "Sprints", "Capacity"])
def test_every_part_runs(portfolio_shown, part):
    app = opened(part=part)
    assert not app.exception and app.title
