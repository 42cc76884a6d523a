"""What indicators meant when a report was made, with a version that changes when they do."""

import hashlib

from metrics.catalogue import INDICATORS
from reports.content import Definition
from reports.reading import Reading
from reports.said import target_in_words

DIGITS = 8


def definition_of(reading: Reading, indicator: str) -> Definition:
    """An indicator's meaning, its target, and the digest of what makes its figure."""
    one = INDICATORS[indicator]
    made_of = f"{one.definition} {one.summary} {one.unit} {' '.join(one.facts)}"
    version = hashlib.sha256(made_of.encode()).hexdigest()[:DIGITS]
    aim = target_in_words(one, reading.result(indicator))
    return Definition(one.id, one.name, one.unit.value, one.definition, one.misuse, aim, version, one.summary.value)
