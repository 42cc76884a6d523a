"""Secrets that were read, taken out of whatever is told: a server may echo what it was sent."""

import html
import json
import logging
import re
import sys
import threading
import traceback
from base64 import b64encode
from collections.abc import Iterator
from functools import lru_cache
from typing import Any
from urllib.parse import quote

from data import addresses

SHORTEST = 6
SIGNED_IN_WITH = re.compile(r"\b(basic|bearer|token)(\s+)[\w+/=.~-]{8,}", re.IGNORECASE)
ORDINARY = {"postgres", "plumbline", "password", "localhost"}  # words of messages, and of many a trial
READ: set[str] = set()


def remember(secret: str) -> str:
    """Note a secret that was read, so that nothing tells it, not even a fault of the program; returns it."""
    sys.excepthook, threading.excepthook = _told, lambda fault: _told(*fault[:3])
    logging.setLogRecordFactory(_Record)
    parts = {secret.strip(), *secret.splitlines()}
    READ.update(shape for part in parts if len(part) >= SHORTEST for shape in _shapes(part))
    return secret


def _shapes(secret: str) -> Iterator[str]:
    """A secret as it stands, and as addresses, pages, JSON, faults of Python and headers write it."""
    yield secret
    yield from (quote(secret), quote(secret, safe=""), html.escape(secret))
    yield from (json.dumps(secret)[1:-1], repr(secret)[1:-1], b64encode(secret.encode(errors="replace")).decode())


def remember_address(address: str) -> str:
    """Note what is secret in an address, so that nothing tells it; returns the address."""
    for secret in addresses.secrets(address) - ORDINARY:
        remember(secret)
    return address


def redacted(text: str) -> str:
    """The text without any secret that was read, any credentials of a request, any password of an address."""
    for secret in sorted(READ, key=len, reverse=True):
        text = _wherever(secret).sub("***", text)
    return addresses.without_secrets(SIGNED_IN_WITH.sub(r"\1\2***", text))


@lru_cache(maxsize=1024)
def _wherever(secret: str) -> re.Pattern[str]:
    """A secret on one line or broken over several."""
    return re.compile(r"\s*".join(map(re.escape, secret)))


def shortened(text: str, most: int) -> str:
    """The beginning of what somebody else said; a secret in it is taken out whole before the rest is cut."""
    return redacted(text)[:most]


def one_line(text: str) -> str:
    """Text from elsewhere as a terminal may show it: one line, and nothing in it that a terminal obeys."""
    return "".join(letter if letter.isprintable() else ascii(letter)[1:-1] for letter in text)


class _Record(logging.LogRecord):
    """What any library logs of what it was given, a fault that nobody caught among it, without secrets."""

    def getMessage(self) -> str:  # noqa: N802
        """The message, and the text of the fault with it, as every handler writes it."""
        if self.exc_info and not self.exc_text:
            self.exc_text = redacted(logging.Formatter().formatException(self.exc_info))
        return redacted(super().getMessage())


def _told(*fault: Any) -> None:
    """What nobody caught, as Python tells it."""
    sys.stderr.write(redacted("".join(traceback.format_exception(*fault))))
