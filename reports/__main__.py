"""python -m reports monthly | weekly | digest | list | show."""

import argparse
import sys
from collections.abc import Sequence

from data import start
from reports.formats import ALL


def main(arguments: Sequence[str] | None = None) -> int:
    """Run a command; its exit code: 0 done, 1 something could not be delivered, 2 wrong configuration or arguments."""
    given = _parser().parse_args(arguments)
    try:
        return start.run(given)
    except BrokenPipeError:
        return 0


def _parser() -> argparse.ArgumentParser:
    parser = argparse.ArgumentParser(prog="python -m reports", description="Write reports from the store.")
    commands = parser.add_subparsers(required=True, metavar="monthly | weekly | digest | list | show")
    monthly = commands.add_parser("monthly", help="the report of a complete month")
    monthly.set_defaults(run="reports.commands:run_write", kind="monthly")
    monthly.add_argument("--month", dest="period", metavar="YYYY-MM", help="default: the last complete one")
    weekly = commands.add_parser("weekly", help="one page on a complete week")
    weekly.set_defaults(run="reports.commands:run_write", kind="weekly")
    weekly.add_argument("--week", dest="period", metavar="YYYY-Www", help="default: the last complete one")
    news = commands.add_parser("digest", help="tell what began or ended since the last digest; silent otherwise")
    news.set_defaults(run="reports.commands:run_digest")
    for command in (monthly, weekly):
        command.add_argument(
            "--send", action="store_true", help="also to where [report.email] and [report.webhook] say"
        )
    for command in (monthly, weekly, news):
        command.add_argument("--dry-run", action="store_true", help="say what would be sent, and send nothing")
    listing = commands.add_parser("list", help="every report that was sent")
    listing.set_defaults(run="reports.commands:run_list")
    show = commands.add_parser("show", help="a report as it was sent, by its digest")
    show.set_defaults(run="reports.commands:run_show")
    show.add_argument("digest")
    for command in (monthly, weekly, show):
        command.add_argument("--format", default=ALL, help=f"some of {ALL} (default: all)")
        command.add_argument("--out", default=".", metavar="DIR", help="where the files go (default: here)")
    for command in (monthly, weekly, news, listing, show):
        command.add_argument("--config", help="the configuration (default: PLUMBLINE_CONFIG, else data/config.toml)")
    return parser


if __name__ == "__main__":
    sys.exit(main())
