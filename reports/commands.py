"""What `python -m reports` does: write, send, list and show reports."""

import argparse
import sys
from collections.abc import Sequence
from pathlib import Path

from data import clock, config, memory, reports
from data.config import Config
from data.demonstration import settings_for
from data.errors import ConfigError, PlumblineError
from data.store import Store
from reports import desk, digest, formats, sending
from reports.content import Report
from reports.frozen import report_of


def run_write(given: argparse.Namespace) -> int:
    """Write the report of a period, and keep it as it was sent."""
    endings = _endings(given.format)
    memory.spare()
    store, settings = _opened(given)
    report = desk.write(store, settings, clock.now(), given.kind, given.period)
    memory.give_back()
    desk.keep(store, report)
    _write(report, endings, given.out)
    if given.send or given.dry_run:
        sending.send(sending.message_of(report, endings), settings.report, _tell, given.dry_run)
    return 0


def run_digest(given: argparse.Namespace) -> int:
    """Send what began or ended since the last digest."""
    store, settings = _opened(given)
    with store.one_state():
        read = desk.named_nobody(store, desk.reading(store, settings, clock.now(), "weekly"))
        found = digest.news(read, digest.remembered(store))
    for one in found.events:
        print(f"{one['event']}  {one['text']}")
    if found.events and (settings.report.email or settings.report.webhook):
        sending.send(digest.message_of(found, read), settings.report, _tell, given.dry_run)
    if not given.dry_run:
        digest.remember(store, found)
    return 0


def _tell(said: str) -> None:
    print(said, file=sys.stderr)


def run_list(given: argparse.Namespace) -> int:
    """Print every report that was sent, the newest first."""
    store, _ = _opened(given)
    for one in reports.sent(store):
        print(f"{one.digest}  {one.kind:8} {one.period:9} as of {one.as_of:%Y-%m-%d %H:%M} UTC")
    return 0


def run_show(given: argparse.Namespace) -> int:
    """Write a report as it was sent."""
    endings = _endings(given.format)
    store, _ = _opened(given)
    _write(report_of(reports.content(store, given.digest)), endings, given.out)
    return 0


def _opened(given: argparse.Namespace) -> tuple[Store, Config]:
    settings = config.read(given.config)
    store = Store.open(settings.store_url)
    return store, settings_for(store, settings)


def _endings(wanted: str) -> list[str]:
    endings = [one.strip() for one in wanted.split(",") if one.strip()]
    unknown = [one for one in endings if one not in formats.FORMATS]
    if unknown or not endings:
        raise ConfigError(f"--format: {','.join(unknown) or 'none given'} is not known; expected some of {formats.ALL}")
    return endings


def _write(report: Report, endings: Sequence[str], folder: str) -> None:
    try:
        place = Path(folder)
        place.mkdir(parents=True, exist_ok=True)
        for ending in endings:
            file = place / formats.file_name(report, ending)
            file.write_bytes(formats.write(report, ending))
            print(file)
    except OSError as error:
        raise PlumblineError(f"--out {folder}: cannot be written ({error.strerror}); choose another folder") from None
