"""What `git` prints becomes rows: commits with their changes, the tree, attributes. Pure; bytes in, rows out."""

import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field
from datetime import UTC, datetime

from connectors.issue_keys import KEY
from data.store import Row

FORMAT = "%x01%H%x00%P%x00%at%x00%ct%x00%aN%x00%aE%x00%B%x00"
FIELDS = 7
ISSUE = re.compile(rf"{KEY.pattern}|(?<![\w-])#[1-9][0-9]{{0,8}}(?!\w)")
CO_AUTHOR = re.compile(r"^co-authored-by:(.*<[^<>]+>)\s*$", re.IGNORECASE | re.MULTILINE)
REVERTS = re.compile(r"^This reverts commit ([0-9a-f]{40,64})", re.MULTILINE)
ADDRESS = re.compile(r"<([^<>]*)>\s*$")
LATEST = 253_402_214_400  # the year 9999: a commit may claim any time
FILE_MODES = ("100644", "100755")


@dataclass(frozen=True)
class Commit:
    """One commit as git tells it, and a row for each file that it changed; `people`: its co-authors as written."""

    row: Row
    changes: list[Row]
    people: list[str] = field(default_factory=list)


@dataclass(frozen=True)
class Entry:
    """A regular file of a tree."""

    path: str
    blob_id: str


def words(raw: bytes) -> str:
    """Text for people and for the store: what is no UTF-8 is spelled out, so that two paths stay two."""
    return raw.decode("utf-8", "backslashreplace").replace("\x00", "")


def commits(said: bytes) -> Iterator[Commit]:
    """The commits of `git log -z --format=FORMAT`, with --numstat or --raw.

    Raises ValueError where the output ends in the middle of something.
    """
    tokens = said.split(b"\x00")
    if tokens.pop() != b"" and said:
        raise ValueError("the log of git ends in the middle of a line")
    place, end = 0, len(tokens)
    while place < end:
        fields, place = tokens[place : place + FIELDS], place + FIELDS
        if len(fields) < FIELDS or not fields[0].startswith(b"\x01"):
            raise ValueError("the log of git has no commit where one should be")
        changes: list[Row] = []
        while place < end and not tokens[place].startswith(b"\x01"):
            try:
                change, place = _change(tokens, place)
            except IndexError:
                raise ValueError("the log of git ends in the middle of a change") from None
            changes += change
        yield _commit(fields, changes)


def _change(tokens: Sequence[bytes], place: int) -> tuple[list[Row], int]:
    token = tokens[place].removeprefix(b"\n")
    if token.startswith(b":"):
        return _raw_change(token, tokens, place)
    if not token:
        return [], place + 1
    added, deleted, path = token.split(b"\t", 2)
    if path:
        return [_changed(path, None, added, deleted)], place + 1
    return [_changed(tokens[place + 2], tokens[place + 1], added, deleted)], place + 3


def _raw_change(token: bytes, tokens: Sequence[bytes], place: int) -> tuple[list[Row], int]:
    if token.rsplit(b" ", 1)[1][:1] in {b"R", b"C"}:
        return [_changed(tokens[place + 2], tokens[place + 1], b"-", b"-")], place + 3
    return [_changed(tokens[place + 1], None, b"-", b"-")], place + 2


def _changed(path: bytes, old: bytes | None, added: bytes, deleted: bytes) -> Row:
    return {
        "id": words(path),
        "old_path": None if old is None else words(old),
        "additions": None if added == b"-" else int(added),
        "deletions": None if deleted == b"-" else int(deleted),
    }


def _commit(fields: Sequence[bytes], changes: list[Row]) -> Commit:
    message = words(fields[6])
    row = {
        "id": fields[0][1:].decode(),
        "parents": len(fields[1].split()),
        "parent_ids": fields[1].decode(),
        "authored_at": moment(fields[2]),
        "committed_at": moment(fields[3]),
        "author_name": words(fields[4]),
        "author_email": words(fields[5]).lower(),
        "headline": message.partition("\n")[0][:300],
        "reverts": found[1] if (found := REVERTS.search(message)) else None,
        "mentions": list(dict.fromkeys(ISSUE.findall(message)))[:50],
        "changed_files": len(changes),
        "additions": _sum(changes, "additions"),
        "deletions": _sum(changes, "deletions"),
    }
    return Commit(row, changes, [person.strip() for person in CO_AUTHOR.findall(message)])


def _sum(changes: Sequence[Row], name: str) -> int | None:
    known = [change[name] for change in changes if change[name] is not None]
    return sum(known) if known or not changes else None


def moment(seconds: bytes | int) -> datetime:
    """Seconds since 1970 as a moment in UTC; nonsense is the nearest time that there is."""
    try:
        return datetime.fromtimestamp(min(max(int(seconds), 0), LATEST), UTC)
    except ValueError:
        return datetime.fromtimestamp(0, UTC)


def address(person: str) -> str | None:
    """The e-mail address of `Name <address>`, in lower case."""
    found = ADDRESS.search(person)
    return found[1].strip().lower() or None if found else None


def blobs(said: bytes) -> set[str]:
    """The blobs before and after every change of `git log --raw -z --no-abbrev`; submodules are none."""
    found: set[str] = set()
    for token in said.split(b"\x00"):
        if token.lstrip(b"\n").startswith(b":") and len(parts := token.lstrip(b"\n:").split(b" ")) == 5:
            pairs = zip(parts[:2], parts[2:4], strict=True)
            found |= {blob.decode() for mode, blob in pairs if mode not in {b"160000", b"000000"}}
    return found


def tree(said: bytes) -> list[Entry]:
    """The regular files of `git ls-tree -r -z`: no links, no submodules."""
    entries = []
    for token in said.split(b"\x00")[:-1]:
        about, _, path = token.partition(b"\t")
        mode, _, blob = about.decode().split(" ")
        if mode in FILE_MODES:
            entries.append(Entry(words(path), blob))
    return entries


def marked(said: bytes) -> dict[str, set[str]]:
    """Path → the attributes that are set on it, of `git check-attr -z`."""
    tokens = said.split(b"\x00")[:-1]
    found: dict[str, set[str]] = {}
    for path, name, value in zip(tokens[::3], tokens[1::3], tokens[2::3], strict=True):
        if value in {b"set", b"true"}:
            found.setdefault(words(path), set()).add(name.decode())
    return found


def contents(said: bytes) -> dict[str, bytes]:
    """Blob → its bytes, of `git cat-file --batch`; a missing one is not among them."""
    found: dict[str, bytes] = {}
    place = 0
    while place < len(said):
        end = said.index(b"\n", place)
        header = said[place:end].decode().split(" ")
        place = end + 1
        if len(header) == 3:
            size = int(header[2])
            found[header[0]] = said[place : place + size]
            place += size + 1
    return found
