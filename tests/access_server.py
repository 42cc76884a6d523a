"""The app as an organisation runs it: a server with a sign-in, and people who come with a cookie or a header."""

import json
import os
import socket
import subprocess
import sys
import time
from contextlib import contextmanager, suppress
from http.cookiejar import CookieJar
from pathlib import Path
from urllib.error import HTTPError
from urllib.request import HTTPCookieProcessor, HTTPRedirectHandler, Request, build_opener, urlopen

from conftest import REPOSITORY, pull
from sign_in_provider import CLIENT, SECRET
from streamlit.proto.BackMsg_pb2 import BackMsg
from streamlit.proto.ForwardMsg_pb2 import ForwardMsg
from websockets.exceptions import ConnectionClosed, InvalidStatus
from websockets.sync.client import connect

from data import record
from data.store import Store

ROOT = Path(__file__).parent.parent
SOURCE = '[[github]]\nrepositories = ["acme/app"]\ntoken_env = "TOKEN"\n'
ROLES = 'viewers = ["viewers"]\nleads = ["leads"]\nadmins = ["admins"]\n'
MONITORING = '[monitoring]\nprometheus = true\ntoken_env = "WATCH_TOKEN"\n'
OIDC = f'{SOURCE}[sign_in]\nkind = "oidc"\n{ROLES}{MONITORING}'
PROXY = f'{SOURCE}[sign_in]\nkind = "proxy"\ngroups_header = "X-Forwarded-Groups"\n{ROLES}{MONITORING}'
TOKEN = "a-token-for-prometheus-only"


def free_port():
    with socket.socket() as free:
        free.bind(("127.0.0.1", 0))
        return free.getsockname()[1]


def run(folder, configuration, *options, port=0):
    """Start the app on a store with one pull request; the process. Its routes are written to routes.json."""
    store = Store.open(f"sqlite:///{folder / 'metrics.db'}")
    with store.writing() as connection:
        store.upsert(connection, "repositories", [REPOSITORY])
        store.upsert(connection, "pull_requests", [pull(1, "2026-11-02 08:00", merged_at="2026-11-03 08:00")])
        facts = {"scope_id": "1", "complete": True, "requests": 3, "points": 4}
        record.save_state(store, connection, "github", ["pull_requests"], "acme/app", facts)
    store.engine.dispose()
    (folder / "config.toml").write_text(configuration)
    own = {name: value for name, value in os.environ.items() if not name.startswith("PLUMBLINE_")}
    places = {"PLUMBLINE_STORE": f"sqlite:///{folder / 'metrics.db'}", "PLUMBLINE_CONFIG": str(folder / "config.toml")}
    places |= {"WATCH_TOKEN": TOKEN, "ROUTES": str(folder / "routes.json")}
    command = [sys.executable, str(ROOT / "tests" / "listed_server.py"), "run", "app.py", "--server.headless", "true"]
    return subprocess.Popen(
        [*command, "--server.port", str(port), *options],
        cwd=ROOT,
        env=own | places,
        stdout=(folder / "server.log").open("w"),
        stderr=subprocess.STDOUT,
    )


@contextmanager
def served(folder, configuration, *options, port=0, base=""):
    """The address of the running app."""
    port = port or free_port()
    options = (*options, "--server.baseUrlPath", base) if base else options
    process = run(folder, configuration, *options, port=port)
    try:
        for _ in range(600):
            try:
                urlopen(f"http://localhost:{port}/_stcore/health", timeout=1)
                break
            except HTTPError:
                break  # it answers, though not to this one
            except OSError:
                assert process.poll() is None, (folder / "server.log").read_text()
                time.sleep(0.1)
        yield f"http://localhost:{port}" + (f"/{base}" if base else "")
    finally:
        process.terminate()
        process.wait(timeout=20)


def secrets_of(folder, provider, port, base="", scheme="http"):
    """The options that name the [auth] of a provider; `scheme` is what visitors' browsers speak."""
    secrets = folder / "secrets.toml"
    place = f"{scheme}://localhost:{port}" + (f"/{base}" if base else "")
    secrets.write_text(
        f'[auth]\nredirect_uri = "{place}/oauth2callback"\ncookie_secret = "{"c" * 40}"\n'
        f'client_id = "{CLIENT}"\nclient_secret = "{SECRET}"\n'
        f'server_metadata_url = "{provider.url}/.well-known/openid-configuration"\n'
    )
    return ("--secrets.files", str(secrets))


def asked(url, method="GET", **headers):
    """The status and the text of an answer; redirects are not followed."""
    status, _, text = answered(url, method, **headers)
    return status, text


def answered(url, method="GET", **headers):
    """The status, the headers and the text of an answer; redirects are not followed."""
    named = {name.replace("_", "-"): value for name, value in headers.items()}
    request = Request(url, headers=named, method=method)
    try:
        with build_opener(Stay).open(request, timeout=20) as answer:
            return answer.status, answer.headers, answer.read().decode(errors="replace")
    except HTTPError as error:
        return error.code, error.headers, error.read().decode(errors="replace")


class Stay(HTTPRedirectHandler):
    def redirect_request(self, *_):
        return None


def signed_in(url, provider, **claims):
    """The cookies of somebody whom the provider vouches for, as a header; as a browser gets them."""
    provider.claims = {"sub": "1", "email": "ada@acme.example", "email_verified": True} | claims
    jar = CookieJar()
    with suppress(HTTPError):  # of the page behind it, for who has no role
        build_opener(HTTPCookieProcessor(jar)).open(f"{url}/auth/login", timeout=20).close()
    return "; ".join(f"{one.name}={one.value}" for one in jar)


def opened(url, **headers):
    """Whether a websocket is accepted with some headers."""
    try:
        with connect(_stream(url), additional_headers=_named(headers), subprotocols=["streamlit"]):
            return True
    except InvalidStatus as refused:
        assert refused.response.status_code == 403
        return False


def _stream(url):
    return f"{url.replace('http', 'ws', 1)}/_stcore/stream"


def _named(headers):
    return {name.replace("_", "-"): value for name, value in headers.items()}


class Page:
    """A page of somebody: a websocket over which they draw and press."""

    def __init__(self, url, page="", **headers):
        options = {"additional_headers": _named(headers), "subprotocols": ["streamlit"], "max_size": None}
        self.socket, self.page = connect(_stream(url), **options).__enter__(), page

    def draw(self):
        """Ask for the page; what was sent until its script ended, or until the socket was closed."""
        message = BackMsg()
        message.rerun_script.page_name = self.page
        return self.ask(message)

    def ask(self, message, until="script_finished"):
        answers = []
        with suppress(ConnectionClosed):
            self.socket.send(message.SerializeToString())
        with suppress(ConnectionClosed):
            while not answers or answers[-1].WhichOneof("type") != until:
                answers.append(ForwardMsg.FromString(bytes(self.socket.recv(timeout=60))))
        return answers

    def close(self):
        self.socket.close()


def routes_of(folder):
    """The routes of the running server, as its own table has them: path, methods; none of a websocket."""
    return [(path, methods) for path, methods in json.loads((folder / "routes.json").read_text())]
