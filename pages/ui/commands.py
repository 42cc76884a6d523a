"""Commands that the app starts in a process of their own: the demonstration, and a sync at the press of a button."""

import subprocess
import sys
import tempfile
from dataclasses import dataclass
from pathlib import Path
from typing import IO

import streamlit as st

ROOT = Path(__file__).parents[2]


@dataclass(frozen=True)
class Command:
    """A started `python -m connectors …`; what it says on stderr is kept."""

    process: subprocess.Popen[bytes]
    said: IO[bytes]

    @property
    def is_running(self) -> bool:
        """Whether it has not ended yet."""
        return self.process.poll() is None

    @property
    def failure(self) -> str:
        """What it said when it ended with an error; nothing while it runs or when all went well."""
        if self.process.poll() in {None, 0}:
            return ""
        self.said.seek(0)
        words = self.said.read().decode(errors="replace").strip()
        return words.splitlines()[-1] if words else f"ended with exit code {self.process.returncode}"


def start(*arguments: str) -> Command:
    """Start a command of the connectors; it goes on when the browser is closed."""
    said = tempfile.TemporaryFile()  # noqa: SIM115 - it lives as long as the process
    command = [sys.executable, "-m", "connectors", *arguments, "--quiet"]
    process = subprocess.Popen(command, cwd=ROOT, stdin=subprocess.DEVNULL, stdout=subprocess.DEVNULL, stderr=said)
    return Command(process, said)


@st.cache_resource(show_spinner=False)
def started(url: str) -> dict[str, Command]:
    """The commands that this process has started on a store, by name."""
    return {}
