"""How long a history takes into the store, against `git log --numstat` alone.

python benchmarks/git_history.py [--commits 50000] [--clone PATH]   prints seconds, ratio and memory, one line each.
"""

import argparse
import os
import random
import subprocess
import sys
import tempfile
import time
from collections.abc import Iterator
from datetime import UTC, datetime
from pathlib import Path

ROOT = Path(__file__).parent.parent
FOLDERS, FILES, LINES = 40, 1500, 120


def main() -> None:
    """Make or take a repository, then measure one run of each."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--commits", type=int, default=50_000)
    parser.add_argument("--clone", type=Path, help="a repository to read instead of a made one")
    given = parser.parse_args()
    with tempfile.TemporaryDirectory() as folder:
        clone = given.clone or Path(folder) / "code"
        if not given.clone:
            make(clone, given.commits)
        alone = timed(["git", "log", "--numstat"], clone)
        print(f"git log --numstat alone   {alone:8.1f} s")
        spent, memory = history(clone, Path(folder))
        print(f"history into the store    {spent:8.1f} s   {spent / alone:.2f} times, {memory:.0f} MB")
        first = sync(clone, Path(folder))
        print(f"all of the first sync     {first:8.1f} s")
        if not given.clone:
            make(clone, 100, begun=given.commits)
            print(f"100 more commits          {sync(clone, Path(folder)):8.1f} s")


def timed(command: list[str], folder: Path) -> float:
    """Seconds of a command whose output nobody reads."""
    begun = time.perf_counter()
    subprocess.run(command, cwd=folder, stdout=subprocess.DEVNULL, check=True)
    return time.perf_counter() - begun


def history(clone: Path, folder: Path) -> tuple[float, float]:
    """Seconds that the stream of commits takes in a process of its own, and its largest memory in MB."""
    code = (
        "import resource, sys, time; begun = time.perf_counter()\n"
        "from dataclasses import replace; from datetime import UTC, datetime\n"
        "from connectors.git import CONNECTOR; from connectors.git.session import Source\n"
        "from connectors.sync import sync\n"
        "from data.settings import Git; from data.store import Store\n"
        "only = replace(CONNECTOR, streams=CONNECTOR.streams[:1])\n"
        "entry = Source(Git(repository='acme/app', path=sys.argv[1]))\n"
        "failed = sync(Store.open(sys.argv[2]), [(only, entry)], lambda: datetime.now(UTC), lambda until: None)\n"
        "assert not failed, failed\n"
        "print(time.perf_counter() - begun, resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024)\n"
    )
    url = f"sqlite:///{folder / 'history.db'}"
    command = [sys.executable, "-c", code, str(clone), url]
    said = subprocess.run(command, cwd=ROOT, capture_output=True, check=True, text=True).stdout.split()
    return float(said[0]), float(said[1])


def sync(clone: Path, folder: Path) -> float:
    """Seconds of the command that people run."""
    config = folder / "config.toml"
    store = f"sqlite:///{folder / 'metrics.db'}"
    config.write_text(f'[store]\nurl = "{store}"\n[[git]]\nrepository = "acme/app"\npath = "{clone}"\n')
    command = [sys.executable, "-m", "connectors", "sync", "--rows-only", "--quiet", "--config", str(config)]
    return timed(command, ROOT)


def make(clone: Path, commits: int, begun: int = 0) -> None:
    """Add commits to a repository: three files each on average, in a tree of 1,500, over three years."""
    clone.mkdir(exist_ok=True)
    if not begun:
        subprocess.run(["git", "init", "-q", "-b", "main", "."], cwd=clone, check=True)
    clean = {name: value for name, value in os.environ.items() if not name.startswith("GIT_")}
    with subprocess.Popen(["git", "fast-import", "--quiet"], cwd=clone, stdin=subprocess.PIPE, env=clean) as importer:
        assert importer.stdin
        for text in _stream(commits, begun):
            importer.stdin.write(text.encode())


def _stream(commits: int, begun: int) -> Iterator[str]:
    chance = random.Random(begun)
    contents = {n: [f"    line {i}" for i in range(LINES)] for n in range(FILES)}
    start = datetime.now(UTC).timestamp() - 3 * 365 * 86_400
    for number in range(begun, begun + commits):
        at = int(start + number * 3 * 365 * 86_400 / 50_500)
        message = f"Change {number} (#{number})"
        yield f"commit refs/heads/main\ncommitter P{number % 40} <p{number % 40}@x.example> {at} +0000\n"
        yield f"data {len(message)}\n{message}\n"
        if number == begun and begun:
            yield "from refs/heads/main^0\n"
        changed = range(FILES) if number == 0 else chance.sample(range(FILES), chance.choice([1, 1, 2, 3, 4, 7]))
        for n in changed:
            lines = contents[n]
            lines[chance.randrange(len(lines))] = f"{'    ' * chance.randint(1, 4)}value = {number}"
            text = "\n".join(lines) + "\n"
            yield f"M 100644 inline folder{n % FOLDERS}/file{n}.py\ndata {len(text)}\n{text}\n"


if __name__ == "__main__":
    main()
