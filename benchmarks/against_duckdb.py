"""The same figures by a plain query of DuckDB, in one run: python benchmarks/against_duckdb.py [pull requests].

Both start from rows in memory and end with the weekly median and 85th percentile of the wait for a first review, of
the cycle time and of the size, for each of 40 teams over three years. Ours makes all facts of pull requests on the
way, and judges every week by its limits; the query does neither. It is also an independent count: the share of equal
weekly medians is printed. Needs `pip install duckdb`, which nothing else here does.
"""

import sys
import time
from collections.abc import Callable
from dataclasses import replace
from pathlib import Path
from typing import Any

import duckdb
import numpy as np
import pandas as pd

sys.path.insert(0, str(Path(__file__).parent.parent))

from benchmarks.company import NOW, PEOPLE, TEAMS, configuration
from benchmarks.generate import frames
from benchmarks.steps import synced
from data.config import parse
from metrics.catalogue import INDICATORS
from metrics.configured import organisation
from metrics.evaluate import evaluate, observations
from metrics.facts import build
from metrics.ledger import Ledger
from metrics.model import Facts, Frame
from metrics.periods import last_complete_weeks

COMPARED = {"time_to_first_review": "wait", "pr_cycle_time": "cycle", "pr_size": "size"}
AT = {"wait": "reviewed_at", "cycle": "merged_at", "size": "merged_at"}
WEEKS, CORES = 156, 2
FACTS = """
    CREATE TEMP TABLE facts AS
    WITH ready AS (
        SELECT pull_request_id AS id, min("at") AS ready_at FROM events WHERE kind = 'ready' GROUP BY 1
    ), first AS (
        SELECT p.id, min(r.submitted_at) AS reviewed_at
        FROM pulls p JOIN reviews r ON r.pull_request_id = p.id
        WHERE r.reviewer <> p.author AND r.reviewer_kind = 'User'
          AND r.submitted_at <= coalesce(p.merged_at, p.closed_at, 'infinity'::timestamptz)
        GROUP BY 1
    )
    SELECT 'team' || (CAST(substr(p.author, 4) AS INTEGER) % {teams}) AS team, p.merged_at, f.reviewed_at,
        greatest(0, date_diff('microsecond', coalesce(y.ready_at, p.created_at), f.reviewed_at) / 3.6e9) AS wait,
        date_diff('microsecond', CASE WHEN y.ready_at <= p.merged_at THEN y.ready_at ELSE p.created_at END, p.merged_at)
            / 3.6e9 AS cycle,
        p.additions + p.deletions AS size
    FROM pulls p LEFT JOIN first f ON f.id = p.id LEFT JOIN ready y ON y.id = p.id
    WHERE p.author_kind = 'User'
"""
WEEKLY = """
    SELECT team, date_trunc('week', {at}) AS week, count({value}) AS n,
        quantile_cont({value}, 0.5) AS median, quantile_cont({value}, 0.85) AS p85
    FROM facts WHERE {at} IS NOT NULL GROUP BY 1, 2
"""


def by_duckdb(rows: dict[str, Frame]) -> dict[str, Frame]:
    """The weekly figures by the query."""
    base = duckdb.connect(config={"threads": CORES})
    base.execute("SET TimeZone = 'UTC'")
    for name, table in (("pulls", "pull_requests"), ("reviews", "reviews"), ("events", "pull_request_events")):
        base.register(name, rows[table])
    base.execute(FACTS.format(teams=TEAMS))
    return {value: base.sql(WEEKLY.format(value=value, at=AT[value])).df() for value in COMPARED.values()}


def by_plumbline(facts: Facts) -> dict[str, Frame]:
    """The same, judged."""
    scope, coverage, found = last_complete_weeks(NOW, WEEKS), synced(), {}
    for name, value in COMPARED.items():
        seen = Ledger(observations(INDICATORS[name], facts))
        lines: list[tuple[str, Any, float | None]] = []
        for number in range(TEAMS):
            result = evaluate(INDICATORS[name], seen, replace(scope, team=f"team{number}"), coverage)
            lines += [(f"team{number}", point.start, point.value) for point in result.series]
        found[value] = pd.DataFrame(lines, columns=["team", "week", "ours"])
    return found


def timed(act: Callable[[], Any]) -> tuple[Any, float, float]:
    """What it gives, the seconds of the clock and those of the processor."""
    wall, cpu = time.perf_counter(), time.process_time()
    made = act()
    return made, time.perf_counter() - wall, time.process_time() - cpu


def main(n: int) -> None:
    """Measure both, and compare what they say."""
    settings = parse(configuration(), Path("company.toml"))
    rows = frames(n)
    facts = build(rows, organisation(settings))
    theirs, wall, cpu = timed(lambda: by_duckdb(rows))
    print(f"DuckDB, {CORES} threads: facts and weeks   {wall:6.2f} s   {cpu:6.2f} s of the processor")
    _, made, made_cpu = timed(lambda: facts["pull_requests"])
    print(f"Plumbline: facts of pull requests   {made:6.2f} s   {made_cpu:6.2f} s   {made / wall:.1f} times")
    ours, told, told_cpu = timed(lambda: by_plumbline(facts))
    print(f"Plumbline: weeks, judged            {told:6.2f} s   {told_cpu:6.2f} s   {told / wall:.1f} times")
    print(
        f"Plumbline: together                 {made + told:6.2f} s   {(made + told) / wall:.1f} times ({PEOPLE} people)"
    )
    for value in COMPARED.values():
        both = ours[value].dropna().merge(theirs[value].assign(week=pd.to_datetime(theirs[value]["week"], utc=True)))
        same = np.isclose(both["ours"].astype(float), both["median"], rtol=1e-6)
        print(f"{value}: {same.mean():.2%} of {len(both):,} weekly medians are equal")


if __name__ == "__main__":
    main(int(sys.argv[1]) if len(sys.argv) > 1 else 100_000)
