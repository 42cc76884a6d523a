"""python -m connectors sync | check | status | demo."""

import argparse
import sys
from collections.abc import Sequence
from typing import Any

from data import start

LEVELS = ("debug", "info", "warning", "error")  # of the log


def main(arguments: Sequence[str] | None = None) -> int:
    """Run a command; its exit code: 0 done, 1 a source failed, 2 wrong configuration, arguments or store."""
    given = _parser().parse_args(arguments)
    try:
        return start.run(given)
    except KeyboardInterrupt:
        print("stopped; the next sync goes on from here", file=sys.stderr)
        return 1


def _parser() -> argparse.ArgumentParser:
    parser = argparse.ArgumentParser(
        prog="python -m connectors", description="Pull GitHub, Jira and git into the store."
    )
    parser.add_argument("--config", help="the configuration (default: PLUMBLINE_CONFIG, else data/config.toml)")
    commands = parser.add_subparsers(required=True, metavar="sync | check | status | demo")
    for module, name, words in (
        ("commands", "sync", "read what is new from every source; an interrupted sync goes on where it was"),
        ("commands", "check", "tokens, permissions, reachable repositories and projects, before the first sync"),
        ("status", "status", "how far each stream of each repository and project has come"),
        ("commands", "demo", "fill the store with a demonstration organisation, or remove it"),
    ):
        command = commands.add_parser(name, help=words, description=words)
        command.add_argument("--config", default=argparse.SUPPRESS, help=argparse.SUPPRESS)
        command.set_defaults(run=f"connectors.{module}:run_{name}")
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


if __name__ == "__main__":
    sys.exit(main())
