"""The stream of dependencies: which version of what was in use since when, month by month."""

import codecs
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from pathlib import PurePosixPath

from connectors.base import Page, Scope, Settled, State
from connectors.git import parse
from connectors.git.clone import Clone
from connectors.git.manifests import COMPILED, MANIFESTS, Dependency
from connectors.git.manifests import dependencies as direct
from connectors.git.session import WINDOW, Session
from data.store import Row

LARGEST, LARGEST_LOCK = 2_000_000, 20_000_000  # bytes of a manifest and of a lock file: nobody writes larger ones
MANY = 200  # manifests of one repository
Blobs = dict[str, str]  # path → blob
OTHERS = ("vendor", "node_modules", "third_party", "testdata", "fixtures")


@dataclass(frozen=True)
class Moment:
    """What manifests and lock files were at a commit."""

    commit: str
    at: datetime
    blobs: Blobs


def dependencies(session: Session, scope: Scope, state: State) -> Iterator[Page]:
    """Every version of every direct dependency, read again when a manifest or its lock file has changed."""
    clone, now = session.clone(), session.now
    here = {entry.path: entry.blob_id for entry in clone.tree() if _is_read(entry.path)}
    manifests = [path for path in sorted(here) if _is_manifest(path, here)][:MANY]
    if not _is_read_already(session, list(here)):
        rows, broken = _all_rows(session, clone, scope, manifests, here)
        more = f" and {len(broken) - 3} more" if len(broken) > 3 else ""
        note = f"cannot be read: {', '.join(broken[:3])}{more}" if broken else None
        settled = [Settled("dependencies", {"repository_id": scope.id}, now)]
        yield Page(now, {"dependencies": rows}, high_water=now, settled=settled, note=note)
    else:
        yield Page(now, high_water=now)


def _is_read(path: str) -> bool:
    folder, name = PurePosixPath(path).parts[:-1], PurePosixPath(path).name
    locks = {lock for kind in MANIFESTS.values() for lock in kind.locks}
    return name in MANIFESTS.keys() | locks and not set(folder) & set(OTHERS)


def _is_manifest(path: str, here: Blobs) -> bool:
    name = PurePosixPath(path).name
    compiled = COMPILED.get(name)
    return name in MANIFESTS and not (compiled and _beside(path, compiled) in here)


def _beside(path: str, name: str) -> str:
    return str(PurePosixPath(path).with_name(name))


def _is_read_already(session: Session, paths: Sequence[str]) -> bool:
    stored = session.store.load("dependencies", ["seen_at"], gone=True, **session.where)["seen_at"]
    changed = session.store.load("file_changes", ["seen_at"], gone=True, id=paths, **session.where)["seen_at"]
    return bool(len(stored)) and (changed.empty or bool(stored.max() >= changed.max()))


def _all_rows(
    session: Session, clone: Clone, scope: Scope, manifests: Sequence[str], here: Blobs
) -> tuple[list[Row], list[str]]:
    moments = _moments(session, clone, here)
    clone.fetch(blob for moment in moments for blob in moment.blobs.values())
    texts = clone.read((blob for moment in moments for blob in moment.blobs.values()), LARGEST_LOCK)
    rows: list[Row] = []
    broken: list[str] = []
    for path in manifests:
        about = {
            "repository_id": scope.id,
            "manifest": path,
            "ecosystem": MANIFESTS[PurePosixPath(path).name].ecosystem,
        }
        parsed = _Parsed(path, texts)
        states = [(moment, parsed.at(moment.blobs)) for moment in moments]
        rows += [about | row for row in _spans([(moment, found) for moment, found in states if found is not None])]
        broken += [path] if states and states[-1][1] is None else []
    return rows, broken


class _Parsed:
    """What one manifest said at several moments; the same contents are parsed once."""

    def __init__(self, path: str, texts: Mapping[str, bytes]) -> None:
        self.path, self.texts = path, texts
        self.kind = MANIFESTS[PurePosixPath(path).name]
        self.found: dict[tuple[str, str | None], list[Dependency] | None] = {}

    def at(self, blobs: Blobs) -> list[Dependency] | None:
        """The dependencies; nothing where the manifest was not there; None where it cannot be read."""
        if self.path not in blobs:
            return []
        lock = next((name for name in self.kind.locks if blobs.get(_beside(self.path, name)) in self.texts), None)
        pair = blobs[self.path], lock and blobs[_beside(self.path, lock)]
        if pair not in self.found:
            self.found[pair] = self._read(pair[0], lock, pair[1])
        return self.found[pair]

    def _read(self, blob: str, lock: str | None, lock_blob: str | None) -> list[Dependency] | None:
        content = self.texts.get(blob)
        if content is None or len(content) > LARGEST:
            return None
        try:
            locked = (lock, text_of(self.texts[lock_blob])) if lock and lock_blob else None
            return direct(self.kind, text_of(content), locked)
        except (ValueError, KeyError, TypeError, AttributeError, SyntaxError, RecursionError):
            return None


def text_of(content: bytes) -> str:
    """A manifest as text: UTF-8, or UTF-16 where it says so, as some shells write lists of packages."""
    is_wide = content[:2] in {codecs.BOM_UTF16_LE, codecs.BOM_UTF16_BE}
    return content.decode("utf-16", "replace") if is_wide else parse.words(content)


def _moments(session: Session, clone: Clone, here: Blobs) -> list[Moment]:
    """The manifests and lock files as they were when each month of the window ended, and now; oldest first."""
    if clone.head is None or not here:
        return []
    branch, begin = session.branch, session.now - WINDOW
    earlier = branch.at([begin])[0]
    limit = [f"^{earlier}"] if earlier else []
    form = ("--first-parent", "--reverse", *limit, clone.head, "--", *sorted(here))
    last: dict[tuple[int, int], tuple[str, datetime]] = {}
    for commit in clone.ask("rev-list", *form).decode().split():
        at = parse.moment(branch.times[branch.places[commit]])
        last[at.year, at.month] = (commit, at)
    if not last:  # nothing changed in the window: they are what they were when it began
        last[0, 0] = (clone.head, begin)
    paths = sorted(here)
    return [Moment(c, at, {e.path: e.blob_id for e in clone.tree(c, paths)}) for c, at in last.values()]


def _spans(states: Sequence[tuple[Moment, list[Dependency]]]) -> list[Row]:
    """A row for each version, from the moment at which it is there to the one at which it is not."""
    rows: list[Row] = []
    current: dict[str, Row] = {}
    for moment, found in states:
        seen = {d.name: d for d in found}
        for name, row in list(current.items()):
            if name not in seen or (row["version"], row["requirement"]) != (seen[name].version, seen[name].requirement):
                current.pop(name)["until"] = moment.at
        for name in seen.keys() - current.keys():
            about = {"name": name, "requirement": seen[name].requirement, "version": seen[name].version}
            current[name] = {"id": moment.commit, **about, "since": moment.at, "until": None}
            rows.append(current[name])
    return sorted(rows, key=lambda row: (row["name"], row["since"]))
