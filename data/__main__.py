"""python -m data backup | restore | verify."""

import argparse
import sys
from collections.abc import Sequence
from pathlib import Path

from data import backup, clock, config
from data.errors import PlumblineError
from data.lock import AlreadyRunningError, whole_store
from data.store import Store
from data.verify import verify


def main(arguments: Sequence[str] | None = None) -> int:
    """Run a command; its exit code: 0 done, 1 something is wrong with the rows, 2 wrong arguments or store."""
    given = _parser().parse_args(arguments)
    try:
        settings = config.read(given.config)
        return int(given.run(Store.open(settings.store_url), given))
    except AlreadyRunningError as error:
        print(error, file=sys.stderr)
        return 1
    except PlumblineError as error:
        print(error, file=sys.stderr)
        return 2


def _parser() -> argparse.ArgumentParser:
    parser = argparse.ArgumentParser(prog="python -m data", description="Look after the store.")
    parser.add_argument("--config", help="the configuration (default: PLUMBLINE_CONFIG, else data/config.toml)")
    commands = parser.add_subparsers(required=True, metavar="backup | restore | verify")
    for run, words in (
        (run_backup, "copy the store, as of one moment, into a new file; syncs and screens go on meanwhile"),
        (run_restore, "make the store what it was in a backup, all of it or nothing"),
        (run_verify, "look for what is missing or contradicts itself; changes nothing"),
    ):
        command = commands.add_parser(run.__name__.removeprefix("run_"), help=words, description=words)
        command.add_argument("--config", default=argparse.SUPPRESS, help=argparse.SUPPRESS)
        command.set_defaults(run=run)
    for name in ("backup", "restore"):
        commands.choices[name].add_argument("file", type=Path, help="the file of the backup")
    return parser


def run_backup(store: Store, given: argparse.Namespace) -> int:
    """Copy the store into a new file."""
    print(f"{given.file}: {backup.backup(store, given.file):,} rows")
    return 0


def run_restore(store: Store, given: argparse.Namespace) -> int:
    """Put the rows of a backup in the place of the store's."""
    now = clock.now()
    with whole_store(store, now):
        print(f"{backup.restore(store, given.file, now):,} rows are back")
    return 0


def run_verify(store: Store, given: argparse.Namespace) -> int:
    """Print what each check found."""
    wrong = 0
    for finding in verify(store):
        wrong += finding.wrong
        print(f"{'ok' if finding.ok else 'wrong':6}{finding.looked_at:>9,}  {finding.check}")
        for example in finding.examples:
            print(f"{'':17}{example}")
        if finding.wrong > len(finding.examples):
            print(f"{'':17}and {finding.wrong - len(finding.examples):,} more")
    return 1 if wrong else 0


if __name__ == "__main__":
    sys.exit(main())
