"""Team health and improvements: how work is shared, how newcomers arrive, and what came of what was changed."""

from collections.abc import Iterator
from statistics import median

from metrics.catalogue import INDICATORS
from metrics.marks import Mark, MarkKind
from metrics.model import Point
from reports import words
from reports.content import Section
from reports.reading import Reading
from reports.sentences import day, told
from reports.tables import by_team

AROUND = 8  # weeks whose median is the level


def section(reading: Reading) -> Section:
    """The section."""
    load, breadth, joined, waits, flow, late, pulse = reading.figures(
        "review_load_gini",
        "reviewer_breadth",
        "onboarding_time",
        "cross_team_wait",
        "flow_efficiency",
        "out_of_hours_share",
        "dx_pulse",
    )
    return Section(
        "team",
        "Team health and improvements",
        (
            told(load, "Reviews are shared within teams with a Gini coefficient of {value} (0: evenly)"),
            told(joined, "Newcomers took {value} to a usual pace"),
            told(waits, "Half of the {n} items that waited for another team waited {value} or less"),
            told(flow, "Items were worked on for {value} of the time between their start and their end"),
            told(pulse, "Answers to the survey came to {value} of what is possible"),
            *_improvements(reading),
        ),
        figures=(load, breadth, joined, waits, flow, late, pulse),
        charts=(reading.trend("flow_efficiency"),),
        tables=(by_team(reading, "flow_efficiency", "cross_team_wait"),),
        sources=("Reviews, memberships of teams, links between issues, surveys that were imported.",),
    )


def _improvements(reading: Reading) -> Iterator[str]:
    """What came of each change that somebody noted with the indicator that it was meant to move."""
    first = reading.weeks.start
    for mark in reading.said.marks:
        if mark.kind is MarkKind.ANNOTATION and mark.indicator and first <= mark.begins < reading.period.end:
            yield _since(reading, mark)


def _since(reading: Reading, mark: Mark) -> str:
    one, unit = INDICATORS[mark.indicator or ""], INDICATORS[mark.indicator or ""].unit.value
    filters = {name: getattr(mark, name) for name in ("team", "repository", "project") if getattr(mark, name)}
    series = [point for point in reading.weekly(one.id, **filters).history if point.end <= reading.period.end]
    before = [point for point in series if point.end <= mark.begins]
    after = [point for point in series if point.start >= mark.begins]
    said = f"After “{reading.text(mark.text)}” on {day(reading.day(mark.begins))}, {one.name}"
    runs = [
        point for point in reading.weekly(one.id, **filters).series if point.start >= mark.begins and _is_run(point)
    ]
    if not runs or not _level(before) or not _level(after):
        return f"{said}: no lasting change is visible yet."
    old, new = (words.measure(_level(points), unit) for points in (before[-AROUND:], after))
    return f"{said} moved from about {old} to {new} and stayed there {len(after)} weeks (a run of eight)."


def _is_run(point: Point) -> bool:
    return bool(point.signal) and str(point.signal).startswith("run")


def _level(points: list[Point]) -> float | None:
    values = [point.value for point in points if point.value is not None]
    return median(values) if values else None
