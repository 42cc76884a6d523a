"""Published figures: only beside the same statistic, with edition, population and address."""

import re

from metrics.catalogue import CATALOGUE, INDICATORS
from metrics.model import Summary
from metrics.published import FIGURES, STATISTICS, published_for


def test_every_figure_says_where_it_comes_from():
    for one in FIGURES:
        assert one.words and one.population and one.edition and one.address.startswith("https://")
        assert re.search(r"\b20\d\d\b", one.edition), "the edition says its year"
        assert one.indicator in INDICATORS


def test_a_figure_is_shown_beside_the_same_statistic_only():
    assert [one.words for one in published_for("pr_size", Summary.MEDIAN)] == ["24 lines"]
    assert published_for("pr_size", Summary.RATE) == published_for("pr_size", Summary.COUNT) == ()
    assert published_for("throughput", Summary.COUNT) == ()


def test_no_indicator_has_one_of_another_statistic():
    for one in CATALOGUE:
        for figure in published_for(one.id, one.summary):
            assert figure.statistic == STATISTICS[one.summary]


def test_a_mean_of_answers_is_shown_beside_no_rate():
    assert published_for("change_fail_rate", Summary.RATE) == ()
