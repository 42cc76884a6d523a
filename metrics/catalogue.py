"""The one list of indicators, in the order in which they are shown."""

from metrics import (
    adoption,
    ci,
    code_review,
    defects,
    delivery,
    dora,
    expectations,
    flow,
    innovation,
    linked_issues,
    planning,
    plans,
    review_depth,
    review_load,
    review_waits,
    tech_debt,
    waiting,
    work_mix,
    working_life,
)
from metrics.model import Indicator

CATALOGUE: tuple[Indicator, ...] = (
    *code_review.INDICATORS,
    *review_waits.INDICATORS,
    *review_depth.INDICATORS,
    *review_load.INDICATORS,
    *working_life.INDICATORS,
    *delivery.INDICATORS,
    *dora.INDICATORS,
    *ci.INDICATORS,
    *flow.INDICATORS,
    *waiting.INDICATORS,
    *expectations.INDICATORS,
    *planning.INDICATORS,
    *plans.INDICATORS,
    *work_mix.INDICATORS,
    *linked_issues.INDICATORS,
    *tech_debt.INDICATORS,
    *defects.INDICATORS,
    *innovation.INDICATORS,
    *adoption.INDICATORS,
)
INDICATORS = {indicator.id: indicator for indicator in CATALOGUE}

if len(INDICATORS) != len(CATALOGUE):
    raise ValueError("an indicator's id is used twice")
