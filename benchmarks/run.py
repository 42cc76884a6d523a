"""What a company costs, step by step: python benchmarks/run.py [pull requests] [--memory].

Without --memory a store is filled, read, synced again in one of a hundred pull requests, and all that is measured.
With it the rows stay in memory and only facts and figures are reckoned. Seconds are of the processor, then of the
clock; memory is the most that the process held during the step, the rows that facts are made of included (Linux only).
"""

import gc
import sys
import tempfile
import time
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from dataclasses import replace
from datetime import timedelta
from pathlib import Path

import pandas as pd

sys.path.insert(0, str(Path(__file__).parent.parent))

from benchmarks.company import NOW, TEAMS, configuration
from benchmarks.generate import fill, frames
from data.config import Config, parse
from data.schema import COPIED, STAMPED
from data.store import Store
from metrics.catalogue import CATALOGUE
from metrics.coverage import no_coverage
from metrics.evaluate import evaluate, observations
from metrics.facts import build
from metrics.ledger import Ledger
from metrics.loading import load, organisation
from metrics.model import Facts, Frame
from metrics.periods import last_complete_weeks
from metrics.refreshing import OF_ONE_PULL_REQUEST

DEAR = {"epic_forecast", "truck_factor", "hotspot_score"}  # their facts take minutes beyond that many pull requests
MANY = 300_000
RESET, PEAK = Path("/proc/self/clear_refs"), "5"


@contextmanager
def measured(what: str) -> Iterator[None]:
    """Print what a step took."""
    gc.collect()
    RESET.write_text(PEAK)
    cpu, wall = time.process_time(), time.perf_counter()
    yield
    used, passed = time.process_time() - cpu, time.perf_counter() - wall
    print(f"| {what} | {used:.2f} | {passed:.2f} | {_held():.2f} |", flush=True)


def _held() -> float:
    """The most memory since it was last reset, in gigabytes."""
    lines = (line.split() for line in Path("/proc/self/status").read_text().splitlines())
    return next(int(line[1]) for line in lines if line[0] == "VmHWM:") / 1024 / 1024


def from_the_store(n: int, settings: Config) -> Facts:
    """Fill a store, build everything of pull requests, sync one of a hundred again; the facts."""
    folder = tempfile.TemporaryDirectory()
    store = Store.open(f"sqlite:///{folder.name}/company.db")
    with measured(f"store: all rows of {n:,} pull requests written"):
        fill(store, n)
    with measured("store: facts of pull requests and reviews, everything read"):
        before = load(store, settings)
        of_pull_requests(before.facts)
    again(store, n)
    with measured("store: the same after a sync of 1 %"):
        after = load(store, settings, before)
        of_pull_requests(after.facts)
    return after.facts


def of_pull_requests(facts: Facts) -> None:
    """Build what a sync of pull requests touches."""
    for name in OF_ONE_PULL_REQUEST:
        facts[name]


def again(store: Store, n: int) -> None:
    """What a sync writes that finds every hundredth pull request changed."""
    chosen = [str(number) for number in range(0, n, 100)]
    for start in range(0, len(chosen), 500):
        with store.writing() as connection:
            for table in STAMPED:
                column = "id" if table == "pull_requests" else "pull_request_id"
                rows = store.load(table, source="github", **{column: chosen[start : start + 500]})
                store.upsert(connection, table, written(table, rows))


def written(table: str, rows: Frame) -> list[dict[str, object]]:
    """Rows of a frame as a sync would write them, a day later."""
    plain = rows.astype(object).where(rows.notna(), None).to_dict("records")
    later = {"seen_at": NOW + timedelta(days=1)}
    return [{str(name): value for name, value in row.items()} | later for row in plain]


def figures(facts: Facts, n: int) -> None:
    """Evaluate the starred indicators for the whole organisation and each team over 26 weeks."""
    chosen = [one for one in CATALOGUE if one.core and not (n > MANY and one.id in DEAR)]
    with measured(f"facts of {len(chosen)} starred indicators"):
        for one in chosen:
            for name in one.facts:
                facts[name]
    with measured(f"{len(chosen)} starred indicators: observations"):
        seen = {one.id: Ledger(observations(one, facts)) for one in chosen}
    scope, coverage = last_complete_weeks(NOW, 26), synced()
    with measured(f"{len(chosen)} starred indicators: 26 weeks, the organisation and {TEAMS} teams"):
        for one in chosen:
            for team in (None, *(f"team{number}" for number in range(TEAMS))):
                evaluate(one, seen[one.id], replace(scope, team=team), coverage)


def synced() -> Frame:
    """Coverage that says that everything was synced."""
    usual = no_coverage()
    none = pd.Series(pd.NaT, index=range(len(COPIED)), dtype=usual["oldest"].dtype)
    lines = {"stream": COPIED, "scope": "all", "complete": True, "oldest": none, "synced_at": pd.Timestamp(NOW)}
    return pd.DataFrame(lines).astype(usual.dtypes.to_dict())


def main(n: int, in_memory: bool) -> None:
    """Measure, and print a table."""
    settings = parse(configuration(), Path("company.toml"))
    print("| step | cpu s | clock s | peak GB |\n|---|---:|---:|---:|")
    facts: Mapping[str, Frame]
    if in_memory:
        with measured(f"memory: {n:,} pull requests generated"):
            rows = frames(n)
        facts = build(rows, organisation(settings))
        with measured("memory: facts of pull requests"):
            facts["pull_requests"]
        with measured("memory: facts of reviews, their waits and depth"):
            of_pull_requests(facts)
    else:
        facts = from_the_store(n, settings)
    figures(facts, n)


if __name__ == "__main__":
    given = [word for word in sys.argv[1:] if not word.startswith("-")]
    main(int(given[0]) if given else 100_000, "--memory" in sys.argv)
