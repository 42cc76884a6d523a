"""How reviews are spread, on a few people worked out by hand."""

import numpy as np
import pandas as pd
import pytest
from conftest import NOW, at, pull, review
from hypothesis import given
from hypothesis import strategies as st
from team_rows import memberships

from metrics.coverage import no_coverage
from metrics.evaluate import evaluate
from metrics.model import Grain, Reason, Scope
from metrics.review_load import INDICATORS, cross_team_review_share, review_load_top_two, reviewer_breadth
from metrics.windows import belonged, concentration

BY_ID = {indicator.id: indicator for indicator in INDICATORS}
TEAM = ["ana", "ben", "cem", "dia", "eve"]


PAYMENTS = memberships(*[(who, "payments") for who in TEAM])


def given_by(who, times, first=0, day="2026-10-06"):
    pulls = [pull(first + n, f"{day} 08:00") for n in range(times)]
    return pulls, [review(first + n, f"{day} 09:{n:02}", who) for n in range(times)]


def spread(**times):
    """Reviews of ana's pull requests in one week, as person=how many."""
    parts = [given_by(who, n, 100 * place) for place, (who, n) in enumerate(times.items())]
    return {"pull_requests": [p for some, _ in parts for p in some], "reviews": [r for _, some in parts for r in some]}


def last(frame, column):
    return frame[frame["team"] == "payments"].iloc[-1][column]


def test_the_concentration_of_a_few_numbers():
    # 1, 2, 3, 4: G = 2·(1+4+9+16)/(4·10) − 5/4 = 1.5 − 1.25 = 0.25; the two largest hold 7 of 10.
    gini, top = concentration(np.array([[4.0], [1.0], [3.0], [2.0]]), np.ones((4, 1), dtype=bool))
    assert (gini[0], top[0]) == (pytest.approx(0.25), 0.7)
    # One of four does everything: (4 − 1) / 4.
    assert concentration(np.array([[8.0], [0], [0], [0]]), np.ones((4, 1), dtype=bool))[0][0] == pytest.approx(0.75)
    assert np.isnan(concentration(np.zeros((4, 1)), np.ones((4, 1), dtype=bool))[0][0])


@given(st.lists(st.integers(0, 50), min_size=1, max_size=12).filter(any))
def test_the_concentration_lies_between_all_alike_and_one_alone(counts):
    column = np.array(counts, dtype=float)[:, None]
    (gini,), (top,) = concentration(column, np.ones_like(column, dtype=bool))
    assert -1e-9 <= gini <= (len(counts) - 1) / len(counts) + 1e-9
    assert min(2, len(counts)) / len(counts) - 1e-9 <= top <= 1 + 1e-9


def test_members_who_gave_no_review_count(facts):
    # ben 12, cem 6, dia 2; ana and eve none. Sorted 0 0 2 6 12: 2·(6 + 24 + 60)/(5·20) − 6/5 = 1.8 − 1.2 = 0.6.
    frame = facts("review_loads", PAYMENTS, **spread(ben=12, cem=6, dia=2))
    assert (last(frame, "people"), last(frame, "reviews")) == (5, 20)
    assert last(frame, "gini") == pytest.approx(0.6)
    assert review_load_top_two(frame)["value"].dropna().tolist() == [pytest.approx(90.0)]


def test_the_window_is_13_weeks_long(facts):
    old, reviews = given_by("ben", 20, day="2026-07-06")
    new, more = given_by("cem", 20, 100, day="2026-10-05")  # 13 weeks later: the old ones are out
    frame = facts("review_loads", PAYMENTS, pull_requests=old + new, reviews=reviews + more)
    assert last(frame, "reviews") == 20
    assert frame[frame["team"] == "payments"]["reviews"].tolist() == [20] * 14


def test_too_small_a_team_or_too_few_reviews_show_nothing(facts):
    frame = facts("review_loads", PAYMENTS, **spread(ben=12, cem=7))
    seen = BY_ID["review_load_gini"].formula(frame)
    assert set(seen["excluded"]) == {"too few people or reviews"}
    assert seen["value"].isna().all()
    three = memberships(*[(who, "payments") for who in TEAM[:3]])
    assert facts("review_loads", three, **spread(ben=12, cem=20))["is_small"].all()


def test_no_row_names_a_person(facts):
    seen = BY_ID["review_load_gini"].formula(facts("review_loads", PAYMENTS, **spread(ben=12, cem=6, dia=2)))
    assert seen["url"].isna().all()
    assert not seen["key"].str.contains("|".join(TEAM)).any()


def test_a_month_shows_the_median_of_the_teams_latest_windows(facts):
    frame = facts("review_loads", PAYMENTS, **spread(ben=12, cem=6, dia=2))
    one, other = frame.iloc[[-1]], frame.iloc[[-1]].assign(team="web", gini=0.2)
    earlier = one.assign(at=one["at"] - pd.Timedelta(days=7), gini=0.9)
    seen = BY_ID["review_load_gini"].formula(pd.concat([earlier, one, other], ignore_index=True))
    scope = Scope(at("2026-10-01 00:00"), at("2026-11-01 00:00"), NOW, Grain.MONTH)
    rows = [{"stream": "reviews", "scope": "acme/app", "complete": True, "synced_at": NOW}]
    synced = pd.DataFrame(rows, columns=no_coverage().columns).astype(no_coverage().dtypes.to_dict())
    answer = evaluate(BY_ID["review_load_gini"], seen, scope, synced)
    assert (answer.total.n, answer.total.value) == (2, pytest.approx(0.4))  # 0.6 and 0.2; 0.9 is of an earlier window
    assert answer.limits is None
    nothing = evaluate(BY_ID["review_load_gini"], seen[:0], scope, synced)
    assert (nothing.total.value, nothing.total.reason) == (None, Reason.NO_DATA)


def test_a_member_counts_who_was_there_for_half_of_the_window():
    week = 2970  # of 2026-12-07; 13 weeks are 91 days
    rows = memberships(("ana", "a", "2026-10-20", None), ("ben", "a", "2026-11-15", None), ("cem", "a", None, None))
    half = belonged(rows.memberships[::2], pd.Index(["ana", "ben", "cem", "dia"]), week, week)
    assert half[:, 0].tolist() == [True, False, True, False]


def test_the_reviewers_of_an_author_are_counted_once_each(facts):
    # ana: ben and cem; ben: cem; cem: ana, ben and dia; dia: ana. Sorted 1 1 2 3: 1.5.
    pairs = [("ana", "ben cem ben"), ("ben", "cem"), ("cem", "ana ben dia"), ("dia", "ana")]
    pulls = [pull(n, "2026-10-06 08:00", author=who, author_id=f"u-{who}") for n, (who, _) in enumerate(pairs)]
    reviews = [
        review(n, f"2026-10-06 09:{turn:02}", other)
        for n, (_, others) in enumerate(pairs)
        for turn, other in enumerate(others.split())
    ]
    frame = facts("review_loads", PAYMENTS, pull_requests=pulls, reviews=reviews)
    assert (last(frame, "authors"), last(frame, "breadth")) == (4, 1.5)
    assert reviewer_breadth(frame)["value"].dropna().tolist() == [1.5]


def test_a_review_for_another_team_goes_across_by_the_teams_of_that_time(facts):
    moved = memberships(
        ("ana", "payments"), ("ben", "payments", None, "2026-10-01"), ("ben", "web", "2026-10-01", None)
    )
    frame = facts(
        "reviews",
        moved,
        pull_requests=[pull(1, "2026-09-01 08:00")],
        reviews=[
            review(1, "2026-09-02 08:00"),
            review(1, "2026-10-02 08:00"),
            review(1, "2026-10-02 09:00", "stranger"),
        ],
    )
    seen = cross_team_review_share(frame)
    assert seen["value"].tolist()[:2] == [0.0, 1.0]
    assert seen["excluded"].tolist()[2] == "no team"
