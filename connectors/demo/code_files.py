"""Files that grow line by line: what the commits of the demonstration change. No two lines of a file are ever alike."""

from dataclasses import dataclass, field
from random import Random

FUNCTION = 14  # lines, about
LONG = 120  # lines; a longer listing gets shorter


@dataclass(frozen=True)
class Language:
    """How a language opens a function, branches, states something and closes a block."""

    name: str
    suffix: str
    opens: str
    branch: str
    states: str
    closes: str


LANGUAGES = (
    Language("Python", "py", "def {word}(order):", "if order.step_{n} > {m}:", "order.total_{n} = {m}", ""),
    Language(
        "TypeScript", "ts", "export function {word}(order: Order) {{", "if (order.step{n} > {m}) {{",
        "order.total{n} = {m};", "}",
    ),
    Language("Go", "go", "func {word}(order *Order) {{", "if order.Step{n} > {m} {{", "order.Total{n} = {m}", "}"),
    Language("Kotlin", "kt", "fun {word}(order: Order) {{", "if (order.step{n} > {m}) {{", "order.total{n} = {m}", "}"),
)  # fmt: skip
INDENT = "    "


@dataclass
class SourceFile:
    """The lines of a source file; `depths`: of the lines that may be replaced their indentation, of others 0."""

    language: Language
    chance: Random
    branching: float  # the share of its lines that branch
    most: int  # lines; above it changes make it shorter
    lines: list[str] = field(default_factory=list)
    depths: list[int] = field(default_factory=list)
    serial: int = 0

    def write(self, lines: int) -> None:
        """Add functions until there are as many lines."""
        while len(self.lines) < lines:
            self.serial += 1
            self._add(len(self.lines), self.language.opens.format(word=f"handle{self.serial}"), 0)
            last = len(self.lines) + FUNCTION
            self._state(len(self.lines), 1)
            while len(self.lines) < last:
                if self.chance.random() < self.branching:
                    self._branch(len(self.lines), 1)
                else:
                    self._state(len(self.lines), 1)
            if self.language.closes:
                self._add(len(self.lines), self.language.closes, 0)

    def change(self, most: int, grows: bool = False) -> tuple[int, int]:
        """Change no more than so many lines, one at least: how many were added and removed."""
        before = len(self.lines)
        grows = grows and most >= 3
        pairs, single = ((most - 3) // 2, 0) if grows else divmod(most, 2)
        if shrinks := bool(single) and before > self.most:
            place = self._place()
            del self.lines[place], self.depths[place]
        for place in self.chance.sample([i for i, depth in enumerate(self.depths) if depth], pairs):
            self.lines[place] = self._statement(self.depths[place])
        if grows:
            self._branch(self._place() + 1, 1)
        elif single and not shrinks:
            self._state(self._place() + 1, 1)
        grown = len(self.lines) - before
        return pairs + max(grown, 0), pairs + max(-grown, 0)

    def text(self) -> bytes:
        """All of it."""
        return ("\n".join(self.lines) + "\n").encode()

    def _place(self) -> int:
        """Some line of a function's first level that may be replaced."""
        while True:
            place = self.chance.randrange(len(self.lines))
            if self.depths[place] == 1:
                return place

    def _branch(self, place: int, depth: int) -> None:
        self.serial += 1
        opening = self.language.branch.format(n=self.serial, m=self.chance.randrange(100))
        self._add(place, INDENT * depth + opening, 0)
        self._state(place + 1, depth + 1)
        if self.language.closes:
            self._add(place + 2, INDENT * depth + self.language.closes, 0)

    def _state(self, place: int, depth: int) -> None:
        self._add(place, self._statement(depth), depth)

    def _statement(self, depth: int) -> str:
        self.serial += 1
        return INDENT * depth + self.language.states.format(n=self.serial, m=self.chance.randrange(100))

    def _add(self, place: int, line: str, depth: int) -> None:
        self.lines.insert(place, line)
        self.depths.insert(place, depth)


@dataclass
class Listing:
    """A file of plain lines in which the oldest make room for the newest: a lock file, fixtures, a change log."""

    lines: list[str] = field(default_factory=list)
    serial: int = 0

    def change(self, many: int) -> tuple[int, int]:
        """Change so many lines; the longer the file, the more of them are removed: how many were added and removed."""
        removed = min(len(self.lines), many // 2 if len(self.lines) < LONG else 4 * many // 5)
        added = many - removed
        self.lines = self.lines[removed:] + [f"- {self.serial + n}" for n in range(1, added + 1)]
        self.serial += added
        return added, removed

    def text(self) -> bytes:
        """All of it."""
        return ("\n".join(self.lines) + "\n").encode()
