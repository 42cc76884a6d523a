"""The stream of files: each at the head, and the source files that change most at the end of each month."""

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import asdict
from datetime import UTC, datetime, timedelta

import pandas as pd

from connectors.base import Page, Scope, Settled, State
from connectors.git.clone import ATTRIBUTES, Clone
from connectors.git.complexity import LARGEST, Measured, language, measure
from connectors.git.parse import Entry
from connectors.git.session import Session
from data.store import Row

PAGE = 200  # files measured before they are stored
BATCH = 5000
MONTHS = 13
WATCHED = 100  # files of a repository whose past is measured
YEAR = timedelta(days=365)


def files(session: Session, scope: Scope, state: State) -> Iterator[Page]:
    """Every file at the head that is not stored as it is now, then the past of the source that changes most.

    Only source code is measured; of everything else it is known that it is there.
    """
    clone, now = session.clone(), session.now
    entries = clone.tree()
    stored = session.store.load("files", ["id", "blob_id", "is_generated", "is_vendored"], **session.where)
    there = {path: tuple(rest) for path, *rest in stored.itertuples(index=False, name=None)}
    marks = clone.attributes([entry.path for entry in entries])
    wanted = [e for e in entries if there.get(e.path) != (e.blob_id, *_flags(marks, e))]
    clone.fetch(entry.blob_id for entry in wanted if language(entry.path))
    for part in _pages(wanted):
        rows = [_file(scope, marks, entry, found) for entry, found in _measured(clone, part)]
        yield Page(now, {"files": rows}, {"file": part[-1].path}, oldest=now, expected=len(entries))
    yield from _past(session, clone, scope, [entry for entry in entries if language(entry.path)])
    gone = sorted(set(there) - {entry.path for entry in entries})
    parts = [gone[start : start + BATCH] for start in range(0, len(gone), BATCH)]
    settled = [Settled(t, {"repository_id": scope.id, n: p}, now) for p in parts for t, n in _KEYS]
    yield Page(now, high_water=now, expected=len(entries), settled=settled)


_KEYS = (("files", "id"), ("file_snapshots", "path"))


def _pages(entries: Sequence[Entry]) -> Iterator[Sequence[Entry]]:
    """Source files first, a few at a time because each is measured; then the rest."""
    source = [entry for entry in entries if language(entry.path)]
    others = [entry for entry in entries if not language(entry.path)]
    yield from (source[start : start + PAGE] for start in range(0, len(source), PAGE))
    yield from (others[start : start + BATCH] for start in range(0, len(others), BATCH))


def _flags(marks: dict[str, set[str]], entry: Entry) -> tuple[bool, ...]:
    return tuple(name in marks.get(entry.path, ()) for name in ATTRIBUTES)


def _measured(clone: Clone, entries: Sequence[Entry]) -> Iterator[tuple[Entry, Measured | None]]:
    source = [entry.blob_id for entry in entries if language(entry.path)]
    contents = clone.read(source, LARGEST) if source else {}
    for entry in entries:
        content = contents.get(entry.blob_id) if language(entry.path) else None
        yield entry, None if content is None else measure(entry.path, content)


def _file(scope: Scope, marks: dict[str, set[str]], entry: Entry, found: Measured | None) -> Row:
    generated, vendored = _flags(marks, entry)
    about = {"repository_id": scope.id, "id": entry.path, "blob_id": entry.blob_id, "language": language(entry.path)}
    return about | {"is_generated": generated, "is_vendored": vendored} | _measures(found)


def _measures(found: Measured | None) -> Row:
    return asdict(found) if found else dict.fromkeys(Measured.__annotations__)


# The past ------------------------------------------------------------------------------------------------


def _past(session: Session, clone: Clone, scope: Scope, entries: Sequence[Entry]) -> Iterator[Page]:
    """When a month has ended: one page for each month, of the files that changed most in the last year.

    The last month comes last: where it is stored, all are.
    """
    months = months_before(session.now)
    done = session.store.load("file_snapshots", ["id", "path"], **session.where)
    there = set(done.itertuples(index=False, name=None))
    if months[-1][0] in set(done["id"]):
        return
    changes = _changes(session)
    here = {entry.path for entry in entries}
    recent = changes[changes["committed_at"] >= session.now - YEAR]
    watched = [path for path in recent["id"].value_counts().index if path in here][:WATCHED]
    renames = changes[changes["old_path"].notna()].sort_values("committed_at", ascending=False)
    moves = list(zip(renames["old_path"], renames["id"], renames["committed_at"], strict=True))
    for month, end in months:
        missing = [path for path in watched if (month, path) not in there]
        commit = clone.at(end) if missing else None
        if commit:
            named = {_before(path, moves, end): path for path in missing}
            yield Page(
                session.now, {"file_snapshots": _month(clone, scope, commit, month, end, named)}, {"month": month}
            )


def _changes(session: Session) -> pd.DataFrame:
    commits = session.store.load("git_commits", ["id", "committed_at"], **session.where)
    changes = session.store.load("file_changes", ["commit_id", "id", "old_path"], **session.where)
    return changes.merge(commits, left_on="commit_id", right_on="id", suffixes=("", "_of_commit"))


def months_before(now: datetime) -> list[tuple[str, datetime]]:
    """The last months that are over, the newest last: the name and the end of each."""
    end = now.astimezone(UTC).replace(day=1, hour=0, minute=0, second=0, microsecond=0)
    months = []
    for _ in range(MONTHS):
        start = (end - timedelta(days=1)).replace(day=1)
        months.append((f"{start:%Y-%m}", end))
        end = start
    return months[::-1]


def _before(path: str, moves: Iterable[tuple[str, str, datetime]], moment: datetime) -> str:
    """What a file was called then; `moves` are (old, new, at), newest first."""
    for old, new, at in moves:
        if new == path and at >= moment:
            path = old
    return path


def _month(clone: Clone, scope: Scope, commit: str, month: str, end: datetime, named: dict[str, str]) -> list[Row]:
    entries = clone.tree(commit, list(named))
    clone.fetch(entry.blob_id for entry in entries)
    about = {"repository_id": scope.id, "id": month, "at": end}
    return [
        about | {"path": named[entry.path], "blob_id": entry.blob_id} | _without(_measures(found), "bytes")
        for entry, found in _measured(clone, entries)
    ]


def _without(row: Row, name: str) -> Row:
    return {key: value for key, value in row.items() if key != name}
