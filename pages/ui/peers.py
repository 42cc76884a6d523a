"""The connection beneath a request: whose it really is, and how long and how many may be held open.

The server underneath writes another address over the peer's when a header names one, so the peer is asked for at the
connection itself. It also waits for ever for the rest of a request: here it does not.
"""

import asyncio
import socket
from collections.abc import Awaitable, Callable
from typing import Any

from uvicorn.protocols.http.h11_impl import H11Protocol

A_REQUEST = 20.0  # seconds in which a request has to be there, at least half of that
AN_ANSWER = 60.0  # seconds in which a piece of an answer has to be taken
MOST, SPARE = 4_000, 128  # connections; files that the process needs for itself


def peer_of(receive: Any) -> str:
    """The address at the other end of a request's connection; "" when it cannot be found, so nobody is believed."""
    transport = _transport(receive)
    end = transport.get_extra_info("socket") if transport is not None else None
    try:
        found = end.getpeername() if end is not None and end.family in {socket.AF_INET, socket.AF_INET6} else None
    except OSError:
        return ""  # it is gone
    return str(found[0]) if found else ""


def _transport(receive: Any) -> Any:
    return getattr(getattr(receive, "__self__", None), "transport", None)


def in_time(receive: Any, send: Callable[[Any], Awaitable[None]]) -> Callable[[Any], Awaitable[None]]:
    """A way to send that ends the connection of somebody who does not take what they asked for."""

    async def say(message: Any) -> None:
        try:
            async with asyncio.timeout(AN_ANSWER):
                await send(message)
        except TimeoutError:
            if (transport := _transport(receive)) is not None:
                transport.abort()

    return say


def most() -> int:
    """How many connections may be open at once, so that files can still be opened."""
    try:
        import resource
    except ImportError:  # a system without such limits
        return MOST
    limit = resource.getrlimit(resource.RLIMIT_NOFILE)[0]
    return MOST if limit < 0 else min(MOST, max(SPARE // 2, limit - SPARE))


def hold_to_limits() -> None:
    """End connections whose request does not come, and those beyond what the process can hold."""
    if getattr(H11Protocol.connection_made, "is_limited", False):
        return
    begin, limit = H11Protocol.connection_made, most()

    def connection_made(self: Any, transport: asyncio.Transport) -> None:
        begin(self, transport)
        if len(self.connections) > limit:
            transport.abort()
        else:
            self.loop.call_later(A_REQUEST / 2, _look, self, None)

    connection_made.is_limited = True  # type: ignore[attr-defined]
    H11Protocol.connection_made = connection_made  # type: ignore[method-assign]


def _look(connection: Any, before: object) -> None:
    """End a connection that has waited for the same request since the last look."""
    if connection not in connection.connections or connection.transport.is_closing():
        return
    cycle = connection.cycle
    waits_for = ("after", cycle) if cycle is None or cycle.response_complete else None
    if waits_for is not None and waits_for == before:
        connection.transport.abort()
    else:
        connection.loop.call_later(A_REQUEST / 2, _look, connection, waits_for)
