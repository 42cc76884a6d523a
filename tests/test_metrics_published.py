"""Published figures: only beside the same statistic, with edition, population and address."""

from metrics.model import Summary
from metrics.published import FIGURES, published_for


def test_every_figure_says_where_it_comes_from():
    for one in FIGURES:
        assert one.words and one.population and one.edition and one.address.startswith("https://")
        assert any(character.isdigit() for character in one.edition)


def test_a_figure_is_shown_beside_the_same_statistic_only():
    assert [one.words for one in published_for("pr_size", Summary.MEDIAN)] == ["24 lines"]
    assert published_for("pr_size", Summary.RATE) == published_for("pr_size", Summary.COUNT) == ()
    assert published_for("throughput", Summary.COUNT) == ()
