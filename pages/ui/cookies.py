"""The cookie of an OpenID Connect sign-in: whether it holds, whose it is, until when, and the end of it."""

import hashlib
import json
import logging
import time
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from typing import Any

from itsdangerous import BadData, URLSafeTimedSerializer
from starlette.concurrency import run_in_threadpool
from streamlit.auth_util import get_cookie_with_chunks, get_origin_from_redirect_uri
from streamlit.web.server.server_util import get_cookie_secret
from streamlit.web.server.starlette.starlette_server_config import USER_COOKIE_NAME

from data import config, sign_outs
from data.errors import PlumblineError
from data.settings import SignIn
from pages.ui import results

LOOK_EVERY = 2.0  # seconds: how soon a sign-out in one process is known in the others
SHORTEST_SECRET = 32  # letters; a shorter one can be found by trying
AT_ONCE, CLOCKS = 1.0, 60.0  # seconds: between the parts of a long cookie; between the clocks of two processes
log = logging.getLogger(__name__)


@dataclass(frozen=True)
class Held:
    """A cookie whose signature is right and whose time is not over: its claims, what it is known by, when it ends."""

    claims: Mapping[str, Any]
    key: str
    until: float  # seconds since 1970


def held(cookies: Mapping[str, str], said: SignIn, now: float) -> Held | None:
    """The sign-in that a request's cookies carry; None when there is none, it is forged, too old or was ended."""
    secret, signed_at = get_cookie_secret(), list[float]()
    if len(secret) < SHORTEST_SECRET or USER_COOKIE_NAME not in cookies:
        return None

    def value(name: str) -> bytes | None:
        try:
            content, when = URLSafeTimedSerializer(secret, salt=name).loads(cookies[name], return_timestamp=True)
        except (KeyError, BadData):
            return None
        signed_at.append(when.timestamp())
        return content.encode() if isinstance(content, str) else None

    payload = get_cookie_with_chunks(value, USER_COOKIE_NAME)
    if payload is None or max(signed_at) - min(signed_at) > AT_ONCE or max(signed_at) > now + CLOCKS:
        return None  # parts of two sign-ins never make a third
    key = hashlib.sha256(payload + str(min(signed_at)).encode()).hexdigest()
    one = Held(_claims(payload), key, min(signed_at) + said.hours * 3600)
    return one if one.claims and one.until > now and key not in SIGN_OUTS.known else None


def _claims(payload: bytes) -> dict[str, Any]:
    """What the provider said of somebody; nothing when it was said to another app that signs with the same secret."""
    try:
        claims = json.loads(payload)
    except ValueError:
        return {}
    if not isinstance(claims, dict) or claims.get("is_logged_in") is not True:
        return {}
    return claims if claims.get("origin") == get_origin_from_redirect_uri() else {}


class SignOuts:
    """The sign-ins that were ended: those of this process at once, those of others when it looks again."""

    def __init__(self) -> None:
        self.known: frozenset[str] = frozenset()
        self.looked, self.has_looked = float("-inf"), False

    async def look(self) -> None:
        """Read what other processes have ended, if that was not done just now; a store that fails changes nothing."""
        if time.monotonic() - self.looked < LOOK_EVERY:
            return
        if self.has_looked:  # before the first look everybody waits for it
            self.looked = time.monotonic()
        try:
            stored = await run_in_threadpool(lambda: sign_outs.ended(results.open_store(config.read().store_url)))
        except PlumblineError as error:
            log.warning("Cannot look for sign-outs: %s", error)
        else:
            self.known |= stored  # never fewer: a configuration that is gone names another store
        self.looked, self.has_looked = time.monotonic(), True

    async def end(self, one: Held) -> None:
        """End a sign-in, here at once and for every other process by the store."""
        self.known |= {one.key}
        now, until = datetime.now(UTC), datetime.fromtimestamp(one.until, UTC) + timedelta(hours=1)
        try:
            await run_in_threadpool(
                lambda: sign_outs.end(results.open_store(config.read().store_url), one.key, until, now)
            )
        except PlumblineError as error:
            log.warning("A sign-out is known to this process only: %s", error)


SIGN_OUTS = SignOuts()
