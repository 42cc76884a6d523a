"""Which points of a series stand out from its usual range, judged from the first period on so that limits stay put."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass, field, replace
from datetime import timedelta

from metrics.ledger import EPOCH, MICROSECOND, Rows
from metrics.model import Grain, Indicator, Limits, Point, Reason, Scope, Summary, Unit
from metrics.periods import next_period
from metrics.scales import Kind
from metrics.signals import LADDER, Judgement, judge
from metrics.summaries import OPEN

RUNNING_START = timedelta(weeks=13)
KINDS = {
    Summary.RATE: Kind.RATE,
    Summary.COUNT: Kind.COUNT,
    Summary.SUM: Kind.COUNT,
    Summary.LEVEL: Kind.LEVEL,
    Summary.NET: Kind.LEVEL,
    Summary.SHARE: Kind.LEVEL,
    Summary.OPEN_RATE: Kind.RATE,
}
SMALLEST = {Unit.HOURS: 1 / 3600, Unit.DAYS: 1 / 86_400, Unit.MINUTES: 1 / 60}  # a second; a line of a size


@dataclass(frozen=True)
class Verdict:
    """A judged series: its usual range, the signal of each period by its label, and the judgement behind both."""

    limits: Limits | None = None
    signals: dict[str, str] = field(default_factory=dict)
    judgement: Judgement | None = None
    history: tuple[Point, ...] = ()


def verdict(indicator: Indicator, rows: Rows, scope: Scope, points: Callable[[Scope], Sequence[Point]]) -> Verdict:
    """Judge all complete periods since the first row. `points` makes the series of a scope from the same rows.

    The period in which the first row falls is left out: it may have begun before anybody looked. So is, of what is
    open at a period's end, the first quarter: what was open before the first row is not known.
    """
    if scope.grain is Grain.TOTAL or len(rows) == 0:
        return Verdict()
    first = EPOCH + int(rows.at[0]) * MICROSECOND
    begin = next_period(first + RUNNING_START if indicator.summary in OPEN else first, scope)
    if begin >= scope.now:
        return Verdict()
    history = tuple(point for point in points(replace(scope, start=begin, end=scope.now)) if not point.partial)
    answer = judged(indicator, history, scope.grain)
    signals = {history[signal.index].period: f"{signal.rule}_{signal.side}" for signal in answer.signals}
    return Verdict(_limits(indicator, answer, history), signals, answer, history)


def judged(indicator: Indicator, history: Sequence[Point], grain: Grain = Grain.WEEK) -> Judgement:
    """The judgement of a series of complete periods."""
    return judge(
        [_value(point) for point in history],
        _kind(indicator),
        sizes=[point.n for point in history],
        ladder=LADDER if grain is Grain.WEEK else (1,),
        smallest=SMALLEST.get(indicator.unit, 1.0),
    )


def _value(point: Point) -> float | None:
    return None if point.reason is Reason.TOO_FEW else point.value


def _kind(indicator: Indicator) -> Kind:
    duration = Kind.SIZE if indicator.unit is Unit.LINES else Kind.DURATION
    return KINDS.get(indicator.summary, duration)


def _limits(indicator: Indicator, answer: Judgement, history: Sequence[Point]) -> Limits | None:
    if answer.centre is None or answer.lower is None or answer.upper is None or answer.baseline is None:
        return None
    first, last = answer.baseline
    baseline = (history[first].start, history[last - 1].end)
    lower = answer.lower if indicator.summary is Summary.NET else max(answer.lower, 0.0)
    return Limits(answer.centre, lower, answer.upper, baseline, answer.provisional, answer.grain)
