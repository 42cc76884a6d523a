"""The screens, run as Streamlit runs them, on a small store of this test's own."""

import csv
import io
import re
import tomllib
from pathlib import Path

import pytest
from app_pages import opened, seen, text
from conftest import NOW, REPOSITORY, pull, review

from data import record
from data.store import Store
from metrics import tell
from metrics.catalogue import CATALOGUE
from pages.ui import palette

ROOT = Path(__file__).parent.parent
PAGES = (
    "weekly.py",
    "objectives.py",
    "forecasts.py",
    "bottlenecks.py",
    "delivery.py",
    "code_review.py",
    "tech_debt.py",
    "coverage.py",
    "indicators.py",
    "privacy.py",
    "connect.py",
    "figure.py",
)


@pytest.fixture(scope="module")
def configured(tmp_path_factory):
    """The folder of a configured store with seven reviewed pull requests and one of a bot; no test changes it."""
    folder = tmp_path_factory.mktemp("configured")
    (folder / "config.toml").write_text(
        '[[github]]\nrepositories = ["acme/app"]\n[teams.apps]\nname = "Apps"\nrepositories = ["acme/app"]\n'
    )
    store = Store.open(f"sqlite:///{folder / 'metrics.db'}")
    days = range(2, 9)
    bot = {"author": "renovate[bot]", "author_id": "9", "author_kind": "Bot"}
    pulls = [pull(n, f"2026-11-0{n} 08:00", merged_at=f"2026-11-0{n} 20:00", title="=1+1") for n in days]
    pulls.append(pull(9, "2026-11-09 08:00", merged_at="2026-11-09 09:00", title="Bump", **bot))
    with store.writing() as connection:
        store.upsert(connection, "repositories", [REPOSITORY])
        store.upsert(connection, "pull_requests", pulls)
        store.upsert(connection, "reviews", [review(n, f"2026-11-0{n} 1{n}:00".replace("118", "18")) for n in days])
        facts = {"scope_id": "1", "complete": True, "synced_at": NOW, "cursor": None, "requests": 3, "points": 4}
        tables = ["repositories", "pull_requests", "reviews", "review_comments", "pull_request_events"]
        record.save_state(store, connection, "github", tables, "acme/app", facts)
    run = record.start_run(store, NOW)
    record.finish_run(store, run, NOW, "complete")
    return folder


@pytest.fixture
def place(configured, monkeypatch):
    """The pages find that store."""
    monkeypatch.setenv("PLUMBLINE_NOW", NOW.isoformat())
    monkeypatch.setenv("PLUMBLINE_STORE", f"sqlite:///{configured / 'metrics.db'}")
    monkeypatch.setenv("PLUMBLINE_CONFIG", str(configured / "config.toml"))


@pytest.mark.parametrize("page", PAGES)
def test_every_page_runs_without_an_exception(place, page):
    app = seen(page)
    assert not app.exception and app.title


def test_the_weekly_review_shows_at_least_eight_and_at_most_twelve_figures_with_unit_and_n(place):
    body = text(seen())
    cards = re.findall(r'class="card"><div data-indicator="(\w+)"', body)
    assert 8 <= len(cards) <= 12 and len(set(cards)) == len(cards)
    assert set(cards) <= {one.id for one in CATALOGUE}
    assert "12.0 h" in body and "median of n = 7" in body  # each merged twelve hours after it was opened
    assert "left out: 1 bot" in body


def test_unknown_is_said_and_never_zero(tmp_path, monkeypatch):
    file = tmp_path / "config.toml"
    file.write_text('[[github]]\nrepositories = ["acme/app"]\n')
    monkeypatch.setenv("PLUMBLINE_STORE", f"sqlite:///{tmp_path / 'empty.db'}")
    monkeypatch.setenv("PLUMBLINE_CONFIG", str(file))
    app = opened()
    assert not app.exception
    assert "0.0 h" not in text(app)


def test_without_git_technical_debt_says_what_to_add_and_shows_what_needs_none(place):
    app = seen("tech_debt.py")
    assert "add `[[git]]`" in app.info[0].value and app.code[0].value.startswith("[[git]]")
    assert set(re.findall(r'data-indicator="(\w+)"', text(app))) == {"debt_work_share", "sqale_debt_ratio"}


def test_no_word_of_change_without_a_rule(place):
    body = text(seen()).lower()
    assert not re.search(r"\b(rose|fell|improved|worsened|up by|down by)\b|[▲▼↑↓]", body)


def test_filters_are_in_the_address_and_narrow_what_is_shown(place):
    assert "n = 7" in text(seen(team="apps"))
    app = seen(repository="acme/app", weeks="4")
    assert not app.exception and app.query_params["weeks"] in ("4", ["4"])


def test_a_length_that_does_not_exist_is_dropped_and_a_place_is_never_taken_for_another(place):
    app = seen(weeks="forever")
    assert not app.exception and "n = 7" in text(app)
    app = opened(team="no-such-team")
    assert not app.exception and "There is no team “no-such-team” to show" in app.error[0].value
    assert "n = 7" not in text(app)


def test_rows_open_with_those_left_out_and_match_the_command(place, capsys):
    app = seen("figure.py", indicator="pr_cycle_time")
    assert not app.exception
    counted, left_out = (frame.value for frame in app.dataframe)
    assert (len(counted), len(left_out), left_out["excluded"].tolist()) == (7, 1, ["bot"])
    from metrics.__main__ import main

    assert main(["show", "pr_cycle_time", "--rows", "--format", "csv"]) == 0
    printed = list(csv.DictReader(io.StringIO(capsys.readouterr().out)))
    assert sorted(float(row["value"]) for row in printed if not row["excluded"]) == sorted(counted["value"])


def test_coverage_says_what_was_synced_and_how_good_it_is(place):
    app = seen("coverage.py")
    frames = [frame.value for frame in app.dataframe]
    assert "pull_requests" in frames[0].to_string() and "None" not in frames[0].to_string()
    assert any(button.label == "Sync now" for button in app.button)
    findings, *_ = [frame.value for frame in seen("coverage.py", part="Quality").dataframe]
    assert "by bots" in findings.to_string()


def test_the_catalogue_defines_every_indicator(place):
    body = text(seen("indicators.py"))
    for one in CATALOGUE:
        assert one.name in body


def test_wrong_configuration_and_damaged_store_are_plain_messages(place, tmp_path, monkeypatch):
    (tmp_path / "config.toml").write_text("[stor]\nurl = 1\n")
    monkeypatch.setenv("PLUMBLINE_CONFIG", str(tmp_path / "config.toml"))
    app = opened()
    assert not app.exception and "stor: unknown key" in app.error[0].value


def test_a_damaged_store_is_a_plain_message(tmp_path, monkeypatch):
    file = tmp_path / "broken.db"
    file.write_text("no database at all " * 300)
    monkeypatch.setenv("PLUMBLINE_STORE", f"sqlite:///{file}")
    monkeypatch.setenv("PLUMBLINE_NOW", NOW.isoformat())
    app = opened()
    assert not app.exception and "damaged" in app.error[0].value


def test_csv_is_harmless_in_a_spreadsheet():
    assert tell.harmless("=1+1") == "'=1+1" and tell.harmless("-2+3") == "'-2+3"
    assert tell.harmless(-2.0) == -2.0 and tell.harmless("plain") == "plain"


def test_the_palette_is_the_theme_of_the_app():
    theme = tomllib.loads((ROOT / ".streamlit" / "config.toml").read_text())["theme"]
    for name in ("light", "dark"):
        shown, said = palette.palette(name), theme[name]
        assert list(shown.series) == said["chartCategoricalColors"]
        assert (shown.primary, shown.background, shown.text) == (
            said["primaryColor"],
            said["backgroundColor"],
            said["textColor"],
        )
