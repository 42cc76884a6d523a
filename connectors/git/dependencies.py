"""The stream of dependencies: which version of what was in use since when, month by month."""

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

LARGEST = 20_000_000  # bytes
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
        note = f"cannot be read: {', '.join(broken[:3])}" if broken else None
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
    texts = clone.read((blob for moment in moments for blob in moment.blobs.values()), LARGEST)
    rows: list[Row] = []
    broken: list[str] = []
    for path in manifests:
        about = {
            "repository_id": scope.id,
            "manifest": path,
            "ecosystem": MANIFESTS[PurePosixPath(path).name].ecosystem,
        }
        states = [(moment, _parsed(path, moment.blobs, texts)) for moment in moments]
        rows += [about | row for row in _spans([(moment, found) for moment, found in states if found is not None])]
        broken += [path] if states and states[-1][1] is None else []
    return rows, broken


def _parsed(path: str, blobs: Blobs, texts: Mapping[str, bytes]) -> list[Dependency] | None:
    """The dependencies at a moment; nothing where the manifest was not there; None where it cannot be read."""
    if path not in blobs:
        return []
    kind = MANIFESTS[PurePosixPath(path).name]
    locks = [name for name in kind.locks if blobs.get(_beside(path, name)) in texts]
    lock = (locks[0], parse.words(texts[blobs[_beside(path, locks[0])]])) if locks else None
    try:
        return direct(kind, parse.words(texts[blobs[path]]), lock)
    except (ValueError, KeyError, TypeError, AttributeError, SyntaxError, RecursionError):
        return None


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
