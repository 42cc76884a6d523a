"""A second process that reads a store: prints a card and, after a line on its input, the rows behind that card."""

import sys
from datetime import UTC, datetime

from data.config import Config
from data.store import Store
from metrics.catalogue import INDICATORS
from metrics.evaluate import result
from metrics.loading import load
from metrics.periods import last_complete_weeks

NOW = datetime(2026, 11, 21, 12, tzinfo=UTC)


def main(url: str) -> None:
    """Read the card, wait, read its rows; then read all of it anew."""
    store, scope = Store.open(url), last_complete_weeks(NOW, 4)
    for _ in range(2):
        loaded = load(store, Config(), held=True)
        one = INDICATORS["pr_size"]
        card = result(one, loaded.figures.evidence(one, scope), scope, loaded.coverage)
        print(card.total.n, flush=True)
        sys.stdin.readline()
        print(len(card.observations), flush=True)


if __name__ == "__main__":
    main(sys.argv[1])
