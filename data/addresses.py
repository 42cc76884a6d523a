"""Addresses that a configuration names: of servers, of repositories to clone, of people."""

import re
from email.utils import parseaddr
from typing import Annotated
from urllib.parse import urlsplit

from pydantic import AfterValidator

from data.redaction import redacted

SPACE = re.compile(r"\s")
REMOTE = re.compile(r"(https?|ssh|git|file)://\S+|[\w.-]+@[\w.-]+:\S+|(\.{0,2}|~)/.+")
MAIL = re.compile(r"[^@\s]+@[^@\s]+")


def _address(url: str) -> str:
    try:
        said = urlsplit(url)
        is_one = said.scheme in {"http", "https"} and bool(said.hostname) and said.port != 0 and not SPACE.search(url)
    except ValueError:
        is_one = False
    if not is_one:
        raise ValueError(f"{redacted(url)!r} is no address; expected one such as 'https://host.example'")
    return url


def _remote(url: str) -> str:
    if url and not REMOTE.fullmatch(url):
        raise ValueError(
            f"{redacted(url)!r} is nothing to clone from; expected 'https://…', 'ssh://…' or 'git@host:path'"
        )
    return url


def _mail(address: str) -> str:
    if not MAIL.fullmatch(parseaddr(address)[1]):
        raise ValueError(f"{address!r} is no e-mail address; expected one such as 'ana@acme.example'")
    return address


Address = Annotated[str, AfterValidator(_address)]
Remote = Annotated[str, AfterValidator(_remote)]
Mail = Annotated[str, AfterValidator(_mail)]
