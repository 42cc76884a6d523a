"""Summary: how the five objectives stand, what moved, and how the figures compare with the period before."""

from collections.abc import Sequence

from metrics.catalogue import INDICATORS
from metrics.objectives import OBJECTIVES
from metrics.scorecard import Status, signals_by_chance
from metrics.standing import DECIDING, Standing
from reports.content import Cell, Column, Figure, Heading, Section, Table
from reports.reading import Reading
from reports.sentences import joined

WELL = {Status.STEADY, Status.IMPROVING}
STATUS = {
    Status.AT_RISK: "at risk",
    Status.WATCH: "to watch",
    Status.STEADY: "steady",
    Status.IMPROVING: "improving",
    Status.NOT_ASSESSABLE: "not assessable",
}
HEADLINES = (
    "change_lead_time",
    "deployment_frequency",
    "change_fail_rate",
    "failed_deployment_recovery_time",
    "issue_cycle_time",
    "throughput",
    "sprint_say_do",
    "epic_on_time_rate",
    "time_to_first_review",
    "review_coverage",
    "roadmap_linkage",
    "allocation_mix",
)


def section(reading: Reading) -> Section:
    """The section."""
    core = [reading.figure(one.id) for one in DECIDING]
    return Section(
        "summary",
        "Summary",
        (*sentences(reading), _chance(core)),
        figures=reading.figures(*HEADLINES),
        tables=(objectives(reading), _moved(core), _against(reading, core)),
        sources=("Core indicators of the five objectives; a word of change needs a rule that fired.",),
    )


def sentences(reading: Reading) -> tuple[str, ...]:
    """How many objectives stand well, and a sentence on each that does not."""
    well = [one for one in reading.standings if one.state.status in WELL]
    other = [one for one in reading.standings if one.state.status not in WELL]
    return (f"{len(well)} of {len(OBJECTIVES)} objectives are steady or improving.", *map(_sentence, other))


def _sentence(one: Standing) -> str:
    name = one.purpose.objective.label
    deciding = [INDICATORS[id].name for id in one.state.decided_by]
    if one.state.status is Status.NOT_ASSESSABLE:
        return f"{name} could not be assessed ({one.state.coverage})."
    return f"{name} is {STATUS[one.state.status]} because of {joined(deciding)}."


def objectives(reading: Reading) -> Table:
    """How each objective stands."""
    headings = ("objective", "status", "against four weeks before", "decided by", "assessed")
    rows = tuple(
        (
            one.purpose.objective.label,
            STATUS[one.state.status],
            one.trend.value if one.trend else None,
            joined([INDICATORS[id].name for id in one.state.decided_by], none="no signal"),
            one.state.coverage,
        )
        for one in reading.standings
    )
    return Table("Objectives", tuple(Heading(name) for name in headings), rows)


def _moved(figures: Sequence[Figure]) -> Table:
    rows = tuple((one.name, one.said, _side(one.better)) for one in figures if one.said and not _is_usual(one))
    headings = (Heading("indicator"), Heading("rule that fired"), Heading("side"))
    return Table("What moved", headings, rows, empty="No rule fired: every core indicator is within its usual range.")


def _is_usual(figure: Figure) -> bool:
    return figure.said.startswith("within")


def _side(better: bool | None) -> str:
    return {True: "the good side", False: "the other side", None: "neither side is good"}[better]


def _chance(figures: Sequence[Figure]) -> str:
    judged = sum(1 for one in figures if one.said)
    return f"{judged} charts are judged; {signals_by_chance(judged)}."


def _against(reading: Reading, figures: Sequence[Figure]) -> Table:
    headings = (
        Heading("indicator"),
        Heading("unit"),
        Heading("this period", Column.NUMBER),
        Heading("n", Column.NUMBER, "count"),
        Heading("the one before", Column.NUMBER),
        Heading("difference", Column.NUMBER),
        Heading("what a rule says"),
    )
    return Table("Against the period before", headings, tuple(map(_compared, figures)))


def _compared(one: Figure) -> tuple[Cell, ...]:
    both = one.value is not None and one.before is not None
    difference = (one.value or 0) - (one.before or 0) if both else None
    return one.name, one.unit, one.value, one.n, one.before, difference, one.said or one.reason or "not judged"
