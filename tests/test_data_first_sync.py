"""What a first sync still has to bring, reckoned by hand."""

from dataclasses import replace
from datetime import timedelta

import pytest
from conftest import NOW

from data.first_sync import Milestone, first_sync
from data.record import StreamStatus

WALK = StreamStatus(
    *("github", "pull_requests", "acme/app"),
    complete=False,
    rows=100,
    synced_at=NOW,
    oldest=NOW - timedelta(days=10),
    cursor={"after": "x"},
    error=None,
    requests=5,
    points=20,
    points_left=1000,
    expected=5000,
    waiting_until=None,
)


def repositories(*names):
    return [replace(WALK, stream="repositories", scope=name, complete=True, rows=1, expected=1) for name in names]


def test_a_walk_goes_on_as_dense_as_it_began():
    weeks, year, whole = first_sync([*repositories("acme/app"), WALK], NOW)
    # 10 rows a day: 91 days are 910 rows, 810 to go; 5 requests and 20 points brought 100 rows
    assert (weeks.rows, weeks.requests, weeks.points) == (810, 40, 162)
    assert weeks.hours == pytest.approx(810 * 0.05 * 2 / 3600)  # two seconds a request; the points are there
    assert year.rows == 3550 and whole.rows == 4900
    assert [one.reach for one in (weeks, year, whole)] == ["the last 13 weeks", "12 months", "all history"]


def test_what_was_not_walked_yet_is_taken_to_be_like_the_rest():
    weeks, *_ = first_sync([*repositories("acme/app", "acme/web", "acme/shop"), WALK], NOW)
    assert weeks.rows == 810 + 2 * 910


def test_points_are_waited_for_when_they_run_out():
    dear = replace(WALK, points=2000, points_left=0)  # 20 points a row
    *_, whole = first_sync([*repositories("acme/app"), dear], NOW)
    assert whole == Milestone("all history", 4900, 245, 98_000, pytest.approx(98_000 / 5000))


def test_before_the_first_page_the_usual_price_is_taken():
    nothing = replace(WALK, rows=0, oldest=None, requests=0, points=0, points_left=None)
    (one, *_) = first_sync([*repositories("acme/app"), nothing], NOW)
    assert (one.rows, one.requests, one.points) == (5000, 350, 500)


def test_five_hundred_repositories_take_an_evening_for_their_year():
    # 500 repositories with 300 pull requests a year each, 1 % of them read so far at 70 requests and 100 points per 1,000
    day = timedelta(days=365 / 300 * 3)
    walks = [
        replace(WALK, scope=f"acme/{n}", rows=3, oldest=NOW - day, requests=0, points=0, expected=900)
        for n in range(500)
    ]
    walks[0] = replace(walks[0], rows=300, oldest=NOW - timedelta(days=365), requests=21, points=30, points_left=5000)
    _, year, whole = first_sync([*repositories(*(one.scope for one in walks)), *walks], NOW)
    assert year.rows == 499 * 297 and year.requests == round(year.rows * 0.07)
    assert 5 < year.hours < 6 < whole.hours < 20


def test_nothing_is_to_come_when_all_is_there():
    done = replace(WALK, complete=True, cursor=None)
    assert first_sync([*repositories("acme/app"), done], NOW) == ()
    without_rows = replace(done, scope="acme/empty", expected=None, rows=0)  # it has none, so none were announced
    assert first_sync([*repositories("acme/app", "acme/empty"), done, without_rows], NOW) == ()
    assert first_sync([], NOW) == ()


def test_a_walk_that_ended_at_the_day_it_was_asked_for_is_over():
    asked = replace(WALK, cursor=None)  # --since: not complete, and nothing under way
    assert first_sync([*repositories("acme/app"), asked], NOW) == ()


def test_a_horizon_that_was_reached_is_no_longer_named():
    old = replace(WALK, oldest=NOW - timedelta(days=400))
    assert [one.reach for one in first_sync([*repositories("acme/app"), old], NOW)] == ["all history"]
