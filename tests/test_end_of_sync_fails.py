"""A sync whose last part fails says so in one line, exits 1, and screens stay with the figures of the sync before."""

import json
import subprocess

import pytest
from conftest import NOW, REPOSITORY, pull

from connectors import commands
from connectors.__main__ import main
from data import config, kept_figures
from data.store import Store
from metrics.end_of_sync import keep_all
from pages.ui.results import HELD, Drawn

FAILURES = {  # what the program that builds figures is made to do, and the words on it
    "an exception": (["-c", "raise ValueError('no such column')"], "figures: ValueError: no such column;"),
    "a word on the store": (["-c", "import sys; sys.exit('the store is full')"], "figures: the store is full;"),
    "killed": (["-c", "import os; os.kill(os.getpid(), 9)"], "figures: it was ended by signal 9;"),
    "silent": (["-c", "import sys; sys.exit(3)"], "figures: no reason given;"),
    "a secret in its words": (
        ["-c", "raise OSError('https://ana:hunter2@host/x')"],
        "figures: OSError: https://***@host/x;",
    ),
}


@pytest.fixture
def synced(any_url, few_figures, tmp_path, monkeypatch):
    """A configuration with a file of costs, and a store whose last sync has left its figures."""
    (tmp_path / "costs.csv").write_text("team,start_on,end_on,amount,currency\na,2026-10-01,2026-11-01,5,EUR\n")
    file = tmp_path / "config.toml"
    file.write_text(f'[store]\nurl = "{any_url}"\n[[files]]\nkind = "costs"\npath = "costs.csv"\n')
    monkeypatch.setenv("PLUMBLINE_CONFIG", str(file))
    monkeypatch.setenv("PLUMBLINE_NOW", NOW.isoformat())
    monkeypatch.delenv("PLUMBLINE_STORE", raising=False)
    store = Store.open(any_url)
    with store.writing() as connection:
        store.upsert(connection, "repositories", [REPOSITORY])
        store.upsert(connection, "pull_requests", [pull(1, "2026-11-02 08:00", merged_at="2026-11-03 08:00")])
    keep_all(store, config.read(), NOW)
    yield store
    store.engine.dispose()


def end_with(monkeypatch, program):
    """The last part of a sync is another program."""
    real = subprocess.run
    monkeypatch.setattr(commands.subprocess, "run", lambda command, **named: real([command[0], *program], **named))


def test_it_says_why_in_one_line_and_screens_stay(synced, monkeypatch, capfd):
    before = kept_figures.state(synced).generation
    for name, (program, words) in FAILURES.items():
        with monkeypatch.context() as patch:
            end_with(patch, program)
            assert main(["sync", "--quiet"]) == 1, name
        said = capfd.readouterr()
        last = said.err.splitlines()
        assert len(last) == 1 and last[0].startswith(words) and "figures of the sync before" in last[0], said.err
        assert kept_figures.look(synced).are_due
        assert Drawn().follow(synced) == f"{before}{HELD}", name


def test_a_log_for_machines_has_it_as_one_of_its_lines(synced, monkeypatch, capfd):
    end_with(monkeypatch, FAILURES["an exception"][0])
    assert main(["sync", "--log", "json"]) == 1
    lines = [json.loads(line) for line in capfd.readouterr().err.splitlines()]
    assert lines[-1]["level"] == "error" and lines[-1]["message"].startswith("figures: ValueError")


def test_the_next_sync_that_ends_well_moves_screens_on(synced, monkeypatch, capfd):
    end_with(monkeypatch, FAILURES["killed"][0])
    assert main(["sync", "--quiet"]) == 1
    before = Drawn().follow(synced)
    monkeypatch.undo()
    monkeypatch.setenv("PLUMBLINE_NOW", NOW.isoformat())
    keep_all(synced, config.Config(), NOW)
    kept_figures.expect(synced, False)
    assert Drawn().follow(synced) != before and not Drawn().follow(synced).endswith(HELD)
