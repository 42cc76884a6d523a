"""Commands that the app starts in a process of their own: the demonstration, and a sync at the press of a button."""

import os
import subprocess
import sys
import tempfile
from dataclasses import dataclass
from pathlib import Path
from typing import IO

import streamlit as st

from pages.ui.sign_in import require
from pages.ui.visitors import Role

ROOT = Path(__file__).parents[2]


@dataclass(frozen=True)
class Command:
    """A started `python -m connectors …`; what it says on stderr is kept, and what it prints."""

    process: subprocess.Popen[bytes]
    said: IO[bytes]
    printed: IO[bytes]

    @property
    def is_running(self) -> bool:
        """Whether it has not ended yet."""
        return self.process.poll() is None

    @property
    def failure(self) -> str:
        """What it said when it ended with an error; nothing while it runs or when all went well."""
        if self.process.poll() in {None, 0}:
            return ""
        words = _all_of(self.said)
        return words.splitlines()[-1] if words else f"ended with exit code {self.process.returncode}"

    @property
    def answer(self) -> str:
        """What it has printed so far."""
        return _all_of(self.printed)


def _all_of(file: IO[bytes]) -> str:
    """What a process has written to a file, without moving the place at which it writes on."""
    size = os.fstat(file.fileno()).st_size
    return os.pread(file.fileno(), size, 0).decode(errors="replace").strip()


def start(*arguments: str) -> Command:
    """Start a command of the connectors; it goes on when the browser is closed."""
    said, printed = tempfile.TemporaryFile(), tempfile.TemporaryFile()  # noqa: SIM115 - they live as long as it does
    command = [sys.executable, "-m", "connectors", *arguments]
    process = subprocess.Popen(command, cwd=ROOT, stdin=subprocess.DEVNULL, stdout=printed, stderr=said)
    return Command(process, said, printed)


def start_for_administrator(*arguments: str) -> Command:
    """Start a command that a visitor asked for. Raises NotAllowedError unless they are an administrator."""
    require(Role.ADMIN)
    return start(*arguments)


@st.cache_resource(show_spinner=False)
def started(url: str) -> dict[str, Command]:
    """The commands that this process has started on a store, by name."""
    return {}
