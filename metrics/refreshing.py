"""Facts brought up to date: what a sync has touched is built again and put in its place, the rest stays as it is."""

from collections.abc import Collection, Mapping

import numpy as np
import pandas as pd

from metrics.model import Frame
from metrics.positions import Positions, position_of

IN_PLACE = ("pull_requests", "review_waits")  # one row per pull request, in its position
BY_INDEX, BY_ITEM = ("review_depths",), ("reviews",)  # some rows per pull request, which say its position
OF_ONE_PULL_REQUEST = (*IN_PLACE, *BY_INDEX, *BY_ITEM)  # a row depends on nothing that belongs to another one
MOST = 0.2  # of the rows; beyond that all are built again


def places_of(old: Frame, fresh: Frame, touched: Frame) -> Positions | None:
    """The position of each fresh row among the old ones, behind them for a new one.

    None where they cannot be put in place: too many were touched, or one of the old ones is gone. All three frames have
    source and id; `touched` are the rows that may have changed, `fresh` those of them that are there.
    """
    if len(touched) > MOST * len(old):
        return None
    there = position_of(fresh, touched, "id").to_numpy() >= 0
    if (position_of(old, touched[~there], "id") >= 0).any():
        return None
    places = position_of(old, fresh, "id").to_numpy().copy()
    is_new = places < 0
    places[is_new] = len(old) + np.arange(is_new.sum())
    return places


def refreshed(
    old: Mapping[str, Frame], fresh: Mapping[str, Frame], names: Collection[str], places: Positions
) -> dict[str, Frame]:
    """The named facts with the fresh rows in their places; both in the order of positions, new ones last."""
    many = len(old["pull_requests"])
    return {name: _spliced(name, old[name], fresh[name], places, many) for name in names}


def _spliced(name: str, old: Frame, fresh: Frame, places: Positions, many: int) -> Frame:
    fresh = fresh.astype({column: kind for column, kind in old.dtypes.items() if fresh[column].dtype != kind})
    if name in IN_PLACE:
        return _in_place(old, fresh, places)
    touched = np.zeros(many, dtype=bool)
    touched[places[places < many]] = True
    if name in BY_INDEX:
        stays: Frame = old[~touched[old.index]]
        return pd.concat([stays, fresh.set_axis(places[fresh.index])])
    stays = old[~touched[old["item"].to_numpy()]]
    return pd.concat([stays, fresh.assign(item=places[fresh["item"]])], ignore_index=True)


def _in_place(old: Frame, fresh: Frame, places: Positions) -> Frame:
    known = places < len(old)
    changed = {name: _patched(old[name], fresh[name][known], places[known]) for name in old.columns}
    patched: Frame = pd.DataFrame(changed, index=old.index, copy=False)
    return patched if known.all() else pd.concat([patched, fresh[~known]], ignore_index=True)


def _patched(old: pd.Series, fresh: pd.Series, places: Positions) -> pd.Series:
    if fresh.array.equals(old.array.take(places)):
        return old
    values = old.array.copy()
    values[places] = fresh.array
    return pd.Series(values, index=old.index, copy=False)
