"""GitHub over real history, from the server beside the checkout: counts, faults, kills, time travel, cost."""

import json
import os
import signal
import sqlite3
import subprocess
import sys
import time
from collections import Counter
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pandas as pd
import pytest
from github_sandbox import HERE, NAME, SANDBOX, Server, difference, python_of_sandbox

from connectors.__main__ import main as connectors
from data.schema import COPIED, TABLES
from data.store import Store
from metrics.__main__ import main as metrics

CHILDREN = ("reviews", "review_comments", "comments", "commits")

pytestmark = [
    pytest.mark.sandbox,
    pytest.mark.skipif(not (SANDBOX / "github" / "server.py").exists(), reason="no sandbox beside the checkout"),
]


@pytest.fixture(scope="module")
def server(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Server]:
    running = Server(python_of_sandbox(), tmp_path_factory.mktemp("github") / "server.log")
    yield running
    running.process.kill()
    running.process.wait()


@pytest.fixture(scope="module")
def config(server: Server, tmp_path_factory: pytest.TempPathFactory) -> Path:
    file = tmp_path_factory.mktemp("config") / "config.toml"
    file.write_text(
        f'[[github]]\nbase_url = "http://127.0.0.1:{server.port}"\nrepositories = ["{NAME}"]\n'
        'token_env = "SANDBOX_TOKEN"\n[bots]\nnames = ["DrahtBot"]\n'
    )
    return file


def sync(config: Path, store: Path) -> int:
    """One sync into a store, in this process."""
    with pytest.MonkeyPatch.context() as patch:
        patch.setenv("SANDBOX_TOKEN", "TOK")
        patch.setenv("PLUMBLINE_STORE", f"sqlite:///{store}")
        return connectors(["sync", "--config", str(config), "--quiet", "--rows-only"])


@pytest.fixture(scope="module")
def clean(server: Server, config: Path, tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The store of one undisturbed sync; every other test compares with it."""
    store = tmp_path_factory.mktemp("clean") / "metrics.db"
    server.reset(latency_ms=50)
    assert sync(config, store) == 0
    return store


@pytest.fixture(scope="module")
def cost(clean: Path, server: Server) -> Any:
    """What that sync cost, by the server's own count."""
    return server.stats


def expected() -> dict[int, Any]:
    """What an independent calculation says of each pull request."""
    said = json.loads((SANDBOX / "expected" / "github-gui.json").read_text())
    return {row["number"]: row for row in said["repositories"][0]["prs"]}


def test_a_sync_costs_at_most_75_requests_and_points_per_thousand_pull_requests(cost: Any) -> None:
    assert cost["requests"] <= 40 and cost["points"] <= 40
    assert cost["retry_after_violations"] == cost["rate_limit_violations"] == 0
    assert cost["peak_concurrency"] == 1
    assert cost["unresolved_fields"] == {}


def test_a_sync_with_nothing_new_takes_at_most_three_requests(
    cost: Any, clean: Path, server: Server, config: Path
) -> None:
    server.reset()
    assert sync(config, clean) == 0
    assert server.stats["requests"] <= 3


def test_every_review_comment_and_commit_arrives(clean: Path) -> None:
    names = {"reviews": "reviews", "review_comments": "review_comments", "comments": "issue_comments"}
    wanted = expected()
    with sqlite3.connect(clean) as connection:
        numbers = dict(connection.execute("select id, number from pull_requests where is_complete"))
        assert set(numbers.values()) == set(wanted)
        for table, name in names.items():
            parents = connection.execute(f"select pull_request_id from {table}")
            counted = Counter(numbers[parent] for (parent,) in parents)
            # a few totals of the real history count comments deleted since; the lists do not
            off = {n: (counted[n], row[name]) for n, row in wanted.items() if counted[n] != row[name]}
            assert off == {}, table
        commits = Counter(numbers[p] for (p,) in connection.execute("select pull_request_id from commits"))
    # GitHub lists at most 250 commits of a pull request
    assert {n: commits[n] for n in wanted} == {n: min(250, row["commits"]) for n, row in wanted.items()}


def test_states_sizes_and_times_are_as_expected(clean: Path) -> None:
    with sqlite3.connect(clean) as connection:
        query = "select number, state, additions, deletions, author, is_draft from pull_requests"
        stored = {row[0]: row[1:] for row in connection.execute(query)}
    for number, row in expected().items():
        author = None if row["author"] == "ghost" else row["author"]
        assert stored[number] == (row["state"], row["additions"], row["deletions"], author, row["draft"]), number


@pytest.mark.parametrize(
    "faults",
    [
        {"fail_every": 5},
        {"gql_timeout_every": 4},
        {"truncate_every": 5},
        {"secondary_limit_every": 9, "retry_after": 1},
        {"rate_limit": 12, "rate_window": 2},
        {"rate_limit": 12, "rate_window": 2, "rate_status": 429},
        {"resource_limit": 400},
    ],
    ids=lambda faults: ",".join(f"{name}={value}" for name, value in faults.items()),
)
def test_with_each_fault_the_store_ends_equal_to_that_of_a_clean_run(
    faults: dict[str, int], clean: Path, server: Server, config: Path, tmp_path: Path
) -> None:
    server.reset(**faults)
    assert sync(config, tmp_path / "metrics.db") == 0
    assert difference(clean, tmp_path / "metrics.db") == {}
    stats = server.stats
    assert stats["retry_after_violations"] == stats["rate_limit_violations"] == 0


def test_killed_at_every_tenth_request_and_restarted_the_store_ends_equal(
    clean: Path, server: Server, config: Path, tmp_path: Path
) -> None:
    server.reset()
    store = tmp_path / "metrics.db"
    environment = os.environ | {"SANDBOX_TOKEN": "TOK", "PLUMBLINE_STORE": f"sqlite:///{store}"}
    command = [sys.executable, "-m", "connectors", "sync", "--config", str(config), "--quiet", "--rows-only"]
    kills = 0
    while True:
        before = server.stats["requests"]
        process = subprocess.Popen(command, cwd=HERE, env=environment, stderr=subprocess.PIPE)
        while process.poll() is None:
            if server.stats["requests"] >= before + 10:
                process.send_signal(signal.SIGKILL)
                process.wait()
                kills += 1
            time.sleep(0.01)
        if process.returncode != -signal.SIGKILL:
            break
        assert kills < 30
    assert process.returncode == 0 and kills >= 2
    assert difference(clean, store) == {}


def test_two_syncs_with_time_between_them_end_like_one(
    clean: Path, server: Server, config: Path, tmp_path: Path
) -> None:
    store = tmp_path / "metrics.db"
    for until in ("2024-06-01T00:00:00Z", "none"):
        server.reset(until=until)
        assert sync(config, store) == 0
    # the server reckons the time of a change from events while it hides what is later: up to a second off
    assert difference(clean, store, without="updated_at") == {}


def test_the_indicators_of_each_pull_request_are_as_expected(clean: Path, config: Path) -> None:
    named = {
        "time_to_first_review": "h_time_to_first_review",
        "pr_cycle_time": "h_pr_cycle_time",
        "pr_size": "size",
        "review_coverage": "reviewed_before_merge",
    }
    environment = os.environ | {"PLUMBLINE_STORE": f"sqlite:///{clean}", "PLUMBLINE_CONFIG": str(config)}
    span = ["--from", "2020-01-01", "--to", "2026-09-01", "--rows", "--format", "json"]
    for indicator, name in named.items():
        command = [sys.executable, "-m", "metrics", "show", indicator, *span]
        done = subprocess.run(command, cwd=HERE, env=environment, capture_output=True, text=True)
        assert done.returncode == 0, done.stderr
        rows = {int(row["key"].split("#")[1]): row["value"] for row in json.loads(done.stdout)["rows"]}
        for number, wanted in expected().items():
            is_counted = wanted[name] is not None and (indicator != "pr_size" or wanted["merged_at"])
            if is_counted:
                assert rows[number] == pytest.approx(float(wanted[name]), abs=1e-3), (indicator, number)


@pytest.mark.postgres
def test_postgresql_ends_with_the_same_rows_and_the_same_figures(
    clean: Path, server: Server, config: Path, postgresql: str, monkeypatch: pytest.MonkeyPatch, capsys: Any
) -> None:
    server.reset()
    monkeypatch.setenv("SANDBOX_TOKEN", "TOK")
    monkeypatch.setenv("PLUMBLINE_NOW", "2026-11-21T12:00:00Z")
    monkeypatch.setenv("PLUMBLINE_STORE", postgresql)
    assert connectors(["sync", "--config", str(config), "--quiet", "--rows-only"]) == 0
    one, other = Store.open(f"sqlite:///{clean}"), Store.open(postgresql)
    for table in COPIED:
        keys = [column.name for column in TABLES[table].primary_key]
        first, second = (
            store.load(table, gone=True).drop(columns="seen_at").sort_values(keys, ignore_index=True)
            for store in (one, other)
        )
        pd.testing.assert_frame_equal(first, second, obj=table)
    shown = []
    for url in (f"sqlite:///{clean}", postgresql):
        monkeypatch.setenv("PLUMBLINE_STORE", url)
        assert metrics(["--config", str(config), "show", "time_to_first_review", "--rows", "--format", "json"]) == 0
        shown.append(capsys.readouterr().out)
    assert shown[0] == shown[1]
    other.engine.dispose()
