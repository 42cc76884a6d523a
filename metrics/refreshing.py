"""Facts brought up to date: what a sync has touched is built again and put in its place, the rest stays as it is."""

from collections.abc import Collection, Mapping

import numpy as np
import pandas as pd
from numpy.typing import NDArray

from metrics.model import Frame
from metrics.positions import Positions, position_of

Flags = NDArray[np.bool_]

IN_PLACE = ("pull_requests", "review_waits")  # one row per pull request, in its position
BY_INDEX, BY_ITEM = ("review_depths",), ("reviews",)  # some rows per pull request, which say its position
OF_ONE_PULL_REQUEST = (*IN_PLACE, *BY_INDEX, *BY_ITEM)  # a row depends on nothing that belongs to another one
WIDE = 1 << 24  # more than one pull request has of anything
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
        fresh = fresh.set_axis(places[fresh.index])
        return _among(old, fresh, old.index.to_numpy(), fresh.index.to_numpy(), touched)
    fresh = fresh.assign(item=places[fresh["item"]])
    return _among(old, fresh, old["item"].to_numpy(), fresh["item"].to_numpy(), touched).reset_index(drop=True)


def _among(old: Frame, fresh: Frame, parents: Positions, of_fresh: Positions, touched: Flags) -> Frame:
    """The rows of touched parents in the places of their former ones, more of them behind all."""
    mine = np.flatnonzero(touched[parents])
    found = _turn_by_turn(parents[mine], of_fresh)
    if (found >= 0).sum() < len(mine):  # some are gone
        return pd.concat([old[~touched[parents]], fresh])
    places = np.where(found >= 0, mine[found] if len(mine) else -1, len(old))
    return _in_place(old, fresh, places, ignore_index=False)


def _turn_by_turn(old: Positions, fresh: Positions) -> Positions:
    """For each fresh row the place of the old one that is as manieth of the same parent; -1 where there is none."""
    keys = [rows * WIDE + pd.Series(rows).groupby(rows).cumcount().to_numpy() for rows in (old, fresh)]
    found: Positions = pd.Index(keys[0]).get_indexer(keys[1]).astype(np.int64)
    return found


def _in_place(old: Frame, fresh: Frame, places: Positions, ignore_index: bool = True) -> Frame:
    known = places < len(old)
    changed = {name: _patched(old[name], fresh[name][known], places[known]) for name in old.columns}
    patched: Frame = pd.DataFrame(changed, index=old.index, copy=False)
    return patched if known.all() else pd.concat([patched, fresh[~known]], ignore_index=ignore_index)


def _patched(old: pd.Series, fresh: pd.Series, places: Positions) -> pd.Series:
    if fresh.array.equals(old.array.take(places)):
        return old
    values = old.array.copy()
    values[places] = fresh.array
    return pd.Series(values, index=old.index, copy=False)
