"""The log of a sync: a line an event, each with a level and facts, and nothing in it that a terminal obeys."""

import json
from datetime import UTC, datetime

import pytest

from connectors.__main__ import main
from connectors.log import Log
from connectors.progress import Terminal
from connectors.sync import Progress
from data.redaction import one_line

NOW = datetime(2026, 10, 5, 8, tzinfo=UTC)
HOSTILE = "bad\x1b[2J\x07 name\r\nerror: \u202egnp\x9b31m"


@pytest.fixture
def sources(tmp_path, monkeypatch):
    """One file that is right and one that is not."""
    monkeypatch.setenv("PLUMBLINE_STORE", f"sqlite:///{tmp_path / 'metrics.db'}")
    (tmp_path / "good.csv").write_text("team,start_on,end_on,amount,currency\npay,2026-01-01,2026-02-01,10,EUR\n")
    (tmp_path / "bad.csv").write_text("team\x1b[2J,amount\npay,x\n")
    file = tmp_path / "config.toml"
    file.write_text(
        '[[files]]\nkind = "costs"\npath = "good.csv"\n[[files]]\nkind = "costs"\npath = "bad.csv"\nname = "bad"\n'
    )
    return str(file)


def test_a_sync_logs_each_end_as_json_with_its_level(sources, capsys):
    assert main(["sync", "--config", sources, "--log", "json"]) == 1
    said = capsys.readouterr()
    lines = [json.loads(line) for line in said.err.splitlines()]
    assert said.out == ""
    ends = [(line["level"], line["source"], line["rows"]) for line in lines]
    assert ("info", "files:good.csv", 1) in ends
    assert [end for end in ends if end[0] == "error"] == [("error", "bad", 0)]
    assert all(line["message"].isprintable() and line["at"] for line in lines)


def test_less_important_events_are_left_out_by_level(sources, capsys):
    assert main(["sync", "--config", sources, "--log", "text", "--log-level", "error"]) == 1
    (line,) = capsys.readouterr().err.splitlines()
    assert " ERROR   bad" in line
    assert main(["sync", "--config", sources, "--log", "json", "--log-level", "debug"]) == 1
    levels = [json.loads(line)["level"] for line in capsys.readouterr().err.splitlines()]
    assert "debug" in levels


@pytest.mark.parametrize("shown", [lambda: Log("text", "debug"), lambda: Log("json", "debug"), lambda: Terminal(False)])
def test_what_a_source_says_cannot_move_the_cursor_of_a_terminal(capsys, shown):
    with shown() as log:
        log.tell(Progress("github", "issues", "acme/app", error=HOSTILE, finished=True))
    said = capsys.readouterr().err
    assert said.count("\n") == 1
    assert said.strip("\n").isprintable()
    assert "\\x1b[2J" in said.replace("\\\\", "\\")


def test_ordinary_words_of_any_language_stay_as_they_are():
    assert one_line("Größe 数 — naïve ☃") == "Größe 数 — naïve ☃"
    assert one_line("a\nb\x00") == "a\\nb\\x00"


def test_a_wait_is_a_warning_that_says_until_when(capsys):
    with Log("json", "warning") as log:
        log.tell(Progress("github", "issues", "acme/app", waiting_until=NOW, reason="quota"))
        log.tell(Progress("github", "issues", "acme/app", rows=5))
    (line,) = [json.loads(line) for line in capsys.readouterr().err.splitlines()]
    assert (line["level"], line["waiting_until"]) == ("warning", "2026-10-05T08:00:00+00:00")
