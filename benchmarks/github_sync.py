"""What a sync of GitHub costs: python benchmarks/github_sync.py ../shared/sandbox/github [--python P].

Starts the server found there, syncs its repository into an empty store, once more with nothing new, and prints
requests and points (also per 1,000 pull requests), seconds at 50 ms latency, memory, bytes and politeness.
"""

import argparse
import json
import os
import resource
import socket
import subprocess
import sys
import tempfile
import time
import urllib.request
from contextlib import contextmanager
from pathlib import Path

HERE = Path(__file__).parent.parent
NAME = "bitcoin-core/gui"
LATENCY = 50


@contextmanager
def serving(folder: Path, python: str):
    """The address of a running server."""
    with socket.socket() as free:
        free.bind(("127.0.0.1", 0))
        port = free.getsockname()[1]
    command = [python, folder / "server.py", "--data", folder / "data", "--port", str(port), "--token", "TOK"]
    process = subprocess.Popen(
        [*map(str, command), "--latency-ms", str(LATENCY)], stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL
    )
    try:
        address = f"http://127.0.0.1:{port}"
        for _ in range(600):
            if process.poll() is not None:
                sys.exit(f"the server of {folder} does not start with {python}; name another Python with --python")
            try:
                ask(address, "/__stats")
                break
            except OSError:
                time.sleep(0.1)
        yield address
    finally:
        process.terminate()
        process.wait()


def ask(address: str, path: str, method: str = "GET") -> dict:
    """What the server says at a control path."""
    with urllib.request.urlopen(urllib.request.Request(address + path, method=method), timeout=10) as answer:
        return json.loads(answer.read())


def sync(address: str, place: Path) -> float:
    """Run one sync as a command; the seconds it took."""
    file = place / "config.toml"
    file.write_text(f'[[github]]\nbase_url = "{address}"\nrepositories = ["{NAME}"]\ntoken_env = "BENCHMARK_TOKEN"\n')
    environment = os.environ | {"BENCHMARK_TOKEN": "TOK", "PLUMBLINE_STORE": f"sqlite:///{place / 'metrics.db'}"}
    command = [sys.executable, "-m", "connectors", "sync", "--config", str(file), "--only", "github", "--quiet"]
    began = time.monotonic()
    subprocess.run(command, cwd=HERE, env=environment, check=True)
    return time.monotonic() - began


def main() -> None:
    """Measure, and print a line a figure."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("server", type=Path, help="the folder with server.py and data/")
    parser.add_argument("--python", default=sys.executable, help="a Python with the server's requirements")
    given = parser.parse_args()
    with serving(given.server, given.python) as address, tempfile.TemporaryDirectory() as place:
        seconds = sync(address, Path(place))
        first = ask(address, "/__stats")
        ask(address, "/__reset", "POST")
        again = sync(address, Path(place))
        second = ask(address, "/__stats")
        report(Path(place), first, second, seconds, again)


def report(place: Path, first: dict, second: dict, seconds: float, again: float) -> None:
    """Print the figures."""
    import sqlite3

    with sqlite3.connect(place / "metrics.db") as connection:
        pulls = connection.execute("select count(*) from pull_requests where is_complete").fetchone()[0]
    memory = resource.getrusage(resource.RUSAGE_CHILDREN).ru_maxrss / 1024
    figures = {
        "pull requests, complete": pulls,
        "requests": first["requests"],
        "points": first["points"],
        "requests per 1,000 pull requests": round(first["requests"] / pulls * 1000, 1),
        "points per 1,000 pull requests": round(first["points"] / pulls * 1000, 1),
        f"seconds at {LATENCY} ms latency": round(seconds, 1),
        "peak memory, MB": round(memory),
        "bytes": first["bytes"],
        "politeness violations": first["retry_after_violations"] + first["rate_limit_violations"],
        "queries in flight at once": first["peak_concurrency"],
        "requests of a sync with nothing new": second["requests"],
        "its seconds": round(again, 1),
    }
    for name, value in figures.items():
        print(f"{name:40} {value:>12}")


if __name__ == "__main__":
    main()
