"""One cell as a value; each reader raises ValueError that says what was expected."""

import math
import re
from collections.abc import Callable
from datetime import UTC, date, datetime

NUMBER = re.compile(r"[0-9]+(\.[0-9]+)?")  # what float() takes beside it was not meant as a number: 1_000, 1e3, nan
DAY = re.compile(r"[0-9]{4}-[0-9]{2}-[0-9]{2}")
MOMENT = re.compile(
    r"[0-9]{4}-[0-9]{2}-[0-9]{2}[T ][0-9]{2}:[0-9]{2}(:[0-9]{2}([.,][0-9]+)?)? ?(Z|[+-][0-9]{2}:?[0-9]{2})",
    re.IGNORECASE | re.ASCII,
)


def words(text: str) -> str:
    """Any words."""
    return text


def repository(text: str) -> str:
    """A repository as owner/name."""
    owner, _, name = text.partition("/")
    if not owner or not name or "/" in name or " " in text:
        raise ValueError("owner/name")
    return text


def url(text: str) -> str:
    """A link that a reader can follow."""
    if not text.startswith(("https://", "http://")):
        raise ValueError("a link that begins with https://")
    return text


def one_of(*allowed: str) -> Callable[[str], str]:
    """One of these words, in any case."""

    def read(text: str) -> str:
        if text.lower() not in allowed:
            raise ValueError(" or ".join(allowed))
        return text.lower()

    return read


def moment(text: str) -> datetime:
    """A time with its zone: a time without one would be hours off without anybody noticing."""
    try:
        if not MOMENT.fullmatch(text):
            raise ValueError
        return datetime.fromisoformat(text.upper().replace(" ", "T", 1).replace(" ", "")).astimezone(UTC)
    except (ValueError, OverflowError):
        raise ValueError("a time with its zone, such as 2026-10-01T08:00Z or 2026-10-01T10:00+02:00") from None


def day(text: str) -> date:
    """A day."""
    try:
        if not DAY.fullmatch(text):
            raise ValueError
        return date.fromisoformat(text)
    except ValueError:
        raise ValueError("a day such as 2026-10-01") from None


def amount(text: str) -> float:
    """A number that is not negative, with a point before its fraction."""
    value = float(text) if NUMBER.fullmatch(text) else math.inf
    if not math.isfinite(value):
        raise ValueError("a number such as 12.5, not negative")
    return value


def percent(text: str) -> float:
    """A number from 0 to 100."""
    try:
        value = amount(text)
    except ValueError:
        value = 101.0
    if value > 100:
        raise ValueError("a number from 0 to 100")
    return value


def count(text: str) -> int:
    """A whole number from 0."""
    return at_least(0)(text)


def at_least(least: int) -> Callable[[str], int]:
    """A whole number that is not smaller."""

    def read(text: str) -> int:
        if not (text.isascii() and text.isdigit() and len(text) < 10) or int(text) < least:
            raise ValueError(f"a whole number of at least {least}")
        return int(text)

    return read
