"""python -m metrics list | show | scorecard | keep | docs."""

import argparse
import sys
from collections.abc import Sequence

from data import start
from metrics.grain import Grain


def main(arguments: Sequence[str] | None = None) -> int:
    """Run a command; its exit code: 0 done, 2 wrong configuration, arguments or store."""
    given = _parser().parse_args(arguments)
    try:
        return start.run(given)
    except BrokenPipeError:
        return 0


def _parser() -> argparse.ArgumentParser:
    parser = argparse.ArgumentParser(prog="python -m metrics", description="Compute indicators from the store.")
    parser.add_argument("--config", help="the configuration (default: PLUMBLINE_CONFIG, else data/config.toml)")
    commands = parser.add_subparsers(required=True, metavar="list | show | scorecard | keep | docs")
    listing = commands.add_parser("list", help="every indicator and its definition")
    listing.set_defaults(run="metrics.commands:run_list")
    show = commands.add_parser("show", help="one indicator over a range, with its rows on request")
    show.set_defaults(run="metrics.commands:run_show")
    show.add_argument("id", help="the indicator's id, as `list` says it")
    show.add_argument("--from", dest="start", metavar="D", help="a date or ISO time, inclusive")
    show.add_argument("--to", dest="end", metavar="D", help="a date or ISO time, exclusive")
    show.add_argument("--grain", choices=[grain.value for grain in Grain], default="week")
    show.add_argument("--team", metavar="T")
    show.add_argument("--repository", "--repo", dest="repository", metavar="O/N")
    show.add_argument("--project", metavar="KEY")
    show.add_argument("--bots", action="store_true", help="count what bots did")
    show.add_argument("--rows", action="store_true", help="the rows behind the figures, those left out included")
    card = commands.add_parser("scorecard", help="how each objective stands, and what decided it")
    card.set_defaults(run="metrics.commands:run_scorecard")
    card.add_argument("--team", metavar="T")
    keeping = commands.add_parser("keep", help="build what the last sync has changed, for all who read it later")
    keeping.add_argument("--gently", action="store_true", help="let everybody else on this machine go first")
    keeping.set_defaults(run="metrics.commands:run_keep")
    written = commands.add_parser("docs", help="the catalogue as documentation")
    written.set_defaults(run="metrics.commands:run_docs")
    written.add_argument("--write", action="store_true", help="refresh docs/indicators.md instead of printing it")
    for command in (listing, show, card, keeping):
        command.add_argument("--config", default=argparse.SUPPRESS, help=argparse.SUPPRESS)
    for command in (listing, show, card):
        command.add_argument("--format", choices=("table", "json", "csv"), default="table")
    return parser


if __name__ == "__main__":
    sys.exit(main())
