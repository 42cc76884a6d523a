"""Whatever befalls a sync on the way, the store ends as that of a sync that nothing befell."""

import os
import random
import signal
import sqlite3
import subprocess
import sys
import time
from datetime import timedelta

import pytest
from github_sandbox import NAME, SANDBOX, Server, contents, difference, python_of_sandbox
from troubled_proxy import Proxy

from connectors.__main__ import main as connectors
from data import backup, record
from data.store import Store
from data.verify import verify

SMALL = "2020-08-15T00:00:00Z"
HALF_WAY = 12

pytestmark = [
    pytest.mark.sandbox,
    pytest.mark.skipif(not (SANDBOX / "github" / "server.py").exists(), reason="no sandbox beside the checkout"),
]


@pytest.fixture(scope="module")
def server(tmp_path_factory):
    running = Server(python_of_sandbox(), tmp_path_factory.mktemp("github") / "server.log")
    yield running
    running.process.kill()
    running.process.wait()


@pytest.fixture
def through(server, tmp_path, monkeypatch):
    """A sync through a troubled network: through(trouble) → exit code; the same store each time."""
    monkeypatch.setenv("SANDBOX_TOKEN", "TOK")
    monkeypatch.setattr("connectors.commands.wait_until", lambda until: time.sleep(0.05))
    proxies = []

    def run(trouble=lambda n: None, skew=timedelta(), store=tmp_path / "metrics.db"):
        proxies.append(Proxy(server.port, trouble, skew))
        monkeypatch.setenv("PLUMBLINE_STORE", f"sqlite:///{store}")
        return connectors(["sync", "--config", str(configured(tmp_path, proxies[-1].port)), "--quiet", "--rows-only"])

    yield run
    for proxy in proxies:
        proxy.stop()


def configured(folder, port):
    file = folder / "config.toml"
    file.write_text(
        f'[[github]]\nname = "github"\nbase_url = "http://127.0.0.1:{port}"\nrepositories = ["{NAME}"]\n'
        'token_env = "SANDBOX_TOKEN"\n'
    )
    return file


@pytest.fixture(scope="module")
def clean(server, tmp_path_factory):
    """The store of a sync that nothing befell."""
    folder = tmp_path_factory.mktemp("clean")
    server.reset()
    with pytest.MonkeyPatch.context() as patch:
        patch.setenv("SANDBOX_TOKEN", "TOK")
        patch.setenv("PLUMBLINE_STORE", f"sqlite:///{folder / 'metrics.db'}")
        assert connectors(["sync", "--config", str(configured(folder, server.port)), "--quiet", "--rows-only"]) == 0
    return folder / "metrics.db"


def errors(store):
    return " ".join(line.error or "" for line in record.status(Store.open(f"sqlite:///{store}")))


@pytest.mark.parametrize("kind", ["cut", "slow", "dropped", "half_json", "503", "429", "429_retry"])
def test_a_troubled_network_loses_nothing(kind, server, through, clean, tmp_path):
    """Every fourth answer is spoilt."""
    server.reset()
    assert through(lambda n: kind if n % 4 == 0 else None) == 0
    assert difference(clean, tmp_path / "metrics.db") == {}


@pytest.mark.parametrize(
    ("kind", "words"), [("revoked", "SANDBOX_TOKEN"), ("private", "not"), ("html", ""), ("503", ""), ("dropped", "")]
)
def test_what_stays_broken_half_way_is_said_and_the_next_sync_goes_on(kind, words, server, through, clean, tmp_path):
    server.reset()
    assert through(lambda n: kind if n >= HALF_WAY else None) == 1
    store = tmp_path / "metrics.db"
    assert words in errors(store) and errors(store).strip()
    kept = {table: len(rows) for table, rows in contents(store, "").items()}
    assert kept["pull_requests"] > 0
    assert through() == 0
    assert difference(clean, store) == {}
    assert errors(store).strip() == ""


@pytest.mark.parametrize("days", [-1, 1])
def test_a_clock_that_is_a_day_off_changes_nothing(days, server, through, clean, tmp_path):
    """The first sync sees history until 2024, the second the rest: marks are of the server's clock, not of ours."""
    server.reset(until="2024-06-01T00:00:00Z")
    assert through(skew=timedelta(days=days)) == 0
    server.reset()
    assert through(skew=timedelta(days=days)) == 0
    assert difference(clean, tmp_path / "metrics.db", without="updated_at") == {}


def test_a_store_restored_from_an_older_copy_catches_up(server, through, clean, tmp_path):
    store, copy = tmp_path / "metrics.db", tmp_path / "older.db"
    server.reset(until="2024-06-01T00:00:00Z")
    assert through() == 0
    backup.backup(Store.open(f"sqlite:///{store}"), copy)
    server.reset()
    assert through() == 0
    backup.restore(Store.open(f"sqlite:///{store}"), copy, pytest.importorskip("conftest").NOW)
    assert through() == 0
    assert difference(clean, store, without="updated_at") == {}
    assert [finding for finding in verify(Store.open(f"sqlite:///{store}")) if not finding.ok] == []


def test_a_full_disk_stops_the_sync_in_words_and_it_goes_on_when_there_is_room(
    server, through, clean, tmp_path, capsys
):
    """SQLite itself says that the disk is full, once its file may not grow any more."""
    from sqlalchemy import event
    from sqlalchemy.engine import Engine

    store = tmp_path / "metrics.db"
    server.reset()

    def full(connection, _):
        connection.execute("PRAGMA max_page_count = 400")

    event.listen(Engine, "connect", full)
    try:
        assert through() == 2
    finally:
        event.remove(Engine, "connect", full)
    said = capsys.readouterr().err
    assert "the disk is full" in said
    assert said.count("\n") == 1
    with sqlite3.connect(store) as connection:
        assert connection.execute("pragma integrity_check").fetchone() == ("ok",)
    assert through() == 0
    assert difference(clean, store) == {}


def killed(command, environment, when):
    """Run a sync and kill it when `when(process)` returns; its return code."""
    process = subprocess.Popen(command, env=environment, stderr=subprocess.DEVNULL)
    when(process)
    if process.poll() is None:
        process.send_signal(signal.SIGKILL)
    return process.wait()


@pytest.fixture
def command(server, tmp_path):
    file = configured(tmp_path, server.port)
    places = {"SANDBOX_TOKEN": "TOK", "PLUMBLINE_STORE": f"sqlite:///{tmp_path / 'metrics.db'}"}
    return [
        sys.executable,
        "-m",
        "connectors",
        "sync",
        "--config",
        str(file),
        "--quiet",
        "--rows-only",
    ], os.environ | places


def test_a_small_sync_killed_at_every_request_goes_on(server, through, command, tmp_path):
    """Killed as its first request is answered, then as its second, and so on to the last."""
    server.reset(until=SMALL)
    assert through(store=tmp_path / "whole.db") == 0
    requests = server.stats["requests"]
    for number in range(1, requests + 1):
        server.reset(until=SMALL)
        for left in tmp_path.glob("metrics.db*"):
            left.unlink()

        def reached(process, number=number):
            while process.poll() is None and server.stats["requests"] < number:
                time.sleep(0.002)

        assert killed(*command, reached) in (-signal.SIGKILL, 0)
        server.reset(until=SMALL)
        assert through(store=tmp_path / "metrics.db") == 0
        assert difference(tmp_path / "whole.db", tmp_path / "metrics.db") == {}, f"killed at request {number}"


def test_a_large_sync_killed_at_random_moments_goes_on(server, clean, command, tmp_path):
    server.reset(latency_ms=20)
    moments = random.Random(7)
    for _ in range(5):
        killed(*command, lambda process: time.sleep(moments.uniform(0.8, 2.5)))
    assert killed(*command, lambda process: process.wait()) == 0
    assert difference(clean, tmp_path / "metrics.db") == {}


def test_a_dashboard_reads_whole_pages_of_rows_during_a_sync(server, through, clean, tmp_path):
    """Every complete pull request that a reader sees has all the reviews that the finished store has."""
    import threading

    store, seen, ended = tmp_path / "metrics.db", [], threading.Event()
    finished = Store.open(f"sqlite:///{clean}").load("reviews").groupby("pull_request_id").size()

    def reader():
        own = Store.open(f"sqlite:///{store}")
        while not ended.is_set():
            with own.reading():
                pulls = own.load("pull_requests")
            complete = pulls.loc[pulls["is_complete"].fillna(False), "id"]
            counts = own.load("reviews").groupby("pull_request_id").size()
            missing = finished.reindex(complete).fillna(0) > counts.reindex(complete).fillna(0)
            seen.append((len(complete), int(missing.sum())))
            ended.wait(0.1)  # a dashboard is looked at, it does not read without end

    server.reset(latency_ms=20)
    thread = threading.Thread(target=reader)
    thread.start()
    try:
        assert through() == 0
    finally:
        ended.set()
        thread.join()
    assert max(rows for rows, _ in seen) > 0
    assert sum(missing for _, missing in seen) == 0
