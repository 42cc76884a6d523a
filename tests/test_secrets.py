"""Planted secrets are looked for everywhere that anything is told. The servers repeat all that they hear."""

import base64
import json
import os
import subprocess
import sys
import threading
import time
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from importlib import import_module
from pathlib import Path

import pytest
from app_pages import everything_on
from conftest import NOW
from starlette.requests import Request
from written_files import parts

from data import backup
from data.redaction import redacted, remember
from data.store import Store
from pages.ui import health
from pages.ui.door import VISITOR
from pages.ui.visitors import OWNER

ROOT = Path(__file__).parent.parent
PLANTED = {
    "GITHUB_TOKEN": "ghp_Planted0000000000000000000000000github",
    "JIRA_TOKEN": "ATATTplanted1111111111111111jira",
    "PEOPLE_KEY": "planted2222222222222222222222222222people",
}
GIT_PASSWORD = "planted3333git"
BASIC = base64.b64encode(f"ana@acme.example:{PLANTED['JIRA_TOKEN']}".encode()).decode()
GIT_BASIC = base64.b64encode(f"ana:{GIT_PASSWORD}".encode()).decode()
WORDS = (*PLANTED.values(), GIT_PASSWORD, BASIC, GIT_BASIC)


class Echo(BaseHTTPRequestHandler):
    """Refuses everything, and says in its refusal all that it was sent."""

    status = 400

    def respond(self):
        heard = "; ".join(f"{name}: {value}" for name, value in self.headers.items())
        self.server.heard.append(heard)
        time.sleep(0.05)
        said = f"you sent {self.headers.get('Authorization', '').split(' ')[-1]} in {heard}"  # the word alone, first
        body = json.dumps(
            {"message": said, "errorMessages": [said], "errors": [{"type": "X", "message": said}]}
        ).encode()
        self.send_response(self.server.status)
        if self.server.elsewhere:
            self.send_header("Location", self.server.elsewhere + self.path)
        if self.server.status == 401:
            self.send_header("WWW-Authenticate", "Basic")
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
    before = processes()
    process = subprocess.Popen(
        [sys.executable, "-m", "connectors", options[0], "--config", str(file), *options[1:]],
        cwd=ROOT,
        env=own,
        stdout=subprocess.PIPE,
        stderr=subprocess.STDOUT,
    )
    seen = set()
    while process.poll() is None:
        seen |= command_lines(processes() - before)
        time.sleep(0.005)
    return process.returncode, process.stdout.read().decode(), seen


def processes():
    """Every process of the machine."""
    return {name for name in os.listdir("/proc") if name.isdigit()}  # noqa: PTH208 - a name is enough, and sooner there


def command_lines(of):
    """The command lines of processes, as anybody on the machine may read them."""
    lines = set()
    for process in of:
        try:
            lines.add(Path("/proc", process, "cmdline").read_bytes().replace(b"\0", b" ").decode(errors="replace"))
        except OSError:
            continue
    return lines


@pytest.fixture(scope="module")
def synced(tmp_path_factory):
    """A sync that every server refused, repeating all that it was sent: folder, exit code, log, processes, server."""
    folder, server = tmp_path_factory.mktemp("synced"), serving()
    yield folder, *sync(folder, server.server_port, "sync", "--log", "json", "--log-level", "debug"), server
    server.shutdown()


@pytest.fixture
def at_home(synced, monkeypatch):
    """The folder of that sync, with the environment that it had."""
    folder = synced[0]
    for name, value in PLANTED.items():
        monkeypatch.setenv(name, value)
    monkeypatch.setenv("PLUMBLINE_NOW", NOW.isoformat())
    monkeypatch.setenv("PLUMBLINE_STORE", f"sqlite:///{folder / 'metrics.db'}")
    monkeypatch.setenv("PLUMBLINE_CONFIG", str(folder / "config.toml"))
    return folder


def command(*words):
    """What a command of ours says in its own process, on both channels, and how it ends."""
    run = subprocess.run([sys.executable, "-m", *words], cwd=ROOT, capture_output=True, check=False)
    return run.returncode, (run.stdout + run.stderr).decode()


def command_here(capsys, *words):
    """The same of a command that is run in this process, which is quicker."""
    code = import_module(f"{words[0]}.__main__").main(list(words[1:]))
    return code, "".join(capsys.readouterr())


def clean(said, place):
    """That none of the planted words is told."""
    content = said if isinstance(said, bytes) else said.encode()
    for word in WORDS:
        assert word.encode() not in content, f"{word} is in {place}"


def test_no_secret_is_in_what_a_failed_sync_leaves_behind(synced):
    folder, code, said, seen, server = synced
    assert code == 1
    assert {line["source"] for line in map(json.loads, said.splitlines())} >= {"github", "jira", "git"}
    heard = " ".join(server.heard)
    assert PLANTED["GITHUB_TOKEN"] in heard, "the test is of something: the server was sent the secret"
    assert BASIC in heard
    clean(said, "the log")
    assert any("connectors sync" in line for line in seen) and any("git" in line for line in seen)
    clean("\n".join(seen), "the processes")
    for file in folder.glob("metrics.db*"):
        clean(file.read_bytes(), file.name)


def test_no_secret_is_in_a_backup(at_home):
    file = at_home / "backup.db"
    backup.backup(Store.open(f"sqlite:///{at_home / 'metrics.db'}"), file)
    assert b"you sent" in file.read_bytes(), "the refusal itself is kept"
    clean(file.read_bytes(), "the backup")


@pytest.mark.parametrize("words", [("connectors", "status"), ("data", "verify"), ("metrics", "show", "pr_size")])
def test_no_secret_is_in_what_a_command_says(at_home, words):
    _, said = command(*words)
    assert words[-1] != "status" or "you sent" in said, "the refusal itself is told"
    clean(said, words)


def test_no_secret_is_in_a_report_of_any_format(at_home, tmp_path):
    code, said = command("reports", "monthly", "--month", "2026-10", "--out", str(tmp_path))
    assert code == 0, said
    clean(said, "what the command says")
    written = {file.suffix: file for file in tmp_path.iterdir()}
    assert set(written) == {".html", ".pdf", ".pptx", ".xlsx", ".md"}
    for ending, file in written.items():
        clean(b"\n".join(parts(file)), ending)


def test_no_secret_is_on_a_page(at_home):
    from streamlit.testing.v1 import AppTest

    app = AppTest.from_file(str(ROOT / "pages" / "shell.py"), default_timeout=60).run()
    shown = ""
    for page in ("coverage.py", "weekly.py", "figure.py", "monthly_report.py", "privacy.py", "connect.py"):
        app.switch_page(page).run()
        shown += everything_on(app)
    assert "you sent" in shown, "the refusal itself is told"
    clean(shown, "the pages")


def asked(answer):
    return answer(Request({"type": "http", "method": "GET", "path": "/", "headers": [], VISITOR: OWNER})).body


def test_no_secret_is_told_to_who_watches(at_home):
    with (at_home / "config.toml").open("a") as file:
        file.write("\n[monitoring]\nprometheus = true\n")
    told = asked(health.metrics)
    assert b"plumbline_failed{" in told
    clean(told, "the monitoring")
    clean(asked(health.health), "the health")


UNREACHABLE = f"postgresql://ana:{GIT_PASSWORD}@127.0.0.1:1/metrics"


@pytest.mark.parametrize(
    "words", [("connectors", "status"), ("connectors", "sync"), ("data", "verify"), ("metrics", "show", "pr_size"),
              ("reports", "monthly")]
)  # fmt: skip
def test_the_password_of_a_store_that_cannot_be_reached_is_not_said(tmp_path, monkeypatch, capsys, words):
    monkeypatch.setenv("PLUMBLINE_STORE", UNREACHABLE)
    (tmp_path / "config.toml").write_text('[[github]]\nrepositories = ["acme/app"]\n')
    monkeypatch.setenv("PLUMBLINE_CONFIG", str(tmp_path / "config.toml"))
    code, said = command(*words) if words[-1] == "status" else command_here(capsys, *words)
    assert (code, said.count("\n")) == (2, 1)
    assert "ana:***@127.0.0.1:1" in said
    clean(said, words)


def test_nor_is_it_on_the_page_or_told_to_who_watches(tmp_path, monkeypatch):
    from streamlit.testing.v1 import AppTest

    monkeypatch.setenv("PLUMBLINE_STORE", UNREACHABLE)
    monkeypatch.setenv("PLUMBLINE_CONFIG", str(tmp_path / "config.toml"))
    (tmp_path / "config.toml").write_text("[monitoring]\nprometheus = true\n")
    app = AppTest.from_file(str(ROOT / "pages" / "shell.py"), default_timeout=60).run()
    assert "cannot be reached" in everything_on(app)
    clean(everything_on(app), "the page")
    for answer in (health.health, health.metrics):
        assert (
            answer(Request({"type": "http", "method": "GET", "path": "/", "headers": [], VISITOR: OWNER})).status_code
            == 503
        )
        assert b"cannot be reached" in asked(answer)
        clean(asked(answer), "an answer")


def test_a_traceback_tells_no_secret_that_was_read():
    program = (
        "from data import config; word = config.secret('GITHUB_TOKEN')\n"
        "import threading; other = threading.Thread(target=lambda: int(word)); other.start(); other.join()\n"
        "raise RuntimeError(f'a fault of ours: {word}')"
    )
    run = subprocess.run(
        [sys.executable, "-c", program], cwd=ROOT, env=os.environ | PLANTED, capture_output=True, check=False
    )
    assert b"a fault of ours: ***" in run.stderr and b"invalid literal" in run.stderr
    clean(run.stderr, "the traceback")


def test_a_fault_of_a_page_is_for_the_log_and_not_for_who_looks():
    said = (ROOT / ".streamlit" / "config.toml").read_text()
    assert 'showErrorDetails = "none"' in said


def test_a_check_tells_no_secret_either(tmp_path):
    server = serving()
    code, said, _ = sync(tmp_path, server.server_port, "check")
    server.shutdown()
    assert code == 1
    clean(said, "the check")


@pytest.mark.parametrize("status", [301, 302, 307, 308])
def test_a_redirect_never_carries_a_token_to_another_host(tmp_path, status):
    other = serving("127.0.0.2", status=401)  # it asks for a password
    server = serving(status=status, elsewhere=f"http://127.0.0.2:{other.server_port}")
    sync(tmp_path, server.server_port, "sync", "--quiet", "--rows-only")
    server.shutdown()
    other.shutdown()
    assert server.heard
    clean(" ".join(other.heard), "what the other heard")


def test_a_secret_is_taken_out_of_any_text():
    remember("s3cret-of-somebody")
    assert redacted("it said s3cret-of-somebody twice: s3cret-of-somebody") == "it said *** twice: ***"
    assert redacted("Authorization: Basic YW5hOmh1bnRlcjI=") == "Authorization: Basic ***"
    assert redacted("https://ana:hunter2@host/x failed") == "https://***@host/x failed"
    assert redacted("an ordinary error of acme/app#12") == "an ordinary error of acme/app#12"
