"""Scope and data: whom and what the report covers, how new and how whole the data is, and what it cannot say."""

from collections.abc import Iterator
from datetime import timedelta

from data.record import StreamStatus
from metrics.model import Indicator
from metrics.standing import DECIDING
from reports.content import Cell, Column, Heading, Section, Table
from reports.reading import Reading
from reports.restated import restated
from reports.said import WHY
from reports.sentences import counted, day, first_words, told

MOMENT = timedelta(microseconds=1)
HEADINGS = (
    Heading("source"),
    Heading("places", Column.NUMBER, "count"),
    Heading("rows", Column.NUMBER, "count"),
    Heading("reaches back to", Column.DAY),
    Heading("read last", Column.DAY),
    Heading("state"),
)


def section(reading: Reading) -> Section:
    """The section."""
    linkage, (again, differences) = reading.figure("issue_linkage"), restated(reading)
    return Section(
        "scope",
        "Scope and data",
        (
            _covers(reading),
            told(linkage, "{value} of merged changes name an issue (n = {n})"),
            _not_covered(reading),
            again,
        ),
        figures=(linkage,),
        tables=(_sources(reading), _quality(reading), differences),
        sources=("Every table that was synced; their state when the report was made.",),
    )


def _covers(reading: Reading) -> str:
    status, period = reading.loaded.status, reading.period
    parts = [
        counted(len(reading.loaded.settings.teams), "team"),
        counted(len(_places(status, "pull_requests")), "repository", "repositories"),
        counted(len(_places(status, "issues") - _places(status, "pull_requests")), "project"),
    ]
    first, last = day(reading.day(period.start)), day(reading.day(period.end - MOMENT))
    return f"Covers {parts[0]}, {parts[1]} and {parts[2]}, {first} to {last}."


def _quality(reading: Reading) -> Table:
    facts = reading.loaded.facts
    pulls, issues = (facts[name].iloc[0] for name in ("pull_request_counts", "issue_counts"))
    found = (
        ("pull requests without a team", int(pulls["without_team"]), int(pulls["every"])),
        ("pull requests that are not here in full", int(pulls["incomplete"]), int(pulls["every"])),
        ("pull requests with impossible times", int(pulls["impossible"]), int(pulls["every"])),
        ("issues without a team", int(issues["without_team"]), int(issues["every"])),
    )
    headings = (Heading("finding"), Heading("rows", Column.NUMBER, "count"), Heading("of", Column.NUMBER, "count"))
    return Table("Quality of the data", headings, found)


def _places(status: tuple[StreamStatus, ...], stream: str) -> set[str]:
    return {line.scope for line in status if line.stream == stream}


def _not_covered(reading: Reading) -> str:
    unknown = [f"{one.name} ({why})" for one, why in _unmeasured(reading)]
    if not unknown:
        return "Every core indicator could be measured."
    return f"Not covered: {first_words(unknown)}."


def _unmeasured(reading: Reading) -> Iterator[tuple[Indicator, str]]:
    for one in DECIDING:
        total = reading.result(one.id).total
        if total.value is None and total.reason:
            yield one, WHY[total.reason]


def _sources(reading: Reading) -> Table:
    status = reading.loaded.status
    rows = tuple(_source(reading, [line for line in status if line.source == name]) for name in _names(status))
    return Table("Sources", HEADINGS, rows, empty="No source has been synced.")


def _names(status: tuple[StreamStatus, ...]) -> list[str]:
    return sorted({line.source for line in status})


def _source(reading: Reading, lines: list[StreamStatus]) -> tuple[Cell, ...]:
    failed, partly = [line for line in lines if line.error], [line for line in lines if not line.complete]
    state = "failed in part" if failed else f"not complete: {len(partly)} of {len(lines)}" if partly else "complete"
    oldest = [line.oldest for line in lines if line.oldest]
    read = [line.synced_at for line in lines if line.synced_at]
    return (
        lines[0].source,
        len({line.scope for line in lines}),
        sum(line.rows for line in lines),
        reading.day(min(oldest)) if oldest else None,
        reading.day(min(read)) if read else None,
        state,
    )
