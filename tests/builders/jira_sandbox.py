"""The local Jira beside the checkout, and a sync of it."""

import json
import socket
import subprocess
import sys
import time
from contextlib import contextmanager
from datetime import UTC, datetime
from pathlib import Path
from urllib.parse import urlencode
from urllib.request import urlopen

from connectors.jira import CONNECTOR
from connectors.sync import sync
from data.settings import Jira

SANDBOX = Path(__file__).parents[3] / "shared" / "sandbox"


NO_FAULTS = {
    "rate_every": 0,
    "error_every": 0,
    "truncate_every": 0,
    "drop_every": 0,
    "retry_after": 1,
    "short_pages": 0,
}


class Server:
    """One running local Jira."""

    def __init__(self, url):
        self.url = url

    def reset(self, **faults):
        """Forget what was asked, and fail from now on as `faults` say."""
        self.ask("faults?" + urlencode(NO_FAULTS | faults))
        self.ask("reset")

    def ask(self, path):
        with urlopen(f"{self.url}/__{path}") as answer:
            return json.load(answer)


@contextmanager
def running(*options):
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        port = probe.getsockname()[1]
    command = [sys.executable, str(SANDBOX / "jira" / "jiraserver.py"), "--port", str(port), *options]
    process = subprocess.Popen(command, stdout=subprocess.PIPE, stderr=subprocess.DEVNULL, text=True)
    try:
        assert "http" in process.stdout.readline()
        yield Server(f"http://127.0.0.1:{port}")
    finally:
        process.kill()
        process.wait()


def site(server, mode, projects=("DAEMON",)):
    signed = {"token_env": "TEST_JIRA_TOKEN", "user_env": "TEST_JIRA_USER"}
    return Jira(
        url=server.url,
        projects=projects,
        name="jira",
        **(signed if mode == "cloud" else {"token_env": "TEST_JIRA_PAT"}),
    )


def run(server, mode, store, projects=("DAEMON",)):
    return sync(store, [(CONNECTOR, site(server, mode, projects))], lambda: datetime.now(UTC), pause)


def pause(until):
    time.sleep(min(0.05, max(0.0, (until - datetime.now(UTC)).total_seconds())))


def options(mode):
    return ("--server",) if mode == "server" else ()
