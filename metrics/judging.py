"""Which points of a series stand out from its usual range, judged from the first period on so that limits stay put."""

from collections.abc import Callable, Collection, Sequence
from dataclasses import dataclass, field, replace
from datetime import datetime, timedelta
from itertools import pairwise

from metrics.days_off import days_off
from metrics.marks import EXPLAINING, Mark, MarkKind, Shift
from metrics.model import Grain, Indicator, Limits, Point, Reason, Scope, Summary, Unit
from metrics.periods import next_period
from metrics.scales import Kind
from metrics.signals import LADDER, Judgement, judge
from metrics.summaries import OPEN

RUNNING_START = timedelta(weeks=13)
NEARBY = 2
KINDS = {
    Summary.RATE: Kind.RATE,
    Summary.COUNT: Kind.COUNT,
    Summary.SUM: Kind.COUNT,
    Summary.LEVEL: Kind.LEVEL,
    Summary.NET: Kind.LEVEL,
    Summary.SHARE: Kind.LEVEL,
    Summary.OPEN_RATE: Kind.RATE,
}
NO_LIMITS = {
    "filling": "no usual range yet: the first sync still brings its history",
    "too_few": "no usual range yet: fewer than 8 periods to judge by",
    "too_rare": "no usual range: too rare even by the quarter",
    "constant": "no usual range: it never varied",
}
SMALLEST = {Unit.HOURS: 1 / 3600, Unit.DAYS: 1 / 86_400, Unit.MINUTES: 1 / 60}  # a second; a line of a size


@dataclass(frozen=True)
class Verdict:
    """A judged series: its usual range, the signal of each period by its label, and what is asked or refused.

    `moved` are the places in `history` from which confirmed levels hold, `earlier` the limits before each of them.
    """

    limits: Limits | None = None
    signals: dict[str, str] = field(default_factory=dict)
    history: tuple[Point, ...] = ()
    no_limits: str | None = None
    earlier: tuple[Limits, ...] = ()
    moved: tuple[int, ...] = ()
    refused: tuple[Mark, ...] = ()
    suggestion: Shift | None = None
    judgement: Judgement | None = None


def verdict(
    indicator: Indicator,
    first: datetime,
    scope: Scope,
    points: Callable[[Scope], Sequence[Point]],
    marks: Sequence[Mark] = (),
) -> Verdict:
    """Judge all complete periods since the first row. `points` makes the series of a scope from the same rows.

    The period in which the first row falls is left out: it may have begun before anybody looked. So is, of what is
    open at a period's end, the first quarter: what was open before the first row is not known.
    """
    if scope.grain is Grain.TOTAL:
        return Verdict()
    begin = next_period(first + RUNNING_START if indicator.summary in OPEN else first, scope)
    if begin >= scope.now:
        return Verdict()
    complete = [point for point in points(replace(scope, start=begin, end=scope.now)) if not point.partial]
    history = without_holidays(complete, marks, scope)
    moved, refused = _confirmed(indicator, history, scope.grain, marks)
    answer = judged(indicator, history, scope.grain, moved)
    each = [*answer.earlier, replace(answer, earlier=())]
    edges = [None, *(history[place].start for place in moved), None]
    *earlier, last = [_limits(indicator, one, history, *span) for one, span in zip(each, pairwise(edges), strict=True)]
    return Verdict(
        limits=last,
        signals={history[signal.index].period: f"{signal.rule}_{signal.side}" for signal in answer.signals},
        history=history,
        no_limits=answer.reason,
        earlier=tuple(limits for limits in earlier if limits),
        moved=moved,
        refused=refused,
        suggestion=_suggested(answer, history, marks),
        judgement=answer,
    )


def without_holidays(series: Sequence[Point], marks: Sequence[Mark], scope: Scope) -> tuple[Point, ...]:
    """The series with its holidays marked as excluded."""
    off = days_off([(point.start, point.end) for point in series], marks, scope)
    return tuple(replace(point, excluded=True) if place in off else point for place, point in enumerate(series))


def judged(
    indicator: Indicator, history: Sequence[Point], grain: Grain = Grain.WEEK, moved: Collection[int] = ()
) -> Judgement:
    """The judgement of a series of complete periods; from each place in `moved` another level is confirmed."""
    return judge(
        [_value(point) for point in history],
        _kind(indicator),
        sizes=[point.n for point in history],
        excluded=[place for place, point in enumerate(history) if point.excluded],
        rebased=moved,
        ladder=LADDER if grain is Grain.WEEK else (1,),
        smallest=SMALLEST.get(indicator.unit, 1.0),
    )


def _confirmed(
    indicator: Indicator, history: Sequence[Point], grain: Grain, marks: Sequence[Mark]
) -> tuple[tuple[int, ...], tuple[Mark, ...]]:
    """Where confirmed levels begin, and the confirmations that the series as it was then does not bear out.

    What is confirmed is the run of points on one side, eight at least, that had not come back over the old centre when
    somebody said so; the new limits begin at its first point.
    """
    moved: list[int] = []
    refused: list[Mark] = []
    for mark in sorted((one for one in marks if one.kind is MarkKind.REBASE), key=lambda one: (one.noted_at, one.id)):
        known = [point for point in history if point.end <= mark.noted_at]
        shift = judged(indicator, known, grain, moved).suggestion
        if shift and _near(mark, known, shift.index, len(known) - 1):
            moved.append(shift.index)
        else:
            refused.append(mark)
    return tuple(sorted(moved)), tuple(refused)


def _suggested(answer: Judgement, history: Sequence[Point], marks: Sequence[Mark]) -> Shift | None:
    found = answer.suggestion
    if found is None:
        return None
    first = history[found.index]
    near = tuple(mark for mark in marks if mark.kind in EXPLAINING and _near(mark, history, found.index, found.index))
    return Shift(first.period, first.start, found.side.value, found.length, answer.periods, near)


def _near(mark: Mark, history: Sequence[Point], first: int, last: int) -> bool:
    """Whether a mark falls between two points or up to two periods from them."""
    start = history[max(first - NEARBY, 0)].start
    return mark.touches(start, history[min(last + NEARBY, len(history) - 1)].end)


def _value(point: Point) -> float | None:
    return None if point.reason is Reason.TOO_FEW else point.value


def _kind(indicator: Indicator) -> Kind:
    duration = Kind.SIZE if indicator.unit is Unit.LINES else Kind.DURATION
    return KINDS.get(indicator.summary, duration)


def _limits(
    indicator: Indicator,
    answer: Judgement,
    history: Sequence[Point],
    begins: datetime | None,
    ends: datetime | None,
) -> Limits | None:
    if answer.centre is None or answer.lower is None or answer.upper is None or answer.baseline is None:
        return None
    first, last = answer.baseline
    baseline = (history[first].start, history[last - 1].end)
    lower = answer.lower if indicator.summary is Summary.NET else max(answer.lower, 0.0)
    upper = min(answer.upper, indicator.largest)
    return Limits(answer.centre, lower, upper, baseline, answer.provisional, answer.grain, begins=begins, ends=ends)
