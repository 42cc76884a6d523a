"""How complicated a file is: cyclomatic complexity where its language is known, indentation for every language."""

from collections.abc import Callable
from dataclasses import dataclass
from functools import cache
from pathlib import PurePosixPath
from statistics import pstdev

LARGEST = 1_000_000  # bytes; a larger source file was written by a program
LONGEST_LINE = 2_000  # characters on average: minified
TAB = 4
LANGUAGES = {
    "bash": "Shell", "c": "C", "cc": "C++", "clj": "Clojure", "cpp": "C++", "cs": "C#", "css": "CSS", "cxx": "C++",
    "dart": "Dart", "erl": "Erlang", "ex": "Elixir", "exs": "Elixir", "f90": "Fortran", "fs": "F#", "go": "Go",
    "groovy": "Groovy", "h": "C", "hpp": "C++", "hs": "Haskell", "java": "Java", "jl": "Julia", "js": "JavaScript",
    "jsx": "JavaScript", "kt": "Kotlin", "kts": "Kotlin", "lua": "Lua", "m": "Objective-C", "mjs": "JavaScript",
    "ml": "OCaml", "mm": "Objective-C", "php": "PHP", "pl": "Perl", "pm": "Perl", "proto": "Protobuf",
    "ps1": "PowerShell", "py": "Python", "r": "R", "rb": "Ruby", "rs": "Rust", "scala": "Scala", "scss": "CSS",
    "sh": "Shell", "sol": "Solidity", "sql": "SQL", "svelte": "Svelte",
    "swift": "Swift", "tf": "Terraform", "ts": "TypeScript", "tsx": "TypeScript",
    "vue": "Vue", "zig": "Zig",
}  # fmt: skip


@dataclass(frozen=True)
class Measured:
    """Lines that are not blank; functions and complexity are null where the language is not known well enough."""

    bytes: int
    lines: int
    functions: int | None
    complexity: int | None
    indentation: int
    indentation_sd: float


def language(path: str) -> str | None:
    """The language of a source file by its name; None for what is no source code."""
    return LANGUAGES.get(PurePosixPath(path).suffix.removeprefix(".").lower())


def measure(path: str, content: bytes) -> Measured:
    """Measure one file."""
    text = content.decode("utf-8", "replace")
    lines = [line for line in text.splitlines() if line.strip()]
    depths = [_depth(line) for line in lines]
    functions, complexity = _cyclomatic(path, text) if _is_readable(content, lines) else (None, None)
    deviation = pstdev(depths) if depths else 0.0
    return Measured(len(content), len(lines), functions, complexity, sum(depths), deviation)


def _depth(line: str) -> int:
    """Logical indentation: a tab or four spaces is one."""
    margin = line[: len(line) - len(line.lstrip(" \t"))]
    return margin.count("\t") + margin.count(" ") // TAB


def _is_readable(content: bytes, lines: list[str]) -> bool:
    return b"\x00" not in content and len(content) <= LONGEST_LINE * max(1, len(lines))


def _cyclomatic(path: str, text: str) -> tuple[int | None, int | None]:
    """How many functions, and the sum of their cyclomatic complexities."""
    analyse = _analyser()
    try:
        found = analyse(f"read{PurePosixPath(path).suffix.lower()}", text)
    except Exception:  # whatever somebody committed: a file that cannot be parsed has its indentation
        return None, None
    return (None, None) if found is None else found


@cache
def _analyser() -> Callable[[str, str], tuple[int, int] | None]:
    import lizard
    from lizard_languages import get_reader_for

    analyser = lizard.FileAnalyzer(lizard.get_extensions([]))

    def analyse(name: str, text: str) -> tuple[int, int] | None:
        if get_reader_for(name) is None:
            return None
        functions = analyser.analyze_source_code(name, text).function_list
        return len(functions), sum(function.cyclomatic_complexity for function in functions)

    return analyse
