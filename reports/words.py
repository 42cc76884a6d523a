"""Numbers, days and cells in words: the same in every format of a report, and as the screens write them."""

import re
import unicodedata
from datetime import date

from reports.content import Cell, Column, Figure, Heading

WHOLE = frozenset({"count", "lines", "people"})
TURNING = frozenset("\u061c\u200e\u200f\u202a\u202b\u202c\u202d\u202e\u2066\u2067\u2068\u2069")
INVISIBLE = re.compile(r"[\u00ad\u180e\u200b\u2060-\u2064\ufeff\U000e0000-\U000e007f]")
JOINERS = re.compile(r"(?<![^\x00-\x7f])[\u200c\u200d]|[\u200c\u200d](?![^\x00-\x7f])")  # kept where scripts need them
UNKNOWN = "–"


def number(value: float, unit: str = "") -> str:
    """A value with enough digits to be told from its neighbours."""
    if unit in WHOLE or abs(value) >= 100:
        return f"{value:,.0f}"
    return f"{value:,.1f}" if abs(value) >= 1 or value == 0 else f"{value:,.2f}"


def measure(value: float | None, unit: str = "") -> str:
    """A value with its unit; a dash where it is not known."""
    if value is None:
        return UNKNOWN
    return number(value, unit) if unit in {"", "count"} else f"{number(value, unit)} {unit}"


def said_of(figure: Figure) -> str:
    """What may be said of a figure: the rule that fired, or why nothing is said."""
    return figure.said or figure.reason or ""


def cell(value: Cell, heading: Heading) -> str:
    """A cell of a table as it is read; a dash where it is empty."""
    if value is None:
        return UNKNOWN
    if isinstance(value, date):
        return value.isoformat()[:10]
    if isinstance(value, str):
        return plain(value)
    return measure(value, "%" if heading.kind is Column.PERCENT else heading.unit)


def plain(text: str, longest: int = 400) -> str:
    """A text in one line that no reader trips over: nothing that steers, turns, cannot be seen or is half a character.

    Cut where it is longer than that.
    """
    seen = JOINERS.sub("", INVISIBLE.sub("", text[: 4 * longest]))
    kept = " ".join("".join(map(_harmless, seen)).split())
    return kept if len(kept) <= longest else f"{kept[: longest - 1].rstrip()}…"


def _harmless(letter: str) -> str:
    if letter in TURNING or letter in "\ufffe\uffff":
        return ""
    kind = unicodedata.category(letter)
    return {"Cc": " ", "Zl": " ", "Zp": " ", "Cs": "\ufffd"}.get(kind, letter)
