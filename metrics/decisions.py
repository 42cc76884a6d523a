"""Did it help: what the chart that a decision was to move has done since."""

from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum

from metrics.attention import Chart
from metrics.signals import Side

MOST_A_WEEK = 3


class Outcome(StrEnum):
    """What can be said of a decision by now."""

    MOVED = "moved"
    NOT_MOVED = "not moved"
    TOO_EARLY = "too early"


@dataclass(frozen=True)
class Review:
    """An outcome and why it is said."""

    outcome: Outcome
    why: str


def review(chart: Chart, side: Side, decided: datetime, check: datetime, now: datetime) -> Review:
    """Whether the chart has shown a signal on `side` of its usual range since a decision, by the latest complete week.

    Only signals count whose first week began at or after the decision: what was under way before is not its doing. The
    latest of them decides. Until the day on which to look nothing is held against a decision.
    """
    history = chart.result.history
    if not chart.is_judged:
        return Review(Outcome.TOO_EARLY, "the chart has no usual range yet")
    since = [signal for signal in chart.judgement.signals if history[signal.first].start >= decided]
    latest = max(since, key=lambda signal: signal.index, default=None)
    if latest and latest.side is side:
        return Review(Outcome.MOVED, f"{latest.words(chart.judgement.periods)} in {history[latest.index].period}")
    if now < check:
        return Review(Outcome.TOO_EARLY, f"look again on {check:%d %B %Y}")
    if latest:
        return Review(Outcome.NOT_MOVED, f"a signal on the other side in {history[latest.index].period}")
    weeks = sum(point.start >= decided for point in history)
    return Review(Outcome.NOT_MOVED, f"within its usual range in the {weeks} complete weeks since")
