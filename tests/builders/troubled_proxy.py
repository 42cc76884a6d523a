"""A network between a sync and its server that does what networks do: cuts, drips, lies, and loses its mind."""

import http.client
import json
import threading
import time
from datetime import timedelta
from email.utils import format_datetime, parsedate_to_datetime
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer

HTML = b"<!DOCTYPE html><html><title>Sign in</title><body>Please sign in to continue.</body></html>"
GONE = {"data": {"repository": None}, "errors": [{"type": "NOT_FOUND", "message": "Could not resolve to a Repository"}]}


class Proxy:
    """Hands requests on to a server; `trouble(n)` names what befalls the n-th answer, or nothing.

    `skew`: what the server's clock is off by, as its answers tell it.
    """

    def __init__(self, port, trouble=lambda n: None, skew=timedelta()):
        self.count, self.trouble, self.skew = 0, trouble, skew
        lock, proxy = threading.Lock(), self

        class Handler(BaseHTTPRequestHandler):
            protocol_version = "HTTP/1.1"

            def respond(self):
                with lock:
                    proxy.count += 1
                    kind = proxy.trouble(proxy.count)
                given = self.rfile.read(int(self.headers.get("Content-Length") or 0))
                if kind in BEFORE:
                    return BEFORE[kind](self)
                status, headers, body = handed_on(port, self.command, self.path, dict(self.headers), given)
                if proxy.skew and "Date" in headers:
                    headers["Date"] = format_datetime(parsedate_to_datetime(headers["Date"]) + proxy.skew, usegmt=True)
                return AFTER[kind](self, status, headers, body)

            do_GET = do_POST = respond  # noqa: N815

            def send_response(self, code, message=None):
                self.send_response_only(code, message)  # the Date is the server's own

            def log_message(self, *_):
                pass

        self.server = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
        self.server.daemon_threads = True
        self.port = self.server.server_port
        threading.Thread(target=self.server.serve_forever, args=(0.05,), daemon=True).start()

    def stop(self):
        self.server.shutdown()
        self.server.server_close()


def handed_on(port, method, path, headers, body):
    """The server's own answer."""
    connection = http.client.HTTPConnection("127.0.0.1", port, timeout=60)
    connection.request(
        method, path, body, {n: v for n, v in headers.items() if n.lower() not in {"host", "accept-encoding"}}
    )
    answer = connection.getresponse()
    content = answer.read()
    dropped = {"content-length", "transfer-encoding", "connection"}
    return answer.status, {n: v for n, v in answer.getheaders() if n.lower() not in dropped}, content


def whole(handler, status, headers, body):
    handler.send_response(status)
    for name, value in {**headers, "Content-Length": str(len(body))}.items():
        handler.send_header(name, value)
    handler.end_headers()
    handler.wfile.write(body)


def cut(handler, status, headers, body):
    whole_length = {**headers, "Content-Length": str(len(body))}
    handler.send_response(status)
    for name, value in whole_length.items():
        handler.send_header(name, value)
    handler.end_headers()
    handler.wfile.write(body[: len(body) // 2])
    handler.wfile.flush()
    handler.close_connection = True


def slow(handler, status, headers, body):
    handler.send_response(status)
    for name, value in {**headers, "Content-Length": str(len(body))}.items():
        handler.send_header(name, value)
    handler.end_headers()
    for start in range(0, len(body), max(1, len(body) // 5)):
        handler.wfile.write(body[start : start + max(1, len(body) // 5)])
        handler.wfile.flush()
        time.sleep(0.1)


def dropped(handler):
    handler.close_connection = True
    handler.connection.close()


def saying(status, body, kind="application/json", **headers):
    text = body if isinstance(body, bytes) else json.dumps(body).encode()
    return lambda handler: whole(handler, status, {"Content-Type": kind, **headers}, text)


BEFORE = {
    "dropped": dropped,
    "html": saying(200, HTML, "text/html; charset=utf-8"),
    "half_json": saying(200, b'{"data": {"repository": {"pullReq'),
    "503": saying(503, b"upstream connect error", "text/plain"),
    "429": saying(429, {"message": "Too many requests"}),
    "429_retry": saying(429, {"message": "Too many requests"}, **{"Retry-After": "1"}),
    "revoked": saying(401, {"message": "Bad credentials"}),
    "private": saying(200, GONE),
}
AFTER = {None: whole, "cut": cut, "slow": slow}
