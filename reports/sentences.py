"""Sentences from figures: with the value, or why it is not measured, and never a word of change that no rule earned."""

from collections.abc import Iterable, Sequence
from datetime import date

from reports import words
from reports.content import Figure


def told(figure: Figure, text: str) -> str:
    """A sentence on a figure; `text` may name {value}, {p85}, {n}, {low}, {high} and {before}.

    "Name is not measured: why." where there is no value; else what a rule says of its weeks is put behind.
    """
    name = f"{figure.name} ({figure.scope})" if figure.scope else figure.name
    if figure.value is None:
        return f"{name} is not measured: {figure.reason}."
    numbers = {key: words.measure(getattr(figure, key), figure.unit) for key in ("value", "p85", "low", "high")}
    said = words.said_of(figure)
    before = words.measure(figure.before, figure.unit)
    sentence = text.format(**numbers, n=f"{figure.n:,}", before=before)
    return f"{sentence}; {said}." if said else f"{sentence}."


def joined(parts: Sequence[str], none: str = "none") -> str:
    """Words in a row: "a, b and c"."""
    if not parts:
        return none
    return parts[0] if len(parts) == 1 else f"{', '.join(parts[:-1])} and {parts[-1]}"


def counted(n: int, one: str, many: str = "") -> str:
    """How many of something: "1 team", "12 teams"."""
    return f"{n:,} {one if n == 1 else many or f'{one}s'}"


def day(moment: date) -> str:
    """A day as people write it: 3 October 2026."""
    return f"{moment.day} {moment:%B %Y}"


def first_words(names: Iterable[str], most: int = 5) -> str:
    """The first few of some names, and how many more there are."""
    listed = list(names)
    shown, more = listed[:most], len(listed) - most
    return f"{', '.join(shown)} and {more} more" if more > 0 else joined(shown)
