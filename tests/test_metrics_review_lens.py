"""Reviews by size and the spread of their load, worked out by hand."""

import pandas as pd
from conftest import at, pull, review

from metrics.model import Scope
from metrics.organisation import Organisation, no_memberships
from metrics.review_lens import by_size, first_reviews, load, reviewed

START, END = at("2026-01-01 00:00"), at("2026-02-01 00:00")


def members(*names):
    rows = [
        {"kind": kind, "account": name, "team": "apps", "share": 1.0} for name in names for kind in ("github", "person")
    ]
    empty = no_memberships()
    return pd.DataFrame(rows, columns=empty.columns).astype(empty.dtypes.to_dict())


def test_the_wait_is_told_by_size(facts):
    # Six small ones that waited 1 … 6 h: median 3.5; one of 400 lines: too few for a median.
    pulls = [pull(n, f"2026-01-{n:02} 08:00") for n in range(1, 7)] + [pull(9, "2026-01-09 08:00", additions=395)]
    reviews = [review(n, f"2026-01-{n:02} {8 + n:02}:00") for n in range(1, 7)] + [review(9, "2026-01-09 18:00")]
    rows = reviewed(first_reviews(facts("pull_requests", pull_requests=pulls, reviews=reviews)), Scope(START, END, END))
    small, *_, large = by_size(rows)
    assert (small.n, small.median, small.interval, small.p85, small.is_enough) == (6, 3.5, (1.0, 6.0), None, False)
    assert (large.size, large.n, large.median) == ("400 lines or more", 1, None)
    assert reviewed(
        first_reviews(facts("pull_requests", pull_requests=pulls, reviews=reviews)),
        Scope(START, END, END, team="other"),
    ).empty


def test_the_load_is_a_distribution_without_names_and_counts_those_who_gave_none(facts):
    # Of five members ben gave six reviews, cem one, three none: 3 none, 1 in 1–5, 1 in 6–10.
    pulls = [pull(n, f"2026-01-{n:02} 08:00") for n in range(1, 8)]
    reviews = [review(n, f"2026-01-{n:02} 09:00") for n in range(1, 7)] + [review(7, "2026-01-07 09:00", who="cem")]
    team = Organisation(memberships=members("ana", "ben", "cem", "dan", "eve"))
    rows = facts("reviews", team, pull_requests=pulls, reviews=reviews)
    found = load(rows, team, "apps", START, END)
    assert (found.people, found.reviews, found.members) == (5, 7, (3, 1, 1, 0, 0, 0))


def test_a_small_team_shows_no_load(facts):
    team = Organisation(memberships=members("ana", "ben", "cem"))
    assert load(facts("reviews", team), team, "apps", START, END) is None
    large = Organisation(memberships=members("ana", "ben", "cem", "dan"), minimum_team_size=5)
    assert load(facts("reviews", large), large, "apps", START, END) is None
