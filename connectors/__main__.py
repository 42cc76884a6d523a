"""python -m connectors sync | check | status | demo."""

import argparse
import gc
import json
import subprocess
import sys
import time
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from dataclasses import asdict
from datetime import UTC, datetime
from typing import Any

from connectors import find, kinds
from connectors.base import Connector, ConnectorError, Finding
from connectors.log import LEVELS, Log
from connectors.progress import Terminal, in_words
from connectors.sync import Progress, sync
from data import clock, config, demonstration, kept_figures, record
from data.config import Config
from data.errors import PlumblineError
from data.lock import AlreadyRunningError, whole_store
from data.persons import pseudonyms_of
from data.redaction import one_line, redacted
from data.store import Store
from data.unmatched import unmatched

STATUS = ("source", "stream", "scope", "complete", "rows")


def main(arguments: Sequence[str] | None = None) -> int:
    """Run a command; its exit code: 0 done, 1 a source failed, 2 wrong configuration, arguments or store."""
    parser = _parser()
    given = parser.parse_args(arguments)
    try:
        return int(given.run(given))
    except (AlreadyRunningError, ConnectorError) as error:
        print(redacted(str(error)), file=sys.stderr)
        return 1
    except PlumblineError as error:
        print(error, file=sys.stderr)
        return 2
    except KeyboardInterrupt:
        print("stopped; the next sync goes on from here", file=sys.stderr)
        return 1


def _parser() -> argparse.ArgumentParser:
    parser = argparse.ArgumentParser(
        prog="python -m connectors", description="Pull GitHub, Jira and git into the store."
    )
    parser.add_argument("--config", help="the configuration (default: PLUMBLINE_CONFIG, else data/config.toml)")
    commands = parser.add_subparsers(required=True, metavar="sync | check | status | demo")
    for run, words in (
        (run_sync, "read what is new from every source; an interrupted sync goes on where it was"),
        (run_check, "tokens, permissions, reachable repositories and projects, before the first sync"),
        (run_status, "how far each stream of each repository and project has come"),
        (run_demo, "fill the store with a demonstration organisation, or remove it"),
    ):
        command = commands.add_parser(run.__name__.removeprefix("run_"), help=words, description=words)
        command.add_argument("--config", default=argparse.SUPPRESS, help=argparse.SUPPRESS)
        command.set_defaults(run=run)
    _add_options(commands.choices)
    return parser


def _add_options(commands: Any) -> None:
    commands["sync"].add_argument("--only", default="", help="kinds of source, such as github,jira,git")
    commands["sync"].add_argument("--since", metavar="DATE", help="go no further back than this")
    commands["sync"].add_argument("--quiet", action="store_true", help="no progress on the terminal")
    commands["check"].add_argument("--only", default="", help="kinds of source, such as github,jira,git")
    for name in ("sync", "demo"):
        commands[name].add_argument(
            "--rows-only", action="store_true", help="do not build the facts behind the screens"
        )
        commands[name].add_argument("--log", choices=("text", "json"), help="a line an event, in the place of progress")
        commands[name].add_argument("--log-level", choices=LEVELS, default="info", help="of --log (default: info)")
    commands["status"].add_argument("--format", choices=("table", "json"), default="table")
    commands["demo"].add_argument("--remove", action="store_true", help="take the demonstration out of the store")
    commands["demo"].add_argument("--quiet", action="store_true", help="no progress on the terminal")


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


def run_status(given: argparse.Namespace) -> int:
    """Print how far each stream has come."""
    store = Store.open(config.read(given.config).store_url)
    lines = [_plain(line) for line in record.status(store)]
    if given.format == "json":
        print(json.dumps({"sources": lines}, indent=1, ensure_ascii=False))
        return 0
    for line in lines:
        reach = "complete" if line["complete"] else f"back to {line['oldest'] or '…'}"
        place = f"{line['source']:10} {line['scope']:32} {line['stream']:22}"
        print(f"{place} {line['rows']:>8} {reach}  {one_line(line['error'] or '')}")
    return 0


def _plain(line: record.StreamStatus) -> dict[str, Any]:
    said = {name: getattr(line, name) for name in STATUS} | asdict(line)  # these first
    return {name: value.isoformat() if isinstance(value, datetime) else value for name, value in said.items()}


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


@contextmanager
def no_collection() -> Iterator[None]:
    """Rows by the hundred thousand that hold no cycles: looking for some takes a sixth of the time."""
    gc.disable()
    try:
        yield
    finally:
        gc.enable()


def _remove_demo(store: Store) -> int:
    if not demonstration.is_in(store):
        print("the store holds no demonstration organisation", file=sys.stderr)
        return 0
    from connectors.demo import remove_code

    with whole_store(store, clock.now()):
        store.clear()
        remove_code(store)
    return 0


if __name__ == "__main__":
    sys.exit(main())
