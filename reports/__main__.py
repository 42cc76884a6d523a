"""python -m reports monthly | weekly | digest | list | show."""

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
from reports.sending import DeliveryError

ALL = ",".join(formats.FORMATS)


def main(arguments: Sequence[str] | None = None) -> int:
    """Run a command; its exit code: 0 done, 1 something could not be delivered, 2 wrong configuration or arguments."""
    given = _parser().parse_args(arguments)
    try:
        code: int = given.run(given) or 0
    except DeliveryError as error:
        print(error, file=sys.stderr)
        return 1
    except PlumblineError as error:
        print(error, file=sys.stderr)
        return 2
    except BrokenPipeError:
        return 0
    return code


def _parser() -> argparse.ArgumentParser:
    parser = argparse.ArgumentParser(prog="python -m reports", description="Write reports from the store.")
    commands = parser.add_subparsers(required=True, metavar="monthly | weekly | digest | list | show")
    monthly = commands.add_parser("monthly", help="the report of a complete month")
    monthly.set_defaults(run=run_write, kind="monthly")
    monthly.add_argument("--month", dest="period", metavar="YYYY-MM", help="default: the last complete one")
    weekly = commands.add_parser("weekly", help="one page on a complete week")
    weekly.set_defaults(run=run_write, kind="weekly")
    weekly.add_argument("--week", dest="period", metavar="YYYY-Www", help="default: the last complete one")
    news = commands.add_parser("digest", help="tell what began or ended since the last digest; silent otherwise")
    news.set_defaults(run=run_digest)
    for command in (monthly, weekly):
        command.add_argument(
            "--send", action="store_true", help="also to where [report.email] and [report.webhook] say"
        )
    for command in (monthly, weekly, news):
        command.add_argument("--dry-run", action="store_true", help="say what would be sent, and send nothing")
    listing = commands.add_parser("list", help="every report that was sent")
    listing.set_defaults(run=run_list)
    show = commands.add_parser("show", help="a report as it was sent, by its digest")
    show.set_defaults(run=run_show)
    show.add_argument("digest")
    for command in (monthly, weekly, show):
        command.add_argument("--format", default=ALL, help=f"some of {ALL} (default: all)")
        command.add_argument("--out", default=".", metavar="DIR", help="where the files go (default: here)")
    for command in (monthly, weekly, news, listing, show):
        command.add_argument("--config", help="the configuration (default: PLUMBLINE_CONFIG, else data/config.toml)")
    return parser


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
        raise ConfigError(f"--format: {','.join(unknown) or 'none given'} is not known; expected some of {ALL}")
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


if __name__ == "__main__":
    sys.exit(main())
