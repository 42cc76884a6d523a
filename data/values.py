"""What a value of the configuration may be: each kind with the check that says what was expected."""

import re
from email.utils import parseaddr
from typing import Annotated, Literal
from urllib.parse import urlsplit
from zoneinfo import ZoneInfo

from pydantic import AfterValidator, BeforeValidator, Field, Strict

from data import addresses
from data.redaction import remember, remember_address

Whole = Annotated[int, Strict()]
Number = Annotated[float, Strict()]
Words = tuple[str, ...]
Globs = Annotated[Words, BeforeValidator(lambda given: (given,) if isinstance(given, str) else given)]  # or one
VARIABLE = re.compile(r"[A-Za-z_][A-Za-z0-9_]{0,99}")
SPACE = re.compile(r"\s")
REMOTE = re.compile(r"(https?|ssh|git|file|ftp)://\S+|[\w.-]+@[\w.-]+:\S+|(\.{0,2}|~)/.+")
MAIL = re.compile(r"[^@\s]+@[^@\s]+")
Day = Literal["mon", "tue", "wed", "thu", "fri", "sat", "sun"]


def _zone(name: str) -> str:
    try:
        ZoneInfo(name)
    except (KeyError, ValueError, OSError):
        raise ValueError(f"{name!r} is no time zone; expected a name such as 'Europe/Berlin' or 'UTC'") from None
    return name


def _clock(text: str) -> str:
    hours, _, minutes = text.partition(":")
    if not (hours.isdigit() and minutes.isdigit() and len(minutes) == 2 and int(hours) * 60 + int(minutes) <= 24 * 60):
        raise ValueError(f"{text!r} is no time of day; expected one such as '09:00'")
    return text


def _country(code: str) -> str:
    country, _, region = code.partition("-")
    import holidays as public_holidays  # of a hundred countries: only for those who name one

    known = public_holidays.list_supported_countries()
    if code and (country not in known or (region and region not in known[country])):
        raise ValueError(f"{code!r} is no country known for its holidays; expected a code such as 'DE' or 'DE-BY'")
    return code


def _repository(name: str) -> str:
    owner, _, rest = name.partition("/")
    if not owner or not rest or "/" in rest or name != name.strip():
        raise ValueError(f"{name!r} is no repository; expected 'owner/name'")
    return name


def _encoding(name: str) -> str:
    try:
        "text".encode(name).decode(name)
    except (LookupError, ValueError):
        raise ValueError(f"{name!r} is no encoding; expected one such as 'utf-8', 'utf-16' or 'cp1252'") from None
    return name


def _is_web_address(address: str) -> None:
    try:
        given = urlsplit(addresses.encoded(address))
        is_one = (
            given.scheme in addresses.WEB and bool(given.hostname) and given.port != 0 and not SPACE.search(address)
        )
    except ValueError:
        is_one = False
    if not is_one:
        raise ValueError(f"{addresses.beginning(address)!r} is no address; expected one such as 'https://host.example'")


def _mail(address: str) -> str:
    if not MAIL.fullmatch(parseaddr(address)[1]):
        raise ValueError(f"{address!r} is no e-mail address; expected one such as 'ana@acme.example'")
    return address


def _clone(address: str) -> str:
    known = addresses.parts(remember_address(address))
    if address and not REMOTE.fullmatch(address):
        raise ValueError(
            f"{addresses.beginning(address)!r} is nothing to clone from;"
            " expected 'https://…', 'ssh://…' or 'git@host:path'"
        )
    if known is None:
        return address
    if addresses.in_query(f"?{known.query}"):
        raise ValueError("the address has a secret in its query; write it before the host: https://user:secret@host/…")
    if known.password and known.scheme not in addresses.WEB:
        raise ValueError(f"an address of {known.scheme} takes no password; use a key, or an address of https")
    return addresses.encoded(address)


def _server(address: str) -> str:
    _is_web_address(address)
    known = addresses.parts(remember_address(address))
    if known and (known.user is not None or known.query):
        raise ValueError("the address of a server has no user, password or query; name the variable of its token")
    return address


def _variable(name: str) -> str:
    if name and not VARIABLE.fullmatch(name):
        remember(name)  # somebody wrote the secret itself
        raise ValueError("the name of an environment variable has letters, digits and _ only; never the secret itself")
    return name


Zone = Annotated[str, AfterValidator(_zone)]
Variable = Annotated[str, AfterValidator(_variable)]
TimeOfDay = Annotated[str, AfterValidator(_clock)]
Country = Annotated[str, AfterValidator(_country)]
Repository = Annotated[str, AfterValidator(_repository)]
CloneAddress = Annotated[str, AfterValidator(_clone), Field(repr=False)]
ServerAddress = Annotated[str, AfterValidator(_server)]
Mail = Annotated[str, AfterValidator(_mail)]
Encoding = Annotated[str, AfterValidator(_encoding)]
