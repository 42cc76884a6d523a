"""The stream of commits: what the branch has and the store has not, and what the branch no longer has."""

from collections.abc import Iterator, Mapping, Sequence
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from connectors.base import Page, Scope, Settled, State
from connectors.git import parse
from connectors.git.branch import Listed
from connectors.git.clone import Clone
from connectors.git.parse import Commit
from connectors.git.program import GitError
from connectors.git.session import WINDOW, Session
from data.store import Row

PAGE = 2000  # commits
BATCH = 5000  # ids in one condition
LINES = ("--numstat", "-M", "--no-ext-diff", "--no-textconv", "--ignore-submodules=all", f"--format={parse.FORMAT}")
PATHS = ("--raw", "-M100%", "--no-ext-diff", "--no-textconv", "--ignore-submodules=all", f"--format={parse.FORMAT}")
PEOPLE = ("--no-patch", f"--format={parse.FORMAT}")
MAILMAP, IGNORED = ".mailmap", ".git-blame-ignore-revs"
LARGEST_LIST = 5_000_000  # bytes


@dataclass(frozen=True)
class Compared:
    """What the branch has and what is stored of it.

    `new`, `known`, `moved` (stored in another place of the order, or without parents) and `gone`: hashes; `oldest`:
    what was made since then is there.
    """

    new: Sequence[str]
    positions: Mapping[str, int]
    oldest: datetime
    known: Sequence[str] = ()
    moved: Sequence[Listed] = ()
    gone: Sequence[str] = ()


def commits(session: Session, scope: Scope, state: State) -> Iterator[Page]:
    """Commits, their changes, and the branch: parents first, each page as soon as it is read.

    What is stored is known by its hashes, so that an interrupted walk goes on, and a rewritten branch is noticed.
    """
    clone, now = session.clone(), session.now
    people = _people(session, clone)
    found = _compared(session, clone, state, people)
    notes = [clone.note] if clone.note else []
    expected = session.store.count("git_commits", **session.where) + len(found.new)
    yield from _placed(session, found)
    for read, without_lines in _read(session, clone, found.new):
        notes += [note for note in [without_lines] if note and note not in notes]
        rows = _rows(session, clone, read, people["ignored"], found.positions)
        yield Page(now, rows, {"commit": read[-1].row["id"]}, oldest=now, expected=expected, note=_said(notes))
    if people["changed"]:
        yield from _renamed_people(session, clone, found.known, people["ignored"])
    if found.gone:
        notes.append(f"the branch {clone.branch} was rewritten: {len(found.gone)} commits are no longer in it")
    branch = {"repository_id": scope.id, "id": clone.branch, "commit_id": clone.head, **people["row"]}
    yield Page(
        now,
        {"git_branches": [branch]},
        high_water=now,
        oldest=found.oldest,
        expected=expected,
        settled=_settled(session, found.gone, now),
        note=_said(notes),
    )


def _compared(session: Session, clone: Clone, state: State, people: dict[str, Any]) -> Compared:
    last = people["head"]
    if state.complete and state.oldest and last and not people["changed"] and clone.continues(last):
        head = session.store.load("git_commits", ["position", "parent_ids"], id=last, **session.where)
        if len(head) and head["parent_ids"].notna().all():  # all that the head of the last sync contains is there
            new = [commit.id for commit in clone.commits(after=last)]
            first = int(head["position"].iloc[0]) + 1
            return Compared(new, {id_: first + place for place, id_ in enumerate(new)}, state.oldest)
    return _compared_whole(session, _since(state))


def _compared_whole(session: Session, since: datetime | None) -> Compared:
    stored = session.store.load("git_commits", ["id", "position", "parent_ids"], **session.where)
    places = stored["position"].where(stored["parent_ids"].notna()).fillna(-1)
    there = dict(zip(stored["id"], places, strict=True))
    branch = session.branch
    listed = [commit for commit in branch.commits if since is None or commit.at >= since.timestamp()]
    known = [commit for commit in branch.commits if commit.id in there]
    return Compared(
        [commit.id for commit in listed if commit.id not in there],
        branch.places,
        since or parse.moment(min(branch.times, default=int(session.now.timestamp()))),
        [commit.id for commit in known],
        [commit for commit in known if there[commit.id] != branch.places[commit.id]],
        sorted(there.keys() - branch.places.keys()),
    )


def _since(state: State) -> datetime | None:
    """How far back the walk goes: never less far than those before it."""
    if state.complete or state.since is None:
        return None
    return min(state.since, state.oldest or state.since)


def _placed(session: Session, found: Compared) -> Iterator[Page]:
    """The places and parents of commits that are stored already."""
    place = {"repository_id": session.source.settings.repository}
    for start in range(0, len(found.moved), BATCH):
        part = found.moved[start : start + BATCH]
        rows = [
            place | {"id": c.id, "position": found.positions[c.id], "parent_ids": " ".join(c.parents)} for c in part
        ]
        yield Page(session.now, {"git_commits": rows}, {"placed": start})


def _said(notes: Sequence[str]) -> str | None:
    return "; ".join(notes) or None


def _settled(session: Session, gone: Sequence[str], now: datetime) -> list[Settled]:
    """The rows of commits that are gone, whenever they were seen."""
    where = {"repository_id": session.source.settings.repository}
    parts = [list(gone[start : start + BATCH]) for start in range(0, len(gone), BATCH)]
    tables = (("file_changes", "commit_id"), ("git_commits", "id"))
    return [Settled(table, where | {name: part}, now) for part in parts for table, name in tables]


# Reading -------------------------------------------------------------------------------------------------


def _read(session: Session, clone: Clone, hashes: Sequence[str]) -> Iterator[tuple[list[Commit], str | None]]:
    """The commits page by page, the next page being read while the last is stored; with a note where lines lack."""
    recent = _with_contents(session, clone, hashes)
    pages = [hashes[start : start + PAGE] for start in range(0, len(hashes), PAGE)]
    with ThreadPoolExecutor(max_workers=1) as ahead:
        tasks = [ahead.submit(_logged, clone, page, recent) for page in pages[:2]]
        for place in range(len(pages)):
            said, note = tasks.pop(0).result()
            if place + 2 < len(pages):
                tasks.append(ahead.submit(_logged, clone, pages[place + 2], recent))
            yield list(parse.commits(said)), note


def _with_contents(session: Session, clone: Clone, hashes: Sequence[str]) -> set[str] | None:
    """Fetch what the recent ones of these commits changed, in one go; None: everything is here already."""
    if clone.remote is None:
        return None
    recent = session.branch.since(session.now - WINDOW) & set(hashes)
    if recent:
        raw = ("--raw", "--no-renames", "--no-abbrev", "--format=")
        clone.fetch(parse.blobs(clone.log(sorted(recent), *raw)))
    return recent


def _logged(clone: Clone, hashes: Sequence[str], recent: set[str] | None) -> tuple[bytes, str | None]:
    if recent is not None and not recent.issuperset(hashes):
        return _mixed(clone, hashes, recent), None
    try:
        return clone.log(hashes, *LINES), None
    except GitError as error:
        if "unable to read" not in str(error) and "promisor" not in str(error):
            raise
        return clone.log(hashes, *PATHS), "some contents are not in the clone: their lines are unknown"


def _mixed(clone: Clone, hashes: Sequence[str], recent: set[str]) -> bytes:
    """Runs of commits with contents and without, in their order."""
    said, start = [], 0
    for place in range(1, len(hashes) + 1):
        if place == len(hashes) or (hashes[place] in recent) != (hashes[start] in recent):
            said.append(clone.log(hashes[start:place], *(LINES if hashes[start] in recent else PATHS)))
            start = place
    return b"".join(said)


# Rows ----------------------------------------------------------------------------------------------------


def _rows(
    session: Session, clone: Clone, found: Sequence[Commit], ignored: set[str], positions: Mapping[str, int]
) -> dict[str, list[Row]]:
    place = {"repository_id": session.source.settings.repository}
    named = co_authors(clone, found)
    rows = [
        place | commit.row | {"position": positions[id_], "co_authors": named[index], "is_reformat": id_ in ignored}
        for index, commit in enumerate(found)
        for id_ in [commit.row["id"]]
    ]
    changes = [place | {"commit_id": c.row["id"]} | change for c in found for change in c.changes]
    return {"git_commits": rows, "file_changes": changes}


def co_authors(clone: Clone, found: Sequence[Commit]) -> list[list[str]]:
    """The e-mail addresses of each commit's co-authors, as .mailmap has them."""
    written = sorted({person for commit in found for person in commit.people})
    if not written:
        return [[] for _ in found]
    given = "".join(f"{person}\n" for person in written).encode("utf-8", "replace")
    lines = parse.words(clone.ask("check-mailmap", "--stdin", given=given)).split("\n")
    known = dict(zip(written, map(parse.address, lines), strict=False))
    return [list(dict.fromkeys(a for p in commit.people if (a := known.get(p)))) for commit in found]


def _people(session: Session, clone: Clone) -> dict[str, Any]:
    """What decides whose a commit is and whether it counts: the blobs of .mailmap and of the ignored commits."""
    found = {entry.path: entry.blob_id for entry in clone.tree(paths=[MAILMAP, IGNORED])}
    clone.fetch(found.values())
    row = {"mailmap_id": found.get(MAILMAP), "ignored_id": found.get(IGNORED)}
    before = session.store.load("git_branches", ["id", "commit_id", *row], **session.where)
    before = before[before["id"] == clone.branch]
    last = before.astype(object).where(before.notna(), None).to_dict("records")
    lists = clone.read(filter(None, [row["ignored_id"]]), LARGEST_LIST)
    ignored = {line.strip() for text in lists.values() for line in parse.words(text).splitlines()}
    changed = any(last[0][name] != row[name] for name in row) if last else False
    return {"row": row, "ignored": ignored, "changed": changed, "head": last[0]["commit_id"] if last else None}


def _renamed_people(session: Session, clone: Clone, hashes: Sequence[str], ignored: set[str]) -> Iterator[Page]:
    """The authors of commits that are stored already, as .mailmap has them now."""
    for start in range(0, len(hashes), PAGE):
        found = list(parse.commits(clone.log(hashes[start : start + PAGE], *PEOPLE)))
        rows = _rows(session, clone, found, ignored, session.branch.places)["git_commits"]
        kept = ("repository_id", "id", "author_name", "author_email", "co_authors", "is_reformat")
        yield Page(
            session.now, {"git_commits": [{name: row[name] for name in kept} for row in rows]}, {"people": start}
        )
