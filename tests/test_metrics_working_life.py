"""Newcomers and working hours, worked out by hand for a team."""

import pandas as pd
from conftest import pull, review
from team_rows import memberships

from metrics.model import Reason
from metrics.observations import why_none
from metrics.organisation import Organisation
from metrics.working_hours import Calendar
from metrics.working_life import onboarding_time, out_of_hours_share

JOINERS = [f"j{n}" for n in range(6)]
JOINED = memberships(*[(who, "payments", "2026-01-01", None) for who in JOINERS], ("old", "payments"))


def ten_merges(who, place, last):
    """Ten reviewed pull requests, one a day, the tenth merged at the end of the day `last` of January."""
    days = [f"2026-01-{last - 9 + n:02}" for n in range(10)]
    numbers = [100 * place + n for n in range(10)]
    author = {"author": who, "author_id": f"u-{who}"}
    pulls = [pull(n, f"{d} 08:00", merged_at=f"{d} 12:00", **author) for n, d in zip(numbers, days, strict=True)]
    return pulls, [review(n, f"{d} 09:00", "zoe") for n, d in zip(numbers, days, strict=True)]


def everybody(names):
    parts = [ten_merges(who, place, 12 + 2 * place) for place, who in enumerate(names)]
    return {"pull_requests": [p for some, _ in parts for p in some], "reviews": [r for _, some in parts for r in some]}


def test_the_tenth_reviewed_merge_ends_the_welcome(facts):
    # The tenth merges are on the 12th, 14th, … 22nd at noon: 11.5, 13.5, … 21.5 days after the 1st; median 16.5.
    seen = onboarding_time(facts("onboardings", JOINED, **everybody(JOINERS)))
    assert seen["value"].dropna().tolist() == [16.5]
    assert seen["url"].isna().all() and seen["team"].isna().all()
    assert not seen["key"].str.contains("j0").any()


def test_fewer_than_six_joiners_are_never_shown(facts):
    seen = onboarding_time(facts("onboardings", JOINED, **everybody(JOINERS[:5])))
    assert seen["value"].isna().all()
    assert set(seen["excluded"]) == {"fewer than 6 joined"}


def test_without_joining_dates_it_is_not_mapped(facts):
    undated = memberships(*[(who, "payments") for who in JOINERS])
    seen = onboarding_time(facts("onboardings", undated, **everybody(JOINERS)))
    assert seen.empty and why_none(seen.attrs) is Reason.UNMAPPED


def test_an_unreviewed_merge_is_no_step(facts):
    rows = everybody(JOINERS)
    rows["reviews"] = rows["reviews"][1:]  # the first of j0 has none: nine are left
    assert onboarding_time(facts("onboardings", JOINED, **rows))["value"].isna().all()


FIVE = memberships(*[(who, "payments") for who in ("ana", "ben", "cem", "dia", "eve")])


def with_calendar(organisation):
    calendars = {"payments": Calendar("Europe/Berlin")}
    return Organisation(memberships=organisation.memberships, calendars=calendars)


def test_what_happens_outside_the_teams_hours_by_its_own_clock(facts):
    # Berlin, in winter: opened 07:30 UTC = 08:30 (outside), reviewed 15:30 = 16:30 (within), Sat 11:00 (outside).
    rows = {
        "pull_requests": [pull(1, "2026-01-05 07:30")],
        "reviews": [review(1, "2026-01-05 15:30"), review(1, "2026-01-10 10:00", "cem")],
    }
    seen = out_of_hours_share(facts("activities", with_calendar(FIVE), **rows))
    assert seen["value"].tolist() == [1.0, 0.0, 1.0]
    assert seen["excluded"].isna().all()


def test_no_row_says_who_which_or_at_what_time(facts):
    frame = facts("activities", with_calendar(FIVE), pull_requests=[pull(1, "2026-01-05 07:31")])
    seen = out_of_hours_share(frame)
    assert seen["key"].tolist() == ["payments 2026-01-05"]
    assert seen["at"].tolist() == [pd.Timestamp("2026-01-05 12:00", tz="UTC")]
    assert seen["url"].isna().all()


def test_a_team_of_four_or_without_a_calendar_is_left_out(facts):
    four = memberships(
        *[(who, "payments") for who in ("ana", "ben", "cem", "dia")], ("eve", "payments", None, "2026-01-01")
    )
    rows = {"pull_requests": [pull(1, "2026-01-05 07:30")]}
    seen = out_of_hours_share(facts("activities", with_calendar(four), **rows))
    assert seen["excluded"].tolist() == ["fewer than 5 people"]
    unmapped = out_of_hours_share(facts("activities", FIVE, **rows))
    assert unmapped["excluded"].tolist() == ["no calendar"]
    assert why_none(unmapped.attrs) is Reason.UNMAPPED
