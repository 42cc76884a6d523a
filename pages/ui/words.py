"""Numbers, moments and states in words: the same everywhere on the screens."""

from collections.abc import Sequence
from datetime import datetime, timedelta

from metrics.judging import NO_LIMITS
from metrics.marks import Mark
from metrics.model import Better, Indicator, Point, Reason, Result, Summary, Target, Unit
from reports.markdown import text

WHY = {
    Reason.NO_SOURCE: "Not known: no source has been synced for it. Connect one, then sync.",
    Reason.NOT_SYNCED: "Not known yet: the sync has not reached this period. It fills in as the sync goes on.",
    Reason.UNMAPPED: "Not known: the configuration does not map what it needs. Add the mapping, no sync needed.",
    Reason.NO_DATA: "Nothing to count in this period. Choose a longer period or a wider scope.",
    Reason.TOO_FEW: "Too few for a verdict.",
}
SHORT = {
    Reason.NO_SOURCE: "no source",
    Reason.NOT_SYNCED: "not synced yet",
    Reason.UNMAPPED: "not mapped",
    Reason.NO_DATA: "no rows",
    Reason.TOO_FEW: "too few",
}
RECENT = 4
LONGEST = 2000
PERIODS = {1: "weekly", 2: "two-week", 4: "four-week", 13: "quarterly"}
RULES = {
    "outside": "outside its usual range",
    "run": "eight weeks in a row on one side of its usual level",
    "near": "three of four weeks near the limit of its usual range",
}
SIDES = {"high": "above", "low": "below"}
SUMMARIES = {
    Summary.MEDIAN: "median of",
    Summary.RATE: "of",
    Summary.COUNT: "counted",
    Summary.SUM: "sum of",
    Summary.LEVEL: "open at the end of the period",
    Summary.NET: "what came less what went;",
    Summary.AGE: "median age at the end of the period of",
    Summary.SHARE: "pooled share of",
    Summary.OPEN_RATE: "of what is open at the end of the period,",
    Summary.OPEN_SUM: "together at the end of the period;",
    Summary.OPEN_SHARE: "pooled share at the end of the period of",
    Summary.OPEN_MEDIAN: "median at the end of the period of",
    Summary.OPEN_LOWEST: "the lowest at the end of the period of",
    Summary.WINDOW: "over the weeks before; median of teams,",
}


def literal(said: str) -> str:
    """What a source or somebody said, as Markdown: words and nothing else, so that no address in it is asked for."""
    return text(said, LONGEST)


def number(value: float, unit: Unit) -> str:
    """A value with enough digits to be told from its neighbours."""
    if unit in {Unit.COUNT, Unit.LINES, Unit.PEOPLE} or abs(value) >= 100:
        return f"{value:,.0f}"
    return f"{value:,.1f}" if abs(value) >= 1 or value == 0 else f"{value:,.2f}"


def measure(value: float, unit: Unit) -> str:
    """A value with its unit."""
    return number(value, unit) if unit is Unit.COUNT else f"{number(value, unit)} {unit.value}"


def span(low: float, high: float, unit: Unit) -> str:
    """A range with its unit."""
    return f"{number(low, unit)} to {measure(high, unit)}"


def figure(indicator: Indicator, point: Point) -> str:
    """A period's value, or a dash where it is not known."""
    return "–" if point.value is None else measure(point.value, indicator.unit)


def basis(indicator: Indicator, point: Point) -> str:
    """What a value is made of: its n, in words, and why no verdict is drawn from it; or why there is none."""
    if point.value is None:
        return WHY[point.reason or Reason.NO_DATA]
    if indicator.summary in {Summary.COUNT, Summary.LEVEL}:
        return SUMMARIES[indicator.summary]
    said = f"{SUMMARIES[indicator.summary]} n = {point.n:,}"
    return f"{said}, too few for a verdict" if point.reason is Reason.TOO_FEW else said


def interval(indicator: Indicator, point: Point) -> str:
    """The 95 % interval and the 85th percentile, where they are known."""
    said = []
    if point.low is not None and point.high is not None:
        said.append(f"95 % interval {span(point.low, point.high, indicator.unit)}")
    if point.p85 is not None and point.n >= 20:
        said.append(f"85 % within {measure(point.p85, indicator.unit)}")
    return " · ".join(said)


def usual_range(result: Result) -> str:
    """The range that a series usually stays in, or why none is known."""
    limits = result.limits
    if limits is None:
        return NO_LIMITS[result.no_limits] if result.no_limits else ""
    early = ", provisional" if limits.provisional else ""
    return f"usual {PERIODS[limits.periods]} range {span(limits.lower, limits.upper, result.indicator.unit)}{early}"


def signal(series: Sequence[Point]) -> str:
    """The latest word of change that a rule has earned in the last four complete weeks; nothing when none has."""
    whole = [point for point in series if not point.partial][-RECENT:]
    fired = [point for point in whole if point.signal]
    if not fired:
        return ""
    rule, _, side = (fired[-1].signal or "").partition("_")
    return f"{fired[-1].period}: {RULES[rule]} ({SIDES[side]})"


def target(indicator: Indicator, aim: Target | None) -> str:
    """A target and who says so."""
    if aim is None:
        return ""
    unit = indicator.unit
    if aim.value is not None:
        side = {Better.LOWER: "at most ", Better.HIGHER: "at least "}.get(indicator.better, "")
        said = f"{side}{measure(aim.value, unit)}"
    elif aim.low is not None and aim.high is not None:
        said = span(aim.low, aim.high, unit)
    else:
        at_least = aim.low is not None
        said = f"at least {measure(aim.low or 0, unit)}" if at_least else f"at most {measure(aim.high or 0, unit)}"
    return f"target {said} ({aim.source})" if aim.source else f"target {said}"


def mark(said: Mark) -> str:
    """What was said of a moment."""
    return f"{said.begins:%d %b %Y}: {said.text}"


def left_out(result: Result) -> str:
    """How many rows are left out, by reason."""
    reasons = ", ".join(f"{n:,} {reason}" for reason, n in result.left_out.items())
    return f"left out: {reasons}" if reasons else ""


def ago(moment: datetime, now: datetime) -> str:
    """How long ago a moment was."""
    passed = now - moment
    if passed < timedelta(minutes=2):
        return "just now"
    if passed < timedelta(hours=2):
        return f"{passed // timedelta(minutes=1)} min ago"
    if passed < timedelta(days=2):
        return f"{passed // timedelta(hours=1)} h ago"
    return f"{passed.days} days ago"
