"""What `python -m connectors` does to sync, to check and for the demonstration."""

import argparse
import subprocess
import sys
import time
from collections.abc import Sequence
from datetime import UTC, datetime
from typing import Any

from connectors import find, kinds
from connectors.base import Connector, ConnectorError, Finding
from connectors.log import Log
from connectors.progress import Terminal, in_words
from connectors.sync import Progress, sync
from data import clock, config, demonstration, kept_figures
from data.config import Config
from data.errors import PlumblineError
from data.lock import whole_store
from data.persons import pseudonyms_of
from data.redaction import one_line, redacted
from data.start import no_collection
from data.store import Store
from data.unmatched import unmatched


def run_sync(given: argparse.Namespace) -> int:
    """Sync the configured sources."""
    settings = config.read(given.config)
    since = clock.moment(given.since, "--since") if given.since else None
    sources = _sources(settings, given.only)
    store = Store.open(settings.store_url)
    if demonstration.is_in(store):
        raise PlumblineError(
            "the store holds the demonstration organisation; run `python -m connectors demo --remove` first,"
            " or point [store] url elsewhere"
        )
    store.hide_people(pseudonyms_of(settings))
    return _sync(store, sources, since, given)


def _sync(
    store: Store, sources: Sequence[tuple[Connector, Any]], since: datetime | None, given: argparse.Namespace
) -> int:
    shown = Log(given.log, given.log_level) if given.log else Terminal(given.quiet)
    with whole_store(store, clock.now()), shown:
        kept_figures.expect(store, not given.rows_only)
        failed = _synced(store, sources, since, shown)
    for progress in [] if given.log else failed:
        print(f"{progress.source} {progress.scope} {progress.stream}: {in_words(progress)}", file=sys.stderr)
    is_whole = given.rows_only or _keep_facts(given)
    return 1 if failed or not is_whole else 0


def _synced(
    store: Store, sources: Sequence[tuple[Connector, Any]], since: datetime | None, shown: Log | Terminal
) -> list[Progress]:
    """Sync; whoever waits for its figures is told where it was stopped."""
    try:
        return sync(store, sources, clock.now, wait_until, shown.tell, since)
    except BaseException:
        kept_figures.expect(store, False)
        raise


def _keep_facts(given: argparse.Namespace) -> bool:
    """Build what the screens will ask for, as a command: connectors know nothing of metrics; whether it was done.

    Where it fails, figures stay due: screens show those of the sync before.
    """
    own = ["--config", given.config] if given.config else []
    command = [sys.executable, "-m", "metrics", "keep", "--gently", *own]
    done = subprocess.run(command, check=False, stderr=subprocess.PIPE, text=True, errors="replace")
    said = done.stderr.strip().splitlines()
    if done.returncode == 0:
        print(*said, sep="\n", end="\n" if said else "", file=sys.stderr)
        return True
    why = (
        said[-1] if said else f"it was ended by signal {-done.returncode}" if done.returncode < 0 else "no reason given"
    )
    words = f"figures: {redacted(why)}; rows are there, screens keep the figures of the sync before"
    if given.log:
        Log(given.log, given.log_level).logger.error("%s", words)
    else:
        print(words, file=sys.stderr)
    return False


def wait_until(until: datetime) -> None:
    """Sleep until a moment of the real clock."""
    while (left := (until - datetime.now(UTC)).total_seconds()) > 0:
        time.sleep(min(left, 1.0))


def _sources(settings: Config, only: str) -> list[tuple[Connector, Any]]:
    known = kinds()
    asked = [kind for kind in only.split(",") if kind]
    for kind in asked:
        if kind not in known:
            raise PlumblineError(f"--only: no source of the kind {kind!r}; expected some of {','.join(known)}")
    configured = [kind for kind in known if getattr(settings, kind, ())]
    found = find(kind for kind in asked or configured if kind in configured)
    sources = [(one, entry) for one in found.values() for entry in one.settings(settings)]
    if not sources:
        where = settings.file or "data/config.toml (not there yet)"
        raise PlumblineError(
            f"{where}: nothing to read; add [[github]], [[jira]] or [[git]] as data/config.example.toml shows"
        )
    return sources


def run_check(given: argparse.Namespace) -> int:
    """Look at every source before the first sync, and say what was found."""
    settings = config.read(given.config)
    failed = False
    for connector, entry in _sources(settings, given.only):
        for finding in _findings(connector, entry, settings):
            failed |= not finding.ok
            mark = "failed" if not finding.ok else finding.severity or "ok"
            print(f"{mark:8} {entry.name}  {one_line(redacted(f'{finding.subject}: {finding.text}'))}")
    for one in unmatched(settings, Store.open(settings.store_url)):
        print(f"{'warning':8} configuration  {one_line(redacted(one.words))}")
    return 1 if failed else 0


def _findings(connector: Connector, entry: Any, settings: Config) -> list[Finding]:
    findings: list[Finding] = []
    try:
        findings.extend(connector.check(entry, settings))
    except ConnectorError as error:
        findings.append(Finding(False, connector.title, str(error)))
    except PlumblineError:
        raise
    except Exception as error:  # whatever one source answers, the others are looked at
        findings.append(Finding(False, connector.title, f"unexpected {type(error).__name__}: {error}"))
    return findings


def run_demo(given: argparse.Namespace) -> int:
    """Fill the store with the demonstration organisation, or remove it."""
    store = Store.open(config.read(given.config).store_url)
    if given.remove:
        return _remove_demo(store)
    if not store.is_empty() and not demonstration.is_in(store):
        raise PlumblineError("the store holds other data; point PLUMBLINE_STORE at another one for the demonstration")
    now = clock.now()
    with whole_store(store, now):
        store.clear()
        with store.writing() as connection:
            store.set_notice(connection, demonstration.NOTICE, now.isoformat())
    from connectors.demo import CONNECTOR, DemoSettings  # the generator is only needed here

    with no_collection():
        return _sync(store, [(CONNECTOR, DemoSettings(name="demo", now=now))], None, given)


def _remove_demo(store: Store) -> int:
    if not demonstration.is_in(store):
        print("the store holds no demonstration organisation", file=sys.stderr)
        return 0
    from connectors.demo import remove_code

    with whole_store(store, clock.now()):
        store.clear()
        remove_code(store)
    return 0
