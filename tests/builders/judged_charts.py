"""Charts of given weeks, judged."""

from dataclasses import replace
from datetime import timedelta

from rows import at

from metrics.attention import Chart
from metrics.catalogue import INDICATORS
from metrics.judging import judged
from metrics.model import Limits, Point, Result, Scope

MONDAY = at("2026-01-05 00:00")
WEEK = timedelta(weeks=1)
BASE = [10, 12, 9, 11] * 5  # centre 10.5; mean step (5 * 7 + 4 * 1) / 19 = 39/19 = 2.0526; limits 5.040 and 15.960
LEVEL = INDICATORS["wip"]


def history(values):
    """Complete weeks from 5 January 2026 on, each of 20 rows."""
    return tuple(
        Point(f"2026-W{i + 2:02}", MONDAY + i * WEEK, MONDAY + (i + 1) * WEEK, 20, float(value))
        for i, value in enumerate(values)
    )


def chart(values, indicator=LEVEL, n=20, **scope):
    """A chart of these weeks, judged."""
    points = history(values)
    answer = judged(indicator, points)
    limits = None
    if answer.upper is not None:
        limits = Limits(answer.centre, answer.lower, answer.upper, (MONDAY, points[-1].end))
    end = points[-1].end
    over = Scope(end - 4 * WEEK, end, end, **scope)
    total = replace(points[-1], period="total", n=n)
    return Chart(Result(indicator, over, points[-4:], total, limits, listed=lambda: None, history=points))


def week_of(one):
    """When the last week of a chart began."""
    return one.result.history[-1].start
