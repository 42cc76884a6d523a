"""What `python -m data` does: backup, restore, verify and forget."""

import argparse

from data import backup, clock, persons, store_url
from data.lock import whole_store
from data.store import Store
from data.verify import verify


def run_backup(given: argparse.Namespace) -> int:
    """Copy the store into a new file."""
    store = _opened(given)
    print(f"{given.file}: {backup.backup(store, given.file):,} rows")
    return 0


def run_restore(given: argparse.Namespace) -> int:
    """Put the rows of a backup in the place of the store's."""
    store, now = _opened(given), clock.now()
    with whole_store(store, now):
        print(f"{backup.restore(store, given.file, now):,} rows are back")
    return 0


def run_verify(given: argparse.Namespace) -> int:
    """Print what each check found."""
    wrong = 0
    for finding in verify(_opened(given)):
        wrong += finding.wrong
        print(f"{'ok' if finding.ok else 'wrong':6}{finding.looked_at:>9,}  {finding.check}")
        for example in finding.examples:
            print(f"{'':17}{example}")
        if finding.wrong > len(finding.examples):
            print(f"{'':17}and {finding.wrong - len(finding.examples):,} more")
    return 1 if wrong else 0


def run_forget(given: argparse.Namespace) -> int:
    """Erase a person, or count what would be erased."""
    store = _opened(given)
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


def _opened(given: argparse.Namespace) -> Store:
    return Store.open(store_url.of(given.config))
