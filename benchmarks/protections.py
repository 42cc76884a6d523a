"""Takes each protection out of a copy, in turn, and sees its test fail: python benchmarks/protections.py [WORD …].

With words only the protections that have one of them in their line, description or test are tried; with --write the
list becomes docs/protections.md. Ends with 1 when a test passes although its protection is gone.
"""

import ast
import subprocess
import sys
import tempfile
import tomllib
from collections import defaultdict
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from functools import cache
from pathlib import Path
from shutil import copytree, ignore_patterns
from typing import Any

ROOT = Path(__file__).parent.parent
LIST, PAGE = ROOT / "benchmarks" / "protections.toml", ROOT / "docs" / "protections.md"
UNUSED = ignore_patterns(".git", ".venv", "__pycache__", ".hypothesis", ".*_cache", "*.db")
FAILED = 1
ROOMS = ("app.py", "connectors", "data", "metrics", "pages", "reports")
HEAD = """# What protects, and which test holds it

`python benchmarks/protections.py` takes each line out of a copy of the code and sees its test fail, by
`benchmarks/protections.toml`; `--write` makes this page.
"""


@dataclass(frozen=True)
class Place:
    """A place in the code, and what stands there without the protection.

    It is a function or an assignment of that `name` (Class.method, function.variable), in whatever file of the `room`:
    `instead` takes the place of its body or value, or `new` that of `old` within it. Else it is `old` in a `file`.
    """

    name: str = ""
    room: str = ""
    file: str = ""
    instead: str = ""
    old: str = ""
    new: str = ""

    @property
    def words(self) -> str:
        """Where it is, for who reads the list."""
        return self.file or (f"{self.room}: {self.name}" if self.room else self.name)

    def taken_out(self, root: Path = ROOT) -> tuple[str, str]:
        """A file below `root` and its text without the protection. Raises ValueError unless it is found just once."""
        found = [one for one in self._found(root) if not self.old or one.part.count(self.old) == 1]
        if len(found) != 1:
            raise ValueError(f"{self.words}: {self.old!r}: found {len(found)} times; mend {LIST.name}")
        (one,) = found
        return one.file, one.without(self.old, self.new) if self.old else one.replaced(self.instead)

    def _found(self, root: Path) -> list["Named"]:
        if self.file:
            text = (root / self.file).read_text()
            return [Named(self.file, text, (0, len(text)), (0, len(text)))]
        return [one for one in names(root).get(self.name, []) if one.file.startswith(self.room)]


@dataclass(frozen=True)
class Named:
    """A definition: its file, that file's text, where the definition is in it, and where its body or value is."""

    file: str
    text: str
    whole: tuple[int, int]
    content: tuple[int, int]

    @property
    def part(self) -> str:
        """The text of the definition."""
        return self.text[slice(*self.whole)]

    def without(self, old: str, new: str) -> str:
        """The file's text with another part of the definition."""
        start, end = self.whole
        return self.text[:start] + self.part.replace(old, new) + self.text[end:]

    def replaced(self, content: str) -> str:
        """The file's text with another body or value."""
        start, end = self.content
        return self.text[:start] + content + self.text[end:]


@cache
def names(root: Path) -> dict[str, list[Named]]:
    """Every function, class and assignment of the code by its name."""
    found: defaultdict[str, list[Named]] = defaultdict(list)
    for room in ROOMS:
        for file in [root / room] if room.endswith(".py") else sorted((root / room).rglob("*.py")):
            text = file.read_text()
            for name, node in _defined(ast.parse(text), ""):
                spans = _span(text, node, node), _span(text, *_content(node))
                found[name].append(Named(str(file.relative_to(root)), text, *spans))
    return found


def _defined(node: ast.AST, before: str) -> Iterator[tuple[str, Any]]:
    for one in getattr(node, "body", []):
        if isinstance(one, ast.FunctionDef | ast.ClassDef | ast.AsyncFunctionDef):
            yield f"{before}{one.name}", one
            yield from _defined(one, f"{before}{one.name}.")
        elif isinstance(one, ast.Assign | ast.AnnAssign) and one.value:
            targets = one.targets if isinstance(one, ast.Assign) else [one.target]
            yield from ((f"{before}{target.id}", one) for target in targets if isinstance(target, ast.Name))


def _content(node: Any) -> tuple[Any, Any]:
    """The first and the last piece of a body, without what documents it, or the value twice."""
    if isinstance(node, ast.Assign | ast.AnnAssign):
        return node.value, node.value
    body = node.body[1:] if ast.get_docstring(node) is not None and len(node.body) > 1 else node.body
    return body[0], body[-1]


def _span(text: str, first: Any, last: Any) -> tuple[int, int]:
    """Where two pieces begin and end in a text, in letters; a whole function begins with its line."""
    lines = text.splitlines(keepends=True)
    begins = 0 if first is last and isinstance(first, ast.FunctionDef | ast.ClassDef) else first.col_offset
    places = (first.lineno, begins), (last.end_lineno, last.end_col_offset)
    start, end = (
        sum(map(len, lines[: line - 1])) + len(lines[line - 1].encode()[:column].decode()) for line, column in places
    )
    return start, end


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
    first = Place(**{name: said[name] for name in ("name", "room", "file", "instead", "old", "new") if name in said})
    places = (first, Place(**said["beneath"])) if "beneath" in said else (first,)
    return Protection(said["line"], said["what"], places, said["test"])


def tested(copy: Path, test: str) -> tuple[int, str]:
    """The exit code of a test in a copy, and the last lines of what they said."""
    command = [sys.executable, "-m", "pytest", "-q", "-x", "--tb=line", "-p", "no:cacheprovider", "-p", "no:xdist"]
    run = subprocess.run([*command, f"tests/{test}"], cwd=copy, capture_output=True, text=True)
    return run.returncode, "\n".join(run.stdout.splitlines()[-12:])


def tried(copy: Path, one: Protection) -> str:
    """Take a protection out of a copy, run its test, and put it back; "" when the test failed, as it should."""
    whole: dict[str, str] = {}
    try:
        for place in one.places:
            file, text = place.taken_out(copy)
            whole.setdefault(file, (copy / file).read_text())
            (copy / file).write_text(text)
            names.cache_clear()  # the next one may be in the same file
        code, said = tested(copy, one.test)
    except ValueError as error:
        return str(error)
    finally:
        for file, text in whole.items():
            (copy / file).write_text(text)
        names.cache_clear()
    return "" if code == FAILED else f"{one.test} holds it not (exit code {code}):\n{said}"


def page(protections: Sequence[Protection]) -> str:
    """The list as a page."""
    parts = [HEAD]
    for line in dict.fromkeys(one.line for one in protections):
        rows = [f"| {one.what} | `{one.places[0].words}` | `{one.test}` |" for one in protections if one.line == line]
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
