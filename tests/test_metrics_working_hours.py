"""Working time between two moments, reckoned by hand on days with and without traps."""

from datetime import UTC, date, datetime

import pandas as pd
import pytest
from hypothesis import given
from hypothesis import strategies as st

from data import config
from metrics.configured import organisation
from metrics.working_hours import Calendar, is_working_time, working_clock

BERLIN = Calendar("Europe/Berlin")
HOUR = pd.Timedelta(hours=1)


def clock(calendar, *moments):
    frame = pd.Series([pd.Timestamp(m, tz=calendar.timezone) for m in moments], dtype="datetime64[us, UTC]")
    return working_clock(frame, pd.Series(["payments"] * len(frame)), {"payments": calendar})


def worked(calendar, start, end):
    first, last = clock(calendar, start, end)
    return (last - first) / HOUR


def test_from_friday_afternoon_to_monday_morning_are_two_hours():
    # Fri 16:00–17:00 and Mon 09:00–10:00, of 66 hours on the wall.
    assert worked(BERLIN, "2026-11-06 16:00", "2026-11-09 10:00") == 2.0
    assert pd.Timestamp("2026-11-09 10:00") - pd.Timestamp("2026-11-06 16:00") == 66 * HOUR


@pytest.mark.parametrize(
    ("start", "end", "hours"),
    [
        ("2026-11-02 10:00", "2026-11-02 12:30", 2.5),  # within one day
        ("2026-11-02 06:00", "2026-11-02 23:00", 8),  # around one day
        ("2026-11-07 10:00", "2026-11-08 20:00", 0),  # a weekend
        ("2026-11-02 20:00", "2026-11-03 08:00", 0),  # a night
        ("2026-11-02 09:00", "2026-11-09 09:00", 40),  # a week
        ("2026-11-02 17:00", "2026-11-03 09:00", 0),  # from closing to opening
    ],
)
def test_only_the_hours_of_working_days_count(start, end, hours):
    assert worked(BERLIN, start, end) == hours


def test_the_clocks_change_at_night_and_a_working_day_stays_eight_hours():
    # Summer time begins on Sun 2026-03-29 and ends on Sun 2026-10-25: Fri 16:00 → Mon 10:00 are 2 h in both.
    assert worked(BERLIN, "2026-03-27 16:00", "2026-03-30 10:00") == 2.0
    assert worked(BERLIN, "2026-10-23 16:00", "2026-10-26 10:00") == 2.0


def test_a_shift_across_the_change_of_clocks_lasts_as_long_as_it_really_did():
    always = Calendar("Europe/Berlin", weekdays=tuple(range(7)), opens=0, closes=24 * 60)
    assert worked(always, "2026-03-29 00:00", "2026-03-30 00:00") == 23.0
    assert worked(always, "2026-10-25 00:00", "2026-10-26 00:00") == 25.0
    night = Calendar("Europe/Berlin", weekdays=tuple(range(7)), opens=22 * 60, closes=6 * 60)
    assert worked(night, "2026-03-28 20:00", "2026-03-29 12:00") == 7.0
    early = Calendar("Europe/Berlin", weekdays=(6,), opens=2 * 60 + 30, closes=10 * 60)  # 02:30 is not told that day
    assert worked(early, "2026-03-29 00:00", "2026-03-29 12:00") == 7.0


def test_a_holiday_is_no_working_day():
    off = Calendar("Europe/Berlin", holidays=frozenset({date(2026, 12, 25)}))
    # Thu 24th 16:00–17:00, Fri 25th off, Mon 28th 09:00–10:00.
    assert worked(off, "2026-12-24 16:00", "2026-12-28 10:00") == 2.0
    assert worked(BERLIN, "2026-12-24 16:00", "2026-12-28 10:00") == 10.0


def test_each_team_has_its_own_clock_and_a_row_without_a_team_the_usual_one():
    moments = pd.Series(pd.to_datetime(["2026-11-02 08:00", "2026-11-02 12:00"] * 3, utc=True).as_unit("us"))
    teams = pd.Series(["a", "a", "b", "b", None, None], dtype="str")
    clocks = working_clock(moments, teams, {"a": BERLIN, "b": Calendar("Asia/Kolkata", opens=600, closes=18 * 60 + 30)})
    # Berlin 09:00–13:00: 4 h. Kolkata 13:30–17:30: 4 h. UTC 09–12: 3 h.
    assert [(clocks[i + 1] - clocks[i]) / HOUR for i in (0, 2, 4)] == [4.0, 4.0, 3.0]


def test_a_null_moment_stays_null_and_an_empty_column_stays_empty():
    moments = pd.Series(pd.to_datetime(["2026-11-02 08:00", None], utc=True).as_unit("us"))
    assert working_clock(moments, pd.Series(["a", "a"]), {}).isna().tolist() == [False, True]
    assert working_clock(moments[:0], pd.Series([], dtype="str"), {}).empty


def test_a_team_that_never_works_waits_for_nothing():
    assert worked(Calendar("UTC", weekdays=()), "2026-11-02 08:00", "2026-11-09 08:00") == 0.0


def test_what_happens_within_the_hours_and_what_does_not():
    moments = pd.Series(
        pd.to_datetime(["2026-11-02 07:59", "2026-11-02 08:00", "2026-11-02 16:00", "2026-11-07 10:00"], utc=True)
    ).astype("datetime64[us, UTC]")
    assert is_working_time(moments, pd.Series(["a"] * 4), {"a": BERLIN}).tolist() == [False, True, False, False]


def test_the_configuration_gives_each_team_its_calendar_with_its_holidays(tmp_path):
    file = tmp_path / "config.toml"
    file.write_text(
        '[calendar]\ntimezone = "Europe/Paris"\n[teams.a]\nholidays = "DE-BY"\nworking_days = ["mon", "sun"]\n'
        'working_hours = ["08:30", "17:15"]\n[teams.b]\ntimezone = "Asia/Tokyo"\n'
    )
    calendars = organisation(config.read(file)).calendars
    assert (calendars["a"].timezone, calendars["b"].timezone) == ("Europe/Paris", "Asia/Tokyo")
    assert (calendars["a"].weekdays, calendars["a"].opens, calendars["a"].closes) == ((0, 6), 510, 1035)
    assert date(2026, 1, 6) in calendars["a"].holidays  # Epiphany, in Bavaria
    assert not calendars["b"].holidays


moments = st.datetimes(datetime(2020, 1, 1), datetime(2027, 1, 1), timezones=st.just(UTC))
zones = st.sampled_from(["UTC", "Europe/Berlin", "America/New_York", "Australia/Lord_Howe", "Asia/Kolkata"])


@given(st.lists(moments, min_size=2, max_size=8), zones, st.integers(0, 1439), st.integers(1, 1440))
def test_the_clock_never_runs_backwards_nor_faster_than_time(given_moments, zone, opens, closes):
    ordered = sorted(given_moments)
    calendar = Calendar(zone, opens=opens, closes=closes)
    frame = pd.Series(ordered, dtype="datetime64[us, UTC]")
    clocks = working_clock(frame, pd.Series(["a"] * len(frame)), {"a": calendar})
    steps, passed = clocks.diff().dropna(), frame.diff().dropna()
    assert (steps >= pd.Timedelta(0)).all() and (steps <= passed).all()
    apart = pd.concat([working_clock(frame[i : i + 1], pd.Series(["a"]), {"a": calendar}) for i in frame.index])
    assert apart.tolist() == clocks.tolist()  # what else is asked about moves no clock
