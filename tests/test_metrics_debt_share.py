"""Work on technical debt against plan, by months."""

from dataclasses import replace
from datetime import UTC, datetime

import pytest
from conftest import NOW

from metrics.debt_share import complete_months, debt_share
from metrics.model import Grain, Point, Scope


@pytest.fixture
def weeks():
    return Scope(datetime(2026, 8, 31, tzinfo=UTC), datetime(2026, 11, 16, tzinfo=UTC), NOW)


def test_the_months_are_the_last_twelve_that_are_over(weeks):
    months = complete_months(weeks)
    # the weeks end on 16 November: October is the last whole month
    assert (months.start, months.end) == (datetime(2025, 11, 1, tzinfo=UTC), datetime(2026, 11, 1, tzinfo=UTC))
    assert months.grain is Grain.MONTH


def test_a_month_is_off_plan_only_with_its_whole_interval(weeks):
    told = (
        month("2026-07", 5, 2, 9),  # all of it under 15
        month("2026-08", 12, 8, 17),  # may be chance
        month("2026-09", 22, 16, 30),  # all of it over 15
        replace(month("2026-10", None, None, None), n=0),
        replace(month("2026-11", 3, 1, 6), partial=True),  # still running
    )
    share = debt_share(told, 15.0)
    assert [point.period for point in share.months] == ["2026-07", "2026-08", "2026-09"]
    assert (share.below, share.above) == (1, 1)
    without = debt_share(told, None)
    assert (without.below, without.above) == (0, 0)


def month(period, value, low, high):
    start = datetime.fromisoformat(f"{period}-01").replace(tzinfo=UTC)
    return Point(period, start, start, 100, value, None, low, high)
