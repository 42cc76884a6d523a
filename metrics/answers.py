"""Indicators over scopes, from what the last sync left of them where it did, else from their rows: who asks for many
at once, a report or a command, reckons none of them twice.
"""

from collections.abc import Callable

from metrics.evaluate import result
from metrics.evidence import Evidence, OfRows
from metrics.ledger import Ledger
from metrics.loading import Loaded
from metrics.model import Indicator, Result, Scope
from metrics.said import Said
from metrics.targets import target_in

SPANS = 32  # the rows of an indicator over some months each: as many as a table of teams asks for
Answer = Callable[[Indicator, Scope], Result]


def answers(loaded: Loaded, beside: Said) -> Answer:
    """Evaluates indicators over scopes; what was asked before is not reckoned again.

    Raises ValueError for a range that cannot be cut into periods.
    """
    figures = loaded.figures.holding(SPANS) if loaded.figures else None
    ledgers: dict[str, Ledger] = {}
    known: dict[tuple[str, Scope], Result] = {}

    def evidence(one: Indicator, scope: Scope) -> Evidence:
        left = figures.evidence(one, scope) if figures else None
        if left is None and one.id not in ledgers:
            ledgers[one.id] = loaded.ledger(one)
        return left or OfRows.of(one, ledgers[one.id], scope)

    def answer(one: Indicator, scope: Scope) -> Result:
        key = (one.id, scope)
        if key not in known:
            aim = target_in(scope, one, loaded.settings)
            known[key] = result(one, evidence(one, scope), scope, loaded.coverage, aim, beside.marks)
        return known[key]

    return answer
