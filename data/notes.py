"""What people say beside the numbers: annotations, holidays, confirmed shifts, overrides, decisions, remarks.

Notes are only ever added. An edit is a note that replaces another one, and so is taking it back; the history stays.
"""

from collections.abc import Mapping
from dataclasses import asdict, dataclass, field, fields, replace
from datetime import datetime, timedelta
from enum import StrEnum
from typing import Any

from sqlalchemy import Connection, func, insert, select

from data.errors import PlumblineError
from data.record import latest_number, rows_arrived
from data.schema import notes
from data.stamps import stamp
from data.store import Store

LONGEST = 2000
OVERRIDE_LONGEST = timedelta(days=35)
STATUSES = ("at_risk", "watch", "steady", "improving", "not_assessable")


class NoteError(PlumblineError):
    """A note that says too little to be kept."""


class Kind(StrEnum):
    """What a note is for."""

    ANNOTATION = "annotation"  # something changed: a process, a reorganisation, a release
    HOLIDAY = "holiday"  # a time that is drawn but neither judged nor part of a usual range
    REBASE = "rebase"  # the level of an indicator moved for good at `begins`: new limits from there
    OVERRIDE = "override"  # what somebody says of an objective, beside its computed status, until `ends`
    DECISION = "decision"  # what was decided, by whom, what should be seen and when to look
    REMARK = "remark"  # a typed addition to a report
    TAKEN_BACK = "taken_back"


@dataclass(frozen=True)
class Note:
    """One note. Its scope is the narrowest of team, repository, project that it names; none: the whole organisation.

    `begins` and `ends` are the time that it speaks of, half-open; `noted_at` is when it was written. `details` holds
    what only its kind needs. `id` is 0 until it is kept.
    """

    kind: Kind
    text: str
    author: str
    noted_at: datetime
    begins: datetime | None = None
    ends: datetime | None = None
    objective: str | None = None
    indicator: str | None = None
    team: str | None = None
    repository: str | None = None
    project: str | None = None
    details: Mapping[str, Any] = field(default_factory=dict)
    replaces: int | None = None
    id: int = 0


NAMES = tuple(one.name for one in fields(Note))


def add(store: Store, note: Note) -> Note:
    """Keep a note; the kept one has its id.

    Raises NoteError when it lacks words or an author, is too long, or ends before it begins.
    """
    _check(note)
    values = asdict(note) | {"kind": note.kind.value, "details": dict(note.details)}
    del values["id"]
    with store.writing() as connection:
        kept = connection.execute(insert(notes).values(values)).inserted_primary_key
        if _is_of_holidays(connection, note):
            stamp(connection, notes.name)
            rows_arrived(connection, latest_number(connection))
    return replace(note, id=kept.id) if kept else note


def _is_of_holidays(connection: Connection, note: Note) -> bool:
    """Whether it changes which weeks are weeks of work: forecasts are made anew then, as after a sync."""
    replaced = connection.execute(select(notes.c.kind).where(notes.c.id == note.replaces)).scalar()
    return Kind.HOLIDAY in (note.kind, replaced)


def take_back(store: Store, note: Note, author: str, now: datetime) -> None:
    """No longer hold a note; that it was there stays on record."""
    add(store, Note(Kind.TAKEN_BACK, "taken back", author, now, replaces=note.id))


def history(store: Store) -> list[Note]:
    """Every note that was ever kept, oldest first."""
    with store.reading() as connection:
        rows = connection.execute(select(*(notes.c[name] for name in NAMES)).order_by(notes.c.id)).all()
    return [_note(dict(row._mapping)) for row in rows]


def standing(store: Store) -> tuple[Note, ...]:
    """The notes that neither were replaced nor taken back, oldest first."""
    everything = history(store)
    replaced = {note.replaces for note in everything}
    return tuple(note for note in everything if note.id not in replaced and note.kind is not Kind.TAKEN_BACK)


def version(store: Store) -> int:
    """A number that grows with every note."""
    with store.reading() as connection:
        latest: int = connection.execute(select(func.coalesce(func.max(notes.c.id), 0))).scalar_one()
    return latest


def _note(row: dict[str, Any]) -> Note:
    return Note(**row | {"kind": Kind(row["kind"]), "details": row["details"] or {}})


def _check(note: Note) -> None:
    if not note.text.strip() or not note.author.strip():
        raise NoteError(f"{note.kind}: words and a name are needed; say what it is and who says so")
    if len(note.text) > LONGEST:
        raise NoteError(f"{note.kind}: {len(note.text)} characters are too many; {LONGEST} at most")
    if note.begins and note.ends and note.ends <= note.begins:
        raise NoteError(f"{note.kind}: it ends {note.ends:%Y-%m-%d}, before it begins {note.begins:%Y-%m-%d}")
    if note.kind is Kind.REBASE and not (note.indicator and note.begins):
        raise NoteError("rebase: name the indicator and when its level moved")
    if note.kind is Kind.OVERRIDE:
        _check_override(note)


def _check_override(note: Note) -> None:
    if not note.objective or note.details.get("status") not in STATUSES:
        raise NoteError(f"override: name the objective and its status, one of {', '.join(STATUSES)}")
    made = note.begins or note.noted_at
    if note.ends is None or note.ends > made + OVERRIDE_LONGEST:
        raise NoteError(
            f"override: say until when it holds, {OVERRIDE_LONGEST.days} days at most after {made:%Y-%m-%d}"
        )
