"""One cell as a value; each reader raises ValueError that says what was expected."""

import math
from collections.abc import Callable
from datetime import UTC, date, datetime


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
        value = datetime.fromisoformat(text)
        if value.tzinfo is None:
            raise ValueError
        return value.astimezone(UTC)
    except (ValueError, OverflowError):
        raise ValueError("a time with its zone, such as 2026-10-01T08:00Z or 2026-10-01T10:00+02:00") from None


def day(text: str) -> date:
    """A day."""
    try:
        return date.fromisoformat(text)
    except ValueError:
        raise ValueError("a day such as 2026-10-01") from None


def amount(text: str) -> float:
    """A number that is not negative, with a point before its fraction."""
    try:
        value = float(text)
    except ValueError:
        value = -1.0
    if not math.isfinite(value) or value < 0:
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
