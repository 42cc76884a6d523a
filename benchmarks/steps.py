"""One step of what a company costs, in its own process: python benchmarks/steps.py STEP PULL_REQUESTS STORE CONFIG.

benchmarks/run.py runs them in order and puts their figures side by side; a step prints a line of JSON for each thing
that it measured: seconds of the clock and of the processor, and the most memory that the process held meanwhile, the
interpreter and its libraries included (Linux only).
"""

import gc
import json
import os
import resource
import subprocess
import sys
import tempfile
import time
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import replace
from datetime import timedelta
from pathlib import Path
from typing import Any

import pandas as pd

sys.path.insert(0, str(Path(__file__).parent.parent))

from benchmarks.company import NOW, TEAMS
from benchmarks.generate import fill
from data import config
from data.config import Config
from data.schema import COPIED, STAMPED
from data.store import Store
from metrics.catalogue import CATALOGUE
from metrics.coverage import no_coverage
from metrics.end_of_sync import keep_all
from metrics.evaluate import evaluate, observations, result
from metrics.kept_figures import place_of
from metrics.ledger import Ledger
from metrics.loading import Loaded, load
from metrics.model import Facts, Frame, Scope
from metrics.periods import as_of_midnight, last_complete_weeks
from metrics.refreshing import OF_ONE_PULL_REQUEST

RESET, PEAK = Path("/proc/self/clear_refs"), "5"
ROOT = Path(__file__).parent.parent
WARM = 5  # runs of a page when nothing changed, of which the median is told


@contextmanager
def measured(what: str) -> Iterator[None]:
    """Tell what a step took."""
    gc.collect()
    RESET.write_text(PEAK)
    cpu, wall = time.process_time(), time.perf_counter()
    yield
    tell(what, time.perf_counter() - wall, time.process_time() - cpu)


def tell(what: str, wall: float, cpu: float) -> None:
    """One thing that was measured."""
    print(json.dumps({"what": what, "wall": wall, "cpu": cpu, "peak": _held()}), flush=True)


def _held() -> float:
    """The most memory since it was last reset, in gigabytes."""
    lines = (line.split() for line in Path("/proc/self/status").read_text().splitlines())
    return next(int(line[1]) for line in lines if line[0] == "VmHWM:") / 1024 / 1024


def write(n: int, store: Store, settings: Config) -> None:
    """Write every row."""
    with measured("all rows written into the store, generated beside it"):
        fill(store, n)


def facts(n: int, store: Store, settings: Config) -> None:
    """Build the facts of pull requests and reviews, then again after a sync of 1 %."""
    with measured("facts of pull requests and reviews from the store, everything read"):
        before = load(store, settings)
        of_pull_requests(before.facts)
    again(store, n)
    with measured("the same after a sync of 1 %"):
        of_pull_requests(load(store, settings, before).facts)


def keep(n: int, store: Store, settings: Config) -> None:
    """Keep all facts and figures, as a sync does at its end, and again after a sync of 1 %."""
    with measured(f"every fact, {len(CATALOGUE)} indicators in every place: kept for the first time"):
        keep_all(store, settings, NOW)
    few(store)
    with measured("the same after a sync of 20 pull requests"):
        keep_all(store, settings, NOW)


def few(store: Store) -> None:
    """What a sync writes every quarter of an hour."""
    some = store.load("pull_requests", source="github", id=[str(number) for number in range(20)])
    with store.writing() as connection:
        store.upsert(connection, "pull_requests", written("pull_requests", some))


def page(n: int, store: Store, settings: Config, name: str) -> None:
    """Run the script of a page in a process that starts, and when nothing changed."""
    from streamlit.testing.v1 import AppTest

    app = AppTest.from_file(str(ROOT / "pages" / "shell.py"), default_timeout=900)
    if name != "weekly":
        app.switch_page(f"{name}.py")
    with measured(f"{name}: first run of a process"):
        app.run()
    if app.exception:
        raise SystemExit(f"{name}: {app.exception[0].value}")
    app.run()
    took = sorted(_seconds(app) for _ in range(WARM))[WARM // 2]
    tell(f"{name}: script when nothing changed", *took)


def _seconds(app: Any) -> tuple[float, float]:
    cpu, wall = time.process_time(), time.perf_counter()
    app.run()
    return time.perf_counter() - wall, time.process_time() - cpu


def indicators(n: int, store: Store, settings: Config) -> None:
    """Every indicator over 26 weeks for the organisation and each team: from what was kept, and from the rows."""
    loaded = load(store, settings)
    scope = as_of_midnight(last_complete_weeks(NOW, 26))
    with measured(f"{len(CATALOGUE)} indicators, 26 weeks, the organisation and {TEAMS} teams: as kept"):
        _as_kept(loaded, scope)
    core = [one for one in CATALOGUE if one.core]
    with measured(f"observations of {len(core)} starred indicators from kept facts"):
        seen = {one.id: Ledger(observations(one, loaded.facts)) for one in core}
    with measured(f"{len(core)} starred indicators, 26 weeks, the organisation and {TEAMS} teams: from these"):
        for one in core:
            for team in (None, *(f"team{number}" for number in range(TEAMS))):
                evaluate(one, seen[one.id], replace(scope, team=team), loaded.coverage)


def _as_kept(loaded: Loaded, scope: Scope) -> None:
    teams = (None, *(f"team{number}" for number in range(TEAMS)))
    if loaded.figures is None:
        raise SystemExit("nothing is kept")
    loaded.figures.read([place_of(team) for team in teams], CATALOGUE)
    for one in CATALOGUE:
        for team in teams:
            within = replace(scope, team=team)
            evidence = loaded.figures.evidence(one, within)
            if evidence:  # of what a screen itself has written since, such as forecasts told, nothing is kept
                result(one, evidence, within, loaded.coverage)


def report(n: int, store: Store, settings: Config) -> None:
    """Write the monthly report in five formats, as the command does."""
    with tempfile.TemporaryDirectory() as folder:
        words = ["-m", "reports", "monthly", "--month", f"{NOW - timedelta(days=30):%Y-%m}", "--out", folder]
        wall = time.perf_counter()
        subprocess.run([sys.executable, *words], check=True, cwd=ROOT, stdout=subprocess.DEVNULL)
        used = resource.getrusage(resource.RUSAGE_CHILDREN)
        told = {"wall": time.perf_counter() - wall, "cpu": used.ru_utime + used.ru_stime}
        print(json.dumps({"what": "the monthly report, five formats", **told, "peak": used.ru_maxrss / 1024 / 1024}))


def of_pull_requests(facts: Facts) -> None:
    """Build what a sync of pull requests touches."""
    for name in OF_ONE_PULL_REQUEST:
        facts[name]


def again(store: Store, n: int) -> None:
    """What a sync writes that finds every hundredth pull request changed."""
    places = store.load("pull_requests", ["source", "repository_id", "id"])
    touched = places[places["id"].astype("int64") % 100 == 0].reset_index(drop=True)
    for table in STAMPED:
        rows = store.load_of(table, touched)
        for start in range(0, len(rows), 20_000):
            with store.writing() as connection:
                store.upsert(connection, table, written(table, rows.iloc[start : start + 20_000]))


def written(table: str, rows: Frame) -> list[dict[str, object]]:
    """Rows of a frame as a sync would write them, a day later."""
    plain = rows.astype(object).where(rows.notna(), None).to_dict("records")
    later = {"seen_at": NOW + timedelta(days=1)}
    return [{str(name): value for name, value in row.items()} | later for row in plain]


def synced() -> Frame:
    """Coverage that says that everything was synced."""
    usual = no_coverage()
    none = pd.Series(pd.NaT, index=range(len(COPIED)), dtype=usual["oldest"].dtype)
    lines = {"stream": COPIED, "scope": "all", "complete": True, "oldest": none, "synced_at": pd.Timestamp(NOW)}
    return pd.DataFrame(lines).astype(usual.dtypes.to_dict())


STEPS = {step.__name__: step for step in (write, facts, keep, page, indicators, report)}

if __name__ == "__main__":
    step, size, url, file, *words = sys.argv[1:]
    os.environ |= {"PLUMBLINE_STORE": url, "PLUMBLINE_CONFIG": file, "PLUMBLINE_NOW": NOW.isoformat()}
    STEPS[step](int(size), Store.open(url), config.read(file), *words)
