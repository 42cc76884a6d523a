"""How long a host is waited for: one patience for all that a sync reads from it, given up once for all of it.

What brings nothing is asked again after pauses that double, for 45 seconds; then one small question tells a host that
is gone from one that cannot answer this question. A host that asks for patience gets it, for an hour and five minutes.
"""

import time
from collections.abc import Callable
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from threading import Lock

from connectors.base import ConnectorError, Meter

SILENCE = 45.0  # seconds without any answer, requests and pauses together
FIRST_PAUSE, LONGEST_PAUSE = 0.5, 16.0
ROUNDS = 2  # times that a host which lives is asked the same in vain
LONGEST_LIMIT = 3900.0  # seconds: GitHub's quota comes back within an hour
BRIEF = 5  # seconds in which a host that lives answers a small question
UNKNOWN, SILENT = "no such address", "nothing answers there"


class GivenUpError(ConnectorError):
    """A host is given up for this sync: nothing more is asked of it, and the next sync begins with it anew."""


@dataclass
class Host:
    """One host in one sync, for everything that is read from it."""

    address: str
    clock: Callable[[], float] = time.monotonic
    silent: float = 0.0  # seconds since it last answered, requests and pauses
    failures: int = 0  # in a row
    limited: float = 0.0  # seconds that it has asked for since it last answered
    rounds: int = 0
    has_answered: bool = False
    given_up: str = ""
    first_contact: Lock = field(default_factory=Lock, repr=False)

    def check(self) -> None:
        """Raises GivenUpError when the host is given up."""
        if self.given_up:
            raise GivenUpError(self.given_up)

    def answered(self) -> None:
        """It has answered: patience is whole again."""
        self.silent, self.failures, self.limited, self.rounds, self.has_answered = 0.0, 0, 0.0, 0, True

    def failed(self, seconds: float) -> float | None:
        """Count a request that took so long and brought nothing; the pause before the next one, None: enough."""
        self.failures += 1
        pause = min(FIRST_PAUSE * 2.0 ** (self.failures - 1), LONGEST_PAUSE)
        self.silent += seconds
        if self.silent + pause + seconds > SILENCE:  # the next one may take as long again
            return None
        self.silent += pause
        return pause

    def lives(self) -> bool:
        """Note that it answers a small question; whether the one that it did not answer is worth asking again."""
        self.silent, self.failures, self.has_answered = 0.0, 0, True
        self.rounds += 1
        return self.rounds < ROUNDS

    def limit(self, seconds: float, now: datetime, longest: float = LONGEST_LIMIT) -> datetime:
        """Until when it asks to be left alone. Raises GivenUpError when that is longer than a sync waits."""
        until = now + timedelta(seconds=min(seconds, 1e9))
        if self.limited + seconds > longest:
            whole = f" after waits of {self.limited:.0f} s in all" if self.limited else ""
            raise self.give_up(
                f"asks to be left alone{whole} until {until:%Y-%m-%d %H:%M} UTC, and a sync waits no longer than"
                f" {longest:.0f} s; sync again after that"
            )
        self.limited += seconds
        return until

    def give_up(self, words: str) -> GivenUpError:
        """The error that ends all that is read from it in this sync; the first reason stays."""
        self.given_up = self.given_up or f"{self.address}: {words}"
        return GivenUpError(self.given_up)

    def gone(self, words: str) -> GivenUpError:
        """Give it up because it does not answer."""
        times = f", {self.failures} times in a row" if self.failures > 1 else ""
        return self.give_up(f"{words}{times}; given up for this sync, the next one goes on from here")


class Hosts:
    """The hosts of one sync, by address."""

    def __init__(self) -> None:
        self._lock = Lock()
        self._known: dict[str, Host] = {}

    def at(self, address: str) -> Host:
        """The one host at an address."""
        with self._lock:
            return self._known.setdefault(address, Host(address))


def host_of(meter: Meter, address: str) -> Host:
    """The host as all sources of a sync know it; a meter outside a sync knows none, and gets one of its own."""
    hosts = getattr(meter, "hosts", None)
    return hosts.at(address) if isinstance(hosts, Hosts) else Host(address)


def unreachable(error: Exception) -> str | None:
    """Why there is no connection to a host, in words; None where there was one that brought nothing."""
    import requests

    text = str(error)
    if "resolve" in text or "Name or service" in text:
        return UNKNOWN
    if "refused" in text:
        return SILENT
    return "no connection in time" if isinstance(error, requests.exceptions.ConnectTimeout) else None


def is_distrusted(error: Exception) -> bool:
    """Whether a certificate is not trusted; other troubles of TLS may pass."""
    return "CERTIFICATE_VERIFY_FAILED" in str(error) or "certificate verify failed" in str(error)


def later(seconds: float) -> datetime:
    """The moment so many seconds from now."""
    return datetime.now(UTC) + timedelta(seconds=seconds)
