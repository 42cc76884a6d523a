"""Figures that others published, shown only on request and only beside the same statistic of ours.

A published figure is context, never a target: editions disagree, populations differ, and the statistic is often
another one. So each carries its statistic, population, edition with its year and address, and nothing is shown for the
rest: a mean of the answers to a survey, say, is beside no rate that is pooled from rows.
"""

from dataclasses import dataclass

from metrics.model import Summary

STATISTICS = {Summary.MEDIAN: "median", Summary.RATE: "rate"}


@dataclass(frozen=True)
class Published:
    """One published figure; `words` is what it says, in the indicator's unit."""

    indicator: str
    statistic: str
    words: str
    population: str
    edition: str
    address: str


FIGURES = (
    Published(
        "pr_cycle_time",
        "median",
        "under 4 h from being sent out to being approved for submission",
        "changes at Google",
        "Sadowski et al., Modern Code Review, ICSE-SEIP 2018",
        "https://doi.org/10.1145/3183519.3183525",
    ),
    Published(
        "pr_size",
        "median",
        "24 lines",
        "changes at Google",
        "Sadowski et al., Modern Code Review, ICSE-SEIP 2018",
        "https://doi.org/10.1145/3183519.3183525",
    ),
    Published(
        "time_to_first_review",
        "median",
        "under 1 h for small changes, about 5 h for very large ones",
        "changes at Google",
        "Sadowski et al., Modern Code Review, ICSE-SEIP 2018",
        "https://doi.org/10.1145/3183519.3183525",
    ),
)


def published_for(indicator: str, summary: Summary) -> tuple[Published, ...]:
    """The figures published for an indicator that are of the statistic by which it is summed up here."""
    return tuple(one for one in FIGURES if one.indicator == indicator and one.statistic == STATISTICS.get(summary))
