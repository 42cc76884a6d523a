"""What the notes and the configuration say beside the numbers: marks on charts, and overrides of objectives."""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import timedelta

from data import notes
from data.config import Config
from data.notes import Kind, Note
from data.store import Store
from metrics.days_off import public_holidays
from metrics.ledger import EPOCH
from metrics.marks import Mark, MarkKind
from metrics.model import Objective, Scope
from metrics.organisation import Organisation
from metrics.scorecard import Override, Status
from metrics.targets import target_changes

MARKS = {kind: MarkKind(kind.value) for kind in (Kind.ANNOTATION, Kind.DECISION, Kind.HOLIDAY, Kind.REBASE)}
MOMENT = timedelta(microseconds=1)


@dataclass(frozen=True)
class Said:
    """Everything that is said beside the numbers."""

    marks: tuple[Mark, ...] = ()
    overrides: tuple[Override, ...] = ()


def said(store: Store, settings: Config, organisation: Organisation) -> Said:
    """What the notes that stand and the configuration say."""
    standing, calendar = notes.standing(store), settings.calendar
    anywhere = Scope(EPOCH, EPOCH, EPOCH, timezone=calendar.timezone, week_starts=calendar.week_starts)
    dates = (*target_changes(settings, anywhere), *public_holidays(organisation.calendars, anywhere))
    overrides = (override_of(note) for note in standing if note.kind is Kind.OVERRIDE)
    return Said((*marks_of(standing), *dates), tuple(overrides))


def marks_of(said: Iterable[Note]) -> tuple[Mark, ...]:
    """The notes that a chart shows; one that names no time is of the moment at which it was written."""
    return tuple(_mark(note) for note in said if note.kind in MARKS)


def _mark(note: Note) -> Mark:
    return Mark(
        MARKS[note.kind],
        note.text,
        note.begins or note.noted_at,
        note.noted_at,
        note.ends,
        note.author,
        note.indicator,
        note.team,
        note.repository,
        note.project,
        note.id,
    )


def override_of(note: Note) -> Override:
    """A note as an override. Raises ValueError that says what it lacks."""
    made = note.begins or note.noted_at
    ends = (note.ends - MOMENT).date() if note.ends else made.date()
    return Override(
        Status(note.details["status"]),
        note.author,
        note.text,
        made.date(),
        ends,
        objective=Objective(note.objective or ""),
        place=(note.team, note.repository, note.project),
    )
