"""What a field of an issue said over time, rebuilt from the history of its changes."""

import numpy as np
import pandas as pd

from metrics.model import Frame
from metrics.positions import position_of

STATES = ["item", "value", "start", "end"]
READ = ["source", "field", "from_id", "to_id", "from_text", "to_text", "actor", "at"]


def changes_of(parents: Frame, changes: Frame, *fields: str) -> Frame:
    """The changes of some fields in their order, with `item`: the position of their issue among `parents`."""
    chosen = np.flatnonzero(changes["field"].isin(fields).to_numpy(dtype=bool) & changes["at"].notna().to_numpy())
    ids = changes[["source", "issue_id", "position", "at"]].take(chosen)
    item = position_of(parents, ids, "issue_id").to_numpy()
    turn = ids["position"].to_numpy(dtype=np.float64, na_value=np.nan)
    order = np.lexsort((turn, ids["at"].astype("int64").to_numpy(), item))
    order = order[item[order] >= 0]
    return changes[READ].take(chosen[order]).assign(item=item[order])


def timeline(parents: Frame, ordered: Frame, current: pd.Series, side: str = "id") -> Frame:
    """Every value with the time at which it held: item, value, start, end (null: still), in order.

    The first value is what the first change found, since the issue was created; without a change it is the current
    one. `parents` are indexed by position, `ordered` are their changes, `side` says what is read of them: id or text.
    """
    found = ordered.drop_duplicates("item").set_index("item")[f"from_{side}"]
    at_first = current.mask(current.index.isin(found.index), found.reindex(current.index))
    born = pd.DataFrame({"item": np.arange(len(parents)), "value": at_first, "start": parents["created_at"]})
    changed = pd.DataFrame({"item": ordered["item"], "value": ordered[f"to_{side}"], "start": ordered["at"]})
    states = pd.concat([born, changed]).sort_values("item", kind="stable", ignore_index=True)
    following = states["start"].shift(-1)
    return states.assign(end=following.where(states["item"] == states["item"].shift(-1)))[STATES]


def last_before(states: Frame, item: pd.Series, moment: pd.Series) -> pd.Series:
    """For each item and moment the label of the state in force, changes at that very moment applied; NaN before any."""
    asked = pd.DataFrame({"item": item.astype("int64"), "start": moment}).dropna(subset="start")
    asked = asked.rename_axis("asked").reset_index().sort_values("start", kind="stable")
    known = states.loc[states["start"].notna(), ["item", "start"]].rename_axis("state").reset_index()
    known = known.astype({"item": "int64"}).sort_values("start", kind="stable")
    pairs = pd.merge_asof(asked, known, on="start", by="item")
    return pairs.set_index("asked")["state"].reindex(item.index)


def value_at(states: Frame, item: pd.Series, moment: pd.Series, column: str = "value") -> pd.Series:
    """For each item and moment what the field said then; null before the issue was created."""
    return states[column].reindex(last_before(states, item, moment)).set_axis(item.index)
