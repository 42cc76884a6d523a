"""python -m data backup | restore | verify | forget."""

import argparse
import sys
from collections.abc import Sequence
from pathlib import Path

from data import backup, clock, config, persons
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
    commands = parser.add_subparsers(required=True, metavar="backup | restore | verify | forget")
    for run, words in (
        (run_backup, "copy the store, as of one moment, into a new file; syncs and screens go on meanwhile"),
        (run_restore, "make the store what it was in a backup, all of it or nothing"),
        (run_verify, "look for what is missing or contradicts itself; changes nothing"),
        (run_forget, "erase one person from every row, now and in every later sync; counts stay"),
    ):
        command = commands.add_parser(run.__name__.removeprefix("run_"), help=words, description=words)
        command.add_argument("--config", default=argparse.SUPPRESS, help=argparse.SUPPRESS)
        command.set_defaults(run=run)
    for name in ("backup", "restore"):
        commands.choices[name].add_argument("file", type=Path, help="the file of the backup")
    forget = commands.choices["forget"]
    forget.add_argument("words", nargs="+", metavar="WORD", help="a login, an account's id or an e-mail address")
    forget.add_argument(
        "--yes", action="store_true", help="do it; without it nothing is changed and the rows are counted"
    )
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


def run_forget(store: Store, given: argparse.Namespace) -> int:
    """Erase a person, or count what would be erased."""
    with whole_store(store, clock.now()), store.writing() as connection:
        changed = persons.forget(connection, given.words)
        if not given.yes:
            connection.rollback()
    for table, rows in changed.items():
        print(f"{rows:>9,}  {table}")
    if given.yes:
        store.compact()
        print("erased; older backups, [people] in the configuration, titles and messages may still name the person")
    else:
        print("nothing was changed; repeat with --yes to erase them")
    return 0


if __name__ == "__main__":
    sys.exit(main())
