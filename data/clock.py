"""The clock, read in commands and in the shell only."""

import os
from datetime import UTC, datetime

from data.errors import ConfigError


def now() -> datetime:
    """The present moment in UTC, or what PLUMBLINE_NOW (ISO, UTC) says instead. Raises ConfigError for nonsense."""
    fixed = os.environ.get("PLUMBLINE_NOW")
    return moment(fixed, "PLUMBLINE_NOW") if fixed else datetime.now(UTC)


def moment(text: str, what: str) -> datetime:
    """An ISO date or time as a moment in UTC. Raises ConfigError that names `what`."""
    try:
        value = datetime.fromisoformat(text.strip())
        return value.replace(tzinfo=UTC) if value.tzinfo is None else value.astimezone(UTC)
    except (ValueError, OverflowError):
        raise ConfigError(
            f"{what}: {text!r} is not a date or an ISO time such as 2026-10-01 or 2026-10-01T08:00Z"
        ) from None
