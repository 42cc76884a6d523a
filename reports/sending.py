"""Reports on their way: by mail and to a webhook, when the configuration says where and somebody says so."""

import http.client
import json
import smtplib
import ssl
import urllib.error
import urllib.request
from collections.abc import Callable, Sequence
from contextlib import closing
from dataclasses import dataclass, field
from email.message import EmailMessage
from email.utils import format_datetime
from functools import partial
from typing import Any
from urllib.parse import urlsplit

from data import config
from data.errors import ConfigError, PlumblineError
from data.settings import Email, Webhook
from data.settings import Report as Where
from reports import formats, words
from reports.content import Report

PATIENCE = 30  # seconds


class DeliveryError(PlumblineError):
    """A message that did not arrive."""

    exit_code = 1


@dataclass(frozen=True)
class Message:
    """What is sent: a subject, lines of plain text, JSON for programs, and files (name, media type, bytes)."""

    subject: str
    lines: tuple[str, ...]
    facts: dict[str, Any]
    made: str  # the Date of a mail, so that the same message is the same bytes
    files: tuple[tuple[str, str, bytes], ...] = field(default=(), repr=False)

    @property
    def text(self) -> str:
        """The lines."""
        return "\n".join(words.plain(line) for line in self.lines)


def message_of(report: Report, endings: Sequence[str] = ()) -> Message:
    """A report as a message: its answer in words, its figures in JSON, its files."""
    answer = report.answer
    figures = answer.figures if answer else ()
    return Message(
        f"{report.title}, {report.organisation}" if report.organisation else report.title,
        (
            *(answer.sentences if answer else ()),
            f"Report {report.digest}, data as of {report.as_of:%Y-%m-%d %H:%M} UTC",
        ),
        {
            "kind": report.kind,
            "period": report.period,
            "digest": report.digest,
            "as_of": report.as_of.isoformat(),
            "figures": [
                {"indicator": one.indicator, "value": one.value, "unit": one.unit, "n": one.n} for one in figures
            ],
        },
        format_datetime(report.as_of),
        tuple((formats.file_name(report, e), formats.FORMATS[e].media, formats.write(report, e)) for e in endings),
    )


def send(message: Message, where: Where, tell: Callable[[str], None], is_dry: bool = False) -> None:
    """Send a message to every place that the configuration names; `tell` hears where to.

    Raises ConfigError where none is named or a secret is missing, DeliveryError for what did not arrive.
    """
    deliveries: list[Callable[[], str]] = []
    if where.email:
        deliveries.append(partial(_mail, message, where.email, is_dry))
    if where.webhook:
        deliveries.append(partial(_call, message, where.webhook, is_dry))
    if not deliveries:
        raise ConfigError("[report.email], [report.webhook]: neither is configured; say where reports go")
    failed = []
    for deliver in deliveries:
        try:
            tell(deliver())
        except DeliveryError as error:
            failed.append(str(error))
    if failed:
        raise DeliveryError("; ".join(failed))


def _mail(message: Message, where: Email, is_dry: bool) -> str:
    mail = EmailMessage()
    mail["Subject"] = words.plain(message.subject)
    mail["From"], mail["To"], mail["Date"] = where.sender, ", ".join(where.to), message.made
    mail.set_content(message.text)
    for name, media, content in message.files:
        kind, _, detail = media.partition("/")
        mail.add_attachment(content, maintype=kind, subtype=detail, filename=name)
    told = f"mail to {len(where.to)} by {where.host}, {len(message.files)} files"
    if is_dry:
        return f"would send: {told}"
    user, password = (_secret(name) if name else "" for name in (where.user_env, where.password_env))
    try:
        with closing(_server(where)) as server:
            if user:
                server.login(user, password)
            server.send_message(mail)
    except (OSError, smtplib.SMTPException) as error:
        raise DeliveryError(f"[report.email] {where.host}: was not sent ({_short(error)})") from None
    return f"sent: {told}"


def _server(where: Email) -> smtplib.SMTP:
    if where.security == "tls":
        return smtplib.SMTP_SSL(where.host, where.port, timeout=PATIENCE, context=ssl.create_default_context())
    server = smtplib.SMTP(where.host, where.port, timeout=PATIENCE)
    if where.security == "starttls":
        server.starttls(context=ssl.create_default_context())
    return server


def _call(message: Message, where: Webhook, is_dry: bool) -> str:
    url = _secret(where.url_env).strip()
    try:
        said = urlsplit(url)
        host = said.hostname or ""
    except ValueError:
        said, host = urlsplit(""), ""
    if said.scheme not in {"https", "http"} or not host:
        raise ConfigError(f"[report.webhook] {where.url_env}: holds no web address")
    if is_dry:
        return f"would send: JSON to {host}"
    content = {"text": f"{words.plain(message.subject)}\n{message.text}", **message.facts}
    body = json.dumps(content, allow_nan=False).encode()
    request = urllib.request.Request(url, body, {"Content-Type": "application/json"}, method="POST")
    try:
        with urllib.request.urlopen(request, timeout=PATIENCE):
            return f"sent: JSON to {host}"
    except (OSError, ValueError, http.client.HTTPException) as error:
        raise DeliveryError(f"[report.webhook] {host}: was not sent ({_short(error)})") from None


def _secret(name: str) -> str:
    value = config.secret(name)
    if not value:
        raise ConfigError(f"{name}: is not set; [report] names it as the place of a secret")
    return value


def _short(error: Exception) -> str:
    if isinstance(error, urllib.error.HTTPError):
        return f"HTTP {error.code}"
    if isinstance(error, smtplib.SMTPResponseException):
        return f"SMTP {error.smtp_code}"
    return type(error).__name__
