"""Risks and decisions: what rules find, what was decided, and what is asked of the reader."""

from data.notes import Kind
from metrics.open_epics import CONCERN, open_epics
from reports import words
from reports.content import Cell, Column, Heading, Section, Table
from reports.reading import Reading
from reports.sentences import counted

RISK_HEADINGS = tuple(Heading(name) for name in ("risk", "evidence", "owner", "mitigation", "since the period before"))


def section(reading: Reading) -> Section:
    """The section."""
    found = _epics(reading)
    return Section(
        "risks",
        "Risks and decisions",
        (f"{counted(len(found), 'risk')} found by a rule." if found else "No rule found a risk.",),
        tables=(Table("Risks", RISK_HEADINGS, tuple(found), "No rule found a risk."), _decisions(reading)),
        sources=("Rules: an epic less likely than not, knowledge of one person, items over their expectation.",),
    )


def _epics(reading: Reading) -> list[tuple[Cell, ...]]:
    rows = open_epics(reading.plans)
    rows = rows[rows["probability"] < CONCERN]
    return [
        (f"{key} is late", f"{words.measure(share, '%')} likely by {due:%Y-%m-%d}", None, None, None)
        for key, share, due in rows[["key", "probability", "due_on"]].itertuples(index=False)
    ]


def _decisions(reading: Reading) -> Table:
    made = [note for note in reading.notes if note.kind is Kind.DECISION]
    rows = tuple((note.text, reading.day(note.noted_at), note.details.get("expect")) for note in made)
    return Table(
        "Decisions",
        (Heading("decision"), Heading("made", Column.DAY), Heading("what should be seen")),
        rows,
        "No decision was noted.",
    )
