"""The commands as other programs use them: their JSON, their exit codes, one line when something is wrong."""

import json
import sqlite3
import subprocess
import sys
from pathlib import Path

import pytest
from conftest import NOW, REPOSITORY, event, pull, review

from connectors import find, kinds
from connectors.__main__ import main as connectors
from data import record
from data.config import Config
from data.store import Store
from metrics.__main__ import main as metrics
from metrics.catalogue import CATALOGUE

ROOT = Path(__file__).parent.parent


@pytest.fixture(autouse=True)
def place(monkeypatch, tmp_path):
    """A configuration and a store of this test's own, at a fixed moment."""
    monkeypatch.setenv("PLUMBLINE_NOW", "2026-11-21T12:00:00Z")
    monkeypatch.setenv("PLUMBLINE_STORE", f"sqlite:///{tmp_path / 'metrics.db'}")
    file = tmp_path / "config.toml"
    file.write_text(
        '[bots]\nnames = ["drahtbot"]\n[targets.pr_size]\nvalue = 250\nsource = "ours"\nfrom = 2026-01-01\n'
    )
    monkeypatch.setenv("PLUMBLINE_CONFIG", str(file))
    return tmp_path


@pytest.fixture
def filled(fill):
    """Three pull requests, one of a bot; the repository synced in full."""
    store = fill(
        repositories=[REPOSITORY],
        pull_requests=[
            pull(1, "2026-11-02 08:00", merged_at="2026-11-03 08:00"),
            pull(2, "2026-11-09 08:00", merged_at="2026-11-10 08:00"),
            pull(3, "2026-11-09 08:00", author="DrahtBot", author_id="u-3", merged_at="2026-11-10 09:00"),
        ],
        reviews=[review(1, "2026-11-02 10:00"), review(2, "2026-11-09 14:30"), review(3, "2026-11-09 09:00")],
        pull_request_events=[event(1, "closed", "2026-11-03 08:00")],
    )
    facts = {"scope_id": "1", "complete": True, "synced_at": NOW, "cursor": None, "requests": 3, "points": 4}
    with store.writing() as connection:
        tables = ["pull_requests", "reviews", "review_comments", "pull_request_events", "repositories"]
        record.save_state(store, connection, "github", tables, "acme/app", facts)
    return store


def said(capsys, run, *arguments, code=0):
    assert run(list(arguments)) == code
    return capsys.readouterr()


def test_metrics_list_says_all_that_an_indicator_is(capsys):
    listed = json.loads(said(capsys, metrics, "list", "--format", "json").out)
    assert [one["id"] for one in listed] == [one.id for one in CATALOGUE]
    assert set(listed[0]) == set(
        ["id", "name", "objective", "family", "unit", "better", "summary", "definition", "tables", "core", "target"]
    )
    size = next(one for one in listed if one["id"] == "pr_size")
    assert size["target"] == {"value": 250.0, "low": None, "high": None, "source": "ours", "from": "2026-01-01"}
    assert "pull_requests" in size["tables"] and size["definition"]


def test_metrics_show_gives_series_total_and_rows(capsys, filled):
    out = said(
        capsys,
        metrics,
        "show",
        "time_to_first_review",
        "--from",
        "2026-11-02",
        "--to",
        "2026-11-16",
        "--rows",
        "--format",
        "json",
    ).out
    shown = json.loads(out)
    assert set(shown) == set(
        ["id", "unit", "scope", "as_of", "definition", "series", "total", "limits", "excluded", "rows"]
    )
    # 2 h and 6.5 h; the bot's pull request waited 1 h and is left out
    points = [(p["period"], p["n"], p["value"], p["reason"], p["partial"]) for p in shown["series"]]
    assert points == [("2026-W45", 1, 2.0, "too_few", False), ("2026-W46", 1, 6.5, "too_few", False)]
    assert (shown["total"]["n"], shown["total"]["value"]) == (2, 4.25)
    assert shown["excluded"] == [{"reason": "bot", "n": 1}]
    rows = {row["key"]: (row["at"], row["value"], row["excluded"]) for row in shown["rows"]}
    assert rows["acme/app#2"] == ("2026-11-09T14:30:00Z", 6.5, None)
    assert rows["acme/app#3"] == ("2026-11-09T09:00:00Z", 1.0, "bot")
    assert set(shown["rows"][0]) == {"key", "at", "value", "url", "team", "repository", "excluded"}


def test_the_default_is_the_last_26_complete_weeks(capsys, filled):
    shown = json.loads(said(capsys, metrics, "show", "merged_pull_requests", "--format", "json").out)
    assert (len(shown["series"]), shown["series"][-1]["period"]) == (26, "2026-W46")
    assert (shown["scope"]["from"], shown["as_of"]) == ("2026-05-18T00:00:00Z", "2026-11-21T12:00:00Z")
    assert shown["series"][0]["value"] == 0.0


def test_filters_and_grains(capsys, filled):
    one = ["show", "merged_pull_requests", "--format", "json", "--from", "2026-11-01", "--to", "2026-12-01"]
    totals = [
        json.loads(said(capsys, metrics, *one, *more).out)["total"]["n"]
        for more in (
            [],
            ["--bots"],
            ["--repo", "acme/app"],
            ["--repo", "acme/none"],
            ["--team", "unassigned"],
            ["--team", "x"],
        )
    ]
    assert totals == [2, 3, 2, 0, 2, 0]
    month = json.loads(said(capsys, metrics, *one, "--grain", "month").out)["series"]
    assert [(p["period"], p["value"], p["partial"]) for p in month] == [("2026-11", 2.0, True)]


@pytest.mark.parametrize("command", [["show", "pr_size"], ["scorecard"]])
def test_a_team_of_two_is_not_shown_by_itself(capsys, place, filled, command):
    (place / "config.toml").write_text(
        '[teams.pay]\nmembers = ["ana", "ben"]\n[teams.web]\nmembers = ["a", "b", "c"]\n'
    )
    config = ["--config", str(place / "config.toml")]
    refused = said(capsys, metrics, *command, "--team", "pay", *config, code=2)
    assert "--team pay: has fewer than 3 people" in refused.err and not refused.out
    assert said(capsys, metrics, *command, "--team", "web", *config).out
    assert said(capsys, metrics, *command, *config).out


def test_csv_holds_the_same_rows(capsys, filled):
    out = said(capsys, metrics, "show", "pr_size", "--rows", "--format", "csv").out.splitlines()
    assert out[0] == "key,at,value,url,team,repository,excluded"
    assert len(out) == 4 and out[1].startswith("acme/app#3,2026-11-10T09:00:00Z,15.0,https://example.invalid/")


def test_nothing_synced_is_no_source_and_never_zero(capsys):
    for indicator in CATALOGUE:
        shown = json.loads(said(capsys, metrics, "show", indicator.id, "--format", "json").out)
        assert (shown["total"]["n"], shown["total"]["value"]) == (0, None), indicator.id
        assert shown["total"]["reason"] in {"no_source", "unmapped"}, indicator.id
        assert "NaN" not in json.dumps(shown)


def test_status_is_one_line_a_stream(capsys, filled):
    sources = json.loads(said(capsys, connectors, "status", "--format", "json").out)["sources"]
    assert len(sources) == 5
    line = next(one for one in sources if one["stream"] == "pull_requests")
    wanted = [
        "source",
        "stream",
        "scope",
        "complete",
        "rows",
        "synced_at",
        "oldest",
        "cursor",
        "error",
        "requests",
        "points",
    ]
    assert set(wanted) <= set(line)
    assert (line["scope"], line["rows"], line["complete"], line["error"]) == ("acme/app", 3, True, None)


@pytest.mark.parametrize(
    ("run", "arguments", "words"),
    [
        (metrics, ["show", "no_such"], "no indicator 'no_such'"),
        (metrics, ["show", "pr_size", "--from", "yesterday"], "--from: 'yesterday' is not a date"),
        (
            metrics,
            ["show", "pr_size", "--from", "2026-02-01", "--to", "2026-01-01"],
            "ends (2026-01-01) before it begins",
        ),
        (metrics, ["--config", "/no/such.toml", "list"], "/no/such.toml: cannot be read"),
        (connectors, ["sync"], "nothing to read; add [[github]]"),
        (connectors, ["sync", "--only", "gitlab"], "no source of the kind 'gitlab'"),
        (connectors, ["sync", "--since", "soon"], "--since: 'soon' is not a date"),
    ],
)
def test_what_is_wrong_is_one_line_and_exit_code_2(capsys, run, arguments, words):
    streams = said(capsys, run, *arguments, code=2)
    assert words in streams.err and streams.err.count("\n") == 1 and streams.out == ""


def test_wrong_arguments_are_exit_code_2(capsys):
    for run, arguments in ((metrics, ["show"]), (connectors, ["dance"]), (connectors, [])):
        with pytest.raises(SystemExit) as left:
            run(arguments)
        assert left.value.code == 2


def test_a_damaged_store_is_exit_code_2_and_one_line(capsys, place):
    (place / "metrics.db").write_text("not a database, whatever its name says; " * 50)
    for run, arguments in ((metrics, ["show", "pr_size"]), (connectors, ["status"]), (connectors, ["demo"])):
        streams = said(capsys, run, *arguments, code=2)
        assert "damaged" in streams.err and streams.err.count("\n") == 1


def test_the_demonstration_leaves_other_data_alone(capsys, filled):
    streams = said(capsys, connectors, "demo", code=2)
    assert "holds other data" in streams.err
    assert said(capsys, connectors, "demo", "--remove").err.startswith("the store holds no demonstration")
    assert filled.count("pull_requests") == 3


def test_a_sync_leaves_the_demonstration_alone(capsys, place, store):
    with store.writing() as connection:
        store.set_notice(connection, "demo", NOW.isoformat())
    (place / "config.toml").write_text('[[github]]\nrepositories = ["acme/app"]\n')
    assert "demo --remove" in said(capsys, connectors, "sync", code=2).err


def test_an_unreachable_source_is_exit_code_1(capsys, place, monkeypatch):
    (place / "config.toml").write_text('[[github]]\nbase_url = "http://127.0.0.1:9"\nrepositories = ["acme/app"]\n')
    monkeypatch.setenv("GITHUB_TOKEN", "planted-secret")
    streams = said(capsys, connectors, "check", code=1)
    assert "planted-secret" not in streams.out + streams.err
    assert "failed" in streams.out


def test_a_sync_of_which_a_source_fails_is_exit_code_1_and_keeps_the_rest(capsys, place):
    (place / "costs.csv").write_text("team,start_on,end_on,amount,currency\npay,2026-01-01,2026-02-01,10,EUR\n")
    (place / "spoilt.csv").write_text("nothing of the kind\n")
    (place / "config.toml").write_text(
        '[[files]]\nkind = "costs"\npath = "costs.csv"\n[[files]]\nkind = "capacity"\npath = "spoilt.csv"\n'
    )
    assert "spoilt.csv" in said(capsys, connectors, "sync", "--quiet", code=1).err
    assert Store.open(f"sqlite:///{place / 'metrics.db'}").count("costs") == 1


@pytest.mark.parametrize("package", ["connectors", "metrics"])
def test_help_names_every_command(package):
    done = subprocess.run(
        [sys.executable, "-m", package, "--help"], cwd=ROOT, capture_output=True, text=True, check=True
    )
    for command in {"connectors": ["sync", "check", "status", "demo"], "metrics": ["list", "show"]}[package]:
        assert command in done.stdout


def test_a_read_only_store_can_be_read_and_not_synced(capsys, place, filled):
    filled.engine.dispose()
    with sqlite3.connect(place / "metrics.db") as connection:
        connection.execute("PRAGMA wal_checkpoint(TRUNCATE)")
        connection.execute("PRAGMA journal_mode=DELETE")
    before = (place / "metrics.db").read_bytes()
    store = Store.open(f"sqlite:///file:{place / 'metrics.db'}?mode=ro&uri=true")
    assert store.count("pull_requests") == 3
    with pytest.raises(Exception, match="cannot be written"):
        record.start_run(store, NOW)
    assert (place / "metrics.db").read_bytes() == before


def test_only_the_kinds_that_are_configured_are_imported(place):
    (place / "git.toml").write_text(f'[[git]]\nrepository = "acme/app"\npath = "{place}"\n')
    code = (
        "import sys; from connectors.__main__ import main; main(['--config', sys.argv[1], 'check'])\n"
        "print(*sorted({m.split('.')[1] for m in sys.modules if m.startswith('connectors.')}))"
    )
    done = subprocess.run([sys.executable, "-c", code, str(place / "git.toml")], cwd=ROOT, capture_output=True)
    imported = done.stdout.decode().splitlines()[-1].split()
    assert "git" in imported and not {"github", "jira", "files", "demo"} & set(imported)


def test_a_kind_of_source_a_folder_and_a_section_of_the_configuration_have_one_name():
    assert {name: one.name for name, one in find().items()} == {kind: kind for kind in kinds()}
    assert {kind for kind in kinds() if kind in Config.model_fields} == {*kinds()} - {"demo"}
