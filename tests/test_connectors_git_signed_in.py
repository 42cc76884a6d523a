"""A repository behind a password, served by git itself: it is read, and nobody sees the password on the way."""

import base64
import os
import subprocess
import threading
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from urllib.parse import urlsplit

import pytest
from conftest import NOW
from git_site import Repository, sync_git

from connectors.git.program import environment

USER, PASSWORD = "ana@acme.example", "p:w/d %é"
ADDRESS = "ana%40acme.example:p%3Aw%2Fd%20%25%C3%A9"


class GitServer(BaseHTTPRequestHandler):
    """git's own server program behind basic authentication."""

    def respond(self):
        expected = "Basic " + base64.b64encode(f"{USER}:{PASSWORD}".encode()).decode()
        if self.headers.get("Authorization") != expected:
            self.send_response(401)
            self.send_header("WWW-Authenticate", 'Basic realm="git"')
            self.send_header("Content-Length", "0")
            self.end_headers()
            return
        address = urlsplit(self.path)
        given = self.rfile.read(int(self.headers.get("Content-Length") or 0))
        facts = {
            "GIT_PROJECT_ROOT": str(self.server.root),
            "GIT_HTTP_EXPORT_ALL": "1",
            "PATH_INFO": address.path,
            "QUERY_STRING": address.query,
            "REQUEST_METHOD": self.command,
            "CONTENT_TYPE": self.headers.get("Content-Type", ""),
            "HTTP_CONTENT_ENCODING": self.headers.get("Content-Encoding", ""),
            "GIT_PROTOCOL": self.headers.get("Git-Protocol", ""),
            "REMOTE_USER": USER,
        }
        done = subprocess.run(["git", "http-backend"], input=given, env=os.environ | facts, capture_output=True)
        head, _, body = done.stdout.partition(b"\r\n\r\n")
        headers = dict(line.decode().split(": ", 1) for line in head.split(b"\r\n"))
        self.send_response(int(headers.pop("Status", "200").split(" ")[0]))
        for name, value in {**headers, "Content-Length": str(len(body))}.items():
            self.send_header(name, value)
        self.end_headers()
        self.wfile.write(body)

    do_GET = do_POST = respond  # noqa: N815

    def log_message(self, *_):
        pass


@pytest.fixture
def address(tmp_path):
    repository = Repository(tmp_path / "code")
    repository.write(a_dot_py="one = 1\n")
    repository.commit()
    repository.git("config", "uploadpack.allowFilter", "true")
    repository.git("config", "uploadpack.allowAnySHA1InWant", "true")
    server = ThreadingHTTPServer(("127.0.0.1", 0), GitServer)
    server.root = repository.folder.parent
    threading.Thread(target=server.serve_forever, args=(0.05,), daemon=True).start()
    yield f"127.0.0.1:{server.server_port}/{repository.folder.name}"
    server.shutdown()


def test_a_repository_behind_a_password_is_read_with_that_of_its_address(store, address):
    failed, _ = sync_git(store, NOW, url=f"http://{ADDRESS}@{address}")
    assert failed == []
    assert (store.count("git_commits"), store.count("files")) == (1, 1)


def test_a_wrong_password_is_refused_in_words_and_not_said(store, address):
    failed, _ = sync_git(store, NOW, url=f"http://ana:not-the-one@{address}")
    assert "not-the-one" not in failed[0].error
    assert "git fetch" in failed[0].error


def test_git_is_told_the_password_by_its_environment_only():
    told = environment({"remote.origin.url": f"https://{ADDRESS}@git.acme.example/a.git"})
    values = [value for name, value in told.items() if name.startswith("GIT_CONFIG_VALUE_")]
    assert "https://git.acme.example/a.git" in values
    assert (told["PLUMBLINE_GIT_USER"], told["PLUMBLINE_GIT_PASSWORD"]) == (USER, PASSWORD)
    assert not any(PASSWORD in value or "p%3Aw" in value for value in values)
