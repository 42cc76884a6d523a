"""The class of work that an issue belongs to, as [work_mix] says it."""

from typing import Any

import numpy as np
import pandas as pd

from metrics.model import Frame
from metrics.organisation import Organisation

NEW, IMPROVEMENT, BUG, DEBT, RISK = "new", "improvement", "bug", "debt", "risk"
CLASSES = (RISK, DEBT, BUG, IMPROVEMENT, NEW)
UNCLASSIFIED = "unclassified"
BUG_TYPES = frozenset({"bug"})


def work_class(facts: Frame, organisation: Organisation) -> pd.Series:
    """The class of each issue: by its labels, else its epic, else its type, the rarer class first; else unclassified.

    `facts` has labels (lists), epic (key) and type.
    """
    masks: dict[tuple[str, str], Any] = {}
    for way in ("labels", "epics", "types"):
        for name in CLASSES:
            words = organisation.work_mix.get(name, {}).get(way, frozenset())
            masks[way, name] = _holds(facts, way, words).to_numpy(dtype=bool)
    chosen = np.select(list(masks.values()), [name for _, name in masks], default=UNCLASSIFIED)
    return pd.Series(chosen, index=facts.index, dtype="str")


def is_bug(facts: Frame, organisation: Organisation) -> pd.Series:
    """Whether an issue is a bug: by the types and labels of the class "bug", else by a type of that name."""
    rule = organisation.work_mix.get(BUG, {})
    if not rule:
        return _holds(facts, "types", BUG_TYPES)
    return _holds(facts, "types", rule.get("types", frozenset())) | _holds(
        facts, "labels", rule.get("labels", frozenset())
    )


def _holds(facts: Frame, way: str, words: frozenset[str]) -> pd.Series:
    if not words:
        return pd.Series(False, index=facts.index)
    if way == "labels":
        each = facts["labels"].explode().astype("str").str.lower()
        return each.isin(words).groupby(level=0).any().reindex(facts.index, fill_value=False)
    column = "epic" if way == "epics" else "type"
    return facts[column].str.lower().isin(words)
