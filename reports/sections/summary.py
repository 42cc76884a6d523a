"""Summary: how the five objectives stand, what moved, and how the figures compare with the period before."""

from collections.abc import Iterator, Sequence

from metrics.catalogue import CATALOGUE, INDICATORS
from metrics.objectives import OBJECTIVES
from metrics.scorecard import Assurance, IndicatorState, Status, Variation, signals_by_chance
from metrics.standing import Standing
from metrics.targets import targets_of
from reports.content import Cell, Column, Figure, Heading, Section, Table
from reports.reading import Reading
from reports.said import aim_in_words
from reports.sentences import counted, joined

WELL = {Status.STEADY, Status.IMPROVING}
STATUS = {
    Status.AT_RISK: "at risk",
    Status.WATCH: "to watch",
    Status.STEADY: "steady",
    Status.IMPROVING: "improving",
    Status.NOT_ASSESSABLE: "not assessable",
}
HEADLINES = (
    "throughput",
    "issue_cycle_time",
    "sprint_say_do",
    "change_lead_time",
    "change_fail_rate",
    "time_to_first_review",
    "review_coverage",
    "allocation_mix",
)
HEADINGS = (
    Heading("indicator"),
    Heading("unit"),
    Heading("this period", Column.NUMBER),
    Heading("n", Column.NUMBER, "count"),
    Heading("the one before", Column.NUMBER),
    Heading("difference", Column.NUMBER),
    Heading("what a rule says"),
)


def section(reading: Reading) -> Section:
    """The section."""
    core = reading.figures(*(one.id for one in CATALOGUE if one.core))
    return Section(
        "summary",
        "Summary",
        (*map(_sentence, reading.standings), _chance(core)),
        figures=tuple(one for one in core if one.indicator not in HEADLINES),
        tables=(_moved(core), _targets(reading), _against(core)),
        sources=("Core indicators of the five objectives; a word of change needs a rule that fired.",),
    )


def sentences(reading: Reading) -> tuple[str, ...]:
    """How many objectives stand well, and a sentence on each that does not."""
    well = [one for one in reading.standings if one.state.status in WELL]
    other = [one for one in reading.standings if one.state.status not in WELL]
    return (f"{len(well)} of {len(OBJECTIVES)} objectives are steady or improving.", *map(_sentence, other))


def _sentence(one: Standing) -> str:
    name, status = one.purpose.objective.label, one.state.status
    if status is Status.NOT_ASSESSABLE:
        return f"{name} could not be assessed ({one.state.coverage})."
    because = joined([_why(state) for state in one.indicators if state.id in one.state.decided_by])
    if status is Status.STEADY:
        return f"{name} is steady: no rule fired on {one.state.coverage}."
    return f"{name} is {STATUS[status]}: {because}."


def _why(state: IndicatorState) -> str:
    name = INDICATORS[state.id].name
    said = []
    if state.variation is Variation.CONCERN:
        said.append("a rule fired on the side that is not good")
    if state.variation is Variation.IMPROVING:
        said.append("a rule fired on the good side")
    if state.assurance is Assurance.FAILS:
        said.append("misses its target time after time")
    return f"{name} ({joined(said, none='beyond its gate')})"


def objectives(reading: Reading) -> Table:
    """How each objective stands."""
    headings = ("objective", "status", "against four weeks before", "decided by", "assessed")
    rows = tuple(
        (
            one.purpose.objective.label,
            _status(reading, one),
            one.trend.value if one.trend else None,
            joined([INDICATORS[id].name for id in one.state.decided_by], none="no signal"),
            one.state.coverage,
        )
        for one in reading.standings
    )
    return Table("Objectives", tuple(Heading(name) for name in headings), rows)


def _status(reading: Reading, one: Standing) -> str:
    """The computed status, and beside it what a person says instead for a while."""
    override = one.state.override
    if override is None:
        return STATUS[one.state.status]
    said = f"said to be {STATUS[override.status]} until {override.expires}: {reading.text(override.reason)}"
    return f"{STATUS[one.state.status]} ({said})"


def _moved(figures: Sequence[Figure]) -> Table:
    rows = tuple((one.name, one.said, _side(one.better)) for one in figures if one.fired)
    headings = (Heading("indicator"), Heading("rule that fired"), Heading("side"))
    return Table("What moved", headings, rows, empty="No rule fired on a core indicator.")


def _side(better: bool | None) -> str:
    return {True: "the good side", False: "the other side", None: "neither side is good"}[better]


def _chance(figures: Sequence[Figure]) -> str:
    judged = sum(1 for one in figures if one.said)
    return f"{counted(judged, 'chart')} of core indicators are judged; {signals_by_chance(judged)}."


def _targets(reading: Reading) -> Table:
    headings = (Heading("indicator"), Heading("target"), Heading("since", Column.DAY))
    return Table("Targets changed", headings, tuple(_changed(reading)), "No target changed in this period.")


def _changed(reading: Reading) -> Iterator[tuple[Cell, ...]]:
    first, behind = reading.day(reading.period.start), reading.day(reading.period.end)
    for one in CATALOGUE:
        for aim in targets_of(one, reading.loaded.settings):
            if aim.since and first <= aim.since < behind:
                yield one.name, reading.text(aim_in_words(one, aim)), aim.since


def _against(figures: Sequence[Figure]) -> Table:
    return Table("Against the period before", HEADINGS, tuple(map(_compared, figures)))


def _compared(one: Figure) -> tuple[Cell, ...]:
    known = one.value is not None and one.before is not None
    difference = (one.value or 0) - (one.before or 0) if known else None
    return one.name, one.unit, one.value, one.n, one.before, difference, one.said or one.reason or "not judged"
