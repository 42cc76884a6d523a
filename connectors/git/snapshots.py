"""The stream of files: each at the head, and the source files that change most at the end of each month."""

from collections.abc import Collection, Iterable, Iterator, Mapping, Sequence
from dataclasses import asdict, dataclass
from datetime import UTC, datetime, timedelta
from math import ceil
from typing import TYPE_CHECKING

from connectors.base import Page, Scope, Settled, State
from connectors.git.clone import ATTRIBUTES, Clone
from connectors.git.complexity import LARGEST, Measured, language, measure
from connectors.git.parse import Entry
from connectors.git.session import Session
from data.store import Row

if TYPE_CHECKING:
    import pandas as pd

PAGE = 200  # files measured before they are stored
BATCH = 5000
MONTHS = 13
# Of how many files the past is measured: more than are hotspots; those that come first by commits and size.
LEAST, SHARE, WATCHED = 3, 0.05, 100
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
    yield from _past(session, clone, scope)
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
    """Each with its measures; the same content under the same name is measured once."""
    source = [entry for entry in entries if language(entry.path)]
    contents = clone.read((entry.blob_id for entry in source), LARGEST) if source else {}
    found = {entry: measure(entry.path, contents[entry.blob_id]) for entry in set(source) if entry.blob_id in contents}
    yield from ((entry, found.get(entry)) for entry in entries)


def _file(scope: Scope, marks: dict[str, set[str]], entry: Entry, found: Measured | None) -> Row:
    generated, vendored = _flags(marks, entry)
    about = {"repository_id": scope.id, "id": entry.path, "blob_id": entry.blob_id, "language": language(entry.path)}
    return about | {"is_generated": generated, "is_vendored": vendored} | _measures(found)


def _measures(found: Measured | None) -> Row:
    return asdict(found) if found else dict.fromkeys(Measured.__annotations__)


# The past ------------------------------------------------------------------------------------------------


def _past(session: Session, clone: Clone, scope: Scope) -> Iterator[Page]:
    """When a month has ended: whole months of the files that are likely to be hotspots.

    The last month comes last: where it is stored, all are.
    """
    months = months_before(session.now)
    done = session.store.load("file_snapshots", ["id", "path"], **session.where)
    there = set(done.itertuples(index=False, name=None))
    if months[-1][0] in set(done["id"]):
        return
    changes = _changes(session)
    watched = _watched(session, changes)
    commits = session.branch.at([end for _, end in months])
    moves = moves_back(changes, session.branch.contained(commits))
    part: list[Past] = []
    for number, ((month, end), commit) in enumerate(zip(months, commits, strict=True)):
        old = {path: name_at(path, moves, number) for path in watched if commit and (month, path) not in there}
        named = {name: path for path, name in old.items() if name}
        found = clone.tree(commit, list(named)) if named else []
        part += [Past(month, end, named[entry.path], entry) for entry in found]
        if len(part) >= PAGE or (part and end == months[-1][1]):
            yield Page(session.now, {"file_snapshots": _rows(clone, scope, part)}, {"month": month})
            part = []


def _watched(session: Session, changes: "pd.DataFrame") -> list[str]:
    """The source files that come first by their commits in the last year, times their indentation, as ranks."""
    files = session.store.load("files", ["id", "indentation", "is_generated", "is_vendored"], **session.where)
    files = files[files["indentation"].notna() & ~files["is_generated"] & ~files["is_vendored"]]
    commits = changes.loc[changes["time"] >= (session.now - YEAR).timestamp(), "id"].value_counts()
    rows = files.assign(commits=commits.reindex(files["id"]).to_numpy()).dropna(subset="commits")
    rows["likely"] = rows["commits"].rank(pct=True) * rows["indentation"].astype("float64").rank(pct=True)
    many = min(WATCHED, max(LEAST, ceil(SHARE * len(files))))
    return list(rows.sort_values(["likely", "commits", "id"], ascending=[False, False, True])["id"].head(many))


def _changes(session: Session) -> "pd.DataFrame":
    changes = session.store.load("file_changes", ["commit_id", "id", "old_path"], **session.where)
    places = changes["commit_id"].map(session.branch.places)
    there = changes[places.notna()].assign(place=places[places.notna()].astype("int64"))
    return there.assign(time=there["place"].map(dict(enumerate(session.branch.times))).astype("int64"))


def months_before(now: datetime) -> list[tuple[str, datetime]]:
    """The last months that are over, the newest last: the name and the end of each."""
    end = now.astimezone(UTC).replace(day=1, hour=0, minute=0, second=0, microsecond=0)
    months = []
    for _ in range(MONTHS):
        start = (end - timedelta(days=1)).replace(day=1)
        months.append((f"{start:%Y-%m}", end))
        end = start
    return months[::-1]


@dataclass(frozen=True)
class Moves:
    """What one commit renamed, new path → old path; `contained`: bit n is set where the n-th month's end has it."""

    names: Mapping[str, str]
    old: Collection[str]
    contained: int


def moves_back(changes: "pd.DataFrame", contained: Sequence[int]) -> list[Moves]:
    """The commits that renamed files, the newest first."""
    renames = changes[changes["old_path"].notna()].sort_values("place", ascending=False, kind="stable")
    by_commit: dict[int, dict[str, str]] = {}
    for place, new, old in zip(renames["place"], renames["id"], renames["old_path"], strict=True):
        by_commit.setdefault(place, {})[new] = old
    return [Moves(names, set(names.values()), contained[place]) for place, names in by_commit.items()]


def name_at(path: str, moves: Iterable[Moves], number: int) -> str | None:
    """What a file was called at the n-th month's end; None where its path then was another file's."""
    for move in moves:
        if not move.contained >> number & 1:
            if path in move.names:
                path = move.names[path]
            elif path in move.old:
                return None
    return path


@dataclass(frozen=True)
class Past:
    """A file as it was at the end of a month; `path`: what it is called now."""

    month: str
    at: datetime
    path: str
    entry: Entry


def _rows(clone: Clone, scope: Scope, part: Sequence[Past]) -> list[Row]:
    clone.fetch(one.entry.blob_id for one in part)
    measured = _measured(clone, [one.entry for one in part])
    return [
        {"repository_id": scope.id, "id": one.month, "at": one.at, "path": one.path, "blob_id": one.entry.blob_id}
        | _without(_measures(found), "bytes")
        for one, (_, found) in zip(part, measured, strict=True)
    ]


def _without(row: Row, name: str) -> Row:
    return {key: value for key, value in row.items() if key != name}
