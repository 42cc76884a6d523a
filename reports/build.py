"""A report, written once from results: every format says the same."""

import hashlib
from collections.abc import Iterable
from dataclasses import replace
from datetime import date, datetime

from metrics.catalogue import INDICATORS
from metrics.loading import Loaded
from metrics.model import Grain, Scope
from metrics.periods import following, label, start_of_day
from reports.content import Definition, Figure, Report, Section
from reports.reading import Answer, Reading, answers, target_in_words
from reports.sections import SECTIONS, summary


def month_of(month: str, now: datetime, timezone: str = "UTC", week_starts: str = "monday") -> tuple[Scope, Scope]:
    """A month such as "2026-10", and the one before it, as scopes. Raises ValueError for what is no month."""
    first = date.fromisoformat(f"{month}-01")
    before = (first.replace(day=1) - date.resolution).replace(day=1)
    here = Scope(now, now, now, Grain.TOTAL, timezone=timezone, week_starts=week_starts)
    edges = [start_of_day(day, here) for day in (before, first, following(first, Grain.MONTH))]
    return replace(here, start=edges[1], end=edges[2]), replace(here, start=edges[0], end=edges[1])


def monthly(loaded: Loaded, month: str, now: datetime, version: str, answer: Answer | None = None) -> Report:
    """The report of a month."""
    calendar = loaded.settings.calendar
    period, before = month_of(month, now, calendar.timezone, calendar.week_starts)
    reading = Reading(loaded, period, before, answer or answers(loaded))
    sections = tuple(section(reading) for section in SECTIONS)
    named = list(dict.fromkeys(one.indicator for one in _figures(sections)))
    report = Report(
        kind="monthly",
        title=f"Engineering report, {reading.day(period.start):%B %Y}",
        organisation=loaded.settings.report.organisation,
        audience=loaded.settings.report.audience,
        period=label(reading.day(period.start), Grain.MONTH),
        start=period.start,
        end=period.end,
        as_of=now,
        data=version,
        configuration=loaded.settings.digest,
        sections=sections,
        definitions=tuple(_definition(reading, one) for one in named),
        answer=_answer(reading, sections),
        rows={one: reading.rows(one) for one in named},
    )
    return replace(report, digest=hashlib.sha256(repr(report).encode()).hexdigest()[:16])


def _figures(sections: Iterable[Section]) -> Iterable[Figure]:
    return (figure for section in sections for figure in section.figures)


def _answer(reading: Reading, sections: tuple[Section, ...]) -> Section:
    whole = {section.key: section for section in sections}
    return Section(
        "answer",
        "In short",
        (*summary.sentences(reading), whole["roadmap"].sentences[0], whole["risks"].sentences[0]),
        figures=whole["summary"].figures[:8],
        tables=(summary.objectives(reading),),
    )


def _definition(reading: Reading, name: str) -> Definition:
    one = INDICATORS[name]
    version = hashlib.sha256(f"{one.definition} {one.summary} {one.unit}".encode()).hexdigest()[:8]
    aim = target_in_words(one, reading.result(name))
    return Definition(one.id, one.name, one.unit.value, one.definition, one.misuse, aim, version)
