"""The local GitHub beside the checkout, and the stores that it fills, compared."""

import importlib.util
import json
import os
import socket
import sqlite3
import subprocess
import sys
import tempfile
import time
import urllib.request
import venv
from pathlib import Path
from typing import Any

import pytest
from filelock import FileLock

HERE = Path(__file__).parents[2]
SANDBOX = HERE.parent / "shared" / "sandbox"
NAME = "bitcoin-core/gui"
NO_FAULTS = {
    "fail_every": 0,
    "gql_timeout_every": 0,
    "truncate_every": 0,
    "secondary_limit_every": 0,
    "retry_after": 60,
    "rate_limit": 5000,
    "rate_window": 3600,
    "rate_status": 403,
    "resource_limit": 0,
    "latency_ms": 0,
}


class Server:
    """The sandbox's GitHub on a free port."""

    def __init__(self, python: str, log: Path) -> None:
        with socket.socket() as free:
            free.bind(("127.0.0.1", 0))
            self.port = free.getsockname()[1]
        program = [python, str(SANDBOX / "github" / "server.py"), "--data", str(SANDBOX / "github" / "data")]
        out = log.open("w")
        self.process = subprocess.Popen([*program, "--port", str(self.port), "--token", "TOK"], stdout=out, stderr=out)
        deadline = time.monotonic() + 60
        while not self._answers():
            assert self.process.poll() is None and time.monotonic() < deadline, log.read_text()
            time.sleep(0.1)

    def _answers(self) -> bool:
        try:
            return bool(self.get("/__stats"))
        except OSError:
            return False

    def get(self, path: str, method: str = "GET") -> Any:
        request = urllib.request.Request(f"http://127.0.0.1:{self.port}{path}", method=method)
        with urllib.request.urlopen(request, timeout=10) as answer:
            return json.loads(answer.read())

    def reset(self, until: str = "none", **faults: Any) -> None:
        """Forget the past, and fail from now on as `faults` say."""
        values = NO_FAULTS | faults
        self.get("/__faults?" + "&".join(f"{name}={value}" for name, value in values.items()), "POST")
        self.get(f"/__advance?until={until}", "POST")
        self.get("/__reset", "POST")

    @property
    def stats(self) -> Any:
        return self.get("/__stats")


def python_of_sandbox() -> str:
    """A Python that has what the server needs."""
    if importlib.util.find_spec("aiohttp") and importlib.util.find_spec("graphql"):
        return sys.executable
    place = Path(tempfile.gettempdir()) / "plumbline-sandbox"
    python = place / "bin" / "python"
    with FileLock(f"{place}.lock"):
        if not (place / "ready").exists():
            install(place, python)
    return str(python)


def install(place: Path, python: Path) -> None:
    """Make an environment with what the server needs."""
    venv.create(place, with_pip=True)
    needs = str(SANDBOX / "github" / "requirements.txt")
    done = subprocess.run([python, "-m", "pip", "install", "-q", "-r", needs], capture_output=True, text=True)
    if done.returncode:
        assert not os.environ.get("CI"), done.stderr
        pytest.skip(f"the sandbox's requirements cannot be installed: {done.stderr[-200:]}")
    (place / "ready").touch()


def contents(store: Path, without: str) -> dict[str, list[str]]:
    """Every row of every table but the record of syncs, without the time of the copy."""
    found: dict[str, list[str]] = {}
    with sqlite3.connect(store) as connection:
        tables = [name for (name,) in connection.execute("select name from sqlite_master where type = 'table'")]
        for table in tables:
            if table.startswith(("sync_", "sqlite_", "alembic", "notices", "stamps")):
                continue
            columns = [
                row[1]
                for row in connection.execute(f"pragma table_info({table})")
                if row[1] not in ("seen_at", "stamp", without)
            ]
            rows = connection.execute(f"select {', '.join(columns)} from {table}")
            found[table] = sorted(repr(row) for row in rows)
    return found


def difference(one: Path, other: Path, without: str = "") -> dict[str, tuple[list[str], list[str]]]:
    """The first rows that only one of two stores has, by table; empty when they are the same."""
    first, second = contents(one, without), contents(other, without)
    return {
        table: (sorted(set(first[table]) - set(second[table]))[:2], sorted(set(second[table]) - set(first[table]))[:2])
        for table in first
        if first[table] != second[table]
    }
