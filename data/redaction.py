"""Secrets that were read, taken out of whatever is told: a server may echo what it was sent."""

import logging
import re
import sys
import threading
import traceback
from typing import Any

from data import addresses

SHORTEST = 6
SIGNED_IN_WITH = re.compile(r"\b(basic|bearer|token)(\s+)[\w+/=.~-]{8,}", re.IGNORECASE)
ORDINARY = {"postgres", "plumbline", "password", "localhost"}  # words of messages, and of many a trial
READ: set[str] = set()


def remember(secret: str) -> str:
    """Note a secret that was read, so that nothing tells it, not even a fault of the program; returns it."""
    sys.excepthook, threading.excepthook = _told, lambda fault: _told(*fault[:3])
    logging.setLogRecordFactory(_Record)
    READ.update(part for part in (secret.strip(), *secret.splitlines()) if len(part) >= SHORTEST)
    return secret


def remember_address(address: str) -> str:
    """Note what is secret in an address, so that nothing tells it; returns the address."""
    for secret in addresses.secrets(address) - ORDINARY:
        remember(secret)
    return address


def redacted(text: str) -> str:
    """The text without any secret that was read, any credentials of a request, any password of an address."""
    for secret in sorted(READ, key=len, reverse=True):
        text = text.replace(secret, "***")
    return addresses.without_secrets(SIGNED_IN_WITH.sub(r"\1\2***", text))


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
