"""What may be said of a figure: the rule that fired on its weeks, its usual range, its target, or why it is unknown."""

from metrics.model import Better, Indicator, Limits, Point, Reason, Result, Scope, Target, Unit
from reports import words

WHY = {
    Reason.NO_SOURCE: "no source has been synced for it",
    Reason.NOT_SYNCED: "the sync has not reached this period",
    Reason.UNMAPPED: "the configuration does not map what it needs",
    Reason.NO_DATA: "there was nothing to count",
    Reason.TOO_FEW: "too few for a verdict",
}
RULES = {
    "outside": "outside its usual range",
    "run": "eight weeks in a row on one side of its usual level",
    "near": "three of four weeks near the limit of its usual range",
}
SIDES = {"high": "above", "low": "below"}
PERIODS = {1: "weekly", 2: "two-week", 4: "four-week", 13: "quarterly"}


def of_weeks(one: Indicator, weekly: Result, period: Scope) -> tuple[str, bool | None, bool]:
    """What a rule says of the weeks that end in the period, whether it is the good side of it, and whether it fired."""
    ended = [point for point in weekly.series if period.start < point.end <= period.end and not point.partial]
    fired = [point for point in ended if point.signal]
    if fired:
        return *rule_in_words(one, fired[-1]), True
    if weekly.limits is None or all(point.value is None for point in ended):
        return "", None, False
    return f"within its usual {usual_range(one.unit, weekly.limits)}", None, False


def rule_in_words(one: Indicator, point: Point) -> tuple[str, bool | None]:
    """The rule that fired on a point, and whether it is the good side; None where neither is."""
    rule, _, side = (point.signal or "").partition("_")
    good = {Better.LOWER: "low", Better.HIGHER: "high"}.get(one.better)
    return f"{point.period}: {RULES[rule]} ({SIDES[side]})", side == good if good else None


def usual_range(unit: Unit, limits: Limits) -> str:
    """The range that a series usually stays in, and of what periods it is."""
    early = ", provisional" if limits.provisional else ""
    ends = f"{words.number(limits.lower, unit.value)}–{words.measure(limits.upper, unit.value)}"
    return f"{PERIODS[limits.periods]} range {ends}{early}"


def target_in_words(one: Indicator, result: Result) -> str:
    """What is aimed at, and who says so; nothing where no target is set."""
    return aim_in_words(one, result.target) if result.target else ""


def aim_in_words(one: Indicator, aim: Target) -> str:
    """A target and who says so."""
    unit = one.unit.value
    side = {Better.LOWER: "at most ", Better.HIGHER: "at least "}.get(one.better, "")
    if aim.value is not None:
        said = f"{side}{words.measure(aim.value, unit)}"
    elif aim.low is not None and aim.high is not None:
        said = f"{words.number(aim.low, unit)} to {words.measure(aim.high, unit)}"
    else:
        end = "at least" if aim.high is None else "at most"
        said = f"{end} {words.measure(aim.low if aim.high is None else aim.high, unit)}"
    return f"{said} ({aim.source})" if aim.source else said
