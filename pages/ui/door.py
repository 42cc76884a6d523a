"""The door: who reaches the server at all. Without a sign-in it is open to its own machine and nobody else."""

import ipaddress
import os
import sys
from collections.abc import Awaitable, Callable, MutableMapping
from typing import Any

import streamlit as st
from starlette.middleware import Middleware
from starlette.requests import HTTPConnection
from starlette.responses import PlainTextResponse
from streamlit.auth_util import get_cookie_with_chunks
from streamlit.web.server.server_util import get_cookie_secret
from streamlit.web.server.starlette.starlette_app_utils import decode_signed_value

from data import config
from data.errors import PlumblineError
from data.settings import SignIn

Message = MutableMapping[str, Any]
Receive = Callable[[], Awaitable[Message]]
Send = Callable[[Message], Awaitable[None]]
App = Callable[[Message, Receive, Send], Awaitable[None]]

COOKIE = "_streamlit_user"
FILES = "/media/"
FORWARDED = ("forwarded", "x-forwarded-for", "x-forwarded-host", "x-real-ip")
WITHOUT_SIGN_IN = (
    "without a sign-in Plumbline is open to its own machine only; set [sign_in] kind in data/config.toml (oidc or"
    " proxy), listen on localhost, or say --insecure after `--`"
)


class Door:
    """Lets a request in, or not, before anything else sees it."""

    def __init__(self, app: App) -> None:
        self.app = app

    async def __call__(self, scope: Message, receive: Receive, send: Send) -> None:
        """Answer, or hand on to the app."""
        refused = why_not(scope) if scope["type"] in {"http", "websocket"} else ""
        if not refused:
            await self.app(scope, receive, send)
        elif scope["type"] == "http":
            await PlainTextResponse(refused, status_code=403)(scope, receive, send)
        else:
            await send({"type": "websocket.close", "code": 1008, "reason": "not allowed"})


DOOR = (Middleware(Door),)


def why_not(scope: Message) -> str:
    """Why a request is not let in; "" when it is."""
    try:
        said = config.read().sign_in
    except PlumblineError:
        said = SignIn()  # what is wrong is said on the page, to the machine's own user
    request = HTTPConnection(scope)
    if said.kind == "none":
        return "" if is_insecure() or _is_from_here(request, scope) else WITHOUT_SIGN_IN
    if said.kind == "proxy":
        return _not_by_proxy(request, said)
    return "sign in first" if scope["path"].startswith(FILES) and not is_signed_in(request) else ""


def is_insecure() -> bool:
    """Whether somebody said, on the command line, that the server may be open to everybody."""
    return "--insecure" in sys.argv


def _is_from_here(request: HTTPConnection, scope: Message) -> bool:
    """Whether a request came in over the loopback interface and was not handed on for somebody else."""
    server, client = scope.get("server"), request.client
    handed_on = any(name in request.headers for name in FORWARDED)
    places = (server and server[0], client and client.host, request.url.hostname)  # the name asked for: no rebinding
    return not handed_on and all(is_local(place) for place in places)


def is_local(address: str | None) -> bool:
    """Whether an address is this machine's own."""
    if address in {"localhost", "testserver", "testclient"}:
        return True
    try:
        return ipaddress.ip_address((address or "").removeprefix("::ffff:")).is_loopback
    except ValueError:
        return False


def _not_by_proxy(request: HTTPConnection, said: SignIn) -> str:
    if request.client is None or request.client.host.removeprefix("::ffff:") not in said.proxies:
        return "only the proxies that [sign_in] names may ask"
    return "" if request.headers.get(said.user_header) else f"the proxy did not say who asks ({said.user_header})"


def is_signed_in(request: HTTPConnection) -> bool:
    """Whether a request carries the cookie that a sign-in leaves."""
    secret = get_cookie_secret()

    def value(name: str) -> bytes | None:
        raw = request.cookies.get(name)
        return decode_signed_value(secret, name, raw.encode("latin-1")) if raw else None

    return get_cookie_with_chunks(value, COOKIE) is not None


def refuse_to_start() -> None:
    """End the program when it would listen to the network with nobody asked to sign in."""
    address = st.get_option("server.address")
    if is_local(address) or is_insecure() or config.read().sign_in.kind != "none":
        return
    print(f"refused to listen on {address or 'every address'}: {WITHOUT_SIGN_IN}", file=sys.stderr, flush=True)
    os._exit(2)  # nothing has begun yet, and the server would print a traceback over the reason
