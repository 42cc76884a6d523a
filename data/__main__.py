"""python -m data backup | restore | verify | forget."""

import argparse
import sys
from collections.abc import Sequence
from pathlib import Path

from data import start


def main(arguments: Sequence[str] | None = None) -> int:
    """Run a command; its exit code: 0 done, 1 something is wrong with the rows, 2 wrong arguments or store."""
    return start.run(_parser().parse_args(arguments))


def _parser() -> argparse.ArgumentParser:
    parser = argparse.ArgumentParser(prog="python -m data", description="Look after the store.")
    parser.add_argument("--config", help="the configuration (default: PLUMBLINE_CONFIG, else data/config.toml)")
    commands = parser.add_subparsers(required=True, metavar="backup | restore | verify | forget")
    for name, words in (
        ("backup", "copy the store, as of one moment, into a new file; syncs and screens go on meanwhile"),
        ("restore", "make the store what it was in a backup, all of it or nothing"),
        ("verify", "look for what is missing or contradicts itself; changes nothing"),
        ("forget", "erase one person from every row, now and in every later sync; counts stay"),
    ):
        command = commands.add_parser(name, help=words, description=words)
        command.add_argument("--config", default=argparse.SUPPRESS, help=argparse.SUPPRESS)
        command.set_defaults(run=f"data.commands:run_{name}")
    for name in ("backup", "restore"):
        commands.choices[name].add_argument("file", type=Path, help="the file of the backup")
    forget = commands.choices["forget"]
    forget.add_argument("words", nargs="+", metavar="WORD", help="a login, an account's id or an e-mail address")
    forget.add_argument(
        "--yes", action="store_true", help="do it; without it nothing is changed and the rows are counted"
    )
    return parser


if __name__ == "__main__":
    sys.exit(main())
