"""What the screens say of a series: units, ranges, and a word of change only where a rule has earned it."""

from dataclasses import replace

import pandas as pd
import pytest
from conftest import at

from metrics.catalogue import INDICATORS
from metrics.judging import NO_LIMITS
from metrics.model import Limits, Point, Reason, Result, Scope
from pages.ui import figure_parts, words

MEDIAN = INDICATORS["time_to_first_review"]
WEEKS = [Point(f"2026-W{40 + i}", at("2026-10-05 00:00"), at("2026-10-12 00:00"), 8, 4.0) for i in range(6)]


def judged(limits=None, no_limits=None) -> Result:
    """A result without rows, of which only what was judged counts."""
    scope = Scope(WEEKS[0].start, WEEKS[-1].end, WEEKS[-1].end)
    return Result(MEDIAN, scope, tuple(WEEKS), WEEKS[-1], limits, pd.DataFrame, no_limits=no_limits)


def test_nothing_is_said_of_change_without_a_rule():
    assert words.signal(WEEKS) == words.signal([]) == ""


def test_the_latest_rule_of_the_last_four_complete_weeks_is_said_with_its_side():
    series = [*WEEKS[:3], replace(WEEKS[3], signal="outside_high"), replace(WEEKS[4], signal="run_low"), WEEKS[5]]
    assert words.signal(series) == "2026-W44: eight weeks in a row on one side of its usual level (below)"
    assert words.signal([replace(WEEKS[0], signal="outside_high"), *WEEKS[1:]]) == ""  # too long ago
    assert words.signal([replace(WEEKS[0], signal="outside_high", partial=True)]) == ""  # still running


def test_a_range_says_what_periods_it_is_of():
    baseline = (at("2026-01-05 00:00"), at("2026-05-25 00:00"))
    limits = Limits(4.0, 2.0, 8.0, baseline, provisional=True, periods=4)
    assert words.usual_range(judged(limits=limits)) == "usual four-week range 2.0 to 8.0 h, provisional"
    assert not limits.is_of_one_period


@pytest.mark.parametrize("reason", NO_LIMITS)
def test_a_range_that_is_not_there_says_why(reason):
    assert words.usual_range(judged(no_limits=reason)) == NO_LIMITS[reason]
    assert figure_parts.usual(judged(no_limits=reason)) in NO_LIMITS[reason]
    assert words.usual_range(judged()) == ""


def test_what_is_unknown_is_a_dash_with_its_reason():
    nothing = Point("2026-W40", at("2026-10-05 00:00"), at("2026-10-12 00:00"), 0, None, reason=Reason.NO_SOURCE)
    assert words.figure(MEDIAN, nothing) == "–"
    assert "Connect one" in words.basis(MEDIAN, nothing)
    few = replace(WEEKS[0], n=3, reason=Reason.TOO_FEW)
    assert words.basis(MEDIAN, few) == "median of n = 3, too few for a verdict"
