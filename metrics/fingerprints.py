"""Whether rows changed: a number for each observation, and their sums for each place and month.

Sums do not depend on the order of rows. They are no defence against somebody who wants two to be equal, and need none.
"""

from zlib import crc32

import numpy as np
import pandas as pd
from numpy.typing import NDArray

from metrics.ledger import FOREVER, Ledger, Places

Prints = NDArray[np.uint64]
WORDS = ("excluded", "team", "repository", "project", "part")
STEP = np.uint64(0x9E3779B97F4A7C15)
NEVER = 12 * 9999  # the month in which what is still open ends


def fingerprints(ledger: Ledger) -> Prints:
    """A number for each observation, in the order of time."""
    numbers = [
        ledger.moments.view(np.uint64),
        ledger.until.view(np.uint64),
        (ledger.value + 0.0).view(np.uint64),
        ledger.weight.view(np.uint64),
        _of_texts(ledger.seen["key"])[ledger.order],
        *(_of_words(ledger, column) for column in WORDS),
    ]
    found: Prints = np.zeros(len(ledger.moments), dtype=np.uint64)
    for one in numbers:
        found = _mixed(found * STEP + one)
    return found


def by_word(ledger: Ledger, column: str, prints: Prints) -> dict[str, str]:
    """The sum for each word of a column."""
    names = ledger.names(column)
    sums = np.zeros(len(names.words) + 1, dtype=np.uint64)
    np.add.at(sums, names.codes, prints)  # -1, for none, is the last
    return {word: str(sums[code]) for code, word in enumerate(names.words)}


def by_month(ledger: Ledger, by_end: bool, months: int = 1) -> dict[int, Places]:
    """The places of the observations of each stretch of so many months, by its first one, the first of year 1 being 0.

    By the month in which they end, if asked.
    """
    moments = ledger.until if by_end else ledger.moments
    first = np.full(len(moments), NEVER)
    known = moments < FOREVER
    at = moments[known].view("datetime64[us]").astype("datetime64[M]").astype(np.int64)
    first[known] = (at + 12 * 1969) // months * months
    order: Places = np.argsort(first, kind="stable").astype(np.int64)
    numbers, begins = np.unique(first[order], return_index=True)
    edges = [*begins.tolist(), len(order)]
    return {number: order[edges[i] : edges[i + 1]] for i, number in enumerate(numbers.tolist())}


def _mixed(numbers: Prints) -> Prints:
    return (numbers ^ (numbers >> np.uint64(29))) * STEP


def _of_texts(column: pd.Series) -> Prints:
    texts = column.fillna("").tolist()
    return np.fromiter((crc32(text.encode()) for text in texts), dtype=np.uint64, count=len(texts))


def _of_words(ledger: Ledger, column: str) -> Prints:
    names = ledger.names(column)
    known = np.array([*(crc32(word.encode()) for word in names.words), 0], dtype=np.uint64)
    return known[names.codes]
