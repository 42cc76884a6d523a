"""A server that answers as a test says, and a meter that waits for nothing."""

import json
import threading
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Any

QUOTA = {"cost": 1, "remaining": 4999, "limit": 5000, "resetAt": "2026-11-21T13:00:00Z"}


@dataclass
class Answered:
    """One answer of the server; `cut` sends only so many bytes of it."""

    status: int = 200
    body: Any = None
    headers: Mapping[str, str] = field(default_factory=dict)
    cut: int | None = None


def data(quota: Any = QUOTA, **parts: Any) -> Answered:
    return Answered(body={"data": {"rateLimit": quota, **parts}})


class GitHubServer:
    """A server that answers as a function of the request says, and remembers what it was asked."""

    def __init__(self, answer: Callable[[str, Any], Answered]) -> None:
        self.requests: list[tuple[str, Any]] = []
        outer = self

        class Handler(BaseHTTPRequestHandler):
            def respond(self) -> None:
                length = int(self.headers.get("Content-Length") or 0)
                body = json.loads(self.rfile.read(length)) if length else None
                outer.requests.append((self.path, body))
                answered = answer(self.path, body)
                text = answered.body if isinstance(answered.body, str) else json.dumps(answered.body)
                self.send_response(answered.status)
                self.send_header("Content-Length", str(len(text.encode())))
                for name, value in answered.headers.items():
                    self.send_header(name, value)
                self.end_headers()
                self.wfile.write(text.encode()[: answered.cut])
                self.close_connection = answered.cut is not None

            do_GET = do_POST = respond  # noqa: N815

            def log_message(self, *_: Any) -> None:
                pass

        self.http = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
        self.url = f"http://127.0.0.1:{self.http.server_address[1]}"
        threading.Thread(target=self.http.serve_forever, args=(0.01,), daemon=True).start()


@dataclass
class Watch:
    """A meter that does not wait, but remembers how long it should have."""

    begun: datetime = field(default_factory=lambda: datetime.now(UTC))
    waits: list[tuple[float, str]] = field(default_factory=list)
    until: list[datetime] = field(default_factory=list)
    requests: int = 0
    points: int = 0
    points_left: int | None = None

    def spent(self, requests: int = 0, points: int = 0, points_left: int | None = None) -> None:
        self.requests += requests
        self.points += points
        self.points_left = points_left

    def wait(self, until: datetime, reason: str) -> None:
        self.until.append(until)
        self.waits.append((round((until - datetime.now(UTC)).total_seconds()), reason))

    def waited_once(self, seconds: int) -> bool:
        """Whether it waited once, until so long after a moment of this test; both clocks know whole seconds only."""
        (until,), still = self.until, timedelta(seconds=2)
        return self.begun - still <= until - timedelta(seconds=seconds) <= datetime.now(UTC) + still

    @property
    def seconds(self) -> list[float]:
        return [seconds for seconds, _ in self.waits]
