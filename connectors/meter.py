"""What a source costs, and where it waits: what a sync hands to each client."""

import time
from collections.abc import Callable
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta

from connectors.base import ConnectorError
from connectors.hosts import Hosts

SHORT = timedelta(seconds=5)


@dataclass
class SourceMeter:
    """What a source has cost so far, and its waits made visible. One a source; its walks take turns."""

    waited: Callable[[datetime, str], None]
    hosts: Hosts
    requests: int = 0
    points: int = 0
    points_left: int | None = None

    def spent(self, requests: int = 0, points: int = 0, points_left: int | None = None) -> None:
        """Count what a client has used."""
        self.requests += requests
        self.points += points
        self.points_left = self.points_left if points_left is None else points_left

    def wait(self, until: datetime, reason: str) -> None:
        """Show the wait, and wait."""
        self.waited(until, reason)


class Brief:
    """A meter for a check: it counts nothing, and gives up where a sync would wait."""

    def spent(self, requests: int = 0, points: int = 0, points_left: int | None = None) -> None:
        """Count nothing."""

    def wait(self, until: datetime, reason: str) -> None:
        """Wait a moment, but no longer. Raises ConnectorError."""
        left = until - datetime.now(UTC)
        if left > SHORT:
            raise ConnectorError(f"has to wait until {until:%H:%M:%S} UTC ({reason}); check again then")
        time.sleep(max(0.0, left.total_seconds()))
