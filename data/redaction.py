"""Secrets that were read, taken out of whatever is told: a server may echo what it was sent."""

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


def _told(*fault: Any) -> None:
    """What nobody caught, as Python tells it."""
    sys.stderr.write(redacted("".join(traceback.format_exception(*fault))))
