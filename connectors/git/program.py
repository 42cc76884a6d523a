"""The program `git`, run so that nothing in a repository or in the caller's environment can steer it."""

import os
import re
import signal
import subprocess
import time
from collections.abc import Mapping, Sequence
from contextlib import suppress
from pathlib import Path
from threading import Thread
from typing import IO
from urllib.parse import unquote

from connectors.base import ConnectorError
from data import addresses
from data.redaction import shortened

OVERRIDES = {
    "core.fsmonitor": "false",
    "core.hooksPath": os.devnull,
    "core.attributesFile": os.devnull,
    "core.bigFileThreshold": "2m",  # above it a file counts as binary: its lines are not compared in memory
    "core.quotePath": "false",
    "core.pager": "cat",
    "diff.renames": "true",
    "diff.renameLimit": "1000",
    "fetch.recurseSubmodules": "false",
    "gc.auto": "0",
    "i18n.logOutputEncoding": "UTF-8",
    "log.mailmap": "true",
    "log.showSignature": "false",
    "maintenance.auto": "false",
    "protocol.ext.allow": "never",
    "safe.directory": "*",  # nothing of a repository is executed, whoever owns it
    "submodule.recurse": "false",
}
FIXED = {
    "GIT_ATTR_NOSYSTEM": "1",
    "GIT_LITERAL_PATHSPECS": "1",
    "GIT_NO_LAZY_FETCH": "1",
    "GIT_NO_REPLACE_OBJECTS": "1",
    "GIT_OPTIONAL_LOCKS": "0",
    "GIT_TERMINAL_PROMPT": "0",
    "LC_ALL": "C.UTF-8",
    "LANGUAGE": "",
}
ALONE = {
    "GIT_ALLOW_PROTOCOL": "",
    "GIT_CONFIG_GLOBAL": os.devnull,
    "GIT_CONFIG_NOSYSTEM": "1",
    "GIT_CONFIG_SYSTEM": os.devnull,
}
# To reach a server git needs its user's own settings: credential helpers, proxies, certificates.
REACHING = {"GIT_ALLOW_PROTOCOL": "https:http:ssh:git:file"}
KEPT_TO_REACH = ("GIT_SSH", "GIT_SSL_", "GIT_ASKPASS", "GIT_PROXY_", "GIT_HTTP_", "GIT_CONFIG_GLOBAL")
USER, PASSWORD = "PLUMBLINE_GIT_USER", "PLUMBLINE_GIT_PASSWORD"
HELPER = f"""!f() {{ test "$1" = get && printf 'username=%s\\npassword=%s\\n' "${USER}" "${PASSWORD}"; }}; f"""
LONGEST = 4 * 3600.0  # seconds that one command may take
LARGEST = 2**30  # bytes of one answer: a small repository can name more files than a machine can hold
MEMORY = 4 * 2**30  # bytes that one command may take for itself
A_LOOK = 0.5  # seconds between two looks at how much has come


class GitError(ConnectorError):
    """The program `git` failed: in one line, without passwords. `said`: all that it said, to tell what it means."""

    def __init__(self, words: str, said: str = "") -> None:
        super().__init__(words)
        self.said = said


def git(
    arguments: Sequence[str],
    folder: Path,
    given: bytes = b"",
    remote: Mapping[str, str] | None = None,
    index: Path | None = None,
    timeout: float = LONGEST,
) -> bytes:
    """Run one command in a folder and return all that it prints; half of an answer is an error, never an answer.

    `remote`: settings with which a server may be reached; without them nothing leaves the machine.
    Raises GitError when the program is missing, fails, is killed or takes too long.
    """
    # the folder itself is the repository, or there is none: one further up is not meant
    around = environment(remote, index) | {"GIT_CEILING_DIRECTORIES": str(folder.resolve().parent)}
    try:
        status, printed, said = _run(["git", "--no-pager", *arguments], folder, around, given, timeout)
    except FileNotFoundError:
        raise GitError(
            "the program `git` or the folder it should read is not there; install git 2.36 or later"
        ) from None
    except subprocess.TimeoutExpired:
        raise GitError(f"git {arguments[0]} took longer than {timeout:.0f} s; the next sync tries again") from None
    if status:
        raise GitError(f"git {arguments[0]} failed ({status}): {in_one_line(said)}", said.decode("utf-8", "replace"))
    return printed


def _run(
    command: list[str], folder: Path, environment: Mapping[str, str], given: bytes, timeout: float
) -> tuple[int, bytes, bytes]:
    """Run a command to its end; one that is stopped takes the programs with it that it started to reach a server."""
    pipe = subprocess.PIPE
    started = subprocess.Popen(
        command, cwd=folder, env=environment, stdin=pipe, stdout=pipe, stderr=pipe, process_group=0
    )
    with started:
        try:
            _limit(started.pid)
            printed, said = _communicated(started, given, timeout)
        except BaseException:
            with suppress(ProcessLookupError):
                os.killpg(started.pid, signal.SIGKILL)
            raise
    return started.returncode, printed, said


def _limit(process: int) -> None:
    """Limit the memory of a program and of those that it starts; not everywhere can that be done."""
    try:
        import resource

        resource.prlimit(process, resource.RLIMIT_DATA, (MEMORY, MEMORY))
    except (ImportError, AttributeError, OSError, ValueError):  # it has a lower limit already, has ended, or none knows
        return


def _communicated(started: subprocess.Popen[bytes], given: bytes, timeout: float) -> tuple[bytes, bytes]:
    """What a program prints and says, looked at while it comes. Raises GitError where that is too much."""
    end = time.monotonic() + timeout
    Thread(target=_feed, args=(started.stdin, given), daemon=True).start()
    started.stdin = None
    while True:
        try:
            return started.communicate(timeout=min(A_LOOK, max(end - time.monotonic(), 0.0)))
        except subprocess.TimeoutExpired as late:
            if len(late.output or b"") > LARGEST:
                raise GitError(f"git answers with more than {LARGEST / 2**30:.0f} GiB, which is not read") from None
            if time.monotonic() >= end:
                raise


def _feed(to: IO[bytes], given: bytes) -> None:
    """Give a program what it reads, as far as it reads; `communicate` gives nothing once it was broken off."""
    with suppress(OSError), to:
        to.write(given)


def environment(remote: Mapping[str, str] | None = None, index: Path | None = None) -> dict[str, str]:
    """The environment of a command: none of the caller's GIT_* variables but those that reach a server."""
    kept = {k: v for k, v in os.environ.items() if not k.startswith("GIT_") or (remote and k.startswith(KEPT_TO_REACH))}
    reach, password = _signing_in(dict(remote or {}))
    settings = OVERRIDES | reach
    if remote:
        settings.pop("safe.directory")
    counted = {"GIT_CONFIG_COUNT": str(len(settings))}
    for number, (name, value) in enumerate(settings.items()):
        counted |= {f"GIT_CONFIG_KEY_{number}": name, f"GIT_CONFIG_VALUE_{number}": value}
    kept |= FIXED | (REACHING if remote else ALONE) | counted | password
    return kept | ({"GIT_INDEX_FILE": str(index)} if index else {})


def _signing_in(reach: dict[str, str]) -> tuple[dict[str, str], dict[str, str]]:
    """Take user and password out of the address: git would name them on a command line, which every user may read.

    A user alone may be a token; whoever has a helper of their own for its password is asked first.
    """
    known = addresses.parts(reach.get("remote.origin.url", ""))
    if known is None or known.scheme not in addresses.WEB or known.user is None:
        return reach, {}
    host, query = known.place.partition("/")[0], f"?{known.query}" if known.query else ""
    server = f"credential.{known.scheme}://{host}"
    reach |= {
        "remote.origin.url": f"{known.scheme}://{known.place}{query}",
        f"{server}.username": unquote(known.user),
        f"{server}.helper": HELPER,
    }
    return reach, {USER: unquote(known.user), PASSWORD: unquote(known.password or "")}


def in_one_line(said: bytes) -> str:
    """What git said that matters, without user names and passwords in URLs."""
    lines = [line.strip() for line in said.decode("utf-8", "replace").splitlines() if line.strip()]
    telling = [line for line in lines if line.startswith(("fatal:", "error:"))] or lines[-1:] or ["it said nothing"]
    return shortened(without_password(telling[0]), 300)


def without_password(text: str) -> str:
    """A text whose URLs say no user and no password."""
    return re.sub(r"([A-Za-z][A-Za-z0-9+.-]{0,30}://)[^/\s]*@", r"\1", addresses.without_secrets(text))
