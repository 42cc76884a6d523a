"""Moments, days, words and numbers as Jira writes them."""

from collections.abc import Mapping
from datetime import UTC, date, datetime, timedelta
from typing import Any

EPOCH = datetime(1970, 1, 1, tzinfo=UTC)
CATEGORIES = {"new": "new", "indeterminate": "active", "done": "done"}


def moment(said: str | int | float | None) -> datetime | None:
    """A moment in UTC from ISO text or from seconds or milliseconds since 1970; None beyond our calendar.

    Raises ValueError for text that is no time.
    """
    if said in (None, ""):
        return None
    try:
        if isinstance(said, (int, float)):
            return EPOCH + timedelta(milliseconds=int(said) * (1 if said > 10**11 else 1000))
        return datetime.fromisoformat(str(said)).astimezone(UTC)
    except OverflowError:
        return None


def day(said: str | None) -> date | None:
    """A day from the first ten characters of ISO text; None for what somebody typed that is no day of our calendar."""
    try:
        return date.fromisoformat(said[:10]) if said else None
    except ValueError:
        return None


def text(said: Any) -> str | None:
    """An id or word as text; None for nothing or an empty word."""
    return None if said is None or said == "" else str(said)


def named(said: Any) -> str | None:
    """The name of a thing that may be absent: {"name": …}, {"value": …} or a plain word."""
    return text(said.get("name") or said.get("value")) if isinstance(said, Mapping) else text(said)


def number(said: Any) -> float | None:
    """A measure; None for nothing or for what is no number."""
    try:
        return None if said is None else float(said)
    except (TypeError, ValueError):
        return None


def category(status: Mapping[str, Any]) -> str | None:
    """new, active or done; None for a status that Jira puts in none of them."""
    return CATEGORIES.get((status.get("statusCategory") or {}).get("key") or "")
