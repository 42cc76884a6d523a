"""Planted secrets are looked for everywhere: store, log, terminal, processes, backup, pages. Servers echo what they hear."""

import base64
import json
import os
import subprocess
import sys
import threading
import time
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path

import pytest

from data import backup
from data.redaction import redacted, remember
from data.store import Store

ROOT = Path(__file__).parent.parent
PLANTED = {
    "GITHUB_TOKEN": "ghp_Planted0000000000000000000000000github",
    "JIRA_TOKEN": "ATATTplanted1111111111111111jira",
    "PEOPLE_KEY": "planted2222222222222222222222222222people",
}
GIT_PASSWORD = "planted3333git"
BASIC = base64.b64encode(f"ana@acme.example:{PLANTED['JIRA_TOKEN']}".encode()).decode()
WORDS = (*PLANTED.values(), GIT_PASSWORD, BASIC)


class Echo(BaseHTTPRequestHandler):
    """Refuses everything, and says in its refusal all that it was sent."""

    status = 400

    def respond(self):
        heard = "; ".join(f"{name}: {value}" for name, value in self.headers.items())
        self.server.heard.append(heard)
        time.sleep(0.05)
        said = f"you sent {heard} and {self.headers.get('Authorization', '').split(' ')[-1]}"
        body = json.dumps(
            {"message": said, "errorMessages": [said], "errors": [{"type": "X", "message": said}]}
        ).encode()
        self.send_response(self.server.status)
        if self.server.elsewhere:
            self.send_header("Location", self.server.elsewhere + self.path)
        self.send_header("Content-Type", "application/json")
        self.send_header("Content-Length", str(len(body)))
        self.end_headers()
        self.wfile.write(body)

    do_GET = do_POST = respond  # noqa: N815

    def log_message(self, *_):
        pass


def serving(host="127.0.0.1", status=400, elsewhere=""):
    server = ThreadingHTTPServer((host, 0), Echo)
    server.heard, server.status, server.elsewhere = [], status, elsewhere
    threading.Thread(target=server.serve_forever, args=(0.05,), daemon=True).start()
    return server


def sync(folder, port, *options):
    """Run a sync in its own process; its exit code, what it said, and the command lines seen meanwhile."""
    file = folder / "config.toml"
    file.write_text(
        f"""
        [[github]]
        base_url = "http://127.0.0.1:{port}"
        repositories = ["acme/app"]
        token_env = "GITHUB_TOKEN"
        [[jira]]
        url = "http://127.0.0.1:{port}/jira"
        projects = ["PAY"]
        token_env = "JIRA_TOKEN"
        user_env = "JIRA_USER"
        [[git]]
        repository = "acme/app"
        url = "http://ana:{GIT_PASSWORD}@127.0.0.1:{port}/acme/app.git"
        [privacy]
        pseudonym_key_env = "PEOPLE_KEY"
        """
    )
    own = {name: value for name, value in os.environ.items() if not name.startswith("PLUMBLINE_")}
    own |= PLANTED | {"JIRA_USER": "ana@acme.example", "PLUMBLINE_STORE": f"sqlite:///{folder / 'metrics.db'}"}
    process = subprocess.Popen(
        [sys.executable, "-m", "connectors", options[0], "--config", str(file), *options[1:]],
        cwd=ROOT,
        env=own,
        stdout=subprocess.PIPE,
        stderr=subprocess.STDOUT,
    )
    seen = set()
    while process.poll() is None:
        seen |= command_lines()
        time.sleep(0.005)
    return process.returncode, process.stdout.read().decode(), seen


def command_lines():
    """The command line of every process of the machine, as anybody on it may read it."""
    lines = set()
    for place in Path("/proc").glob("[0-9]*/cmdline"):
        try:
            lines.add(place.read_bytes().replace(b"\0", b" ").decode(errors="replace"))
        except OSError:
            continue
    return lines


@pytest.fixture
def synced(tmp_path):
    """A sync that every server refused, repeating all that it was sent."""
    server = serving()
    code, said, seen = sync(tmp_path, server.server_port, "sync", "--log", "json", "--log-level", "debug")
    yield tmp_path, code, said, seen, server
    server.shutdown()


def test_no_secret_is_in_what_a_failed_sync_leaves_behind(synced, monkeypatch):
    folder, code, said, seen, server = synced
    assert code == 1
    assert {line["source"] for line in map(json.loads, said.splitlines())} >= {"github", "jira", "git"}
    heard = " ".join(server.heard)
    assert PLANTED["GITHUB_TOKEN"] in heard, "the test is of something: the server was sent the secret"
    assert BASIC in heard
    store = Store.open(f"sqlite:///{folder / 'metrics.db'}")
    backup_file = folder / "backup.db"
    backup._filled(store, backup_file)
    status = subprocess.run(
        [sys.executable, "-m", "connectors", "status", "--config", str(folder / "config.toml")],
        cwd=ROOT,
        env=os.environ | PLANTED | {"PLUMBLINE_STORE": f"sqlite:///{folder / 'metrics.db'}"},
        capture_output=True,
    )
    assert b"you sent" in status.stdout, "the refusal itself is told"
    places = {"the log": said.encode(), "the status": status.stdout + status.stderr}
    places |= {
        str(file): file.read_bytes() for file in folder.iterdir() if file.name != "config.toml" and file.is_file()
    }
    places["the processes"] = "\n".join(line for line in seen if str(folder) not in line or "git" in line).encode()
    for word in WORDS:
        for place, content in places.items():
            assert word.encode() not in content, f"{word} is in {place}"


def test_no_secret_is_on_a_page(synced, monkeypatch):
    from streamlit.testing.v1 import AppTest

    folder, *_ = synced
    for name, value in PLANTED.items():
        monkeypatch.setenv(name, value)
    monkeypatch.setenv("PLUMBLINE_STORE", f"sqlite:///{folder / 'metrics.db'}")
    monkeypatch.setenv("PLUMBLINE_CONFIG", str(folder / "config.toml"))
    app = AppTest.from_file(str(ROOT / "pages" / "shell.py"), default_timeout=60).run()
    shown = ""
    for page in ("coverage.py", "weekly.py", "figure.py"):
        app.switch_page(page).run()
        for kind in ("title", "markdown", "caption", "error", "warning", "info", "success", "code", "text"):
            shown += " ".join(str(element.value) for element in app.get(kind))
        shown += " ".join(table.value.to_csv() for table in app.dataframe)
    assert "you sent" in shown, "the refusal itself is told"
    for word in WORDS:
        assert word not in shown


def test_a_check_tells_no_secret_either(tmp_path):
    server = serving()
    code, said, _ = sync(tmp_path, server.server_port, "check")
    server.shutdown()
    assert code == 1
    for word in WORDS:
        assert word not in said


@pytest.mark.parametrize("status", [301, 302, 307, 308])
def test_a_redirect_never_carries_a_token_to_another_host(tmp_path, status):
    other = serving("127.0.0.2")
    server = serving(status=status, elsewhere=f"http://127.0.0.2:{other.server_port}")
    sync(tmp_path, server.server_port, "sync", "--quiet")
    server.shutdown()
    other.shutdown()
    assert server.heard
    for word in WORDS:
        assert word not in " ".join(other.heard)


def test_a_secret_is_taken_out_of_any_text():
    remember("s3cret-of-somebody")
    assert redacted("it said s3cret-of-somebody twice: s3cret-of-somebody") == "it said *** twice: ***"
    assert redacted("Authorization: Basic YW5hOmh1bnRlcjI=") == "Authorization: Basic ***"
    assert redacted("https://ana:hunter2@host/x failed") == "https://ana:***@host/x failed"
    assert redacted("an ordinary error of acme/app#12") == "an ordinary error of acme/app#12"
