"""A git repository written as one stream, with the hash of each commit known as soon as it is asked for."""

import subprocess
from collections.abc import Iterable, Mapping
from pathlib import Path
from types import TracebackType
from typing import IO, Self

from connectors.git.program import GitError, environment, git, in_one_line

# Half the time of a compressed pack, for some twenty megabytes.
FAST = ("-c", "core.compression=0", "-c", "fastimport.unpackLimit=1")
# Each object is compressed in a buffer that glibc would otherwise give back to the system at once, 25,000 times.
KEEPS_MEMORY = {"MALLOC_TRIM_THRESHOLD_": "100000000", "MALLOC_MMAP_THRESHOLD_": "100000000"}


class Writer:
    """The branch main of a new bare repository in a folder. Raises GitError when git is missing or fails."""

    def __init__(self, folder: Path) -> None:
        folder.mkdir(parents=True)
        git(["init", "--quiet", "--bare", "--template=", "--initial-branch=main", "."], folder)
        self.commits = 0
        self.program = subprocess.Popen(
            ["git", *FAST, "fast-import", "--quiet", "--depth=0", "--done", "--date-format=raw"],
            cwd=folder,
            env=environment() | KEEPS_MEMORY,
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            stderr=subprocess.PIPE,
        )

    def __enter__(self) -> Self:
        return self

    def __exit__(self, kind: type[BaseException] | None, error: BaseException | None, at: TracebackType | None) -> None:
        try:
            _, said = self.program.communicate(b"" if error else b"done\n")
        except OSError:  # it has ended already, and said why
            _, said = self.program.communicate()
        if self.program.returncode and not isinstance(error, GitError):
            raise GitError(f"git fast-import failed ({self.program.returncode}): {in_one_line(said)}")

    def commit(
        self, who: str, at: int, message: str, files: Mapping[str, bytes], moved: Iterable[tuple[str, str]] = ()
    ) -> int:
        """Add a commit; `who` as "Name <address>", `at` in seconds since 1970. Its mark, for `hash_of`."""
        self.commits += 1
        told = message.encode()
        person = f"{who} {at} +0000"
        head = f"commit refs/heads/main\nmark :{self.commits}\nauthor {person}\ncommitter {person}\n"
        parts = [head.encode(), b"data %d\n%b\n" % (len(told), told)]
        parts += [f"R {old} {new}\n".encode() for old, new in moved]
        parts += [b"M 100644 inline %b\ndata %d\n%b\n" % (path.encode(), len(t), t) for path, t in files.items()]
        self._pipe(self.program.stdin).write(b"".join(parts))
        return self.commits

    def hash_of(self, mark: int) -> str:
        """The hash of a commit that was added."""
        given = self._pipe(self.program.stdin)
        given.write(b"get-mark :%d\n" % mark)
        given.flush()
        return self._pipe(self.program.stdout).readline().decode().strip()

    def hashes(self) -> list[str]:
        """The hashes of all commits, the first first."""
        given = self._pipe(self.program.stdin)
        found = []
        for start in range(1, self.commits + 1, 1000):  # no more answers at once than a pipe holds
            many = range(start, min(start + 1000, self.commits + 1))
            given.write(b"".join(b"get-mark :%d\n" % mark for mark in many))
            given.flush()
            found += [self._pipe(self.program.stdout).readline().decode().strip() for _ in many]
        return found

    @staticmethod
    def _pipe(pipe: IO[bytes] | None) -> IO[bytes]:
        if pipe is None:
            raise GitError("git fast-import has no pipe")
        return pipe
