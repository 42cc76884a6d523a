"""What GitHub's answers say about waiting: which refusal is a limit, and how long it holds."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import UTC, datetime
from email.utils import parsedate_to_datetime
from typing import Any

from connectors.hosts import LONGEST_LIMIT, SILENCE

LIMIT_ERRORS = {"RATE_LIMITED", "RATE_LIMIT"}
LONGEST_GUESS = 900.0
A_MINUTE = 60.0


@dataclass(frozen=True)
class Reply:
    """An answer as it came: the status, the headers in lower case, the text, and what it says as JSON (or None)."""

    status: int
    headers: Mapping[str, Any]
    text: str
    body: Any = None

    @property
    def at(self) -> datetime | None:
        """The server's own time, to the second."""
        return http_date(self.headers.get("date"))


@dataclass(frozen=True)
class Pause:
    """How many seconds to wait before anything is sent again, and for what; no `longest` seconds of it in a row."""

    seconds: float
    reason: str
    longest: float = LONGEST_LIMIT


def http_date(text: Any) -> datetime | None:
    """The moment that a header names; None for no date."""
    try:
        return parsedate_to_datetime(str(text)).astimezone(UTC)
    except (TypeError, ValueError):
        return None


def pause_of(reply: Reply, refusals: int) -> Pause | None:
    """How long a limit asks to wait; None when the answer is not about a limit.

    `refusals`: how many limits came in a row before this one; without a word from the server the wait grows with it.
    """
    if not _is_limit(reply):
        return None
    promised = [s for s in (_retry_after(reply), _until_reset(reply)) if s is not None]
    if reply.status >= 500:  # out of order, not too busy: it is waited for no longer than for one that is silent
        return Pause(max(*promised, 2.0**refusals), "GitHub, which is out of order", SILENCE)
    if promised:  # once that has been too short, a little longer each time
        least = 2.0**refusals if refusals else 0.0
        return Pause(max(*promised, least), "GitHub's quota" if _is_quota(reply) else "GitHub's limit on bursts")
    return Pause(min(A_MINUTE * 2**refusals, LONGEST_GUESS), "GitHub, which names no time")


def _is_limit(reply: Reply) -> bool:
    if reply.status == 200:
        return _says_limited(reply.body)
    if reply.status == 429 or (reply.status in {403, 503} and "retry-after" in reply.headers):
        return True
    is_used_up = reply.headers.get("x-ratelimit-remaining") == "0"
    return reply.status == 403 and (is_used_up or "rate limit" in reply.text.lower())


def _is_quota(reply: Reply) -> bool:
    return reply.headers.get("x-ratelimit-remaining") == "0" or _says_limited(reply.body)


def _says_limited(body: Any) -> bool:
    errors = body.get("errors") if isinstance(body, dict) else None
    return any(isinstance(error, dict) and error.get("type") in LIMIT_ERRORS for error in errors or ())


def _retry_after(reply: Reply) -> float | None:
    said = reply.headers.get("retry-after")
    if said is None:
        return None
    if str(said).strip().isdigit():
        return float(said)
    moment = http_date(said)
    return max(0.0, (moment - (reply.at or datetime.now(UTC))).total_seconds()) if moment else None


def _until_reset(reply: Reply) -> float | None:
    said = str(reply.headers.get("x-ratelimit-reset", ""))
    if not _is_quota(reply) or not said.isdigit():
        return None
    # the Date header is cut to the second, so this is never too short
    return max(0.0, int(said) - (reply.at or datetime.now(UTC)).timestamp())
