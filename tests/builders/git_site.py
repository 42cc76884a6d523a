"""Real git repositories made by the program git, and syncs of them into a store."""

import os
import subprocess
from datetime import UTC, datetime
from pathlib import Path

from connectors.git import CONNECTOR
from connectors.git.session import Source
from connectors.sync import sync
from data.settings import Git

CLEAN = {k: v for k, v in os.environ.items() if not k.startswith("GIT_")} | {
    "GIT_CONFIG_GLOBAL": os.devnull,
    "GIT_CONFIG_NOSYSTEM": "1",
}


class Repository:
    """A working tree on the branch main; every commit is an hour after the one before unless told otherwise."""

    def __init__(self, folder: Path):
        self.folder, self.commits_made = folder, 0
        folder.mkdir(parents=True)
        self.git("init", "-q", "-b", "main", ".")

    def git(self, *arguments, env=None, given=None):
        done = subprocess.run(
            ["git", *arguments], cwd=self.folder, env=CLEAN | (env or {}), input=given, capture_output=True, check=True
        )
        return done.stdout.decode("utf-8", "backslashreplace").strip()

    def write(self, **files):
        for path, text in files.items():
            self.put(path.replace("__", "/").replace("_dot_", "."), text)

    def put(self, path, text):
        file = self.folder / path
        file.parent.mkdir(parents=True, exist_ok=True)
        file.write_bytes(text if isinstance(text, bytes) else text.encode())

    def commit(self, message="Change", when=None, who="Ana <ana@acme.example>"):
        self.commits_made += 1
        at = when or datetime.fromtimestamp(1_790_000_000 + 3600 * self.commits_made, UTC).isoformat()
        name, _, email = who.partition(" <")
        env = {f"GIT_{role}_{field}": value for role in ("AUTHOR", "COMMITTER") for field, value in
               (("NAME", name), ("EMAIL", email.rstrip(">")), ("DATE", at))}  # fmt: skip
        self.git("add", "-A")
        self.git("commit", "-q", "--allow-empty", "-m", message, env=env)
        return self.git("rev-parse", "HEAD")


def sync_git(store, now, since=None, make=Git, **settings):
    """Sync one [[git]] entry as of `now`, from `since` on if given; the walks that failed, and what was told on the way."""
    entry = Source(make(repository="acme/app", **settings))
    told = []
    os.environ["PLUMBLINE_NOW"] = now.isoformat()
    try:
        failed = sync(store, [(CONNECTOR, entry)], lambda: now, lambda until: None, told.append, since)
    finally:
        del os.environ["PLUMBLINE_NOW"]
    return failed, told
