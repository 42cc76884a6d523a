"""The one list of indicators, in the order in which they are shown."""

from metrics import code_review, delivery, flow, planning, waiting
from metrics.model import Indicator

CATALOGUE: tuple[Indicator, ...] = (
    *code_review.INDICATORS,
    *delivery.INDICATORS,
    *flow.INDICATORS,
    *waiting.INDICATORS,
    *planning.INDICATORS,
)
INDICATORS = {indicator.id: indicator for indicator in CATALOGUE}

if len(INDICATORS) != len(CATALOGUE):
    raise ValueError("an indicator's id is used twice")
