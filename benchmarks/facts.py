"""How long facts and indicators take, from frames in memory: python benchmarks/facts.py [pull requests].

Prints processor seconds and peak memory for the facts of N pull requests with five reviews and two events each, then
for every indicator over 26 weeks for the whole organisation and each of 40 teams, then for facts of 1 % of them.
Ratios within one run are what counts: machines differ, and are noisy.
"""

import resource
import sys
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import replace
from datetime import UTC, datetime
from pathlib import Path

import numpy as np
import pandas as pd

sys.path.insert(0, str(Path(__file__).parent.parent))

from data.schema import TABLES
from data.store import Store
from metrics.catalogue import CATALOGUE
from metrics.coverage import no_coverage
from metrics.evaluate import evaluate, observations
from metrics.facts import FACTS, build
from metrics.ledger import Ledger
from metrics.organisation import Organisation, no_memberships
from metrics.periods import last_complete_weeks

NOW = datetime(2026, 11, 21, tzinfo=UTC)
SECOND = 1_000_000
YEARS = 3 * 365 * 24 * 3600 * SECOND
TEAMS, PEOPLE, REPOSITORIES = 40, 400, 500


@contextmanager
def measured(what: str) -> Iterator[None]:
    """Print what a step took."""
    cpu, wall = time.process_time(), time.perf_counter()
    yield
    peak = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024 / 1024
    print(f"{what:58} {time.process_time() - cpu:7.2f} s cpu {time.perf_counter() - wall:7.2f} s  peak {peak:5.2f} GB")


def words(prefix: str, numbers: np.ndarray) -> pd.Series:
    """Numbers as names."""
    return pd.Series(numbers.astype(str)).radd(prefix).astype("str")


def tables(n: int, seed: int = 7) -> dict[str, pd.DataFrame]:
    """The rows of n pull requests over three years, as the store would give them."""
    random = np.random.default_rng(seed)
    start = int(NOW.timestamp()) * SECOND - YEARS
    created = np.sort(start + random.integers(0, YEARS, n))
    merged = created + (random.lognormal(3, 1.2, n) * 3600 * SECOND).astype("int64")
    moment = lambda ticks: pd.DatetimeIndex(ticks.view("datetime64[us]")).tz_localize("UTC")  # noqa: E731
    author, place = random.integers(0, PEOPLE, n), random.integers(0, REPOSITORIES, n)
    ids = words("", np.arange(n))
    pulls = {
        "repository_id": words("", place),
        "id": ids,
        "number": np.arange(n),
        "author": words("dev", author),
        "author_id": words("", author),
        "author_kind": np.where(author % 20 == 0, "Bot", "User"),
        "state": "merged",
        "created_at": moment(created),
        "updated_at": moment(merged),
        "merged_at": moment(merged),
        "closed_at": moment(merged),
        "additions": random.lognormal(3, 1.5, n).astype("int64"),
        "deletions": random.lognormal(2, 1.5, n).astype("int64"),
        "is_draft": False,
        "head_commit": words("c", np.arange(n)),
    }
    about = random.integers(0, n, 5 * n)
    reviewer = random.integers(0, PEOPLE, 5 * n)
    reviews = {
        "repository_id": words("", place[about]),
        "pull_request_id": ids.take(about).reset_index(drop=True),
        "id": words("", np.arange(5 * n)),
        "reviewer": words("dev", reviewer),
        "reviewer_id": words("", reviewer),
        "reviewer_kind": "User",
        "state": np.where(random.random(5 * n) < 0.4, "approved", "commented"),
        "commit_id": words("c", about),
        "submitted_at": moment(created[about] + (random.lognormal(2, 1.5, 5 * n) * 3600 * SECOND).astype("int64")),
    }
    drafts = random.integers(0, n, n)
    events = {
        "pull_request_id": ids.take(np.repeat(drafts, 2)).reset_index(drop=True),
        "id": words("", np.arange(2 * n)),
        "kind": np.tile(["draft", "ready"], n),
        "at": moment(created[np.repeat(drafts, 2)] + np.tile([3600 * SECOND, 7200 * SECOND], n)),
    }
    places = {"id": words("", np.arange(REPOSITORIES)), "name": words("acme/r", np.arange(REPOSITORIES))}
    given = {"pull_requests": pulls, "reviews": reviews, "pull_request_events": events, "repositories": places}
    return {name: framed(name, given.get(name, {})) for name in TABLES}


def framed(table: str, columns: dict[str, object]) -> pd.DataFrame:
    """Columns as the store's frame of the table."""
    usual = EMPTY.load(table)
    frame = pd.DataFrame({"source": "github"} | columns) if columns else usual
    frame = frame.reindex(columns=usual.columns)
    return frame.astype({name: kind for name, kind in usual.dtypes.items() if frame[name].dtype != kind})


def organisation() -> Organisation:
    """40 teams of ten people each."""
    usual = no_memberships()
    people = np.arange(PEOPLE)
    rows = {"kind": "github", "account": words("dev", people), "team": words("team", people % TEAMS), "share": 1.0}
    return Organisation(memberships=pd.DataFrame(rows).reindex(columns=usual.columns).astype(usual.dtypes.to_dict()))


def all_indicators(of: Callable[[str], bool], given: dict[str, pd.DataFrame], who: Organisation) -> None:
    """Evaluate the indicators whose facts are there over 26 weeks, for everybody and each team."""
    facts = build(given, who)
    chosen = [one for one in CATALOGUE if all(of(name) for name in one.facts)]
    with measured("facts"):
        for one in chosen:
            for name in one.facts:
                facts[name]
    scope = last_complete_weeks(NOW, 26)
    coverage = no_coverage()
    with measured(f"{len(chosen)} indicators: observations"):
        seen = {one.id: Ledger(observations(one, facts)) for one in chosen}
    with measured(f"{len(chosen)} indicators: 26 weeks, whole organisation"):
        for one in chosen:
            evaluate(one, seen[one.id], scope, coverage)
    with measured(f"{len(chosen)} indicators: 26 weeks, {TEAMS} teams"):
        for one in chosen:
            for team in range(TEAMS):
                evaluate(one, seen[one.id], replace(scope, team=f"team{team}"), coverage)


EMPTY = Store.open("sqlite://")

if __name__ == "__main__":
    size = int(sys.argv[1]) if len(sys.argv) > 1 else 100_000
    with measured(f"generate {size:,} pull requests, {5 * size:,} reviews"):
        rows = tables(size)
    with measured("facts of pull requests"):
        FACTS["pull_requests"].build(**{t: rows[t] for t in FACTS["pull_requests"].reads}, organisation=organisation())
    all_indicators(lambda name: name == "pull_requests", rows, organisation())
