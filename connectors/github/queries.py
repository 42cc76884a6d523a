"""What is asked of GitHub: parts of a query, with what each costs by GitHub's published formula."""

import json
import re
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from functools import cache
from pathlib import Path
from typing import Any

FREE_UNITS = 149  # 1.49 points are billed as one


@dataclass(frozen=True)
class Part:
    """One top-level field of a query. `units`: its connections, each counted once for every parent it may have."""

    text: str
    units: int
    about: Any = None


@dataclass(frozen=True)
class Size:
    """How much to ask for at once: the share of a full page, the units of a query, the rows of a nested list."""

    level: int = 0

    @property
    def units(self) -> int:
        """The units that one query may cost."""
        return FREE_UNITS >> self.level

    @property
    def items(self) -> int:
        """The longest nested list."""
        return (100, 100, 100, 50, 25, 10, 3)[self.level]

    def page(self, full: int) -> int:
        """The length of a page that has `full` rows at best."""
        return max(1, full >> self.level)


SIZES = tuple(Size(level) for level in range(7))


def points(units: int) -> int:
    """The points that a query of so many units is billed."""
    return max(1, (units + 50) // 100)


@dataclass(frozen=True)
class Connection:
    """A list inside a node: its field, how many rows of it a page asks for, and what of them."""

    field: str
    first: int
    selection: str
    arguments: str = ""

    def text(self, size: Size, first: int | None = None, after: str | None = None) -> str:
        """The field as it is written in a query, from the start or after a cursor."""
        arguments = [f"first: {min(first or self.first, size.items)}"]
        if after:
            arguments.append(f"after: {json.dumps(after)}")
        if self.arguments:
            arguments.append(self.arguments)
        return f"{self.field}({', '.join(arguments)}) {{ {self.selection} }}"


def node(kind: str, node_id: str, selection: str) -> str:
    """One node by its global id, whatever it is called now."""
    return f"node(id: {json.dumps(node_id)}) {{ ... on {kind} {{ {selection} }} }}"


def compose(parts: Mapping[str, Part]) -> str:
    """One query that asks for every part under its name, and for the quota."""
    fields = "\n".join(f"  {name}: {part.text}" for name, part in parts.items())
    used = "\n\n".join(_fragments()[name] for name in sorted(_closure(_spreads(fields))))
    return f"query {{\n  rateLimit {{ cost remaining limit resetAt }}\n{fields}\n}}\n\n{used}\n"


def _closure(names: Iterable[str]) -> set[str]:
    found: set[str] = set()
    open_names = set(names)
    while open_names:
        name = open_names.pop()
        found.add(name)
        open_names |= _spreads(_fragments()[name]) - found
    return found


def _spreads(text: str) -> set[str]:
    return set(re.findall(r"\.\.\.([A-Z]\w*)", text))


@cache
def _fragments() -> dict[str, str]:
    files = sorted(Path(__file__).parent.glob("*.graphql"))
    texts = [text for file in files for text in re.split(r"\n(?=fragment )", file.read_text())]
    return {text.split()[1]: text.strip() for text in texts}
