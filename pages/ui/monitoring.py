"""The state of the syncs as Prometheus reads it."""

from collections.abc import Iterable
from datetime import datetime

from prometheus_client import CollectorRegistry, Gauge, generate_latest

from data.record import StreamStatus

LABELS = ("source", "scope", "stream")


def exposition(lines: Iterable[StreamStatus], now: datetime) -> bytes:
    """Rows, lag in seconds, errors and requests of every stream."""
    registry = CollectorRegistry()
    rows = Gauge("plumbline_rows", "Rows that are there upstream", LABELS, registry=registry)
    lag = Gauge("plumbline_lag_seconds", "Time since the stream was last synced", LABELS, registry=registry)
    failed = Gauge("plumbline_failed", "1 when the last try failed", LABELS, registry=registry)
    requests = Gauge("plumbline_requests", "Requests that the last sync took", LABELS, registry=registry)
    for line in lines:
        place = (line.source, line.scope, line.stream)
        rows.labels(*place).set(line.rows)
        failed.labels(*place).set(1 if line.error else 0)
        requests.labels(*place).set(line.requests)
        if line.synced_at:
            lag.labels(*place).set((now - line.synced_at).total_seconds())
    return generate_latest(registry)
