"""The open websockets: each with its visitor, until it is closed, the sign-in ends, or its time is over."""

import asyncio
import re
import secrets
import time
from collections import Counter, OrderedDict
from collections.abc import Awaitable, Callable, Iterator, MutableMapping
from contextlib import suppress
from dataclasses import dataclass, field
from typing import Any

import streamlit as st
from google.protobuf.message import DecodeError
from streamlit.proto.BackMsg_pb2 import BackMsg
from streamlit.proto.ForwardMsg_pb2 import ForwardMsg

from pages.ui.cookies import SIGN_OUTS
from pages.ui.visitors import Visitor

Message = MutableMapping[str, Any]
Receive = Callable[[], Awaitable[Message]]
Send = Callable[[Message], Awaitable[None]]
App = Callable[[Message, Receive, Send], Awaitable[None]]

HEADER = "x-plumbline-connection"
LOOK_EVERY = 5.0  # seconds: how soon a page on which nothing is done notices that its sign-in is over
MOST_OF_ONE = 200  # tabs of one visitor
MOST = 2_000
ACTIONS = {"rerun_script", "stop_script", "app_heartbeat", "deferred_file", "dataframe_chunk"}
FILE = re.compile(r"/media/([\w.-]+)")
MOST_FILES = 50_000


@dataclass(eq=False)
class Connection:
    """A websocket, its visitor, the sign-in that it came with, and when that ends (seconds since 1970)."""

    visitor: Visitor
    key: str
    until: float
    token: str = field(default_factory=lambda: secrets.token_urlsafe(24))
    is_closed: bool = False
    send: Send | None = None

    def stands(self) -> bool:
        """Whether its visitor may still do what their role may."""
        return not self.is_closed and time.time() < self.until and self.key not in SIGN_OUTS.known


OPEN: dict[str, Connection] = {}
FILES: OrderedDict[str, set[Visitor]] = OrderedDict()  # the downloads that were offered lately, and to whom


def of(token: str | None) -> Connection | None:
    """The connection with a token, while it stands."""
    found = OPEN.get(token or "")
    return found if found is not None and found.stands() else None


def is_full(visitor: Visitor) -> bool:
    """Whether a visitor, or everybody together, has as many pages open as there may be."""
    return len(OPEN) >= MOST or Counter(one.visitor for one in list(OPEN.values()))[visitor] >= MOST_OF_ONE


async def serve(app: App, scope: Message, receive: Receive, send: Send, connection: Connection) -> None:
    """Hand a websocket to the app, with the connection's token in a header; let in nothing once it does not stand."""

    async def heard() -> Message:
        while True:
            message = await receive()
            if message["type"] != "websocket.receive":
                return message
            if connection.key:
                await SIGN_OUTS.look()
            if not connection.stands():
                await close(connection)
            elif is_allowed(message.get("bytes"), connection.visitor):
                return message

    async def say(message: Message) -> None:
        if connection.is_closed:
            raise OSError("the sign-in of this page is over")
        remember_files(message.get("bytes") or b"", connection.visitor)
        await send(message)

    headers = [(name, value) for name, value in scope["headers"] if name.lower() != HEADER.encode()]
    scope = {**scope, "headers": [*headers, (HEADER.encode(), connection.token.encode())]}
    OPEN[connection.token], connection.send = connection, send
    guard = asyncio.create_task(_watch(connection))
    try:
        await app(scope, heard, say)
    finally:
        guard.cancel()
        OPEN.pop(connection.token, None)


def is_allowed(frame: bytes | None, visitor: Visitor) -> bool:
    """Whether a frame asks for what pages need: drawing, pressing, downloads; nothing of the framework's own upkeep.

    A download that is written when it is asked for is written for whom its button was drawn, and for nobody else.
    """
    message = BackMsg()
    try:
        message.ParseFromString(frame or b"")
    except DecodeError:
        return False
    asked = message.backend_operation_request
    if asked.WhichOneof("payload") == "deferred_file":
        return may_have(visitor, asked.deferred_file.file_id)
    return (asked.WhichOneof("payload") or message.WhichOneof("type")) in ACTIONS


def remember_files(frame: bytes, visitor: Visitor) -> None:
    """Note the downloads that are offered in what is sent to a visitor."""
    if b"$$ID-" not in frame and b"/media/" not in frame:  # neither a button nor a file
        return
    try:
        message = ForwardMsg.FromString(frame)
    except DecodeError:
        return
    for name in _offered(message):
        FILES.setdefault(name, set()).add(visitor)
        FILES.move_to_end(name)
    while len(FILES) > MOST_FILES:
        FILES.popitem(last=False)


def _offered(message: ForwardMsg) -> Iterator[str]:
    """The files behind the buttons of a page; a text that names one offers nothing: who looks may have said it."""
    button = message.delta.new_element.download_button
    if button.deferred_file_id:
        yield button.deferred_file_id
    for url in (button.url, message.backend_operation_response.deferred_file.url):
        if found := FILE.search(url):
            yield found[1]


def may_have(visitor: Visitor, name: str) -> bool:
    """Whether a download was offered to a visitor: its address alone opens nothing."""
    return visitor in FILES.get(name, ())


async def _watch(connection: Connection) -> None:
    while connection.stands():
        await asyncio.sleep(LOOK_EVERY)
        if connection.key:
            await SIGN_OUTS.look()
    await close(connection)


async def end(key: str) -> None:
    """Close every page of a sign-in."""
    await asyncio.gather(*(close(one) for one in list(OPEN.values()) if one.key == key))


async def close(connection: Connection) -> None:
    """Lead the page back to the door and close its websocket, once."""
    if connection.is_closed or connection.send is None:
        return
    connection.is_closed = True
    leave = ForwardMsg()
    leave.auth_redirect.url = f"/{st.get_option('server.baseUrlPath').strip('/')}"
    with suppress(RuntimeError, OSError):  # it may be gone already
        await connection.send({"type": "websocket.send", "bytes": leave.SerializeToString()})
        await connection.send({"type": "websocket.close", "code": 1008, "reason": "the sign-in is over"})
