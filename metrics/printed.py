"""Results and the scorecard as tables for people at a terminal."""

from collections.abc import Iterable, Sequence

from rich.console import Console
from rich.table import Table
from rich.text import Text

from metrics.catalogue import INDICATORS
from metrics.docs import DIRECTIONS
from metrics.judging import NO_LIMITS
from metrics.model import Indicator, Limits, Point, Reason, Result, Unit
from metrics.scorecard import IndicatorState
from metrics.standing import Standing
from metrics.targets import in_words

UNKNOWN = "–"
WHOLE = {Unit.COUNT, Unit.LINES, Unit.PEOPLE}
RULES = {"outside": "outside its usual range", "run": "8 in a row on one side", "near": "3 of 4 near the limit"}
PERIODS = {1: "", 2: "two-week ", 4: "four-week ", 13: "quarterly "}
PLAIN_WIDTH = 160


def show(result: Result, guards: Sequence[Result] = ()) -> None:
    """Print a series, and below it all that has to be known to read it; `guards` are what its speed must not cost."""
    one, out = result.indicator, _console()
    out.print(Text(f"{one.name} ({one.id})", style="bold"), Text(f"in {one.unit}, {DIRECTIONS[one.better]}"))
    table = _table("period", "n", "value", "p85", "95 % interval", "", right=(1, 2, 3, 4))
    for point in (*result.series, result.total):
        table.add_row(*_cells(point, one.unit))
    out.print(table)
    for line in _below(result, guards):
        out.print(Text(line))


def _cells(point: Point, unit: Unit) -> Sequence[str]:
    value, p85, low, high = (_number(one, unit) for one in (point.value, point.p85, point.low, point.high))
    interval = UNKNOWN if UNKNOWN in (low, high) else f"{low} to {high}"
    return point.period, f"{point.n:,}", value, p85, interval, _remark(point)


def _remark(point: Point) -> str:
    rule, _, side = (point.signal or "").partition("_")
    said = [f"{RULES[rule]} ({side})"] if rule else []
    said += [_why(point.reason)] if point.reason else []
    said += ["holiday, not judged"] if point.excluded else []
    return ", ".join([*said, "not complete"] if point.partial else said)


def _below(result: Result, guards: Sequence[Result]) -> Iterable[str]:
    one = result.indicator
    yield from _range(one, [*result.earlier, *([result.limits] if result.limits else [])])
    if result.no_limits:
        yield NO_LIMITS[result.no_limits]
    if shift := result.suggestion:
        near = "; ".join(f"{mark.text} ({mark.begins:%Y-%m-%d})" for mark in shift.near)
        yield f"the level seems to have moved for good from {shift.period} on; limits stay until somebody confirms it"
        yield from [f"  near it: {near}"] if near else []
    yield from (f"not confirmed by the series: {mark.text} ({mark.begins:%Y-%m-%d})" for mark in result.refused)
    yield from [in_words(one, result.target)] if result.target else []
    yield from (f"never without: {_guard(guard)}" for guard in guards)
    yield from [f"from {result.badge}"] if result.badge else []
    left = ", ".join(f"{n:,} {reason}" for reason, n in result.left_out.items())
    yield from [f"left out: {left}"] if left else []
    yield from (f"{mark.begins:%Y-%m-%d} {mark.kind.replace('_', ' ')}: {mark.text}" for mark in result.marks)


def _range(one: Indicator, limits: Sequence[Limits]) -> Iterable[str]:
    for each in limits:
        until = f" until {each.ends:%Y-%m-%d}" if each.ends else ""
        early = ", provisional" if each.provisional else ""
        lower, upper, centre = (_number(edge, one.unit) for edge in (each.lower, each.upper, each.centre))
        usual = f"{lower} to {upper}{_unit(one)}, typically {centre}"
        yield f"usual {PERIODS[each.periods]}range{until}: {usual}{early}"


def _guard(guard: Result) -> str:
    one, total = guard.indicator, guard.total
    why = f" ({_why(total.reason)})" if total.reason else ""
    value = UNKNOWN if total.value is None else f"{_number(total.value, one.unit)}{_unit(one)}, n = {total.n:,}"
    return f"{one.name} {value}{why}"


def scorecard(standings: Iterable[Standing]) -> None:
    """Print how each objective stands, what decided it, and what somebody says beside it."""
    out = _console()
    for one in standings:
        state = one.state
        status = state.status.replace("_", " ").upper()
        since = f", {one.trend} than four weeks ago" if one.trend and one.trend != "same" else ""
        out.print(Text(f"{one.purpose.objective.label}: {status}{since}", style="bold"), Text(f"({state.coverage})"))
        if override := state.override:
            said = f"{override.name} says {override.status.replace('_', ' ')} until {override.expires}"
            out.print(Text(f"  {said}: {override.reason}"))
        out.print(_indicators(one))


def _indicators(one: Standing) -> Table:
    table = _table("", "indicator", "value", "n", "variation", "target", "", right=(2, 3))
    for state in one.indicators:
        table.add_row(*_state(state, one.state.decided_by))
    return table


def _state(state: IndicatorState, deciding: Sequence[str]) -> Sequence[str]:
    indicator = INDICATORS[state.id]
    value = UNKNOWN if state.value is None else f"{_number(state.value, indicator.unit)}{_unit(indicator)}"
    words = (str(word or UNKNOWN).replace("_", " ") for word in (state.variation, state.assurance))
    why = f"not assessed: {state.reason.replace('_', ' ')}" if state.reason else ""
    decides = "decides" if state.id in deciding and not state.reason else why
    return "  ", indicator.name, value, f"{state.n:,}", *words, decides


def _why(reason: Reason) -> str:
    return "too few for a verdict" if reason is Reason.TOO_FEW else reason.replace("_", " ")


def _unit(one: Indicator) -> str:
    return "" if one.unit is Unit.COUNT else f" {one.unit}"


def _number(value: float | None, unit: Unit) -> str:
    if value is None:
        return UNKNOWN
    return f"{value:,.0f}" if abs(value) >= 100 or (unit in WHOLE and value == round(value)) else f"{value:,.2f}"


def _table(*columns: str, right: Sequence[int]) -> Table:
    table = Table(box=None, pad_edge=False)
    for place, name in enumerate(columns):
        table.add_column(name, justify="right" if place in right else "left", no_wrap=place < len(columns) - 1)
    return table


def _console() -> Console:
    console = Console()
    return console if console.is_terminal else Console(width=PLAIN_WIDTH)
