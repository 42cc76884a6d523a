"""The end of a sync for tests of how it keeps: with the facts of pull requests and some of their figures."""

import pytest

from metrics import kept_figures, shelf
from metrics.catalogue import INDICATORS
from metrics.end_of_sync import OF_A_SERVICE
from metrics.facts import FACTS
from metrics.refreshing import OF_ONE_PULL_REQUEST

SOME = ("pr_size", "pr_cycle_time", "opened_pull_requests", "open_pull_requests", "time_to_first_review")


def keep_few(patch: pytest.MonkeyPatch) -> None:
    """All facts and all indicators are kept in the same way; tests over the whole catalogue see that they are."""
    few = [INDICATORS[name] for name in (*SOME, OF_A_SERVICE[1])]
    behind = {*OF_ONE_PULL_REQUEST, *(fact for one in few for fact in one.facts)}
    patch.setattr(kept_figures, "CATALOGUE", tuple(few))
    patch.setattr(shelf, "FACTS", {name: FACTS[name] for name in FACTS if name in behind})
