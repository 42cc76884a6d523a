"""A server that git reads from: asked first whether it answers at all, and waited for as all hosts are."""

import re
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from urllib.parse import urlsplit

from connectors.base import ConnectorError, Meter, Missing
from connectors.git.program import LONGEST, GitError, git, without_password
from connectors.hosts import FIRST_PAUSE, SILENT, UNKNOWN, Host, host_of, later

ANSWER = 15.0  # seconds for the name of a branch
STALL = 45  # seconds without a byte
NOT_THERE = re.compile("not found|does not exist|does not appear to be a git repository|not a git repository", re.I)
NO_ADDRESS = re.compile("could not resolve|name or service not known", re.I)
REFUSED = re.compile("connection refused|could not connect to|couldn't connect to", re.I)
UNANSWERED = re.compile(
    r"took longer|timed? ?out|failed to connect|unable to connect|no route to host|unreachable|hung up|early eof"
    r"|returned error: (429|5\d\d)|reset by peer|empty reply|closed by|handshake|ssl_error|ssl connect|gnutls"
    r"|tls connection|unexpected disconnect|transfer closed|operation too slow",
    re.I,
)
CERTIFICATE = re.compile("certificate", re.I)


@dataclass(frozen=True)
class Remote:
    """The server of one repository."""

    url: str
    meter: Meter

    @property
    def host(self) -> Host:
        """The host, one for all repositories that are on it."""
        return host_of(self.meter, f"git at {_place(self.url)}")

    def ask(self, arguments: Sequence[str], folder: Path, remote: dict[str, str]) -> bytes:
        """Run a command that is answered at once, again after a pause. Raises Missing, GivenUpError, ConnectorError."""
        host = self.host
        while True:
            with _one_at_first(host):
                try:
                    return self._run(host, arguments, folder, remote, ANSWER)
                except GitError as error:
                    pause = self._pause(host, error)
                self.meter.wait(later(pause), "the server of git, which could not answer")

    def fetch(self, arguments: Sequence[str], folder: Path, remote: dict[str, str]) -> None:
        """Run a command that may take hours, but not stand still. Raises Missing, ConnectorError."""
        stall = {"http.lowSpeedLimit": "1", "http.lowSpeedTime": str(STALL)}
        try:
            self._run(self.host, arguments, folder, remote | stall)
        except GitError as error:
            raise self._refusal(error) from None

    def _run(
        self, host: Host, arguments: Sequence[str], folder: Path, remote: dict[str, str], longest: float = LONGEST
    ) -> bytes:
        host.check()
        said = git(arguments, folder, remote=remote, timeout=longest)
        host.answered()
        return said

    def _pause(self, host: Host, error: GitError) -> float:
        """How long to wait after this error. Raises what ends the walk, or all walks on this host."""
        words = f"{error} {error.said}"
        kind = UNKNOWN if NO_ADDRESS.search(words) else SILENT if REFUSED.search(words) else None
        if CERTIFICATE.search(words) or (kind and not host.has_answered):
            raise host.give_up(f"{kind or error}; check [[git]] url and the network")
        if kind is None and (NOT_THERE.search(words) or not UNANSWERED.search(words)):
            host.answered()
            raise self._refusal(error)
        pause = host.failed(ANSWER if "took longer" in words else FIRST_PAUSE)
        if pause is None:
            raise host.gone(kind or str(error).removesuffix("; the next sync tries again"))
        return pause

    def _refusal(self, error: GitError) -> ConnectorError:
        kind = Missing if NOT_THERE.search(f"{error} {error.said}") else ConnectorError
        return kind(f"{without_password(self.url)}: {error}; check the URL and that `git fetch` works for this user")


@contextmanager
def _one_at_first(host: Host) -> Iterator[None]:
    """Until a host has answered, one repository tries and the others wait for what it finds out."""
    if host.has_answered:
        yield
        return
    with host.first_contact:
        yield


def _place(url: str) -> str:
    """The server of a URL, also of one as ssh writes it; a folder is a place of its own."""
    if "://" in url:
        address = urlsplit(url)
        return address.netloc.rpartition("@")[2].lower() or url
    server, colon, _ = url.partition(":")
    return server.rpartition("@")[2].lower() if colon and "/" not in server else url
