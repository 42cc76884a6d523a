"""Risks and decisions: what rules find, who sees to it, what changed, and what was decided."""

from collections.abc import Iterator
from dataclasses import dataclass

from data.notes import Kind, Note
from metrics.catalogue import INDICATORS
from metrics.open_epic_rows import CONCERN
from metrics.open_epics import open_epics
from metrics.scorecard import Assurance, IndicatorState, Status, Variation
from reports import words
from reports.content import Cell, Column, Heading, Report, Section, Table
from reports.reading import Reading
from reports.sentences import counted

TITLE = "Risks"
MOST = 25
CLOSE = 5  # a probability that moved by less is the same: draws differ by as much
ALONE = 1
HEADINGS = (
    Heading("risk"),
    Heading("evidence"),
    Heading("owner"),
    Heading("mitigation"),
    Heading("since the period before"),
    Heading("measured", Column.NUMBER),
)
DECISIONS = (
    Heading("decision"),
    Heading("made", Column.DAY),
    Heading("what should be seen"),
    Heading("look again", Column.DAY),
)


@dataclass(frozen=True)
class Risk:
    """Something that a rule found; a higher `measured` is better, `close` is how much of it is no change."""

    name: str
    evidence: str
    measured: float
    close: float = 0.0


def section(reading: Reading) -> Section:
    """The section."""
    found = [*_epics(reading), *_alone(reading), *_objectives(reading)]
    gone = _closed(reading.earlier, found)
    said = f"{counted(len(found), 'risk')} found by a rule" if found else "No rule found a risk"
    change = _changes(reading, found, gone)
    return Section(
        "risks",
        "Risks and decisions",
        (f"{said}{change}.", *_asked(reading)),
        tables=(_table(reading, found, gone), _decisions(reading)),
        sources=(
            f"Rules: an epic less likely than {CONCERN} % by its date, a repository that depends on one person, a core "
            "indicator on which a rule fired on the side that is not good or that misses its target time after time.",
        ),
    )


def _epics(reading: Reading) -> Iterator[Risk]:
    rows = open_epics(reading.plans)
    rows = rows[rows["probability"] < CONCERN]
    for key, title, share, due in rows[["key", "title", "probability", "due_on"]].itertuples(index=False):
        said = f"{reading.text(title)}: {words.measure(share, '%')} likely by {due:%Y-%m-%d}"
        yield Risk(f"{key} misses its date", said, float(share), CLOSE)


def _alone(reading: Reading) -> Iterator[Risk]:
    seen = reading.result("truck_factor").observations
    alone = seen[seen["excluded"].isna() & (seen["value"] <= ALONE)]
    for name in sorted(alone["key"].unique()):
        yield Risk(f"{name} depends on one person", "half of its files have no other author left", ALONE)


def _objectives(reading: Reading) -> Iterator[Risk]:
    for standing in reading.standings:
        is_at_risk = standing.state.status is Status.AT_RISK
        for one in standing.indicators:
            why = _why(one, is_at_risk and one.id in standing.state.decided_by)
            if why:
                value = words.measure(one.value, INDICATORS[one.id].unit.value)
                yield Risk(INDICATORS[one.id].name, f"{why}; {value} over four weeks", 0.0)


def _why(one: IndicatorState, puts_at_risk: bool) -> str:
    if one.variation is Variation.CONCERN:
        return "a rule fired on the side that is not good"
    if one.assurance is Assurance.FAILS:
        return "misses its target time after time"
    return "beyond its gate" if puts_at_risk else ""


def _table(reading: Reading, found: list[Risk], gone: list[str]) -> Table:
    rows = [_row(reading, risk) for risk in found[:MOST]]
    rows += [(name, "the rule no longer finds it", None, None, "closed", None) for name in gone]
    return Table(TITLE, HEADINGS, tuple(rows), "No rule found a risk.", more=max(len(found) - MOST, 0))


def _row(reading: Reading, risk: Risk) -> tuple[Cell, ...]:
    note = _said_of(reading, risk.name)
    owner, mitigation = (_typed(reading, note, name) for name in ("owner", "mitigation"))
    return risk.name, risk.evidence, owner, mitigation, _since(reading.earlier, risk), risk.measured


def _said_of(reading: Reading, risk: str) -> Note | None:
    about = [one for one in reading.notes if one.kind is Kind.REMARK and one.details.get("risk") == risk]
    return about[-1] if about else None


def _typed(reading: Reading, note: Note | None, name: str) -> str | None:
    said = note.details.get(name) if note else None
    return reading.text(str(said)) if said else None


def _before(earlier: Report | None) -> dict[str, float]:
    """The risks of the earlier report that were open then."""
    told = [section for section in (earlier.answer, *earlier.sections) if section] if earlier else []
    rows = [row for section in told for table in section.tables if table.title == TITLE for row in table.rows]
    return {str(row[0]): float(row[5]) for row in rows if isinstance(row[5], (int, float))}


def _since(earlier: Report | None, risk: Risk) -> str | None:
    if earlier is None:
        return None
    before = _before(earlier).get(risk.name)
    if before is None:
        return "new"
    moved = risk.measured - before
    return "same" if abs(moved) <= risk.close else "better" if moved > 0 else "worse"


def _closed(earlier: Report | None, found: list[Risk]) -> list[str]:
    return sorted(_before(earlier).keys() - {one.name for one in found})


def _changes(reading: Reading, found: list[Risk], gone: list[str]) -> str:
    if reading.earlier is None:
        return ""
    said = [_since(reading.earlier, one) for one in found]
    counts = [f"{said.count(word)} {word}" for word in ("new", "worse", "better", "same") if said.count(word)]
    return f"; since the period before: {', '.join([*counts, f'{len(gone)} closed'])}"


def _asked(reading: Reading) -> list[str]:
    """What somebody added to the report of this period, in their words."""
    inside = [
        one for one in reading.notes if one.kind is Kind.REMARK and "risk" not in one.details and _of(reading, one)
    ]
    return [f"Remark: {reading.text(one.text)}" for one in inside]


def _of(reading: Reading, note: Note) -> bool:
    return note.begins is not None and reading.period.start <= note.begins < reading.period.end


def _decisions(reading: Reading) -> Table:
    begin, end = reading.period.start, reading.period.now
    made = [one for one in reading.notes if one.kind is Kind.DECISION and begin <= (one.begins or one.noted_at) <= end]
    rows = tuple(
        (
            reading.text(one.text),
            reading.day(one.begins or one.noted_at),
            _expected(one),
            reading.day(one.ends) if one.ends else None,
        )
        for one in made
    )
    return Table("Decisions", DECISIONS, rows, "No decision was noted since the period began.")


def _expected(note: Note) -> str | None:
    """The signal that a decision is to bring about."""
    side = note.details.get("side")
    return f"{INDICATORS[note.indicator].name} {side}" if note.indicator in INDICATORS and side else None
