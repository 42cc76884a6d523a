"""Delivery to a real mail server and a real web server on this machine; nothing without a word of the configuration."""

import json
import socketserver
import threading
from email import message_from_bytes
from email.policy import default
from http.server import BaseHTTPRequestHandler, HTTPServer

import pytest
from report_rows import report

from data.errors import ConfigError
from data.settings import Email, Report, Webhook
from reports.sending import DeliveryError, message_of, send


class MailBox(socketserver.StreamRequestHandler):
    """As much of SMTP as a mail needs."""

    def handle(self):
        self.wfile.write(b"220 here\r\n")
        while line := self.rfile.readline():
            word = line.split()[0].upper() if line.split() else b""
            if word == b"DATA":
                self.wfile.write(b"354 go on\r\n")
                lines = []
                while (text := self.rfile.readline()) != b".\r\n":
                    lines.append(text.removeprefix(b".") if text.startswith(b"..") else text)
                self.server.mails.append(b"".join(lines))
                self.wfile.write(b"250 kept\r\n")
            elif word == b"QUIT":
                self.wfile.write(b"221 bye\r\n")
                return
            else:
                refused = word == b"RCPT" and self.server.refuses
                self.wfile.write(b"550 nobody\r\n" if refused else b"250 fine\r\n")


class Hook(BaseHTTPRequestHandler):
    """Keeps what it is told."""

    def do_POST(self):
        self.server.told.append(json.loads(self.rfile.read(int(self.headers["Content-Length"]))))
        self.send_response(self.server.answer)
        self.end_headers()

    def log_message(self, *_):
        pass


@pytest.fixture
def mail():
    with socketserver.ThreadingTCPServer(("127.0.0.1", 0), MailBox) as server:
        server.mails, server.refuses, server.daemon_threads = [], False, True
        threading.Thread(target=server.serve_forever, daemon=True).start()
        yield server
        server.shutdown()


@pytest.fixture
def hook(monkeypatch):
    with HTTPServer(("127.0.0.1", 0), Hook) as server:
        server.told, server.answer = [], 200
        threading.Thread(target=server.serve_forever, daemon=True).start()
        monkeypatch.setenv("HOOK", f"http://127.0.0.1:{server.server_port}/secret-path")
        yield server
        server.shutdown()


def by_mail(server):
    return Email(
        host="127.0.0.1", port=server.server_address[1], security="none", sender="a@x.example", to=("b@y.example",)
    )


def test_a_report_arrives_by_mail_with_its_files(mail):
    said = []
    send(message_of(report(), ["md", "xlsx"]), Report(email=by_mail(mail)), said.append)
    arrived = message_from_bytes(mail.mails[0], policy=default)
    assert arrived["Subject"] == "Engineering report, October 2026, plain"
    names = [part.get_filename() for part in arrived.iter_attachments()]
    assert names == ["engineering-report-2026-10.md", "engineering-report-2026-10.xlsx"]
    assert report().digest in arrived.get_body().get_content()
    assert said == ["sent: mail to 1 by 127.0.0.1, 2 files"]


def test_a_webhook_is_told_in_words_and_in_numbers(hook):
    send(message_of(report()), Report(webhook=Webhook(url_env="HOOK")), lambda _: None)
    told = hook.told[0]
    assert told["text"].startswith("Engineering report, October 2026")
    assert told["figures"] == [{"indicator": "pr_size", "value": 17.5, "unit": "lines", "n": 4}]
    assert (told["kind"], told["period"], told["digest"]) == ("monthly", "2026-10", report().digest)


def test_a_dry_run_sends_nothing(mail, hook):
    said = []
    where = Report(email=by_mail(mail), webhook=Webhook(url_env="HOOK"))
    send(message_of(report(), ["md"]), where, said.append, is_dry=True)
    assert not mail.mails and not hook.told
    assert said == ["would send: mail to 1 by 127.0.0.1, 1 files", "would send: JSON to 127.0.0.1"]


def test_what_fails_is_said_without_the_secret_and_the_other_is_sent_all_the_same(mail, hook):
    mail.refuses, hook.answer = True, 200
    with pytest.raises(DeliveryError, match=r"report\.email.*127\.0\.0\.1"):
        send(message_of(report()), Report(email=by_mail(mail), webhook=Webhook(url_env="HOOK")), lambda _: None)
    assert len(hook.told) == 1
    hook.answer = 500
    with pytest.raises(DeliveryError, match="HTTP 500") as error:
        send(message_of(report()), Report(webhook=Webhook(url_env="HOOK")), lambda _: None)
    assert "secret-path" not in str(error.value)


def test_nothing_is_sent_where_nothing_is_configured_or_a_secret_is_missing(monkeypatch):
    with pytest.raises(ConfigError, match="neither is configured"):
        send(message_of(report()), Report(), lambda _: None)
    monkeypatch.delenv("NO_HOOK", raising=False)
    with pytest.raises(ConfigError, match="NO_HOOK"):
        send(message_of(report()), Report(webhook=Webhook(url_env="NO_HOOK")), lambda _: None)
