"""A repository of our own for each that is read: with borrowed objects of a local clone, or a partial clone of a URL.

The configuration, the hooks and the working tree of what is read stay where they are: git runs in our repository only.
"""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from urllib.parse import quote

from connectors.base import Meter, Missing
from connectors.git import parse
from connectors.git.branch import Listed
from connectors.git.parse import Entry
from connectors.git.program import GitError, git
from connectors.git.remote import Remote

READ = "refs/plumbline/read"
QUICK = 60.0  # seconds for a question that only looks
ATTRIBUTES = ("linguist-generated", "linguist-vendored")


@dataclass(frozen=True)
class Clone:
    """A repository to read from. `head` is null where there is no commit yet; `note`: what is amiss with it."""

    folder: Path
    head: str | None
    branch: str
    note: str | None = None
    remote: dict[str, str] | None = field(default=None, repr=False)

    def ask(self, *arguments: str, given: bytes = b"", index: Path | None = None) -> bytes:
        """Run a command that reads. Raises GitError."""
        return git(arguments, self.folder, given, index=index)

    def continues(self, commit: str) -> bool:
        """Whether the branch still contains a commit."""
        try:
            self.ask("merge-base", "--is-ancestor", commit, self.head or "")
        except GitError:
            return False
        return True

    def commits(self, after: str | None = None) -> list[Listed]:
        """The branch's commits, parents before children; `after`: only those that it does not contain."""
        if self.head is None:
            return []
        limit = [f"^{after}"] if after else []
        form = ("--reverse", "--topo-order", "--timestamp", "--parents")
        lines = self.ask("rev-list", *form, *limit, self.head, "--").decode().splitlines()
        return [Listed(words[1], int(words[0]), words[2:]) for words in map(str.split, lines)]

    def log(self, hashes: Sequence[str], *options: str) -> bytes:
        """`git log` of these commits, in this order."""
        return self.ask("log", "--no-walk=unsorted", "--stdin", "-z", *options, given=_lines(hashes))

    def tree(self, commit: str | None = None, paths: Sequence[str] = ()) -> list[Entry]:
        """The regular files of a commit (default: the head)."""
        at = commit or self.head
        limit = ["--", *paths] if paths else []
        return parse.tree(self.ask("ls-tree", "-r", "-z", "--full-tree", at, *limit)) if at else []

    def blob(self, path: str) -> str | None:
        """The blob of a path at the head."""
        return next((entry.blob_id for entry in self.tree(paths=[path])), None)

    def read(self, blob_ids: Iterable[str], largest: int) -> dict[str, bytes]:
        """The bytes of blobs that are no larger than that."""
        wanted = list(dict.fromkeys(blob_ids))
        sizes = self.ask("cat-file", "--batch-check=%(objectname) %(objectsize)", given=_lines(wanted)).decode()
        pairs = [line.split(" ") for line in sizes.splitlines()]
        small = [pair[0] for pair in pairs if len(pair) == 2 and pair[1].isdigit() and int(pair[1]) <= largest]
        return parse.contents(self.ask("cat-file", "--batch", given=_lines(small)))

    def attributes(self, paths: Sequence[str]) -> dict[str, set[str]]:
        """Path → which of ATTRIBUTES the repository's .gitattributes set on it at the head."""
        if self.head is None or not paths:
            return {}
        index = self.folder / "index.read"
        try:
            self.ask("read-tree", self.head, index=index)
            given = b"".join(path.encode("utf-8", "replace") + b"\x00" for path in paths)
            said = self.ask("check-attr", "--cached", "--stdin", "-z", *ATTRIBUTES, given=given, index=index)
        finally:
            index.unlink(missing_ok=True)
        return parse.marked(said)

    def fetch(self, blob_ids: Iterable[str]) -> None:
        """Get all of these blobs that are not here, in one go; only of a URL."""
        if self.remote is None:
            return
        here = set(
            self.ask("cat-file", "--batch-all-objects", "--unordered", "--batch-check=%(objectname)").decode().split()
        )
        if missing := sorted(set(blob_ids) - here):
            how = ("--no-tags", "--no-write-fetch-head", "--recurse-submodules=no", "--filter=blob:none", "--stdin")
            reach = self.remote | {"fetch.negotiationAlgorithm": "noop"}
            git(["fetch", "origin", *how], self.folder, _lines(missing), remote=reach)


def _lines(words: Iterable[str]) -> bytes:
    return "".join(f"{word}\n" for word in words).encode()


def of_path(folder: Path, path: Path) -> Clone:
    """Read a local clone where it is: its objects are borrowed, nothing is written to it. Raises Missing, GitError."""
    there, head, branch, format_ = looked_at(path)
    _make(folder, format_)
    (folder / "objects" / "info" / "alternates").write_text(f"{there / 'objects'}\n")
    shallow = there / "shallow"
    (folder / "shallow").write_bytes(shallow.read_bytes() if shallow.is_file() else b"")
    if head:
        git(["update-ref", "--no-deref", "HEAD", head], folder)
    note = "the clone is shallow: what was before is missing; run `git fetch --unshallow` in it"
    return Clone(folder, head, branch, note if shallow.is_file() else None)


def looked_at(path: Path) -> tuple[Path, str | None, str, str]:
    """Where a local clone keeps its objects, its head, its branch, its kind of hash. Raises Missing."""
    if not path.is_dir():
        raise Missing(f"{path}: no such folder; give [[git]] path the folder of a clone")

    def ask(*arguments: str) -> str:
        return git(arguments, path, timeout=QUICK).decode("utf-8", "surrogateescape").removesuffix("\n")

    try:
        there = (path / ask("rev-parse", "--git-common-dir")).resolve()
    except GitError:
        raise Missing(f"{path}: no git repository; give [[git]] path the folder of a clone") from None
    head = _or_none(ask, "rev-parse", "--verify", "--quiet", "HEAD^{commit}")
    branch = _or_none(ask, "symbolic-ref", "--quiet", "--short", "HEAD")
    return there, head, branch or "HEAD", ask("rev-parse", "--show-object-format")


def _or_none(ask: object, *arguments: str) -> str | None:
    try:
        return ask(*arguments)  # type: ignore[operator,no-any-return]
    except GitError:
        return None


def of_url(folder: Path, url: str, meter: Meter) -> Clone:
    """Make or renew a partial clone: all commits and trees, no contents yet. Raises Missing, ConnectorError."""
    server = Remote(url, meter)
    remote = {
        "remote.origin.url": url,
        "remote.origin.promisor": "true",
        "remote.origin.partialclonefilter": "blob:none",
    }
    head, branch = listed(folder.parent, server)
    _make(folder, "sha256" if head and len(head) == 64 else "sha1")
    if head is None:
        return Clone(folder, None, branch, remote=remote)
    how = ("--no-tags", "--no-recurse-submodules", "--no-auto-gc", "--no-write-fetch-head", "--filter=blob:none")
    server.fetch(["fetch", *how, "--force", "origin", f"+HEAD:{READ}"], folder, remote)
    git(["symbolic-ref", "HEAD", READ], folder)
    head = git(["rev-parse", "--verify", f"{READ}^{{commit}}"], folder).decode().strip()
    return Clone(folder, head, branch, remote=remote)


def listed(folder: Path, server: Remote) -> tuple[str | None, str]:
    """The head of a repository's default branch, and the branch's name. Raises Missing, ConnectorError."""
    folder.mkdir(parents=True, exist_ok=True)
    remote = {"remote.origin.url": server.url}
    said = server.ask(["ls-remote", "--symref", "origin", "HEAD"], folder, remote).decode("utf-8", "replace")
    branch, head = "HEAD", None
    for line in said.splitlines():
        what, _, name = line.partition("\t")
        if what.startswith("ref: "):
            branch = what.removeprefix("ref: refs/heads/")
        elif name == "HEAD":
            head = what
    return head, branch


def _make(folder: Path, object_format: str) -> None:
    if not (folder / "HEAD").is_file():
        folder.mkdir(parents=True, exist_ok=True)
        git(["init", "--quiet", "--bare", "--template=", f"--object-format={object_format}", "."], folder)
    (folder / "objects" / "info").mkdir(parents=True, exist_ok=True)


def folder_of(clones: Path, repository: str) -> Path:
    """The folder of a repository's clone."""
    return clones / f"{quote(repository, safe='')}.git"
