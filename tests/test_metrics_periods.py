"""The calendar: half-open periods at local midnight, through leap weeks, daylight saving and the ends of time."""

from dataclasses import replace

import pytest
from conftest import NOW, at

from metrics.model import Grain, Scope
from metrics.periods import last_complete_weeks, periods


def cut(start, end, grain=Grain.WEEK, **more):
    return periods(Scope(at(start), at(end), NOW, grain=grain, **more))


def test_a_leap_week_belongs_to_its_iso_year():
    labels = [p.label for p in cut("2020-12-28 00:00", "2021-01-11 00:00")]
    assert labels == ["2020-W53", "2021-W01"]


def test_months_and_quarters_are_half_open():
    months = cut("2026-01-01 00:00", "2026-03-01 00:00", Grain.MONTH)
    assert [(p.label, p.start.day, p.end.day) for p in months] == [("2026-01", 1, 1), ("2026-02", 1, 1)]
    assert [p.label for p in cut("2026-01-01 00:00", "2026-07-01 00:00", Grain.QUARTER)] == ["2026-Q1", "2026-Q2"]


def test_a_week_in_berlin_has_167_hours_when_clocks_go_forward():
    (week,) = cut("2026-03-22 23:00", "2026-03-29 22:00", timezone="Europe/Berlin")
    assert (week.end - week.start).total_seconds() / 3600 == 167
    assert not week.cut


def test_the_edges_of_the_range_cut_their_periods():
    first, middle, last = cut("2026-10-07 00:00", "2026-10-20 00:00")
    assert (first.cut, middle.cut, last.cut) == (True, False, True)
    assert (first.start, last.end) == (at("2026-10-07 00:00"), at("2026-10-20 00:00"))


def test_weeks_may_start_on_sunday():
    (week,) = cut("2026-10-04 00:00", "2026-10-11 00:00", week_starts="sunday")
    assert week.label == "2026-W41" and not week.cut  # the ISO week that holds most of its days


def test_the_last_complete_weeks_end_before_the_running_one():
    scope = last_complete_weeks(NOW, 26)  # NOW is Saturday of W47
    assert (scope.start, scope.end) == (at("2026-05-18 00:00"), at("2026-11-16 00:00"))
    assert [p.label for p in periods(scope)][-1] == "2026-W46"


def test_the_first_and_the_last_year_are_years_like_others():
    assert [p.label for p in cut("0001-01-01 00:00", "0001-01-15 00:00")] == ["0001-W01", "0001-W02"]
    assert [p.label for p in cut("9999-12-01 00:00", "9999-12-31 00:00", Grain.MONTH)] == ["9999-12"]
    assert cut("9999-12-20 00:00", "9999-12-31 00:00")[-1].label.startswith("9999-W5")


def test_a_range_without_an_end_is_refused():
    scope = Scope(at("0001-01-01 00:00"), at("9999-12-31 00:00"), NOW)
    with pytest.raises(ValueError, match=r"more than 10,000 periods"):
        periods(scope)
    with pytest.raises(ValueError, match="before it begins"):
        periods(replace(scope, end=scope.start))
