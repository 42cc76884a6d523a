"""Dots of a scatter: as many as can be told apart, the longest among them, and said."""

import pandas as pd

from pages.ui.duration_charts import LONGEST, MOST, drawn, left_undrawn


def rows(n, days):
    return pd.DataFrame({"key": [f"K-{i}" for i in range(n)], "days": days})


def test_few_are_all_drawn_and_nothing_is_said():
    few = rows(MOST, 1.0)
    assert drawn(few, "days") is few and left_undrawn(few) == ""
    assert drawn(rows(0, 1.0), "days").empty


def test_of_many_the_longest_are_drawn_and_the_others_evenly_in_their_order():
    many = rows(10_000, [float(i % 5000) for i in range(10_000)])  # 4950 to 4999 are the hundred longest, twice each
    shown = drawn(many, "days")
    assert len(shown) == MOST and shown.index.is_monotonic_increasing and shown.index.is_unique
    assert (shown["days"] >= 4950).sum() == LONGEST
    assert shown.index.to_series().diff().max() <= 10_000 // (MOST - LONGEST) + LONGEST
    assert left_undrawn(many) == " 600 of 10,000 are drawn, the 100 longest and others taken evenly; lines are of all."


def test_of_ties_the_first_are_taken_and_no_row_twice():
    shown = drawn(rows(2000, 3.0), "days")
    assert len(shown) == MOST and shown["key"].is_unique and shown.index[0] == 0
