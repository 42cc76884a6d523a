"""The door: every request and every websocket is asked for by somebody, and gets in by its rule or not at all."""

import hmac
import logging
import os
import sys
import time
from collections.abc import Iterator
from contextlib import suppress
from dataclasses import dataclass
from urllib.parse import parse_qs, urlencode

import streamlit as st
from starlette.middleware import Middleware
from starlette.requests import HTTPConnection
from starlette.responses import PlainTextResponse, Response
from streamlit.auth_util import encode_provider_token, get_origin_from_redirect_uri
from streamlit.errors import StreamlitAuthError
from streamlit.web.server.server_util import allowlisted_origins, get_cookie_secret

from data import config
from data.errors import ConfigError
from data.settings import SignIn
from pages.ui import answers, connections, cookies, peers, routes
from pages.ui.connections import App, Connection, Message, Receive, Send
from pages.ui.cookies import SIGN_OUTS, Held
from pages.ui.visitors import WITHOUT_SIGN_IN, Asking, Visitor, is_local, is_own_origin, who

VISITOR = "plumbline visitor"  # where a request's scope names its visitor
log = logging.getLogger(__name__)
_HELD: list[SignIn] = []


def sign_in_of_the_start() -> SignIn:
    """The sign-in that holds: the first that the configuration asked for since the start, whatever becomes of the file.

    Raises ConfigError while none was asked for and the file may ask for one and cannot be read.
    """
    if not _HELD:
        said = config.read_sign_in()
        if said.kind == "none":
            return said
        _HELD.append(said)
    return _HELD[0]


@dataclass(frozen=True)
class Request:
    """A request with what decides over it: who asks, by which cookie, and by which rule."""

    visitor: Visitor
    asking: Asking
    rule: routes.Rule
    said: SignIn
    held: Held | None

    @property
    def is_over_tls(self) -> bool:
        """Whether the visitor's browser speaks TLS, to this process or to the proxy in front of it."""
        sent_to = get_origin_from_redirect_uri() if self.said.kind == "oidc" else ""
        return self.asking.one("x-forwarded-proto") == "https" or (sent_to or "").startswith("https://")


class Door:
    """Lets a request in, or not, before anything else sees it."""

    def __init__(self, app: App) -> None:
        self.app = app

    async def __call__(self, scope: Message, receive: Receive, send: Send) -> None:
        """Answer, or hand on to the app."""
        if scope["type"] not in {"http", "websocket"}:
            await self.app(scope, receive, send)
            return
        try:
            said = sign_in_of_the_start()
        except ConfigError as error:
            await _broken(error, scope, receive, send)
            return
        if said.kind == "oidc":
            await SIGN_OUTS.look()
        request = asked(scope, receive, said)
        if scope["type"] == "websocket":
            await self._websocket(request, scope, receive, send)
        else:
            await self._http(request, scope, receive, send)

    async def _http(self, request: Request, scope: Message, receive: Receive, send: Send) -> None:
        send, refused = peers.in_time(receive, send), why_not(request, scope)
        if refused is not None:
            await refused(scope, receive, _guarded(request, scope, send, answers.CLOSED))
            return
        send = _guarded(request, scope, send, answers.FILE if request.rule.path == routes.FILES else answers.PAGE)
        if request.rule.path == "auth/logout" and request.held is not None:
            await SIGN_OUTS.end(request.held)
            await connections.end(request.held.key)
        if request.rule.path == "auth/login":
            scope = _with_provider(scope)
        await self.app({**scope, VISITOR: request.visitor}, receive, send)

    async def _websocket(self, request: Request, scope: Message, receive: Receive, send: Send) -> None:
        if why_not(request, scope) is not None or connections.is_full(request.visitor):
            await send({"type": "websocket.close", "code": 1008, "reason": "not allowed"})
            return
        until = request.held.until if request.held else _longest(request.said)
        key = request.held.key if request.held else ""
        await connections.serve(self.app, scope, receive, send, Connection(request.visitor, key, until))


DOOR = (Middleware(Door),)


def asked(scope: Message, receive: Receive, said: SignIn) -> Request:
    """A request with its visitor and its rule."""
    connection = HTTPConnection(scope)
    asking = Asking(peers.peer_of(receive), tuple(connection.headers.items()), scope.get("http_version", ""))
    held = cookies.held(connection.cookies, said, time.time()) if said.kind == "oidc" else None
    visitor = who(asking, said, held and held.claims, is_insecure())
    return Request(visitor, asking, routes.rule_of(scope["path"], base_path()), said, held)


def why_not(request: Request, scope: Message) -> Response | None:
    """The answer to who is not let in; None when they are."""
    visitor, least = request.visitor, request.rule.least
    is_page = request.rule is routes.PAGE
    if not is_own_origin(request.asking, _origins()):
        return PlainTextResponse("a page of another origin may not ask", status_code=403)
    if least is None or (scope["type"] == "http" and scope["method"] not in routes.METHODS):
        return PlainTextResponse("nobody may have this", status_code=403)
    if visitor.refused and request.said.kind == "none":
        return PlainTextResponse(visitor.refused, status_code=403)  # to other machines there is nothing at all
    if visitor.role < least and not (request.rule.path == routes.MONITORING and has_token(request.asking)):
        return answers.refusal(visitor, request.said.kind, is_page, base_path())
    if request.rule.path == routes.FILES and not connections.may_have(visitor, scope["path"].rpartition("/")[2]):
        return PlainTextResponse("this file was made for somebody else, or is gone", status_code=403)
    return None


def has_token(asking: Asking) -> bool:
    """Whether a request has the token of [monitoring] token_env."""
    with suppress(ConfigError):
        token = config.secret(config.read().monitoring.token_env)
        given = asking.one("authorization").removeprefix("Bearer ")
        return bool(token) and hmac.compare_digest(given.encode(), str(token).encode())
    return False


def base_path() -> str:
    """The path below which the app is, "" when it has none."""
    return str(st.get_option("server.baseUrlPath") or "")


def _origins() -> Iterator[str]:
    yield from allowlisted_origins()
    yield get_origin_from_redirect_uri() or ""


def _longest(said: SignIn) -> float:
    return float("inf") if said.kind == "none" else time.time() + said.hours * 3600


def _guarded(request: Request, scope: Message, send: Send, policy: str) -> Send:
    over_tls = request.is_over_tls or scope["scheme"] == "https"

    async def say(message: Message) -> None:
        if message["type"] == "http.response.start":
            headers = answers.guarded(message.get("headers", ()), policy, over_tls, request.said.hours)
            message = {**message, "headers": headers}
        await send(message)

    return say


def _with_provider(scope: Message) -> Message:
    """A request to sign in, with the provider of [auth] where it names none."""
    if b"provider" in parse_qs(scope["query_string"]):
        return scope
    try:
        return {**scope, "query_string": urlencode({"provider": encode_provider_token("default")}).encode()}
    except StreamlitAuthError as error:
        log.error("Nobody can sign in: %s", error)
        return scope


async def _broken(error: ConfigError, scope: Message, receive: Receive, send: Send) -> None:
    """Nobody can tell who may look: nothing is answered but that, and why to the machine's own user."""
    log.error("%s", error)
    if scope["type"] == "websocket":
        await send({"type": "websocket.close", "code": 1011, "reason": "not configured"})
        return
    said = f"{error}\n" if is_local(peers.peer_of(receive)) and not _is_handed_on(scope) else ""
    await PlainTextResponse(f"The configuration cannot be read.\n{said}", status_code=503)(scope, receive, send)


def _is_handed_on(scope: Message) -> bool:
    return not who(Asking("127.0.0.1", tuple(HTTPConnection(scope).headers.items())), SignIn(), None).role


def is_insecure() -> bool:
    """Whether somebody said, on the command line, that the server may be open to everybody."""
    return "--insecure" in sys.argv


def refuse_to_start() -> None:
    """End the program when it would listen to the network with nobody asked to sign in, or with a weak secret."""
    address, said = st.get_option("server.address"), sign_in_of_the_start()
    if said.kind == "oidc" and len(get_cookie_secret()) < cookies.SHORTEST_SECRET:
        _end(f"refused to start: [auth] cookie_secret has to be at least {cookies.SHORTEST_SECRET} letters long")
    if said.kind == "none" and not is_local(address) and not is_insecure():
        _end(f"refused to listen on {address or 'every address'}: {WITHOUT_SIGN_IN}")


def _end(why: str) -> None:
    print(why, file=sys.stderr, flush=True)
    os._exit(2)  # nothing has begun yet, and the server would print a traceback over the reason
