"""Takes each protection out of a copy, in turn, and sees its test fail: python benchmarks/protections.py [WORD …].

With words only the protections that have one of them in their line, description or test are tried; with --write the
list becomes docs/protections.md. Ends with 1 when a test passes although its protection is gone.
"""

import subprocess
import sys
import tempfile
import tomllib
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path
from shutil import copytree, ignore_patterns
from typing import Any

ROOT = Path(__file__).parent.parent
LIST, PAGE = ROOT / "benchmarks" / "protections.toml", ROOT / "docs" / "protections.md"
UNUSED = ignore_patterns(".git", ".venv", "__pycache__", ".hypothesis", ".*_cache", "*.db")
FAILED = 1
HEAD = """# What protects, and which test holds it

`python benchmarks/protections.py` takes each line out of a copy of the code and sees its test fail, by
`benchmarks/protections.toml`; `--write` makes this page.
"""


@dataclass(frozen=True)
class Place:
    """A place in the code: `old` is what protects, `new` is what stands there without it."""

    file: str
    old: str
    new: str

    def taken_out(self, text: str) -> str:
        """The file's text without the protection. Raises ValueError where it is not found just once."""
        if text.count(self.old) != 1:
            raise ValueError(f"{self.file}: {self.old!r}: found {text.count(self.old)} times; mend {LIST.name}")
        return text.replace(self.old, self.new)


@dataclass(frozen=True)
class Protection:
    """What a test fails without; of two layers that each protect alone, both are taken out."""

    line: str
    what: str
    places: tuple[Place, ...]
    test: str


def listed() -> list[Protection]:
    """Every protection, in the order of the list."""
    return [_protection(one) for one in tomllib.loads(LIST.read_text())["protection"]]


def _protection(said: dict[str, Any]) -> Protection:
    first = Place(said["file"], said["old"], said["new"])
    places = (first, Place(**said["beneath"])) if "beneath" in said else (first,)
    return Protection(said["line"], said["what"], places, said["test"])


def tested(copy: Path, test: str) -> tuple[int, str]:
    """The exit code of a test in a copy, and the last lines of what they said."""
    command = [sys.executable, "-m", "pytest", "-q", "-x", "--tb=line", "-p", "no:cacheprovider", "-p", "no:xdist"]
    run = subprocess.run([*command, f"tests/{test}"], cwd=copy, capture_output=True, text=True)
    return run.returncode, "\n".join(run.stdout.splitlines()[-12:])


def tried(copy: Path, one: Protection) -> str:
    """Take a protection out of a copy, run its test, and put it back; "" when the test failed, as it should."""
    whole = {place.file: (copy / place.file).read_text() for place in one.places}
    try:
        for place in one.places:
            (copy / place.file).write_text(place.taken_out(whole[place.file]))
        code, said = tested(copy, one.test)
    except ValueError as error:
        return str(error)
    finally:
        for file, text in whole.items():
            (copy / file).write_text(text)
    return "" if code == FAILED else f"{one.test} holds it not (exit code {code}):\n{said}"


def page(protections: Sequence[Protection]) -> str:
    """The list as a page."""
    parts = [HEAD]
    for line in dict.fromkeys(one.line for one in protections):
        rows = [f"| {one.what} | `{one.places[0].file}` | `{one.test}` |" for one in protections if one.line == line]
        parts.append(
            "\n".join([f"## {line}\n", "| what protects | where | test |", "| --- | --- | --- |", *rows]) + "\n"
        )
    return "\n".join(parts)


def main(arguments: Sequence[str]) -> int:
    """Try what was asked for, or write the page."""
    everything = listed()
    if "--write" in arguments:
        PAGE.write_text(page(everything))
        return 0
    wanted = [
        one for one in everything if not arguments or any(w in f"{one.line} {one.what} {one.test}" for w in arguments)
    ]
    wrong = 0
    with tempfile.TemporaryDirectory() as folder:
        copy = Path(folder) / ROOT.name
        copytree(ROOT, copy, ignore=UNUSED)
        for one in wanted:
            problem = tried(copy, one)
            wrong += bool(problem)
            print(
                f"{'WRONG' if problem else 'held ':6} {one.line}: {one.what}",
                problem,
                sep="\n" if problem else "",
                flush=True,
            )
    print(f"{len(wanted) - wrong} of {len(wanted)} are held by their tests")
    return 1 if wrong else 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
