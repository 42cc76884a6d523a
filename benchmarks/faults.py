"""What a sync of GitHub costs in trouble: python benchmarks/faults.py ../shared/sandbox/github [--python P].

Syncs the sandbox's repository once without and once with faults (every seventh answer fails, every eleventh is cut,
every thirteenth query times out), compares the two stores, then syncs several repositories of hosts that are gone.
"""

import argparse
import os
import socket
import sqlite3
import subprocess
import sys
import tempfile
import threading
import time
from contextlib import closing, contextmanager
from pathlib import Path

from github_sync import HERE, NAME, ask, serving

sys.path.insert(0, str(HERE))
from data.schema import COPIED, TABLES

FAULTS = {"fail_every": 7, "truncate_every": 11, "gql_timeout_every": 13}
REPOSITORIES = 5
OUT_OF_ORDER = b"HTTP/1.1 503 Service Unavailable\r\nContent-Length: 0\r\nConnection: close\r\n\r\n"


def sync(address: str, names: list[str], place: Path) -> tuple[int, float, str]:
    """Run one sync as a command; its exit code, the seconds it took, and what it said."""
    place.mkdir(exist_ok=True)
    file = place / "config.toml"
    listed = ", ".join(f'"{name}"' for name in names)
    file.write_text(
        f'[[github]]\nname = "github"\nbase_url = "{address}"\nrepositories = [{listed}]\n'
        'token_env = "BENCHMARK_TOKEN"\n'
    )
    environment = os.environ | {"BENCHMARK_TOKEN": "TOK", "PLUMBLINE_STORE": f"sqlite:///{place / 'metrics.db'}"}
    command = [sys.executable, "-m", "connectors", "sync", "--config", str(file), "--quiet", "--rows-only"]
    began = time.monotonic()
    done = subprocess.run(command, cwd=HERE, env=environment, capture_output=True, text=True)
    return done.returncode, time.monotonic() - began, done.stderr


def rows(place: Path) -> dict[str, list[tuple]]:
    """Every row of a store that came from the source, without the moment at which it was read."""
    with closing(sqlite3.connect(place / "metrics.db")) as connection:
        return {table: sorted(map(repr, connection.execute(_query(table)))) for table in COPIED}


def _query(table: str) -> str:
    columns = ", ".join(f'"{c.name}"' for c in TABLES[table].columns if c.name not in {"seen_at", "gone_at"})
    return f"select {columns} from {table} where gone_at is null"


def heavy(server: Path, python: str, place: Path) -> dict[str, object]:
    """The figures of a clean sync and of one through faults."""
    with serving(server, python) as address:
        ask(address, "/__faults?latency_ms=0", "POST")
        clean, _, said = sync(address, [NAME], place / "clean")
        if clean:
            sys.exit(said)
        without = ask(address, "/__stats")
        ask(address, "/__reset", "POST")
        ask(address, "/__faults?" + "&".join(f"{name}={every}" for name, every in FAULTS.items()), "POST")
        code, seconds, _ = sync(address, [NAME], place / "heavy")
        through = ask(address, "/__stats")
    same = rows(place / "clean") == rows(place / "heavy")
    return {
        "requests, clean": without["requests"],
        "requests, with faults": through["requests"],
        "of these spoilt": sum(through["faults"].values()),
        "exit code with faults": code,
        "equal to the clean store": "yes" if same else "NO",
        "seconds with faults": round(seconds, 1),
        "politeness violations": through["retry_after_violations"] + through["rate_limit_violations"],
    }


@contextmanager
def gone(answer: bytes | None):
    """The address of a host that answers nothing, or always this; and how often it was connected to."""
    connections: list[socket.socket] = []
    with socket.create_server(("127.0.0.1", 0)) as listening:

        def accept() -> None:
            while True:
                try:
                    connection, _ = listening.accept()
                except OSError:
                    return
                connections.append(connection)
                if answer:
                    connection.recv(65536)
                    connection.sendall(answer)
                    connection.close()

        threading.Thread(target=accept, daemon=True).start()
        yield f"http://127.0.0.1:{listening.getsockname()[1]}", connections


def dead(place: Path) -> dict[str, object]:
    """The seconds until a host that is gone is given up for all of its repositories."""
    names = [f"acme/app{number}" for number in range(REPOSITORIES)]
    figures: dict[str, object] = {}
    for kind, answer in (("that says nothing", None), ("that always says 503", OUT_OF_ORDER)):
        with gone(answer) as (address, connections):
            code, seconds, said = sync(address, names, place / kind.replace(" ", "-"))
        what = f"{REPOSITORIES} repositories of a host {kind}"
        figures[f"{what}: seconds"] = round(seconds, 1)
        figures[f"{what}: requests, lines, exit code"] = f"{len(connections)}, {len(said.splitlines())}, {code}"
    return figures


def main() -> None:
    """Measure, and print a line a figure."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("server", type=Path, help="the folder with server.py and data/")
    parser.add_argument("--python", default=sys.executable, help="a Python with the server's requirements")
    given = parser.parse_args()
    with tempfile.TemporaryDirectory() as folder:
        figures = heavy(given.server, given.python, Path(folder)) | dead(Path(folder))
    for name, value in figures.items():
        print(f"{name:75} {value:>12}")


if __name__ == "__main__":
    main()
